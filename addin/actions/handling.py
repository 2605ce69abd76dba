"""办理 and 督办: actions on the selected matters, each through a form that Esc leaves without a change."""

from datetime import datetime

from addin import person, registering
from addin.dialogs import forms
from addin.dialogs.form import Form, Values, in_words_of
from addin.faults import AddinError
from addin.session import Session
from engine.facts.matter import Matter
from engine.files.outputs import Outputs
from engine.ledger.headings.column import SheetColumns
from engine.ledger.headings.columns import COMPLETIONS, EXTENSIONS, REPORTS, SUPERVISIONS
from engine.papers.cards import FOLDER as CARDS
from engine.papers.cards import card_files, cards
from engine.papers.notice_document import Per
from engine.policy.words import words_for
from engine.rules.duties.cases import Cases
from engine.service.issuing import FOLDER, notice_changes, notice_files, planned


def issue_notice(session: Session) -> None:
    """下发通知: Word files beside the book, number and time into the rows."""
    matters = session.selected()
    values = session.desk.show_form(forms.notice_form(matters, session.now))
    if values is None:
        return
    issued_at = values["issued_at"]
    if not isinstance(issued_at, datetime):
        raise AddinError("请填写下发时间，再点“下发通知”。")
    notices = planned(session.ledger, matters, issued_at, Per(values["per"]))
    folder = session.path.parent / FOLDER
    wording = session.policy.notice
    with notice_files(notices, session.ledger.settings, wording, folder, Outputs((session.path,))):
        session.write("下发通知", notice_changes(notices), [], _numbers(matters))
    numbers = "、".join(notice.number for notice in notices)
    session.inform(
        f"已下发{len(notices)}份通知：{numbers}。文件在“{folder.name}”文件夹，请核对后印发；交办短信由后台随后发出。"
    )
    session.desk.open(folder)


def make_cards(session: Session) -> None:
    """签批卡片: Word files beside the book for leaders to sign; the book stays as it is."""
    matters = session.selected(to_change=False, numbered=False)
    folder = session.path.parent / CARDS
    made = cards(session.ledger, matters, session.policies, session.now)
    files = card_files(made, folder, Outputs((session.path,)))
    session.inform(f"已生成{len(files)}张签批卡片，在“{folder.name}”文件夹。签批后请把姓名和时间补填到台账。")
    session.desk.open(folder)


def register_report(session: Session) -> None:
    """登记反馈."""
    matters = session.selected()
    registering.must_be_open(matters, "反馈")
    own_periods = dict(words_for(session.policy).guide.periods)
    form = forms.report_form(matters, session.now, person.name(), own_periods)
    values = _filled_in(form, REPORTS, session)
    if values is None:
        return
    person.remember(str(values["registrar"]))
    rows = registering.report_rows(session.ledger, matters, values, session.now)
    session.write("登记反馈", [], rows, _numbers(matters))
    session.inform(f"已登记{len(rows)}条反馈并保存。")


def send_back(session: Session) -> None:
    """退回."""
    matters = session.selected()
    reports = registering.returnable(session.ledger, matters)
    values = session.desk.show_form(forms.return_form(matters, reports, session.now, person.name()))
    if values is None:
        return
    session.write("退回", registering.return_changes(session.ledger, matters, values), [], _numbers(matters))
    session.inform(f"已退回{len(matters)}项并保存。退回短信由后台随后发出。")


def register_extension(session: Session) -> None:
    """延期/转持续推进."""
    matters = session.selected()
    values = _filled_in(forms.extension_form(matters, session.now), EXTENSIONS, session)
    if values is None:
        return
    rows = registering.record_rows(EXTENSIONS.key, matters, values)
    followed = session.write("延期/转持续推进", [], rows, _numbers(matters))
    turned = registering.made_long_running(followed)
    session.inform(f"已登记{len(rows)}条申请并保存。{f'{turned}项已转为持续推进。' if turned else ''}")


def apply_completion(session: Session) -> None:
    """申请办结."""
    matters = session.selected()
    cases = Cases(session.ledger, session.policies, session.now)
    talks = max(cases.policy_of(matter).close_out.talks for matter in matters)
    values = session.desk.show_form(forms.completion_form(matters, session.now, talks))
    if values is None:
        return
    rows = registering.record_rows(COMPLETIONS.key, matters, values)
    session.write("申请办结", [], rows, _numbers(matters))
    session.inform(f"已登记{len(rows)}条办结申请并保存。")


def close_out(session: Session) -> None:
    """审定销号."""
    matters = session.selected()
    registering.completion_changes(session.ledger, matters, {"result": None})
    values = _filled_in(forms.close_out_form(matters, session.now, session.policy.close_out), COMPLETIONS, session)
    if values is None:
        return
    changes = registering.completion_changes(session.ledger, matters, values)
    followed = session.write("审定销号", changes, [], _numbers(matters))
    if values["result"] != "办结":
        session.inform(f"{len(matters)}项已退回整改，台账已保存。")
        return
    closed = registering.completed(followed)
    closing = f"{closed}项已销号，办结短信由后台随后发出。" if closed else ""
    left = len(matters) - closed
    lacking = f"{left}项已登记，但审定手续不合规定，没有销号，请点“校验”查看。" if left else ""
    session.inform(f"{closing}{lacking}台账已保存。")


def record_supervision(session: Session) -> None:
    """督办记录."""
    matters = session.selected()
    values = _filled_in(forms.supervision_form(matters, session.now, person.name()), SUPERVISIONS, session)
    if values is None:
        return
    rows = registering.supervision_rows(matters, values)
    session.write("督办记录", [], rows, _numbers(matters))
    session.inform(f"已登记{len(rows)}条督办记录并保存。")


def _numbers(matters: list[Matter]) -> list[str]:
    return [matter.number for matter in matters]


def _filled_in(form: Form, sheet: SheetColumns, session: Session) -> Values | None:
    """What was entered into the form, its dropdowns in the words of the ledger's regime."""
    return session.desk.show_form(in_words_of(form, sheet.key, words_for(session.policy)))
