"""工具: 整理台账."""

import os
from pathlib import Path

from addin.faults import AddinError
from addin.session import Session
from engine.ledger.file.file_options import FileOptions
from engine.ledger.headings.columns import MATTERS
from engine.ledger.package.faults import RefusedError
from engine.service.tidying import planned, tidy_file

_MOST_NAMED = 5


def tidy_ledger(session: Session) -> None:
    """整理台账: the book is closed, brought into the new order on its disk, and opened again."""
    session.book.check_writable(MATTERS)
    try:
        moved = [heading for heading, *_ in planned(session.path.read_bytes(), session.ledger).moves]
    except RefusedError as refusal:
        raise AddinError(f"台账没有改动。{refusal}") from refusal
    if not moved:
        raise AddinError("台账已经是新的列序，不用整理。")
    named = "、".join(moved[:_MOST_NAMED]) + ("等" if len(moved) > _MOST_NAMED else "")
    text = (
        f"有{len(moved)}列要移动或补上（{named}）。自己加的列、颜色、批注、有效性、筛选都保留。\n"
        "整理时这本台账会保存、关闭，整理完自动打开；整理前的台账留在“备份”文件夹里。现在整理吗？"
    )
    if not session.desk.confirm(text, "整理"):
        return
    result = session.book.lend(lambda path: tidy_file(Path(os.path.realpath(path)), session.now, FileOptions()))
    kept = result.backup.name if result.backup else ""
    session.inform(f"已整理。整理前的台账备份在“备份”文件夹：{kept}。要退回，把它复制回原处、改回原来的文件名。")
