"""Which paragraph each rule of the engine carries out in one regime.

A rule that applies a value of the policy is cited by that value's own clause (``Policy.clauses``), so that an amendment
is cited by its amendment. Every other rule cites by its name here, whatever value happens to lie near.
"""

from engine.policy.schedule import Model


class Citations(Model):
    """One paragraph a rule; empty where the regime has no such paragraph, and the rule cites none."""

    # 立项、交办
    responsible_persons: str
    boards: str
    initiation: str
    division_of_offices: str = ""
    content: str
    assignment: str
    # 期限、报送、退回
    nodes: str
    workdays: str
    reports: str
    report_received: str
    returns: str
    escalation: str
    # 延期、持续推进
    extension: str
    long_running: str
    weekly: str = ""
    monthly_report: str
    year_end: str = ""
    # 办结
    grading: str
    sent_back: str
    close_out: str
    closed: str
    # 省政府交办事项
    decomposition: str = ""
    forwarding: str = ""
    submission: str = ""
    # 督查任务
    inspection_report: str = ""
    pools: str = ""
    pool_origins: str = ""
    full_time_inspectors: str = ""
    inspector_choice: str = ""
    inspection_groups: str = ""
    inspection_request: str = ""
    inspection_plan: str = ""
    inspection_briefing: str = ""
    inspection_log: str = ""
    inspection_forwarding: str = ""
    full_time_costs: str = ""
    other_costs: str = ""
    inspection_support: str = ""
    # 会议议定事项
    concrete_demand: str = ""
    notice: str = ""
    leaders: str = ""
    handling_office: str = ""
    opinion: str = ""
    stage_goals: str = ""
    # 积分
    score_quarters: str = ""
    scored_units: str = ""
    point_items: str = ""
    point_quantity: str = ""
    commendation: str = ""
    sluggish: str = ""
    exclusion: str = ""
    supervision_scorer: str = ""
    matter_scorer: str = ""
    year_grades: str = ""
    # 责任追究
    last_places: str = ""
    clue: str = ""
    clue_steps: str = ""
    clue_verification: str = ""
    clue_opinion: str = ""
    clue_review: str = ""
    clue_execution: str = ""
    clue_result: str = ""
    clue_direct: str = ""
    clue_modes: str = ""
    clue_person_modes: str = ""
