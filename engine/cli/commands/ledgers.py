"""new, adopt, check, stamp: commands on one ledger that send no SMS."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from engine.cli.commands.common import (
    AsJson,
    At,
    ConfigPath,
    LedgerPath,
    Misuse,
    ask_for_a_pass,
    bytes_at,
    existing,
    moment,
    now_or,
    opened,
    station_of,
    writing,
)
from engine.cli.console import echo, echo_unwritten, print_json, show_table, working
from engine.cli.json_shapes import change_json, message_json
from engine.cli.policy_files import usable_policy
from engine.facts.finding import Finding
from engine.facts.ledger import Ledger
from engine.facts.regime_words import RegimeWords
from engine.files.outputs import Outputs
from engine.ledger.headings.finding_text import Letters, address, finding_json
from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.reading.ledger import read_ledger
from engine.policy.loading import shipped_policies
from engine.policy.words import usual_words, words_of
from engine.review.check import check
from engine.service.config import DEFAULT_NAME, ConfigError, load_config
from engine.service.inspecting import inspection_findings
from engine.service.places import place_of
from engine.service.policies import policies_for

if TYPE_CHECKING:
    from engine.service.host import Station

OfRegime = Annotated[str, typer.Option("--regime", metavar="制度", help="按哪套制度：名称，或自己的制度文件")]
NewPath = Annotated[Path, typer.Argument(metavar="台账", help="新台账的路径（.xlsx）")]
From = Annotated[str | None, typer.Option("--from", metavar="时间", help="启用时间，此前应发的一律不发；默认现在")]
Moved = Annotated[bool, typer.Option("--moved", help="台账已移到这里")]
Copy = Annotated[bool, typer.Option("--copy", help="这是副本，另立为一本台账")]


def new(path: NewPath, regime: OfRegime = "", as_json: AsJson = False) -> None:
    """新建一本空台账，带有自己的台账标识。"""
    from engine.ledger.template.workbook import (
        new_ledger_bytes,  # here: openpyxl takes longer to load than other commands to run
    )

    ledger_id = str(uuid4())
    if path.suffix.lower() != ".xlsx":
        raise Misuse(f"台账的文件名要以 .xlsx 结尾，如 {path.with_suffix('.xlsx')}。")
    if not path.absolute().parent.is_dir():
        raise Misuse(f"没有 {path.absolute().parent} 这个文件夹。请先建好，或换一个位置。")
    name, words = _regime(regime)
    with writing(path):
        made = new_ledger_bytes(ledger_id, name, words or usual_words())
        Outputs().create(path, made)
    if as_json:
        print_json({"path": str(path), "ledger": ledger_id})
    else:
        echo(f"已新建 {path}。请先填好「参数设置」和「单位通讯录」，再在值班电脑上运行 duban adopt。")
        if words:
            echo(f"“{name}”是自己的制度，还要运行 duban policy use {path} {regime} --by 姓名 启用，才会发短信。")


def _regime(regime: str) -> tuple[str, RegimeWords | None]:
    """The regime of a new ledger, by its name or by its file, and the words of one of its own."""
    if not regime or regime in shipped_policies():
        return regime or next(iter(shipped_policies())), None
    file = usable_policy(Path(regime))
    return file.regime, words_of(file.on(date.max))


def adopt_(
    ledger: LedgerPath,
    start: From = None,
    moved: Moved = False,
    copy: Copy = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """接管：由本机照看这本台账，写入启用时间、值班主机和日志标识。"""
    from engine.service.adoption import adopt  # here: as for the store in ``opened``

    if moved and copy:
        raise Misuse("--moved 和 --copy 只能选一个：移动过的用前者，副本用后者。")
    with station_of(config or beside(ledger), acts=True) as station, working("正在接管", quiet=as_json):
        state, store = station.config.state, station.config.store
        since = moment(start) if start else None
        done = adopt(existing(ledger), station, now_or(None), since, moved=moved, copy=copy)
        if moved:
            _forget_in_fleet(station, done.ledger, but=place_of(done.path))
        ask_for_a_pass(station, {done.ledger})
    if as_json:
        print_json(
            {
                "ledger": done.ledger,
                "path": str(done.path),
                "enabled_from": done.enabled_from,
                "host": done.host,
                "rebuilt": done.rebuilt,
                "state": str(state),
                "unsent": [message_json(one) for one in done.unsent],
            }
        )
        return
    echo(f"已由“{done.host}”接管，{done.enabled_from:%Y-%m-%d %H:%M} 之前应发的短信一律不发。")
    echo(f"发送日志：{store}" if store else f"状态文件夹：{state}")
    if done.rebuilt:
        echo(f"已从短信记录恢复 {done.rebuilt} 条发送日志。")
    if done.unsent:
        rows = [(one.kind.value, one.to.unit, one.to.name, one.text) for one in done.unsent]
        show_table(f"因为发送日志不在，不再发出的短信（{len(rows)} 条）", ("类型", "收信单位", "收信人", "内容"), rows)
        echo("其中确实没有发过、仍要发的，请用 duban adopt --from 写原来的启用时间，重新接管。", "yellow")


def forget_(ledger: LedgerPath, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """解除接管：本机不再照看这本台账，别的电脑可以接管；已发的短信记录保留。"""
    from engine.service.adoption import forget  # here: as for the store in ``opened``

    with station_of(config or beside(ledger), acts=True) as station, working("正在解除接管", quiet=as_json):
        ledger_id = forget(existing(ledger), station, now_or(None))
        _forget_in_fleet(station, ledger_id)
    if as_json:
        print_json({"ledger": ledger_id, "path": str(ledger)})
    else:
        echo("已解除接管，本机不再为这本台账发短信。请把它从 duban.toml 的 ledgers 中去掉。")


def _forget_in_fleet(station: "Station", ledger: str, *, but: str = "") -> None:
    """Take a ledger (台账标识) off the list of the fleet of this host, if it has one; not at the place ``but``."""
    if station.config.fleet:
        from engine.fleet.registry import FleetRegistry  # here: a single host has no fleet

        FleetRegistry(station.outbox.store).forget(ledger, but=but)


def beside(ledger: Path) -> Path | None:
    """duban.toml in the ledger's folder, where none was named and none stands in the current one: whoever adopts a
    ledger without it would use another state folder than the scheduler does.
    """
    found = ledger.absolute().parent / DEFAULT_NAME
    return found if found.is_file() and not Path(DEFAULT_NAME).is_file() else None


def check_(ledger: LedgerPath, at: At = None, as_json: AsJson = False, config: ConfigPath = None) -> int:
    """校验：列出台账中的所有问题。"""
    with working("正在校验", quiet=as_json):
        data, now = bytes_at(ledger), now_or(at)
        facts = _facts_in(data, ledger, now)
        policies = policies_for(ledger)
        findings = (
            *check(facts, policies, now),
            *inspection_findings(data, facts, policies, now),
            *_since_last_pass(facts, ledger, config or beside(ledger), now),
        )
    if as_json:
        print_json([finding_json(finding) for finding in findings])
    else:
        show_findings(findings, facts.letters)
    return int(any(finding.is_error for finding in findings))


def _facts_in(data: bytes, path: Path, now: datetime) -> Ledger:
    """Raises UnreadableWorkbook; for a file of somebody else, with what was found in it."""
    try:
        return read_ledger(data)
    except UnreadableWorkbook as fault:
        from engine.service.foreign_files import explained  # here: it is rarely needed, and reads many formats

        raise explained(path, fault, now.year) from fault


def _since_last_pass(facts: Ledger, path: Path, config: Path | None, now: datetime) -> tuple[Finding, ...]:
    """Rows gone and numbers changed since this host's last pass; none where it never made one."""
    try:
        settings = load_config(config)
    except ConfigError:
        if config:
            raise
        return ()  # a file that nobody named is neither followed nor reported
    if not facts.settings.ledger_id or not settings.has_store:
        return ()
    from engine.service.stamping import changed_since  # here: as for the store in ``opened``

    with opened(settings) as station:
        return changed_since(facts, path, station, now)


def stamp_(ledger: LedgerPath, at: At = None, as_json: AsJson = False, config: ConfigPath = None) -> int:
    """编号盖时限：给已审批、没有错误的事项编号，写入各节点时限和状态。"""
    from engine.service.stamping import run_stamp  # here: as for the store in ``opened``

    with station_of(config, acts=True) as station, working("正在盖时限", quiet=as_json):
        done = run_stamp(existing(ledger), station, now_or(at))
    if as_json:
        print_json(
            {
                "changes": [change_json(change) for change in done.changes],
                "findings": [finding_json(finding) for finding in done.findings],
                "written": done.pending is None,
                "pending": done.pending,
            }
        )
    else:
        numbered = [str(change.new) for change in done.changes if change.field == "number"]
        if numbered or not done.pending:
            echo(f"新编号 {len(numbered)} 项：{'、'.join(numbered)}" if numbered else "没有新的事项要编号。")
        show_findings([finding for finding in done.findings if finding.is_error], done.letters)
        if done.pending:
            echo_unwritten(done.pending)
    return 0 if done.pending is None else 2


def show_findings(findings: tuple[Finding, ...] | list[Finding], letters: Letters) -> None:
    """Findings as a table, each with its address and its remedy."""
    if not findings:
        echo("没有发现问题。", "green")
        return
    rows = ((one.severity.value, address(one.place, letters), one.clause, one.problem, one.remedy) for one in findings)
    show_table(f"问题（{len(findings)} 处）", ("级别", "位置", "条款", "问题", "处理"), rows)
