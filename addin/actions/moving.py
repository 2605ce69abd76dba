"""工具: 导入旧台账, in two presses: old files become a review; what a person decided in it is written."""

from pathlib import Path

from addin.dialogs import import_forms
from addin.faults import AddinError
from addin.session import Session
from engine.files.outputs import Outputs
from engine.ledger.file import backups
from engine.ledger.file.disk import Disk
from engine.ledger.file.operation_log import imported_marks
from engine.ledger.headings.columns import MATTERS, OPERATIONS
from engine.moving.files.scheme_file import NAME
from engine.moving.proposals.model import Proposals
from engine.service.import_plan import BUTTON, ImportTarget, plan_import
from engine.service.moving_in import REVIEW_NAME, ImportPlaces, make_review, read_back

_ACCOUNT = ("文件", "表", "有内容的单元格", "去向")


def import_old_ledger(session: Session) -> None:
    """导入旧台账: one of its two steps, as the person chooses."""
    review = session.path.with_name(REVIEW_NAME)
    values = session.desk.show_form(
        import_forms.import_form(review.name, is_there=review.is_file(), year=session.now.year)
    )
    if values is None:
        return
    if values["step"] == import_forms.APPLY:
        _apply(session, review)
    else:
        _read(session, review, import_forms.files_of(values), int(str(values["year"])))


def _read(session: Session, review: Path, files: list[Path], year: int) -> None:
    """The review beside the ledger, opened; the ledger stays as it is."""
    anew = review.exists()
    question = f"台账旁边已有{review.name}，里面可能有核对过的内容，重新读会把它换掉。要重新读吗？"
    if anew and not session.desk.confirm(question, "重新读"):
        return
    places = ImportPlaces.beside(session.path, review, Outputs((session.path, *files)), anew=anew)
    with session.desk.working("正在读旧台账") as progress:
        made = make_review(files, session.ledger, places, year, progress)
    found = made.proposals
    undecided = sum(one.decision is None for one in found.rows)
    intro = (
        f"读出 {len(found.rows)} 个事项，{undecided} 行要逐行决定，{len(found.words)} 个词要定。台账没有改动。"
        f"请在接着打开的{review.name}里核对，保存并关闭，再按“{BUTTON}”写进台账。"
    )
    session.desk.show_table(BUTTON, intro, _ACCOUNT, _account(found))
    session.desk.open(review)


def _account(found: Proposals) -> list[tuple[str, ...]]:
    sheets = [
        (one.file, one.sheet, str(one.content), "、".join(f"{reason} {count}" for reason, count in one.cells.items()))
        for one in found.accounts
    ]
    return [*sheets, *(("", "", "", notice) for notice in found.notices)]


def _apply(session: Session, review: Path) -> None:
    """The review written into the open book, once a person has confirmed its figures."""
    session.book.check_writable(MATTERS)
    reviewed = read_back(review, session.path.with_name(NAME), session.ledger.settings.ledger_id)
    missing = {column.field for column in MATTERS.columns} - session.book.view(MATTERS).where.keys()
    target = ImportTarget(imported_marks(session.book.rows(OPERATIONS)), missing)
    writes = plan_import(target, session.ledger, reviewed, session.policies, session.now)
    done = writes.done
    if done.faults:
        rows = [(f"「{one.sheet}」第{one.row}行", one.problem) for one in done.faults]
        intro = "还不能导入，台账没有改动。请在核对表里改好、保存并关闭，再按一次。"
        session.desk.show_table(BUTTON, intro, ("位置", "问题"), rows)
        return
    if writes.is_empty:
        session.inform(f"没有要导入的：不导入 {done.left} 行，以前已导入 {done.known} 行。台账没有改动。")
        return
    if not session.desk.confirm(f"将导入 {done.counts}写入前先备份。确定写入吗？", "写入"):
        return
    with session.desk.working("正在写进台账") as progress:
        _back_up(session)
        progress(1, 3)
        session.write(BUTTON, writes.changes, writes.rows, (), writes.marks)
        progress(3, 3)
    session.inform(f"已导入 {done.counts}台账已保存。要整批撤回，请按“撤销上次操作”。")


def _back_up(session: Session) -> None:
    """A copy of the ledger as it was last saved, among its dated backups."""
    disk, path = Disk(), session.path
    copy = path.with_name(f"{backups.part_name(path)}{path.suffix}")
    try:
        backups.prepare(disk, path)
        with disk.create(copy) as stream:
            stream.write(path.read_bytes())
            disk.keep_access(disk.stat(path), path, stream)
        backups.store(disk, path, copy, session.now)
    except OSError as fault:
        copy.unlink(missing_ok=True)
        raise AddinError(f"备份没有做成，没有导入。请检查“{backups.FOLDER}”文件夹和磁盘空间，再点这个按钮。") from fault
