"""Every duty of a matter as known at one time: what is owed, by whom, by when, and how it was met or ended.

One function a paragraph; each stands in the ``PARAGRAPHS`` of its module.
"""

from dataclasses import replace
from datetime import datetime

from engine.facts.duty import Duty
from engine.facts.ledger import Records
from engine.facts.matter import Matter
from engine.policy.policy import Policy
from engine.policy.workdays import Workdays, YearNotCoveredError
from engine.rules.duties import close_out, meetings, nodes, recurring, submission
from engine.rules.duties.announcements import announcements
from engine.rules.duties.approved_acts import ApprovedAct, approved_acts
from engine.rules.duties.case import Case, Paragraph
from engine.rules.duties.escalation_papers import paper_duties
from engine.rules.duties.fulfilment import settle
from engine.rules.duties.standing import fold, known_at, of_its_units
from engine.rules.duties.taking_in import is_taken_in

PARAGRAPHS: tuple[Paragraph, ...] = (*nodes.PARAGRAPHS, *recurring.PARAGRAPHS, *meetings.PARAGRAPHS)

BEFORE_ASSIGNMENT = (meetings.notice_in_time,)
"""What is owed of an approved matter that has no 交办时间 yet: BS-5.2 counts from the day the minutes came out."""


def open_case(
    matter: Matter, records: Records, policy: Policy, workdays: Workdays, at: datetime, until: datetime | None = None
) -> Case:
    """A matter as known at ``at``; what recurs is listed through ``until`` (default: ``at``)."""
    matter = submission.as_it_counts(matter)
    known = of_its_units(known_at(records, at, policy), matter, policy)
    standing = fold(matter, known, policy, workdays, at)
    closes = close_out.ended_at(records, matter, policy) is not None
    return Case(matter, known, standing, policy, workdays, at, until or at, closes)


def duties_of(case: Case) -> list[Duty]:
    """All duties of the case, met and ended ones too, in the order of ``PARAGRAPHS``, then the announcements.

    A duty whose workdays cannot be determined is left out and its year noted in ``case.workdays.missing``: a year
    without a calendar must not silence the nodes beside it.
    """
    begun = case.standing.started_at is not None
    if not begun and not (case.matter.number and is_taken_in(case.matter, case.policy)):
        return []
    owed: list[Duty] = []
    for paragraph in PARAGRAPHS if begun else BEFORE_ASSIGNMENT:
        try:
            owed.extend(paragraph(case))
        except YearNotCoveredError:
            continue  # what it yielded before the gap stays
    stated, owed = owed, settle(owed, case)
    if approved := approved_acts(case, owed):
        if papers := _of_papers(case, approved):
            owed = settle([*stated, *papers], case)  # once more: a report may meet a paper
        marks = tuple((rung.mark, at) for _, rung, at in approved)
        owed = [replace(duty, marks=marks) for duty in owed]
    if begun:
        owed.extend(announcements(case, owed))
    return owed


def _of_papers(case: Case, approved: list[ApprovedAct]) -> list[Duty]:
    found: list[Duty] = []
    if case.policy.papers:
        try:
            found.extend(paper_duties(case, approved))
        except YearNotCoveredError:
            return found
    return found
