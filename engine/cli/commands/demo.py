"""demo: one night of the sample ledger, through the embedded gateway, in a folder of its own."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

from engine.board.figures import BoardFigures
from engine.cli.commands.common import AsJson, Misuse, opened
from engine.cli.console import echo, print_json, show_table, working
from engine.cli.json_shapes import change_json, message_json
from engine.facts.change import Change
from engine.guards.permission import Options
from engine.ledger.file.concurrent_access import reason
from engine.ledger.headings.board_sheets import BOARD_SHEET, TODAY_SHEET
from engine.ledger.headings.columns import MATTERS, MESSAGE_LOG
from engine.ledger.reading.ledger import read_ledger
from engine.review.ledger_review import review
from engine.service.adoption import adopt
from engine.service.board_page import PAGE_NAME, board_of, write_page
from engine.service.config import load_config
from engine.service.host import Station
from engine.service.one_pass import PassResult, run_pass

EVENING, MORNING = datetime(2026, 11, 17, 20, 0), datetime(2026, 11, 18, 8, 0)
SAMPLE = "示例台账.xlsx"
_CONFIG = f"# 演示用的配置：短信只存在本机\nledgers = ['{SAMPLE}']\nstate = 'state'\ngateways = ['local']\n"
MOST_UNITS = 8
_PLACES = (
    (BOARD_SHEET.name, "灯色、逾期、今后7天到期、逐月趋势，一页"),
    (TODAY_SHEET.name, "等人办的事"),
    (MATTERS.name, "预警灯、当前期限、逾期状态、最新进展在最前面几列"),
    (MESSAGE_LOG.name, "这一夜的每条短信"),
)
_SHOWN = ("light", "current_duty", "current_due", "overdue_state", "urging_count", "last_sent_at", "escalation")


def demo(as_json: AsJson = False) -> None:
    """演示：示例台账的一夜，从20时到次日8时，短信只存在本机。"""
    try:
        folder = _folder(Path.cwd())
    except OSError as fault:
        raise Misuse(f"当前文件夹不能写入：{reason(fault)}请换一个文件夹再运行。") from fault
    with opened(load_config(folder / "duban.toml")) as station:
        ledger = folder / SAMPLE
        results = []
        with working("正在演示一夜的督办", quiet=as_json) as bar:
            for result in _night(ledger, station):
                results.append(result)
                bar.at((result.at - EVENING).total_seconds(), (MORNING - EVENING).total_seconds())
        facts = read_ledger(ledger.read_bytes())
        reviewed = review(facts, station.outbox.history(facts.settings.ledger_id), station.policies, MORNING, EVENING)
        shown = board_of(facts, reviewed, station.policies)
        write_page(ledger, facts, shown, station, station.policies)
    if as_json:
        print_json(_json(folder, results))
    else:
        _show(folder, results, shown)


def _folder(parent: Path) -> Path:
    """A new folder with the sample and its config; an earlier demonstration is left as it is."""
    for turn in range(1, 1000):
        folder = parent / ("督办演示" if turn == 1 else f"督办演示-{turn}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        with as_file(files("workbook") / SAMPLE) as sample:
            shutil.copyfile(sample, folder / SAMPLE)
        (folder / "duban.toml").write_text(_CONFIG, encoding="utf-8")
        return folder
    raise FileExistsError(str(parent))


def _night(ledger: Path, station: Station) -> Iterator[PassResult]:
    """The passes of the night, each at the time that the one before named as its next."""
    adopt(ledger, station, EVENING)
    at = EVENING
    while at <= MORNING:
        result = run_pass(ledger, station, at, Options(explicit_time=True))
        yield result
        at = max(result.next_at or MORNING, at + timedelta(minutes=1))


def _json(folder: Path, results: list[PassResult]) -> dict[str, object]:
    messages = [
        message_json(one.message) | {"id": one.id, "state": one.state} for result in results for one in result.messages
    ]
    changes = [change_json(change) for change in _net(results)]
    return {"folder": str(folder), "ledger": str(folder / SAMPLE), "messages": messages, "changes": changes}


def _net(results: list[PassResult]) -> list[Change]:
    """What the night changed, cell by cell: the first old value and the last new one."""
    first: dict[tuple[str, str], Change] = {}
    last: dict[tuple[str, str], Change] = {}
    for result in results:
        for change in result.changes:
            first.setdefault((change.matter, change.field), change)
            last[change.matter, change.field] = change
    return [
        Change(end.place, end.matter, end.field, first[key].old, end.new, end.clauses)
        for key, end in last.items()
        if first[key].old != end.new
    ]


def _show(folder: Path, results: list[PassResult], shown: BoardFigures) -> None:
    sent = sorted((one.message for result in results for one in result.messages), key=lambda message: message.at)
    rows = [(one.at, one.kind.value, one.to.unit, one.to.name, one.text) for one in sent]
    title = f"这一夜的短信（{len(sent)} 条，共 {len(results)} 轮）"
    show_table(title, ("时间", "类型", "收信单位", "收信人", "内容"), rows)
    changed = _changed_rows(results)
    headings = [MATTERS.heading(field) for field in ("number", *_SHOWN)]
    show_table(f"夜里变动的行（{len(changed)} 行）", headings, changed)
    bands = [band.word for band in shown.bands]
    lines = [(one.name, *one.counts, one.open) for one in shown.by_unit[:MOST_UNITS]]
    show_table(f"早上的看板：在办{shown.lights.open}项，逾期{shown.lights.overdue}项", ("单位", *bands, "在办"), lines)
    echo(f"台账在 {folder / SAMPLE}，用 Excel、WPS 或 LibreOffice 打开：", "green")
    for sheet, what in _PLACES:
        echo(f"  「{sheet}」{what}")
    echo(f"手机看的一页在 {folder / PAGE_NAME}，用浏览器打开。", "green")
    config = folder / "duban.toml"
    echo(f'短信另可用此命令查看：duban outbox list --config "{config}"')


def _changed_rows(results: list[PassResult]) -> list[tuple[object, ...]]:
    """The rows that changed after the first pass had filled in everything, as they stand in the morning."""
    cells = {(change.matter, change.field): change.new for result in results for change in result.changes}
    matters = dict.fromkeys(change.matter for result in results[1:] for change in result.changes)
    return [(matter, *(cells.get((matter, field)) for field in _SHOWN)) for matter in matters]
