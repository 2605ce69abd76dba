"""The form of 导入旧台账."""

from pathlib import Path

from addin.dialogs.form import EntryKind, Faults, Field, Form, Values
from engine.moving.files.sources import SUFFIXES

READ, APPLY = "读旧台账，生成核对表（台账不改）", "把核对过的核对表写进台账"


def import_form(review: str, *, is_there: bool, year: int) -> Form:
    """``review`` is the name of the review; ``is_there`` whether an earlier one lies beside the ledger."""

    def fits(values: Values) -> Faults:
        if values["step"] == APPLY:
            return {} if is_there else {"step": f"台账旁边没有{review}。请先读旧台账。"}
        gone = [path.name for path in files_of(values) if not path.is_file()]
        if gone:
            return {"files": f"找不到“{gone[0]}”。请重新选择。"}
        return {} if files_of(values) else {"files": "请选择要导入的文件。"}

    return Form(
        "导入旧台账",
        f"先读旧台账，在台账旁边生成{review}；核对、保存、关闭后，再按一次这个按钮写进台账。",
        (
            Field("step", "要做什么", EntryKind.CHOICE, APPLY if is_there else READ, (READ, APPLY), required=True),
            Field(
                "files",
                "旧台账、会议纪要",
                EntryKind.FILES,
                choices=tuple(f"*{suffix}" for suffix in SUFFIXES),
                hint="可以选几个，一行一个。写进台账时不用选",
            ),
            Field("year", "年份", EntryKind.NUMBER, str(year), required=True, hint="没写年份的日期算哪一年"),
        ),
        "开始",
        fits,
    )


def files_of(values: Values) -> list[Path]:
    """The chosen files; Windows puts quotes around a path that is copied."""
    lines = str(values["files"] or "").splitlines()
    return [Path(text) for line in lines if (text := line.strip().strip('"“”'))]
