"""The form of 督查单: which paper, by when, what it demands, and who approved it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from addin.dialogs.form import EntryKind, Faults, Field, Form, Values, shown
from addin.dialogs.forms import about, all_or_none, common
from engine.facts.matter import Matter
from engine.facts.moment import is_bare_date
from engine.ledger.headings.columns import RANKS
from engine.policy.ladders import EscalationPaper

_APPROVAL = ("approver", "approver_rank", "approved_at")


def paper_form(matters: Sequence[Matter], papers: Mapping[str, EscalationPaper], now: datetime, handler: str) -> Form:
    """督查单, one a matter (一事一单). Without an approval it makes drafts."""
    usual = "，".join(f"{mark}{paper.within}" for mark, paper in papers.items())

    def fits(values: Values) -> Faults:
        if values["number"] and not values["approved_at"]:
            return {"number": "没有批准的是草稿，不能编号。请填写批准人、职务和时间，或把文号清空。"}
        if values["number"] and len(matters) > 1:
            return {"number": f"一事一单，选中了{len(matters)}项，不能用同一个文号。请逐项生成，或把文号清空。"}
        return all_or_none(values, _APPROVAL, "批准人、职务和时间要一起填；都不填的只生成草稿。") | _due_fits(values)

    return Form(
        "督查单",
        f"{about(matters)}\n填了批准人、职务和时间的，登记到「督办记录」并生成督查单；都不填的，只生成草稿，台账不改动。",
        (
            Field("paper", "督查单", EntryKind.CHOICE, common(list(papers)), tuple(papers), required=True),
            Field("unit", "对象单位", default=common([matter.lead_unit for matter in matters]), required=True),
            Field("outcome", "督查要求", EntryKind.LINES, required=True),
            Field("due", "报送期限", EntryKind.MOMENT, hint=f"留空按制度，自批准起：{usual}"),
            Field("number", "文号", hint="经批准的才编号，一次一项"),
            Field("handler", "经办人", default=handler, required=True),
            Field("approver", "批准人"),
            Field("approver_rank", "批准人职务", EntryKind.CHOICE, "", RANKS),
            Field("approved_at", "批准时间", EntryKind.MOMENT, hint=f"如 {shown(now)}"),
        ),
        "生成",
        fits,
    )


def _due_fits(values: Values) -> dict[str, str]:
    due, approved = values["due"], values["approved_at"]
    if not isinstance(due, datetime) or not isinstance(approved, datetime):
        return {}
    early = due.date() < approved.date() if is_bare_date(due) else due <= approved
    return {"due": "报送期限要晚于批准时间。"} if early else {}
