"""SZ1-12, SZ2-3.1, SZ3-3.1, BS-5.2: nothing is taken in without an approval, and each matter by the office whose it is.

Reading: the division of work among the offices opens with 「“1”版块」 in SZ1-12, and SZ2, SZ3 leave it out: it holds on
the board 日常管理事项 only.
"""

from engine.rules.checks.row import Findings, Row


def approval_recorded(row: Row) -> Findings:
    """SZ1-12, SZ2-3.1, SZ3-3.1, BS-5.2: the approver's name, rank and date stand in the row."""
    matter = row.matter
    if matter.approver and matter.approver_rank and matter.approved_at:
        return ()
    wanted = (
        ("approver", matter.approver, "立项审批人姓名"),
        ("approver_rank", matter.approver_rank, "审批人的职务"),
        ("approved_at", matter.approved_at, "审批的时间"),
    )
    clause, remedy = row.cites.initiation, "请先书面报批，再补填审批人、职务和时间。"
    return tuple(
        row.error(field, "approval_missing", clause, f"没有填{what}，不能立项，期限不起算。", remedy)
        for field, value, what in wanted
        if not value
    )


def approver_ranks_high_enough(row: Row) -> Findings:
    """SZ1-12, SZ2-3.1, SZ3-3.1, BS-5.2: the approver holds one of the ranks that the board demands."""
    rank, board = row.matter.approver_rank, row.matter.board
    allowed = row.policy.initiation.approvers.get(board) if board else None
    if not rank or allowed is None or rank in allowed:
        return ()
    clause, problem = row.clause("initiation.approvers"), f"“{rank}”无权审批“{board}”的立项，期限不起算。"
    remedy = f"请报{allowed[0]}以上负责人审批；职务填错的请改为：{'、'.join(allowed)}。"
    return (row.error("approver_rank", "approver_rank_too_low", clause, problem, remedy),)


def assigning_rank_known(row: Row) -> Findings:
    """SZ1-12: the rank of the assigning leader is known, so that the three checks below can be made at all."""
    matter, rules = row.matter, row.policy.initiation
    if matter.board not in rules.assigned_boards or matter.assigning_leader_rank or not matter.assigning_leader:
        return ()
    problem = f"没有填“{matter.assigning_leader}”的职务，无法核对应由哪个科室立项。"
    clause, remedy = row.cites.division_of_offices, "请补填交办领导的职务。"
    return (row.hint("assigning_leader_rank", "assigning_rank_missing", clause, problem, remedy),)


def mayors_matters(row: Row) -> Findings:
    """SZ1-12: a matter that 督查室 passed on may be taken in elsewhere; else a mayor's matter is 督查室's."""
    matter, rules = row.matter, row.policy.initiation
    if matter.board not in rules.assigned_boards or matter.assigning_leader_rank not in rules.mayor_ranks:
        return ()
    home = rules.supervision_office
    if not matter.initiating_office or row.is_one_of(matter.initiating_office, (home,)):
        return ()
    if row.is_one_of(matter.transferring_office, (home,)):
        return ()
    clause = row.cites.division_of_offices
    problem = f"市长交办事项由{home}立项，不能由“{matter.initiating_office}”直接立项。"
    remedy = f"请改由{home}立项；已由{home}转来的，请在转交科室填“{home}”。"
    return (row.error("initiating_office", "mayors_matter_elsewhere", clause, problem, remedy),)


def deputy_mayors_matters(row: Row) -> Findings:
    """SZ1-12: a deputy mayor's matter belongs to 秘书一至五科."""
    matter, rules = row.matter, row.policy.initiation
    if matter.board not in rules.assigned_boards or matter.assigning_leader_rank not in rules.deputy_mayor_ranks:
        return ()
    if not matter.initiating_office or row.is_one_of(matter.initiating_office, rules.secretariat_offices):
        return ()
    clause = row.cites.division_of_offices
    problem = f"{matter.assigning_leader_rank}交办事项由秘书科立项，不能由“{matter.initiating_office}”立项。"
    remedy = f"请改填：{'、'.join(rules.secretariat_offices)}。"
    return (row.error("initiating_office", "deputy_mayors_matter_elsewhere", clause, problem, remedy),)


def other_offices(row: Row) -> Findings:
    """SZ1-12: any other office takes a matter in only on the demand of 分管副秘书长 or above.

    Matters of the mayor and of deputy mayors are checked by the two functions above.
    """
    matter, rules = row.matter, row.policy.initiation
    if matter.board not in rules.assigned_boards or matter.approver_rank in ("", *rules.other_office_ranks):
        return ()
    if matter.assigning_leader_rank in (*rules.mayor_ranks, *rules.deputy_mayor_ranks):
        return ()
    if row.is_one_of(matter.initiating_office, ("", rules.supervision_office, *rules.secretariat_offices)):
        return ()
    lowest, clause = rules.other_office_ranks[0], row.cites.division_of_offices
    problem = f"“{matter.initiating_office}”立项须按{lowest}以上负责人的要求，现由“{matter.approver_rank}”审批。"
    remedy = f"请报{lowest}以上负责人审批，或改由秘书科立项。"
    return (row.error("approver_rank", "other_office_without_demand", clause, problem, remedy),)
