"""The forms of 登记, 办理 and 督办: their fields, their defaults, and what must fit together by which clause."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from addin.dialogs.form import EntryKind, Faults, Field, Form, Values, shown
from engine.facts import kinds
from engine.facts.duty_kinds import PERIOD_FORMS, period_hints
from engine.facts.matter import Matter
from engine.facts.records import Report
from engine.ledger.headings.columns import AGREE, NODES, RANKS
from engine.papers.notice_document import Per
from engine.policy.sections import CloseOut

_LISTED = 3
_SHORT = 24


def about(matters: Sequence[Matter]) -> str:
    """Which matters the form is for, a line each."""
    named = "\n　　　".join(f"{matter.number} {_short(matter.content)}" for matter in matters[:_LISTED])
    more = f"\n　　　等{len(matters)}项" if len(matters) > _LISTED else ""
    return f"事项：{named}{more}"


def _short(content: str) -> str:
    """The first words of a text; … where there are more."""
    line = " ".join(content.split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"


def _words(kind: type[StrEnum]) -> tuple[str, ...]:
    return tuple(member.value for member in kind)


def common(values: Sequence[str]) -> str:
    """The text that all matters share, else nothing."""
    return values[0] if len(set(values)) == 1 else ""


def notice_form(matters: Sequence[Matter], now: datetime) -> Form:
    """下发通知."""
    return Form(
        "下发通知",
        f"{about(matters)}\n将生成 Word 通知，编通知文号，并写入通知下发时间。交办短信随后由后台发出。",
        (
            Field("per", "份数", EntryKind.CHOICE, Per.UNIT.value, tuple(per.value for per in Per), required=True),
            Field("issued_at", "下发时间", EntryKind.MOMENT, shown(now), required=True),
        ),
        "生成并下发",
    )


def report_form(
    matters: Sequence[Matter], now: datetime, registrar: str, own_periods: Mapping[str, str] | None = None
) -> Form:
    """登记反馈 (SZ1-13.2). ``own_periods``: of the reports that the regime names itself, an example of each 期次."""
    own = own_periods or {}
    hints = "，".join((period_hints("填"), *(f"{name}填 {example}" for name, example in own.items())))
    return Form(
        "登记反馈",
        about(matters),
        (
            Field("unit", "报送单位", default=common([matter.lead_unit for matter in matters]), required=True),
            Field("node", "节点", EntryKind.CHOICE, "", NODES, hint="留空：计入最早的未办节点"),
            Field("period", "期次", hint=f"{hints}；其余留空"),
            Field("reported_at", "报送时间", EntryKind.MOMENT, shown(now), required=True),
            Field("content", "报送内容", EntryKind.LINES, required=True),
            Field("reporter", "报送人"),
            Field("stage_goal", "阶段目标", hint="长期推进的事项首次报送时填写"),
            Field("registrar", "登记人", default=registrar, required=True),
        ),
        "登记并保存",
        lambda values: _report_fits(values, own),
    )


def _report_fits(values: Values, own_periods: Mapping[str, str]) -> Faults:
    node = str(values["node"] or "")
    form = PERIOD_FORMS.get(node)
    example = form.example if form else own_periods.get(node)
    return {"period": f"{node}要写明期次，如 {example}。"} if example and not values["period"] else {}


def return_form(matters: Sequence[Matter], reports: Sequence[Report], now: datetime, reviewer: str) -> Form:
    """退回 (SZ1-13.3). ``reports`` are what goes back, one a matter."""

    def fits(values: Values) -> Faults:
        due = values["rectification_due"]
        late = isinstance(due, datetime) and due.date() < now.date()
        return {"rectification_due": "整改期限不能早于今天。"} if late else {}

    return Form(
        "退回",
        f"{about(matters)}\n{_what_goes_back(reports)}\n整改期限就是新的报送期限。",
        (
            Field("return_reason", "退回原因", EntryKind.LINES, required=True),
            Field("follow_up", "后续方式", EntryKind.CHOICE, "持续办理", _words(kinds.FollowUp), required=True),
            Field("rectification_due", "整改期限", EntryKind.MOMENT, required=True, hint="只填日期的，按当天17:30计"),
            Field("reviewer", "审核人", default=reviewer, required=True),
            Field("reviewed_at", "审核时间", EntryKind.MOMENT, shown(now), required=True),
        ),
        "退回并保存",
        fits,
    )


def _what_goes_back(reports: Sequence[Report]) -> str:
    parts = []
    for report in reports[:_LISTED]:
        when = shown(report.reported_at) if report.reported_at else ""
        parts.append(f"{report.unit or '承办单位'} {when}报送：\n{_short(report.content)}")
    return "将退回：\n" + "\n".join(parts)


def extension_form(matters: Sequence[Matter], now: datetime) -> Form:
    """延期/转持续推进 (SZ1-16, SZ2-4, BS-8.3)."""
    return Form(
        "延期/转持续推进",
        f"{about(matters)}\n同意后才生效；还没有审批的，同意一栏留空，以后在「延期申请」里补填。",
        (
            Field("kind", "申请类型", EntryKind.CHOICE, "转持续推进", _words(kinds.ExtensionKind), required=True),
            Field("applied_at", "申请时间", EntryKind.MOMENT, shown(now), required=True),
            Field("reason", "申请理由", EntryKind.LINES, required=True),
            Field("plan", "落实方案", EntryKind.LINES),
            Field("stage_goal", "阶段目标"),
            Field("new_due", "新期限", EntryKind.MOMENT),
            Field("approver", "同意人"),
            Field("approver_rank", "同意人职务", EntryKind.CHOICE, "", RANKS),
            Field("approved_at", "同意时间", EntryKind.MOMENT),
            Field("result", "结果", EntryKind.CHOICE, "", AGREE),
            Field("late_explanation", "逾时受理说明", hint="申请晚于期限前2天的，写明原因并填批准人"),
            Field("late_approver", "逾时批准人"),
            Field("late_approved_at", "逾时批准时间", EntryKind.MOMENT),
        ),
        "登记并保存",
        _extension_fits,
    )


def _extension_fits(values: Values) -> Faults:
    faults = {}
    if values["kind"] == kinds.ExtensionKind.TO_LONG_RUNNING and not values["plan"]:
        faults["plan"] = "转持续推进要有落实方案（暂行办法第十六条）。"
    if values["kind"] == kinds.ExtensionKind.NEW_DEADLINE and not values["new_due"]:
        faults["new_due"] = "调整期限要写明新期限。"
    if values["kind"] == kinds.ExtensionKind.NEW_DEADLINE and values["result"] and not values["approver_rank"]:
        faults["approver_rank"] = "调整期限要写明同意人的职务。"
    return faults | all_or_none(values, ("result", "approver", "approved_at"), "写了结果，就要写明同意人和同意时间。")


def all_or_none(values: Values, names: tuple[str, ...], says: str) -> dict[str, str]:
    """The fault of each empty one of ``names``, where others of them are filled in."""
    empty = [name for name in names if not values[name]]
    return dict.fromkeys(empty, says) if empty and len(empty) < len(names) else {}


def completion_form(matters: Sequence[Matter], now: datetime, talks: int) -> Form:
    """申请办结 (SZ1-15). ``talks`` is how many the policy wants without the consent of the 服务对象; 0: no consent is
    needed.
    """
    applied_at = Field("applied_at", "申请时间", EntryKind.MOMENT, shown(now), required=True)
    if not talks:
        return Form("申请办结", about(matters), (applied_at,), "登记并保存")
    has_object = any(matter.service_object for matter in matters)

    def fits(values: Values) -> Faults:
        if has_object and not values["service_object_agrees"]:
            return {"service_object_agrees": "事项有服务对象，要写明其意见（暂行办法第十五条）。"}
        if values["service_object_agrees"] != "不同意":
            return {}
        held = values["talks"]
        faults = {} if isinstance(held, int) and held >= talks else {"talks": f"不同意的，要先沟通{talks}次以上。"}
        wanted = {
            "written_report_at": "请填书面报告时间。",
            "office_agreed_at": "请填立项主体同意时间。",
            "verification": "请选核验方式。",
            "verified_at": "请填核验时间。",
            "verdict": "请选核验结论；不可办结的，不能申请办结。",
            "service_object_told_at": "请填反馈服务对象时间。",
        }
        if values["verdict"] == kinds.Verdict.NOT_FIT_TO_CLOSE:
            faults["verdict"] = "核验为不可办结的，不能申请办结（暂行办法第十五条）。"
        return faults | {name: says for name, says in wanted.items() if not values[name]}

    return Form(
        "申请办结",
        f"{about(matters)}\n服务对象不同意的，要依次补齐沟通、书面报告、立项主体同意、核验和反馈。",
        (
            applied_at,
            Field("service_object_agrees", "服务对象意见", EntryKind.CHOICE, "", AGREE, hint="没有服务对象的留空"),
            Field("talks", "沟通次数", EntryKind.NUMBER),
            Field("written_report_at", "书面报告时间", EntryKind.MOMENT),
            Field("office_agreed_at", "立项主体同意时间", EntryKind.MOMENT),
            Field("verification", "核验方式", EntryKind.CHOICE, "", ("专家论证", "公众评价", "其他")),
            Field("verified_at", "核验时间", EntryKind.MOMENT),
            Field("verdict", "核验结论", EntryKind.CHOICE, "", _words(kinds.Verdict)),
            Field("service_object_told_at", "反馈服务对象时间", EntryKind.MOMENT),
        ),
        "登记并保存",
        fits,
    )


def close_out_form(matters: Sequence[Matter], now: datetime, rules: CloseOut) -> Form:
    """审定销号 (SZ1-17, 18): grade, request, review and approval, in that order."""
    return Form(
        "审定销号",
        f"{about(matters)}\n依次为：等级评估与审定、书面提请、审核、审定。有星号的办结时必填；评为不合格的退回。",
        (
            Field("grade", "评估等级", EntryKind.CHOICE, "", rules.grades, required=True),
            Field("grader", "评估人", required=True),
            Field("grade_approver", "等级审定人", required=True),
            Field("grade_approver_rank", "等级审定人职务", EntryKind.CHOICE, "", RANKS, required=True),
            Field("grade_approved_at", "等级审定时间", EntryKind.MOMENT, shown(now), required=True),
            Field("requester", "提请人", starred=True),
            Field("requested_at", "提请时间", EntryKind.MOMENT, starred=True),
            Field("reviewer", "审核人", starred=True),
            Field("reviewer_rank", "审核人职务", EntryKind.CHOICE, "", RANKS, starred=True),
            Field("reviewed_at", "审核时间", EntryKind.MOMENT, starred=True),
            Field("finalizer", "审定人", starred=True),
            Field("finalizer_rank", "审定人职务", EntryKind.CHOICE, "", RANKS, starred=True),
            Field("finalized_at", "审定时间", EntryKind.MOMENT, starred=True),
            Field("result", "结果", EntryKind.CHOICE, "", _words(kinds.CompletionResult), required=True),
            Field("rectification_due", "整改期限", EntryKind.MOMENT, hint="结果为退回的填写"),
        ),
        "审定并保存",
        lambda values: _close_out_fits(values, rules),
    )


def _close_out_fits(values: Values, rules: CloseOut) -> Faults:
    if values["result"] == kinds.CompletionResult.SENT_BACK:
        return {} if values["rectification_due"] else {"rectification_due": "退回的，要写明整改期限。"}
    if values["grade"] in rules.sent_back_grades:
        return {"result": f"评为{values['grade']}的，结果只能是退回（暂行办法第十七条）。"}
    steps = ("requester", "requested_at", "reviewer", "reviewer_rank", "reviewed_at", "finalizer", "finalizer_rank")
    missing = [name for name in (*steps, "finalized_at") if not values[name]]
    if missing:
        return dict.fromkeys(missing, "办结要依次有提请、审核和审定（暂行办法第十八条）。")
    times = [values[name] for name in ("requested_at", "reviewed_at", "finalized_at")]
    moments = [moment for moment in times if isinstance(moment, datetime)]
    if moments != sorted(moments):
        return {"finalized_at": "提请、审核、审定的时间要依次往后（暂行办法第十八条）。"}
    return {}


def supervision_form(matters: Sequence[Matter], now: datetime, handler: str) -> Form:
    """督办记录 (SZ1-13, 14; BS-7.3)."""
    return Form(
        "督办记录",
        about(matters),
        (
            Field("method", "方式", EntryKind.CHOICE, "电话催办", _words(kinds.SupervisionMethod), required=True),
            Field("at", "时间", EntryKind.MOMENT, shown(now), required=True),
            Field("unit", "对象单位", default=common([matter.lead_unit for matter in matters]), required=True),
            Field("node", "节点", EntryKind.CHOICE, "", NODES),
            Field("handler", "经办人", default=handler, required=True),
            Field("outcome", "情况", EntryKind.LINES),
            Field("approver", "批准人"),
            Field("approver_rank", "批准人职务", EntryKind.CHOICE, "", RANKS),
            Field("approved_at", "批准时间", EntryKind.MOMENT),
        ),
        "登记并保存",
        _supervision_fits,
    )


def _supervision_fits(values: Values) -> Faults:
    if values["method"] not in (kinds.SupervisionMethod.ESCALATED, kinds.SupervisionMethod.CIRCULAR):
        return {}
    names = ("approver", "approver_rank", "approved_at")
    return {name: f"{values['method']}须经批准，请填写。" for name in names if not values[name]}
