"""``check``: everything that is wrong with a ledger, as findings in the order of the sheets."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from engine.facts.finding import Finding, Place, error, hint
from engine.facts.kinds import SmsSwitch
from engine.facts.ledger import NO_RECORDS, Ledger, Records
from engine.facts.matter import Matter
from engine.facts.settings import LONGEST_SIGNATURE, Settings
from engine.ledger.headings.columns import SHEETS
from engine.policy.loading import Policies
from engine.rules.checks import initiation, meetings, procedure
from engine.rules.checks import ledger as ledger_rows
from engine.rules.checks.directory import check_directory
from engine.rules.checks.row import Check, Row, has_ended
from engine.rules.duties.case import known_until
from engine.rules.duties.cases import Cases
from engine.rules.points.checks import findings_of_points

ChecksByState = Mapping[tuple[bool, bool], tuple[Check, ...]]

_ORDER = {sheet.key: index for index, sheet in enumerate(SHEETS)}


def row_checks() -> tuple[Check, ...]:
    """The checks of each row. A new room of checks adds its line here."""
    return (
        *initiation.CHECKS,
        *ledger_rows.CHECKS,
        *procedure.CHECKS,
        *meetings.CHECKS,
    )


def permanent_checks() -> frozenset[Check]:
    """The checks that apply to closed matters too: one may lose its contact, but must not hold what must never stand
    here.
    """
    return frozenset((*initiation.PERMANENT, *ledger_rows.PERMANENT, *procedure.PERMANENT))


def check(ledger: Ledger, policies: Policies, now: datetime) -> tuple[Finding, ...]:
    """All findings: of the reading, of the facts, of the duties; by sheet and row, within a row as found."""
    cases = Cases(ledger, policies, now)
    rows = rows_of(cases)
    of_duties = [finding for row in rows for finding in ledger_rows.check_duties(row, now)]
    gaps = ledger_rows.years_not_covered(cases.workdays, cases.policy_today)
    facts = (*ledger.findings, *judge(ledger, policies, now))
    at_fault = {finding.place for finding in facts if finding.is_error}  # one fault of a cell is reported once
    of_points = (finding for finding in findings_of_points(ledger, policies, now) if finding.place not in at_fault)
    return in_order((*facts, *of_duties, *gaps, *of_points, *_of_settings(ledger.settings)))


def _of_settings(settings: Settings) -> Iterator[Finding]:
    """A message without a signature is refused by every network; without a number nobody can be called."""
    if settings.sms is SmsSwitch.OFF:
        return
    place = Place("settings", None, "value")
    if not settings.signature:
        yield error(place, "signature_missing", "", "没有填短信签名，短信不会发送。", "请填好，与网关报备的一致。")
    if len(settings.signature) > LONGEST_SIGNATURE:
        yield error(
            place,
            "signature_too_long",
            "",
            f"短信签名有{len(settings.signature)}个字，短信不会发送。",
            f"请填与网关报备的签名，最多{LONGEST_SIGNATURE}个字。",
        )
    if not settings.phone:
        yield hint(place, "phone_missing", "", "没有填联系电话，短信里的电话是空的。", "请填本单位的联系电话。")


def judge(ledger: Ledger, policies: Policies, now: datetime) -> list[Finding]:
    """The findings that follow from the facts alone; those of the duties are made by a review."""
    checks = checks_by_state()
    cases = Cases(ledger, policies, now)
    found = [fault for row in rows_of(cases) for fault in faults_of(row, checks)]
    found.extend(check_directory(ledger.directory, cases.policy_today))
    return without_unreadable_cells(found, ledger)


def without_unreadable_cells(found: Iterable[Finding], ledger: Ledger) -> list[Finding]:
    """Without those about a cell that could not be read: it has its finding, and is not reported as empty besides."""
    unread = {finding.place for finding in ledger.findings if finding.is_error}
    return [finding for finding in found if finding.place not in unread]


def checks_by_state() -> ChecksByState:
    """By whether the matter has ended and whether it has records: the checks that apply to such a row."""
    checks, permanent, of_records = row_checks(), permanent_checks(), frozenset(procedure.OF_RECORDS)
    return {
        (ended, recorded): tuple(
            one for one in checks if (one in permanent or not ended) and (recorded or one not in of_records)
        )
        for ended in (False, True)
        for recorded in (False, True)
    }


def faults_of(row: Row, checks: ChecksByState) -> list[Finding]:
    """The findings about one matter that follow from its facts."""
    found: list[Finding] = []
    for one in checks[row.has_ended, row.records is not NO_RECORDS]:
        found.extend(one(row))
    return found


def rows_of(cases: Cases) -> Iterator[Row]:
    """Every matter as the checks see it. ``cases.workdays`` keeps the years without a calendar."""
    numbered = numbered_matters(cases.ledger)
    for matter in cases.ledger.matters:
        yield row_of(matter, cases.ledger.records_of(matter.number), cases, numbered)


def numbered_matters(ledger: Ledger) -> Mapping[str, Matter]:
    """The matters by their number."""
    return {matter.number: matter for matter in ledger.matters if matter.number}


def row_of(matter: Matter, records: Records, cases: Cases, numbered: Mapping[str, Matter]) -> Row:
    """One matter as the checks see it."""
    policy, directory = cases.policy_of(matter), cases.ledger.directory
    known = known_until(cases.now)
    since = cases.ledger.settings.enabled_from
    return Row(matter, records, directory, policy, cases.workdays, numbered, known, has_ended(matter), since)


def in_order(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """By sheet and row; findings about a sheet as a whole before those of its rows."""
    return tuple(
        sorted(findings, key=lambda finding: (_ORDER.get(finding.place.sheet, len(_ORDER)), finding.place.row or 0))
    )
