"""What must be true before 立项: one function per paragraph of the law, exceptions first.

Each also checks matters under way, so that a fact that is emptied later is noticed. The sentences of SZ1-12 about who
may take in what stand in ``initiation_ranks``, the rule about markings in ``secrecy``.
"""

from engine.facts.finding import Finding
from engine.facts.kinds import FIXED_DATE, Role
from engine.facts.unit import Unit
from engine.rules.checks.initiation_ranks import (
    approval_recorded,
    approver_ranks_high_enough,
    assigning_rank_known,
    deputy_mayors_matters,
    mayors_matters,
    other_offices,
)
from engine.rules.checks.row import Check, Findings, Row
from engine.rules.checks.secrecy import nothing_classified
from engine.rules.duties.deadlines import limit_of


def responsible_persons(row: Row) -> Findings:
    """SZ1-6, BS-4: who owes reports, who took the matter in and, by BS-4, who co-operates can be reached by SMS.

    Reading: a 科室 needs its 具体责任人 only, for by SZ1-6 its head is just that (policy: ``office_roles``).
    """
    rules, matter = row.policy.initiation, row.matter
    found: list[Finding] = []
    if matter.lead_unit or matter.handling_office:
        owner = "lead_unit" if matter.lead_unit else "handling_office"
        found += _reachable(row, owner, matter.lead_unit or matter.handling_office, rules.unit_roles)
    else:
        clause, remedy = row.cites.responsible_persons, "请填「单位通讯录」里的单位名或别名。"
        found.append(row.error("lead_unit", "lead_unit_missing", clause, "没有填牵头单位，无人承办。", remedy))
    for name in matter.cooperating_units if rules.cooperating_roles else ():
        found += _reachable(row, "cooperating_units", name, rules.cooperating_roles)
    if matter.initiating_office:
        found += _reachable(row, "initiating_office", matter.initiating_office, rules.office_roles)
    return found


def _reachable(row: Row, field: str, name: str, roles: tuple[Role, ...]) -> Findings:
    unit = row.directory.find(name)
    missing = lacking(unit, row.policy.initiation.office_roles if unit.is_office else roles) if unit else []
    if unit and unit.active and not missing:
        return ()
    clause, remedy = row.cites.responsible_persons, "请在「单位通讯录」补录。"
    if unit is None:
        return (row.error(field, "unit_not_listed", clause, f"通讯录中没有“{name}”。", remedy),)
    if missing:
        problem = f"通讯录中没有“{name}”的{'、'.join(missing)}。"
        return (row.error(field, "responsible_person_missing", clause, problem, remedy),)
    remedy = "请改填接替它的单位；仍在使用的，请在「单位通讯录」把启用改为“是”。"
    return (row.error(field, "unit_inactive", clause, f"“{name}”在通讯录中已停用。", remedy),)


def lacking(unit: Unit, roles: tuple[Role, ...]) -> list[str]:
    """What is not known of the people in these roles: 具体责任人手机号, 第一责任人姓名."""
    found = []
    for role in roles:
        person = unit.responsible(role)
        if not person.name:
            found.append(f"{role}姓名")
        if person.mobile is None:
            found.append(f"{role}手机号")
    return found


def source_fits_board(row: Row) -> Findings:
    """SZ1-7, SZ2-1, SZ3-1, SZ1-10, BS-12: each board takes in what comes from its own sources only."""
    matter = row.matter
    allowed = row.policy.initiation.sources.get(matter.board) if matter.board else None
    if allowed is None or matter.source in allowed:
        return ()
    seen = f"任务来源“{matter.source}”不属于“{matter.board}”版块。" if matter.source else "没有填任务来源。"
    remedy = f"请从这几项中选：{'、'.join(allowed)}；或改填相符的版块。"
    return (row.error("source", "source_not_of_board", row.clause("initiation.sources"), seen, remedy),)


def board_belongs_to_regime(row: Row) -> Findings:
    """SZ1-8, SZ1-10, BS-5.2: a matter belongs to one of the boards that this regime runs."""
    boards = row.policy.initiation.board_marks
    if row.matter.board in boards:
        return ()
    board = row.matter.board
    seen = f"“{row.policy.regime}”制度方案没有“{board}”版块。" if board else "没有填版块。"
    remedy = f"请从这几项中选：{'、'.join(boards)}。"
    return (row.error("board", "board_not_run_here", row.cites.boards, seen, remedy),)


def initiating_office_is_an_office(row: Row) -> Findings:
    """SZ1-11, BS-7.1: 立项主体 is 督查室, one of 秘书一至五科, or another 科室 of 单位通讯录."""
    name = row.matter.initiating_office
    unit = row.directory.find(name)
    if name and (unit is None or unit.is_office or row.is_one_of(unit.name, row.policy.initiation.offices)):
        return ()  # a name that is not listed is reported by SZ1-6
    clause = row.clause("initiation.offices")
    if not name:
        return (row.error("initiating_office", "office_missing", clause, "没有填立项主体。", "请填负责立项的科室。"),)
    problem = f"立项主体“{name}”不是科室。"
    remedy = "请改填负责立项的科室；确是科室的，请在「单位通讯录」把类别改为“科室”。"
    return (row.error("initiating_office", "office_is_no_office", clause, problem, remedy),)


def content_stated(row: Row) -> Findings:
    """SZ1-13, BS-5.2: 见人见事: without its content nobody knows what is to be done."""
    if row.matter.content or row.matter.requirement:
        return ()
    clause = row.cites.content
    return (row.error("content", "content_missing", clause, "没有填事项内容。", "请填写要办什么事。"),)


def clock_can_start(row: Row) -> Findings:
    """SZ1-13.1, BS-5.2: 交办时间 and 办理时限 are there, and a 指定期限 exactly where the limit needs one."""
    matter, clause = row.matter, row.cites.nodes
    if matter.assigned_at is None and _notice_comes_first(row):
        problem, remedy = "没有填交办时间，时限还没有起算；制发通知的期限照算。", "请在制发通知时补填交办时间。"
        yield row.hint("assigned_at", "assignment_awaits_notice", row.cites.notice, problem, remedy)
    elif matter.assigned_at is None:
        problem, remedy = "没有填交办时间，推算不出时限。", "请填交办的日期，最好写明几点几分。"
        yield row.error("assigned_at", "assignment_time_missing", clause, problem, remedy)
    if limit_of(matter, row.policy) is None:
        problem, remedy = "没有填办理时限，推算不出时限。", f"请从这几项中选：{'、'.join(row.policy.limit_words)}。"
        yield row.error("time_limit", "time_limit_missing", clause, problem, remedy)
    elif matter.time_limit == FIXED_DATE and matter.fixed_due is None:
        problem, remedy = "办理时限为“指定日期”，却没有填指定期限。", "请填指定的办结日期。"
        yield row.error("fixed_due", "fixed_date_missing", clause, problem, remedy)
    elif matter.time_limit != FIXED_DATE and matter.fixed_due is not None:
        problem = f"办理时限为“{matter.time_limit}”，填写的指定期限不起作用。"
        remedy = "按指定期限办理的，请把办理时限改为“指定日期”；否则请清空这一格。"
        yield row.hint("fixed_due", "fixed_date_unused", clause, problem, remedy)


def _notice_comes_first(row: Row) -> bool:
    """BS-5.2: a decision is approved, then assigned by the notice; until that is issued no 交办时间 is missing."""
    return bool(row.policy.meeting.notice_workdays) and row.matter.notice_issued_at is None


CHECKS: tuple[Check, ...] = (
    nothing_classified,  # SZ1-3, BS-11
    responsible_persons,  # SZ1-6, BS-4, BS-6.4
    source_fits_board,  # SZ1-7, SZ2-1, SZ3-1, SZ1-10, BS-12
    board_belongs_to_regime,  # SZ1-8, SZ1-10, BS-5.2
    initiating_office_is_an_office,  # SZ1-11, BS-7.1
    approval_recorded,  # SZ1-12, SZ2-3.1, SZ3-3.1, BS-5.2
    approver_ranks_high_enough,  # SZ1-12, SZ2-3.1, SZ3-3.1, BS-5.2
    assigning_rank_known,  # SZ1-12
    mayors_matters,  # SZ1-12
    deputy_mayors_matters,  # SZ1-12
    other_offices,  # SZ1-12
    content_stated,  # SZ1-13, BS-5.2
    clock_can_start,  # SZ1-13.1, BS-5.2
)
PERMANENT: tuple[Check, ...] = (nothing_classified,)
