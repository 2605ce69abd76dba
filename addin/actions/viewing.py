"""同步标记, and the buttons that only show: 预览短信, 为什么, 今日待办."""

from datetime import datetime, timedelta

from addin.faults import AddinError
from addin.session import Session
from engine.board.figures import board
from engine.board.sheets import form_changes, replies_shown
from engine.board.waiting import waiting
from engine.facts.change import Change
from engine.facts.kinds import SmsSwitch
from engine.law.library import shipped_law
from engine.ledger.headings.board_sheets import FORMS, TODAY_SHEET
from engine.ledger.headings.columns import MATTERS
from engine.papers.phrases import slot_words
from engine.review.explain import Explanation, explain
from engine.review.ledger_review import Review
from engine.review.simulate import simulate
from engine.rules.duties.cases import Cases

_DAY = timedelta(days=1)


def synchronize(session: Session) -> None:
    """同步标记: the 机 cells as the rules see them now."""
    reviewed = session.review()
    report = session.book.apply([*session.flag_changes(reviewed), *_form_changes(session, reviewed)], [])
    session.book.save_unattended()
    rows = len({change.matter for change in report.applied if change.matter})
    left = f"有{len(report.dropped)}格没有写入（多半是里面填了公式），请点“校验”查看。" if report.dropped else ""
    session.inform(f"已同步，{rows}项的标记有变化。{left}" if rows else f"已同步，标记没有变化。{left}")


def _form_changes(session: Session, reviewed: Review) -> list[Change]:
    """统计看板 and 今日待办, where the book has them."""
    forms = {form.key: cells for form in FORMS if (cells := session.book.form(form)) is not None}
    if not forms:
        return []
    unread = replies_shown(forms.get(TODAY_SHEET.key, {}))
    waits = waiting(session.ledger, reviewed, session.policy, session.unsettled(), unread)
    return form_changes(forms, board(session.ledger, reviewed, session.policy), waits)


def preview_messages(session: Session) -> None:
    """预览短信: what goes out within 24 hours, to whom, by which clause."""
    messages = list(simulate(session.ledger, session.policies, session.now, session.now + _DAY))
    rows = [
        (
            _clock(message.at),
            message.kind.value,
            f"{message.to.unit} {message.to.name}",
            "、".join(dict.fromkeys(cover.key.matter for cover in message.covers)),
            "、".join(dict.fromkeys(cover.clause for cover in message.covers)),
            message.text,
        )
        for message in messages
    ]
    state = session.ledger.settings.sms
    off = "" if state is SmsSwitch.ON else f"注意：参数设置里短信发送为“{state}”，这些短信不会照常发出。"
    intro = f"按现在的台账，今后24小时将发出{len(rows)}条短信。只看不发。{off}"
    session.desk.show_table("预览短信", intro, ("时间", "类型", "收信人", "事项", "条款", "内容"), rows)


def explain_matter(session: Session) -> None:
    """为什么: deadlines, reminders and flags of the selected matter."""
    matters = session.selected(to_change=False)
    if len(matters) > 1:
        raise AddinError("一次只能说明一项。请只选中一行，再点“为什么”。")
    since = session.ledger.settings.enabled_from
    cases = Cases(session.ledger, session.policies, session.now)
    found = explain(cases, matters[0], session.sent, session.sent.outcomes, since)
    rows = explained_rows(found)
    flags = found.flags
    light = flags.light if flags.light else "无"
    intro = f"{matters[0].number}：预警灯 {light}，依据 {flags.basis or '无'}。点一行，下面显示条文或采用的理解。"
    headings = ("期限", "单位", "时间", "状态", "条款", "时点", "类型", "条文")
    session.desk.show_table("为什么", intro, headings, rows)


def explained_rows(found: Explanation) -> list[tuple[str, ...]]:
    """A row for each duty, each of its slots, and each reading that they follow."""
    words, rows = shipped_law().words, list[tuple[str, ...]]()
    for item in found.duties:
        duty, law = item.duty, words(item.duty.clause)
        due = f"{_clock(duty.due)}{'（暂定）' if duty.provisional else ''}"
        rows.append((duty.name + duty.period, duty.owed_by, due, item.state, duty.clause, "", "", law))
        rows += [
            (
                "",
                slot.to,
                _clock(slot.at),
                slot.outcome,
                slot.clause,
                slot_words(slot.slot),
                slot.kind,
                words(slot.clause),
            )
            for slot in item.slots
        ]
    for number in found.readings:
        rows.append((f"理解{number}", "", "", "", "", "", "", shipped_law().reading(number).words))
    return rows


def show_today(session: Session) -> None:
    """今日待办: what waits for a person, and whether the scheduler runs."""
    unread = replies_shown(session.book.form(TODAY_SHEET) or {})
    found = waiting(session.ledger, session.review(), session.policy, session.unsettled(), unread)
    rows = [(one.kind, one.number, one.unit, one.content, one.what) for one in found]
    headings = ("待办", "事项", "单位", "事项内容", "要办的事")
    intro = f"{session.service_state()}今日待办{len(rows)}项。选中一行按回车，到台账里的那一行。"
    chosen = session.desk.show_table("今日待办", intro, headings, rows)
    if chosen is not None and (row := found[chosen].row):
        session.book.go_to(MATTERS, row)


def _clock(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
