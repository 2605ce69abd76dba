"""The words of a policy that a workbook needs."""

from datetime import timedelta

from engine.facts.duty_kinds import BY_REPORT_WORD, DutyKind
from engine.facts.kinds import FIXED_DATE, OFFICE_CATEGORY, SupervisionMethod
from engine.facts.regime_words import GuideWords, LightWord, RegimeWords
from engine.facts.stretches import STRETCHES
from engine.policy.loading import shipped_policies
from engine.policy.policy import Policy
from engine.policy.portrayal import light_in_words


def words_of(policy: Policy) -> RegimeWords:
    """The words of dropdowns, lights and guide for a ledger under this policy."""
    rules, grades, ranks = policy.initiation, policy.close_out.grades, policy.initiation.ranks
    acts = [rung.act for rung in policy.rung if rung.act]
    methods = tuple(dict.fromkeys((*(method.value for method in SupervisionMethod), *acts)))
    nodes = (*policy.limits, FIXED_DATE, *policy.papers, *policy.recurring, *BY_REPORT_WORD)
    choices = {
        ("matters", "board"): policy.boards,
        ("matters", "time_limit"): policy.limit_words,
        ("matters", "grade"): grades,
        ("completions", "grade"): grades,
        ("unit_grades", "grade"): grades,
        ("unit_grades", "board"): policy.year_grades.boards or policy.boards,
        ("reports", "node"): nodes,
        ("supervisions", "node"): nodes,
        ("point_exclusions", "node"): nodes,
        ("supervisions", "method"): methods,
        ("units", "category"): (*policy.points.categories, OFFICE_CATEGORY),
        ("matters", "meeting_chair"): (*(policy.meeting.chairs or rules.mayor_ranks), _OTHER_CHAIR),
        **dict.fromkeys(_RANKS, ranks),
    }
    urgency = tuple(dict.fromkeys(word for row in policy.default_limit for word in row.urgency))
    if urgency:
        choices["matters", "urgency"] = urgency
    lights = tuple(
        LightWord(band.word, band.colour, band.ink, band.meaning or light_in_words(band), band.advice)
        for band in (*policy.lights, *(one for one in policy.light if one.closed))
    )
    grave = tuple(rung.mark for rung in policy.rung if rung.lasting)
    return RegimeWords(rules.sources, lights, grave, rules.offices, _guide(policy), choices)


def _guide(policy: Policy) -> GuideWords:
    rules, before = policy.long_running, [word for word in policy.long_running.apply_before if word in policy.limits]
    hours = rules.apply_hours_ahead
    ahead = f"{hours // 24}天" if hours and hours % 24 == 0 else f"{hours}小时"
    rows = (row for row in policy.schedule if DutyKind.NODE in row.duty)
    offsets = [offset for row in rows for offset in row.offsets if offset.rough_distance < timedelta()]
    first = min(offsets, key=lambda offset: offset.rough_distance, default=None)
    return GuideWords(
        "、".join(policy.limits),
        first.distance_in_words if first else "",
        "或".join(before) or "期限",
        ahead if hours else "",
        f"{policy.office.close:%H:%M}",
        tuple((name, STRETCHES[rule.every].example) for name, rule in policy.recurring.items()),
    )


def usual_words() -> RegimeWords:
    """The words of a template that serves every shipped regime, those of the first; its dropdowns are the headings'."""
    first = next(iter(shipped_policies().values()))
    _, latest = first.versions[-1]
    words = words_of(latest)
    return RegimeWords(words.sources, words.lights, words.grave_marks, words.offices, words.guide)


def words_for(policy: Policy) -> RegimeWords:
    """The words of a ledger under this policy: those of every shipped regime, or the regime's own."""
    return usual_words() if policy.regime in shipped_policies() else words_of(policy)


_OTHER_CHAIR = "其他"
_RANKS = (
    ("matters", "approver_rank"),
    ("matters", "assigning_leader_rank"),
    ("extensions", "approver_rank"),
    ("completions", "grade_approver_rank"),
    ("completions", "reviewer_rank"),
    ("completions", "finalizer_rank"),
    ("supervisions", "approver_rank"),
)
