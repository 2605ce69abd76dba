"""统计 → 报表: reports for leaders, as files beside the ledger. The book stays as it is."""

from datetime import datetime, time, timedelta
from pathlib import Path

from addin.dialogs import report_forms
from addin.faults import AddinError
from addin.session import Session
from engine.board.figures import board
from engine.files.file_names import file_name
from engine.files.outputs import Outputs
from engine.papers.archive import Material, archive
from engine.papers.board_page import page
from engine.papers.burden_papers import burden_book, burden_docx
from engine.papers.reports import briefing_docx, matter_docx, year_end_docx
from engine.papers.statistics_export import export_statistics, report_docx
from engine.review.briefing import briefing, not_cleared
from engine.review.burden import Burden, burden, obligations_of
from engine.review.statistics import statistics
from engine.service.board_page import page_path
from engine.service.circulars import CircularDesk, CircularKind, circular_path
from engine.service.inspecting import team

FOLDER, SHEETS, ARCHIVE = "报表", "督办单", "归档"
_DAY = timedelta(days=1)


def make_statistics(session: Session) -> None:
    """统计报告: the year so far, as a workbook with charts and as a Word report."""
    today = datetime.combine(session.now.date(), time())
    found = statistics(session.ledger, session.policies, datetime(today.year, 1, 1), today + _DAY, session.now)
    folder, name = session.path.parent / FOLDER, f"统计报告 {today:%Y-%m-%d}"
    report, asked = report_docx(found, session.ledger.settings.office_name), _burden(session)
    _keep(session, (folder / f"{name}.xlsx", export_statistics(found, asked)), (folder / f"{name}.docx", report))


def make_burden(session: Session) -> None:
    """短信负担: the burden of this month's SMS, as a workbook and as a Word page."""
    found, folder = _burden(session), session.path.parent / FOLDER
    name = f"短信负担 {session.now:%Y-%m}"
    report = burden_docx(found, session.ledger.settings, session.now)
    _keep(session, (folder / f"{name}.xlsx", burden_book(found)), (folder / f"{name}.docx", report))


def _burden(session: Session) -> Burden:
    return burden(session.ledger, obligations_of(session.message_log), session.policy, session.now)


def make_briefing(session: Session) -> None:
    """会议汇报: what is overdue on the eve of a meeting (BS-8.4)."""
    values = session.desk.show_form(report_forms.briefing_form(session.now))
    if values is None:
        return
    meeting = values["meeting"]
    if not isinstance(meeting, datetime):
        raise AddinError("请填写开会日期，再点“会议汇报”。")
    found = briefing(session.ledger, session.policies, session.sent, min(meeting - timedelta(minutes=1), session.now))
    target = session.path.parent / FOLDER / f"会议汇报 {meeting:%Y-%m-%d}.docx"
    _keep(session, (target, briefing_docx(found, meeting, session.ledger.settings)))


def make_year_end(session: Session) -> None:
    """年底清零: what is not closed out yet (SZ2-4.3, SZ3-4.3)."""
    year = session.now.year
    found = not_cleared(session.ledger, session.policies, year, session.now)
    target = session.path.parent / FOLDER / f"年底清零 {year}.docx"
    _keep(session, (target, year_end_docx(found, year, session.now, session.ledger.settings)))


def make_circular(session: Session) -> None:
    """通报: a draft, or numbered where its approval is on record (SZ1-14, BS-8.4, BS-9)."""
    values = session.desk.show_form(report_forms.circular_form(session.now))
    if values is None:
        return
    kind, number = CircularKind(str(values["kind"])), str(values["number"] or "")
    data = session.path.read_bytes()  # published scores stand in the saved book
    desk = CircularDesk(session.ledger, data, session.policies, session.sent, session.now)
    target = circular_path(session.path, kind, number, session.now)
    _keep(session, (target, desk.made(kind, number, str(values["quarter"] or ""))))


def make_sheets(session: Session) -> None:
    """督办单: one sheet of paper for each selected matter."""
    matters = session.selected(to_change=False)
    shown = board(session.ledger, session.review(), session.policy)
    found = {one.matter.number: one for one in shown.matters}
    settings, folder = session.ledger.settings, session.path.parent / SHEETS
    _keep(
        session,
        *(
            (
                folder / f"督办单 {file_name(matter.number)}.docx",
                matter_docx(session.ledger, found[matter.number], settings, session.now),
            )
            for matter in matters
            if matter.number in found
        ),
    )


def make_board(session: Session) -> None:
    """看板: the page for phones, beside the ledger."""
    shown = board(session.ledger, session.review(), session.policy)
    target = page_path(session.path, session.ledger.settings.ledger_id)
    _keep(session, (target, page(session.ledger, shown, _burden(session)).encode()))


def archive_matters(session: Session) -> None:
    """归档: the papers of each selected matter as one zip (SZ1-20)."""
    since = session.ledger.settings.enabled_from
    made: list[tuple[Path, bytes]] = []
    for matter in session.selected(to_change=False):
        log = [row for row in session.message_log if row.get("matter") == matter.number]
        material = Material(session.ledger, log, session.sent, session.sent.outcomes, since)
        target = session.path.parent / ARCHIVE / f"{file_name(matter.number)}.zip"
        made.append((target, archive(material, matter, session.policies, session.now)))
    _keep(session, *made)


def propose_team(session: Session) -> None:
    """督查分组: people from the three pools for one task, with reasons (SZ6); a person decides."""
    values = session.desk.show_form(report_forms.team_form())
    if values is None:
        return
    number = str(values["task"] or "").strip()
    made = team(session.path.read_bytes(), session.ledger, number, session.policies, session.now)
    rows = [(str(one.group), one.person.pool, one.person.name, one.person.unit, one.reason) for one in made.proposed]
    lacking = f"库中人员不够，空缺：{'、'.join(made.lacking)}。" if made.lacking else ""
    intro = f"这是建议，台账不改动，由人决定。{lacking}"
    session.desk.show_table("督查分组建议", intro, ("组别", "类别", "姓名", "所在单位", "理由"), rows)


def _keep(session: Session, *files: tuple[Path, bytes]) -> None:
    """Write the files, report where they are, open the folder or the only file."""
    if not files:
        raise AddinError("选中的事项没有可以生成的内容。请核对后再点这个按钮。")
    first = files[0][0]
    try:
        first.parent.mkdir(exist_ok=True)
        Outputs((session.path,)).replace(*files)
    except OSError as fault:
        raise AddinError(f"“{first.name}”写不进去，可能有人打开着。请关闭它，再点这个按钮。") from fault
    where = f"台账旁的“{first.parent.name}”文件夹" if first.parent != session.path.parent else "台账旁边"
    session.inform(f"已生成{len(files)}个文件，在{where}：{'、'.join(path.name for path, _ in files)}。")
    session.desk.open(first if len(files) == 1 else first.parent)
