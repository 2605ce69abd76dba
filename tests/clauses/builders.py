"""Small values for the clause tests: a valid ledger of 朔州 in a few words, from which each case departs.

    ledger(matter(time_limit=TimeLimit.ONE_DAY), report("1天", "2026-03-03 09:30"))

Times are written as in the office, ``at("2026-03-02 09:30")``, or ``at("2026-03-02")`` for a bare date; every builder
takes such words wherever a fact holds a time. Take policies from here, not from ``shipped_policies``: the mutants of
``tests.clauses.mutants`` change what these functions hand out.
"""

import copy
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from engine.facts.duty import Duty, DutyKey
from engine.facts.finding import Finding, Place
from engine.facts.kinds import CompletionResult, Status
from engine.facts.ledger import Ledger, Records
from engine.facts.matter import Matter
from engine.facts.message import Message, ObligationKey
from engine.facts.records import Completion, Extension, Report, Supervision
from engine.facts.settings import Settings
from engine.facts.unit import Directory, Person, Unit
from engine.policy import loading
from engine.policy.loading import Policies, build_policy, shipped_policies
from engine.policy.policy import Policy
from engine.policy.workdays import Workdays
from engine.review.check import check
from engine.review.simulate import simulate
from engine.rules.duties.case import Case
from engine.rules.duties.paragraphs import duties_of, open_case
from engine.sample.words import Board, Grade, Regime, TimeLimit, UnitCategory

NUMBER = "2026-日-0001"
LEAD = "市教育局"
DAY = date(2026, 3, 2)
Fact = TypeVar("Fact")
Tree = dict[str, Any]
Edit = Callable[[Regime, Tree], None]

MUTATIONS: list[Edit] = []
"""Edits that every policy of this module undergoes; only the mutants put something here."""


def at(text: str) -> datetime:
    """``2026-03-02 09:30`` as office time; ``2026-03-02`` as a bare date."""
    return datetime.fromisoformat(text)


# ---- policies ----


def policies() -> Policies:
    """The shipped policies, or what a mutant made of them."""
    return _edited(tuple(MUTATIONS)) if MUTATIONS else shipped_policies()


def policies_with(path: str, value: object, regime: Regime = Regime.SHUOZHOU) -> Policies:
    """The shipped policies with one value of one regime changed: ``policies_with("nodes.month", "thirty_days")``."""
    return _edited((*MUTATIONS, set_value(path, value, regime)))


def policy(regime: Regime = Regime.SHUOZHOU, on: date = DAY) -> Policy:
    """The policy of a regime in force on a day."""
    return policies()[regime].on(on)


def policy_with(path: str, value: object, regime: Regime = Regime.SHUOZHOU, on: date = DAY) -> Policy:
    """That policy with one value changed. Raises KeyError for a path that the file does not have."""
    return policies_with(path, value, regime)[regime].on(on)


def set_value(path: str, value: object, regime: Regime = Regime.SHUOZHOU) -> Edit:
    """An edit of the loaded file: the value at the dotted path, with its clause kept. KeyError for an unknown path."""

    def edit(edited: Regime, tree: Tree) -> None:
        if edited is regime:
            node = tree
            for key in path.split("."):
                node = node[key]
            node["value"] = value
            node.pop("amended", None)

    return edit


def _edited(edits: tuple[Edit, ...]) -> Policies:
    built = {}
    for regime in Regime:
        tree = copy.deepcopy(_tree(regime))
        for edit in edits:
            edit(regime, tree)
        built[regime] = build_policy(tree)
    return built


@cache
def _tree(regime: Regime) -> Tree:
    name = {Regime.SHUOZHOU: "shuozhou.toml", Regime.BAOSHAN: "baoshan.toml"}[regime]
    return tomllib.loads((Path(loading.__file__).parent / name).read_text("utf-8"))


# ---- facts ----


def unit(name: str, category: UnitCategory = UnitCategory.DEPARTMENT, row: int = 2, **changes: Any) -> Unit:
    """A unit whose two people can be reached. The numbers are artificial and differ from unit to unit."""
    tail = f"{sum(map(ord, name)) * 7919 % 100_000_000:08}"
    people = {"head": Person("王主任", f"+86139{tail}"), "contact": Person("李科长", f"+86138{tail}")}
    return Unit(name, Place("units", row), category=category, **(people | changes))


OFFICES = ("督查室", "秘书一科", "秘书二科", "秘书三科", "秘书四科", "秘书五科", "综合科")
UNITS: tuple[Unit, ...] = (
    *(unit(name, UnitCategory.OFFICE, row) for row, name in enumerate(OFFICES, start=2)),
    unit(LEAD, row=20),
    unit("市住建局", row=21),
    unit("朔城区人民政府", UnitCategory.COUNTY, row=22),
)


def proposal(**changes: Any) -> Matter:
    """A row before 立项 that has nothing wrong with it: approved, assigned, without number and stamps."""
    row = Matter(
        Place("matters", 5),
        board=Board.DAILY,
        source="专题会议",
        source_number="〔2026〕3号专题会议纪要",
        source_date=at("2026-03-01"),
        content="新建人行天桥2座",
        requirement="按节点报送进展",
        initiating_office="秘书一科",
        assigning_leader="赵某",
        assigning_leader_rank="分管副市长",
        approver="钱某",
        approver_rank="分管副秘书长",
        approved_at=at("2026-03-02 09:00"),
        lead_unit=LEAD,
        assigned_at=at("2026-03-02 09:30"),
        time_limit=TimeLimit.THREE_DAYS,
    )
    return _with(row, changes)


def matter(**changes: Any) -> Matter:
    """A matter under way: a proposal that has been stamped with its number and state."""
    stamped = {"number": NUMBER, "initiated_at": "2026-03-02 09:35", "status": Status.IN_PROGRESS}
    return _with(proposal(), stamped | changes)


def baoshan(**changes: Any) -> Matter:
    """A proposal of an executive meeting's decision under the regime of 保山."""
    meeting = {
        "board": Board.EXECUTIVE_MEETING,
        "source": "常务会议",
        "initiating_office": "督查室",
        "approver_rank": "秘书长",
        "responsible_leader": "赵某",
        "directly_responsible": "钱某",
        "handling_office": "秘书二科",
        "time_limit": TimeLimit.FIXED_DATE,
        "fixed_due": "2026-03-20",
    }
    return proposal(**(meeting | changes))


def report(node: str, reported_at: str, **changes: Any) -> Report:
    """A report of the lead unit, row 3 of its sheet."""
    return _with(Report(Place("reports", 3), NUMBER, unit=LEAD, node=node), {"reported_at": reported_at} | changes)


def extension(applied_at: str, **changes: Any) -> Extension:
    """An application in 延期申请, row 3."""
    return _with(Extension(Place("extensions", 3), NUMBER), {"applied_at": applied_at} | changes)


def completion(applied_at: str, **changes: Any) -> Completion:
    """An application in 办结审核, row 3."""
    return _with(Completion(Place("completions", 3), NUMBER), {"applied_at": applied_at} | changes)


def closed_out(moment: str, **changes: Any) -> Completion:
    """A close-out on record: graded, requested, reviewed and approved at that time, each by who may; row 9."""
    people = {
        "grader": "李科长",
        "grade_approver": "钱某",
        "requester": "李科长",
        "reviewer": "钱某",
        "finalizer": "孙某",
    }
    ranks = {"grade_approver_rank": "分管副秘书长", "reviewer_rank": "分管副秘书长", "finalizer_rank": "分管副市长"}
    steps = dict.fromkeys(("grade_approved_at", "requested_at", "reviewed_at", "finalized_at"), moment)
    whole = {"grade": Grade.ACCEPTABLE, "result": CompletionResult.COMPLETED, "place": Place("completions", 9)}
    return completion(moment, **(people | ranks | steps | whole | changes))


def supervision(moment: str, **changes: Any) -> Supervision:
    """An act in 督办记录, row 3."""
    return _with(Supervision(Place("supervisions", 3), NUMBER), {"at": moment} | changes)


def _with(fact: Fact, changes: Mapping[str, Any]) -> Fact:
    times = {item.name for item in fields(fact) if "datetime" in str(item.type)}
    read = {name: at(v) if name in times and isinstance(v, str) else v for name, v in changes.items()}
    return replace(fact, **read)


Record = Report | Extension | Completion | Supervision


def ledger(
    *facts: Matter | Record,
    units: tuple[Unit, ...] = UNITS,
    regime: Regime = Regime.SHUOZHOU,
    settings: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Ledger:
    """A ledger of these matters and records (each record goes to the matter it names). ``settings`` and ``changes``
    set fields of Settings and of Ledger. Rows without a number get a hash, as a reading gives them.
    """
    matters = tuple(fact for fact in facts if isinstance(fact, Matter))
    kinds = {"reports": Report, "extensions": Extension, "completions": Completion, "supervisions": Supervision}
    numbers = {fact.matter: None for fact in facts if not isinstance(fact, Matter)}
    records = {
        number: Records(
            **{
                name: tuple(fact for fact in facts if isinstance(fact, kind) and fact.matter == number)
                for name, kind in kinds.items()
            }
        )
        for number in numbers
    }
    hashes = {row.place.row: f"hash{row.place.row}" for row in matters if not row.number and row.place.row}
    known = Settings("测试台账", regime, signature="朔州市政府督查室", phone="0349-2020000", **(settings or {}))
    made = Ledger(known, Directory.of(units), matters, records, row_hashes=hashes)
    return replace(made, **changes)


# ---- questions that tests ask ----


class NothingSent:
    """A journal without a past."""

    def __contains__(self, key: ObligationKey) -> bool:
        return False

    def settled_through(self, duty: DutyKey) -> datetime | None:
        return None

    def is_acknowledged(self, key: ObligationKey) -> bool:
        return False

    def urgings(self, matter: str) -> int:
        return 0

    def last_sent_at(self, matter: str) -> datetime | None:
        return None

    acknowledged_at = last_sent_at


def case(row: Matter, *records: Record, moment: str, under: Policy | None = None, until: str | None = None) -> Case:
    """The matter with its records as known at ``moment``, under the policy of 朔州 unless another is given."""
    known = ledger(row, *records).records_of(row.number)
    return open_case(row, known, under or policy(), Workdays(), at(moment), at(until) if until else None)


def duties(row: Matter, *records: Record, moment: str, under: Policy | None = None) -> dict[str, Duty]:
    """The duties as known at ``moment``, by name and period: ``1天``, ``整改 1``, ``月报 2026-03``."""
    owed = duties_of(case(row, *records, moment=moment, under=under))
    return {f"{duty.name} {duty.period}".strip(): duty for duty in owed if not duty.is_announcement}


def messages(book: Ledger, start: str, end: str, under: Policies | None = None) -> list[Message]:
    """Every SMS that the facts call for from ``start`` up to ``end`` (exclusive)."""
    return list(simulate(book, under or policies(), at(start), at(end)))


UNSETTLED = ("status_not_as_recorded", "start_not_as_recorded")


def findings(
    *facts: Matter | Record, moment: str = "2026-03-02 12:00", under: Policies | None = None, **changes: Any
) -> tuple[Finding, ...]:
    """What ``check`` finds at ``moment`` in a ledger of these facts; ``changes`` as for ``ledger``.

    Not that 状态 lags behind the records: cases build both at once, and no button settled it (``test_settled_states``).
    """
    found = check(ledger(*facts, **changes), under or policies(), at(moment))
    return tuple(finding for finding in found if finding.rule not in UNSETTLED)


def rules(*facts: Matter | Record, **given: Any) -> list[str]:
    """The same, only the names of the rules that found something."""
    return [finding.rule for finding in findings(*facts, **given)]
