"""办理 and 督办: what is done with the selected matters, each through a form that Esc leaves without a trace."""

import getpass
from datetime import datetime
from pathlib import Path

from addin import registering
from addin.dialogs import forms
from addin.excel import AddinError
from addin.session import Session
from engine.documents.notice import Notice, Per, UnissuableError, notice_docx, plan
from engine.facts.matter import Matter
from engine.ledger.columns import COMPLETIONS, EXTENSIONS

_UNSAFE = str.maketrans(dict.fromkeys('\\/:*?"<>|\r\n\t', "_"))


def issue_notice(session: Session) -> None:
    """下发通知: Word files beside the book, number and time into the rows."""
    matters = session.selected()
    values = session.desk.ask(forms.notice_form(matters, session.now))
    if values is None:
        return
    issued_at = values["issued_at"]
    if not isinstance(issued_at, datetime):
        raise AddinError("请填写下发时间，再点“下发通知”。")
    taken = [matter.notice_number for matter in session.ledger.matters]
    try:
        notices = plan(matters, taken, issued_at, Per(values["per"]))
    except UnissuableError as refusal:
        raise AddinError(str(refusal)) from refusal
    folder = session.path.parent / "督办通知"
    files = _write_notices(session, notices, folder)
    try:
        session.write("下发通知", registering.notice_changes(notices), [], _numbers(matters))
    except AddinError:
        for file in files:
            file.unlink()
        raise
    numbers = "、".join(notice.number for notice in notices)
    session.tell(
        f"已下发{len(notices)}份通知：{numbers}。文件在“{folder.name}”文件夹，请核对后印发；交办短信由后台随后发出。"
    )
    session.desk.open(folder)


def _write_notices(session: Session, notices: tuple[Notice, ...], folder: Path) -> list[Path]:
    """The files of all notices, or none. Raises AddinError where the folder takes no files."""
    made = [(_file_name(notice), notice_docx(notice, session.ledger.settings)) for notice in notices]
    files: list[Path] = []
    try:
        folder.mkdir(exist_ok=True)
        for name, content in made:
            with (folder / name).open("xb") as file:
                files.append(folder / name)
                file.write(content)
    except OSError as fault:
        for path in files:
            path.unlink(missing_ok=True)
        if isinstance(fault, FileExistsError):
            raise AddinError(f"“{folder.name}”文件夹里已有同号的通知。请核对并移走旧文件，再点“下发通知”。") from fault
        raise AddinError(f"“{folder.name}”文件夹写不进去。请检查网络和权限，再点“下发通知”。") from fault
    return files


def _file_name(notice: Notice) -> str:
    first = notice.recipients[0].translate(_UNSAFE)
    return f"{notice.number.translate(_UNSAFE)} {first}.docx"


def register_report(session: Session) -> None:
    """登记反馈."""
    matters = session.selected()
    values = session.desk.ask(forms.report_form(matters, session.now, getpass.getuser()))
    if values is None:
        return
    rows = registering.report_rows(session.ledger, matters, values, session.now)
    session.write("登记反馈", [], rows, _numbers(matters))
    session.tell(f"已登记{len(rows)}条反馈并保存。")


def send_back(session: Session) -> None:
    """退回."""
    matters = session.selected()
    registering.return_changes(session.ledger, matters, {})
    values = session.desk.ask(forms.return_form(matters, session.now, getpass.getuser()))
    if values is None:
        return
    session.write("退回", registering.return_changes(session.ledger, matters, values), [], _numbers(matters))
    session.tell(f"已退回{len(matters)}项并保存。退回短信由后台随后发出。")


def register_extension(session: Session) -> None:
    """延期/转持续推进."""
    matters = session.selected()
    values = session.desk.ask(forms.extension_form(matters, session.now))
    if values is None:
        return
    rows = registering.record_rows(EXTENSIONS.key, matters, values)
    session.write("延期/转持续推进", [], rows, _numbers(matters))
    session.tell(f"已登记{len(rows)}条申请并保存。")


def apply_completion(session: Session) -> None:
    """申请办结."""
    matters = session.selected()
    values = session.desk.ask(forms.completion_form(matters, session.now))
    if values is None:
        return
    rows = registering.record_rows(COMPLETIONS.key, matters, values)
    session.write("申请办结", [], rows, _numbers(matters))
    session.tell(f"已登记{len(rows)}条办结申请并保存。")


def close_out(session: Session) -> None:
    """审定销号."""
    matters = session.selected()
    registering.completion_changes(session.ledger, matters, {"result": None})
    values = session.desk.ask(forms.close_out_form(matters, session.now))
    if values is None:
        return
    changes = registering.completion_changes(session.ledger, matters, values)
    session.write("审定销号", changes, [], _numbers(matters))
    told = "销号，办结短信由后台随后发出" if values["result"] == "办结" else "退回整改"
    session.tell(f"{len(matters)}项已{told}，台账已保存。")


def record_supervision(session: Session) -> None:
    """督办记录."""
    matters = session.selected()
    values = session.desk.ask(forms.supervision_form(matters, session.now, getpass.getuser()))
    if values is None:
        return
    rows = registering.supervision_rows(matters, values)
    session.write("督办记录", [], rows, _numbers(matters))
    session.tell(f"已登记{len(rows)}条督办记录并保存。")


def _numbers(matters: list[Matter]) -> list[str]:
    return [matter.number for matter in matters]
