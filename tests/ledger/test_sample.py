"""The sample ledgers: committed as built, clean but for what is planted, in every state, with the night as designed."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import phonenumbers
import pytest
from openpyxl import load_workbook

from engine.facts.kinds import ExtensionKind, OverdueState, Status
from engine.facts.ledger import Ledger
from engine.facts.message import ObligationKey
from engine.ledger.headings.column import Owner
from engine.ledger.headings.columns import MATTERS, SHEETS
from engine.ledger.reading.ledger import read_ledger
from engine.policy.governing import policy_of_matter
from engine.policy.loading import shipped_policies
from engine.policy.workdays import Workdays
from engine.review.ledger_review import review
from engine.review.simulate import simulate
from engine.rules.duties import deadlines
from engine.sample import DEMO_NOW
from engine.sample.build import build_sample, planted_faults
from engine.sample.regimes import BAOSHAN, SHUOZHOU
from engine.sample.words import Board, Escalation, Grade, Light, TimeLimit
from tests.addin.checkers import open_xml_faults
from tests.ledger.test_template import WORKBOOKS, parts

SAMPLES = (SHUOZHOU, BAOSHAN)
MORNING = datetime(2026, 11, 18, 8, 0)


class EmptyJournal:
    """A journal that knows of nothing."""

    def __contains__(self, key: ObligationKey) -> bool:
        return False

    def settled_through(self, duty) -> None:
        return None

    def is_acknowledged(self, key) -> bool:
        return False

    def urgings(self, matter: str) -> int:
        return 0

    def acknowledged_at(self, matter: str) -> None:
        return None

    def last_sent_at(self, matter: str) -> None:
        return None


@pytest.fixture(scope="module")
def shuozhou() -> Ledger:
    return read_ledger((WORKBOOKS / SHUOZHOU.file_name).read_bytes())


@pytest.fixture(scope="module")
def baoshan() -> Ledger:
    return read_ledger((WORKBOOKS / BAOSHAN.file_name).read_bytes())


@pytest.fixture(params=["shuozhou", "baoshan"])
def ledger(request) -> Ledger:
    return request.getfixturevalue(request.param)


def shown_at_the_demo(ledger: Ledger, field: str) -> dict[str, object]:
    """What the scheduler would show in one 机 column on the evening of the demonstration, by number."""
    found = review(ledger, EmptyJournal(), shipped_policies(), DEMO_NOW, DEMO_NOW)
    return {change.matter: change.new for change in found.changes if change.field == field}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.regime)
def test_the_committed_sample_is_what_the_builder_makes(sample, tmp_path) -> None:
    build_sample(sample, tmp_path / "built.xlsx")
    committed = WORKBOOKS / sample.file_name
    assert parts(committed.read_bytes()) == parts((tmp_path / "built.xlsx").read_bytes())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.regime)
def test_the_open_xml_sdk_finds_no_fault(sample, tmp_path) -> None:
    copy = tmp_path / "sample.xlsx"
    copy.write_bytes((WORKBOOKS / sample.file_name).read_bytes())
    assert open_xml_faults(copy) == []


def test_reading_finds_nothing_to_complain_of(ledger) -> None:
    assert ledger.findings == ()


def test_at_least_sixty_matters_of_every_board_source_and_limit(shuozhou) -> None:
    assert len(shuozhou.matters) >= 60
    sources = shipped_policies()[shuozhou.settings.regime].on(DEMO_NOW.date()).initiation.sources
    for board in set(Board) - {Board.EXECUTIVE_MEETING}:
        of_board = {matter.source for matter in shuozhou.matters if matter.board == board}
        assert of_board >= set(sources[board]), board
    assert {matter.time_limit for matter in shuozhou.matters} == set(TimeLimit)


def test_every_state_grade_and_kind_of_record(shuozhou) -> None:
    states = {matter.status for matter in shuozhou.matters}
    assert states == {*set(Status) - {Status.AWAITING_INITIATION}, None}
    completions = [item for records in shuozhou.records.values() for item in records.completions]
    assert {item.grade for item in completions} == set(Grade)
    extensions = [item for records in shuozhou.records.values() for item in records.extensions]
    assert any(item.late_approver for item in extensions)
    assert {str(item.result) for item in extensions} == {"同意", "不同意"}
    returns = Counter(
        report.matter for records in shuozhou.records.values() for report in records.reports if report.rectification_due
    )
    assert max(returns.values()) == 2


def test_every_light_band_and_escalation_shows_on_the_evening(shuozhou) -> None:
    assert set(shown_at_the_demo(shuozhou, "light").values()) == set(Light)
    assert set(shown_at_the_demo(shuozhou, "overdue_state").values()) - {None} == set(OverdueState)
    assert set(shown_at_the_demo(shuozhou, "escalation").values()) - {None} == set(Escalation) - {Escalation.CIRCULATED}


def test_the_night_of_the_demonstration(shuozhou) -> None:
    """Counted by hand from the deadlines: no matter has two open nodes, so each line stands alone."""
    slots = Counter(
        (message.covers[0].key.matter, cover.key.slot)
        for message in simulate(shuozhou, shipped_policies(), DEMO_NOW, MORNING)
        for cover in message.covers
    )
    numbers = {matter.content[:6]: matter.number for matter in shuozhou.matters}
    expected = {
        "三处煤矿安全": {"+48h": 3, "+2d": 2},  # 催办 to two persons, 报请协调 to the office
        "供热首周投诉": {"+72h": 2},
        "全市校车和驾": {"+24h": 1, "+1d": 2, "+26h": 2, "+28h": 2, "+30h": 2, "+32h": 2, "+34h": 2},
        "各类惠农补贴": {"+3h": 1, "+5h": 1, "+6h": 1, "+9h": 1},
        "西街早市占道": {"+3h": 1, "+5h": 1, "+6h": 1, "+9h": 1, "+12h": 1},
        "某工地农民工": {"+5h": 1, "+6h": 1, "+9h": 1, "+12h": 1, "+15h": 1},
        "商业综合体不": {"-5h": 1},
        "南部片区供水": {"-5h": 1},
        "银企、产销对": {"-5h": 1},
        "强降温和降雪": {"-5h": 1},
        "涉企行政许可": {"-5h": 1},
    }
    assert slots == {(numbers[content], slot): n for content, found in expected.items() for slot, n in found.items()}


def test_the_night_is_a_sitting_and_not_a_flood(shuozhou) -> None:
    assert 20 <= len(list(simulate(shuozhou, shipped_policies(), DEMO_NOW, MORNING))) <= 40


def test_stamps_are_what_the_rules_compute(ledger) -> None:
    policies, workdays = shipped_policies(), Workdays(ledger.day_overrides)
    fields = {"1天": "node_1_day", "3天": "node_3_days", "7天": "node_7_days", "1个月": "node_1_month"}
    for matter in ledger.matters:
        if not matter.number:
            continue
        nodes = deadlines.nodes(matter, policy_of_matter(matter, ledger, policies, DEMO_NOW), workdays)
        due = {node.name: node.due for node in nodes}
        assert {name: getattr(matter.stamps, field) for name, field in fields.items()} == {
            name: due.get(name) for name in fields
        }, matter.number
        changed = [
            item.new_due + timedelta(hours=17, minutes=30)
            for item in ledger.records_of(matter.number).extensions
            if item.kind is ExtensionKind.NEW_DEADLINE and item.new_due
        ]
        last = [node.due for node in nodes][-1:]
        assert [matter.stamps.completion_due] == (changed or last or [None]), matter.number


def test_the_planted_faults_are_the_last_rows_and_named(shuozhou) -> None:
    planted = planted_faults(SHUOZHOU)
    assert sorted(planted.values()) == ["SZ1-12", "SZ1-3", "SZ1-6", "SZ2-1", "SZ3-3.1"]
    drafts = {matter.place.row: matter for matter in shuozhou.matters if not matter.number}
    assert set(planted) < set(drafts)
    for row, clause in planted.items():
        assert clause in drafts[row].note, "the row itself must say that its fault is meant"
    assert planted_faults(BAOSHAN) == {}


@pytest.mark.parametrize(("fixture", "sample"), [("shuozhou", SHUOZHOU), ("baoshan", BAOSHAN)])
def test_checking_finds_the_planted_faults_and_no_others(request, fixture, sample) -> None:
    found = review(request.getfixturevalue(fixture), EmptyJournal(), shipped_policies(), DEMO_NOW, DEMO_NOW).findings
    errors = {(item.place.row, item.clause) for item in found if item.is_error}
    assert errors == set(planted_faults(sample).items())


def test_steps_to_a_close_out_stand_in_their_order_and_ranks(ledger) -> None:
    """SZ1-15, 17, 18: talks and verification, grade, request, review by the deputy secretary, then the mayors."""
    closed = 0
    for records in ledger.records.values():
        for item in records.completions:
            steps = [
                item.applied_at,
                item.written_report_at,
                item.office_agreed_at,
                item.verified_at,
                item.service_object_told_at,
                item.grade_approved_at,
                item.requested_at,
                item.reviewed_at,
                item.finalized_at,
            ]
            taken = [step for step in steps if step]
            assert taken == sorted(set(taken)), item.matter
            assert taken[-1] < DEMO_NOW
            assert item.grade_approver_rank == "分管副秘书长"
            if item.finalized_at:
                closed += 1
                assert item.finalizer_rank in ("分管副市长", "常务副市长", "市长")
    assert closed >= 3


def test_parents_of_the_province_close_after_their_children(shuozhou) -> None:
    by_number = {matter.number: matter for matter in shuozhou.matters if matter.number}
    children = [matter for matter in by_number.values() if matter.parent]
    assert len(children) >= 3
    for child in children:
        parent = by_number[child.parent]
        assert parent.board == Board.PROVINCE
        if parent.completed_at:
            assert child.completed_at
            assert child.completed_at < parent.completed_at


def test_people_are_artificial_and_their_numbers_valid_and_all_different(ledger) -> None:
    people = [
        person
        for unit in ledger.directory.units.values()
        for person in (unit.head, unit.contact, unit.substitute)
        if person.name
    ]
    assert {person.name[1:] for person in people} == {"甲", "乙", "戊"}
    mobiles = [person.mobile for person in people if person.mobile]
    assert len(set(mobiles)) == len(mobiles) >= len(people) - 1
    for mobile in mobiles:
        number = phonenumbers.parse(mobile)
        assert phonenumbers.is_valid_number(number)
        assert phonenumbers.number_type(number) is phonenumbers.PhoneNumberType.MOBILE
        assert "0000" in mobile, "a number that nobody takes for real"


def test_a_sample_can_send_nothing_real(ledger) -> None:
    assert ledger.settings.demonstration
    assert ledger.settings.ledger_id
    assert ledger.settings.enabled_from is None
    assert ledger.settings.host == ledger.settings.journal_id == ""


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.regime)
def test_what_the_scheduler_writes_is_still_empty(sample) -> None:
    book = load_workbook(WORKBOOKS / sample.file_name)
    for columns in SHEETS:
        sheet = book[columns.name]
        for index, column in enumerate(columns.columns, start=1):
            if column.owner is Owner.MACHINE:
                assert {cell.value for cell in sheet[sheet.cell(1, index).column_letter][1:]} == {None}
    assert book[MATTERS.name].max_row > 20


def test_baoshan_has_notices_in_time_late_missing_and_due(baoshan) -> None:
    workdays = Workdays(baoshan.day_overrides)
    counted: Counter[str] = Counter()
    for matter in baoshan.matters:
        if not matter.number or matter.source_date is None:
            continue
        due = datetime.combine(workdays.shift(matter.source_date.date(), 3), datetime(1, 1, 1, 17, 30).time())
        issued = matter.notice_issued_at
        state = ("late" if issued > due else "in time") if issued else "missing" if due < DEMO_NOW else "due"
        counted[state] += 1
    assert counted == {"in time": 17, "late": 1, "missing": 1, "due": 1}


def test_baoshan_reports_monthly_by_the_25th_and_gathers_opinions(baoshan) -> None:
    nodes = Counter(report.node for records in baoshan.records.values() for report in records.reports)
    assert nodes["月报"] > 20
    assert nodes["协办意见"] > 8
    late = [
        report.period
        for records in baoshan.records.values()
        for report in records.reports
        if report.node == "月报" and report.reported_at > datetime.fromisoformat(f"{report.period}-25T17:30")
    ]
    assert late == ["2026-08"]
    assert {matter.board for matter in baoshan.matters} == {Board.EXECUTIVE_MEETING}
    assert {matter.source for matter in baoshan.matters} == {"常务会议", "专题会议", "领导批示"}


def test_every_committed_workbook_is_one_that_the_builder_knows() -> None:
    assert {path.name for path in Path(WORKBOOKS).glob("*.xlsx")} == {
        "台账模板.xlsx",
        "示例台账.xlsx",
        "示例台账-保山.xlsx",
    }
