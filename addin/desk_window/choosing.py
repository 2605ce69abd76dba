"""Which ledger the desk opens where none is named: the config's own, or the one that the person chooses."""

from collections.abc import Sequence
from pathlib import Path
from tkinter import filedialog

from addin.button import ButtonContext
from addin.dialogs import desk, reading
from engine.files.ownership import private_folder
from engine.files.whole_file import replace_file

TITLE = "打开督办台账"
_LAST = "上次打开的台账.txt"
_OTHER = "别的台账…"


def choose_ledger(configured: Sequence[Path]) -> Path | None:
    """The only ledger of the config; of several, or of none, the one that the person picks. ``None``: they left it."""
    if len(configured) == 1:
        return configured[0]
    if configured:
        rows = [*((path.name, str(path.parent)) for path in configured), (_OTHER, "")]
        at = reading.show_table(TITLE, "要打开哪一本？选中后按回车。", ("台账", "所在文件夹"), rows)
        if at is None or at < len(configured):
            return None if at is None else configured[at]
    return _from_disk()


def _from_disk() -> Path | None:
    """A file; the dialog begins at the one that was picked last, so that Enter opens it again."""
    last = _last_picked()
    root = desk.open_window(TITLE)
    try:
        picked = filedialog.askopenfilename(
            parent=root,
            title=f"{TITLE}：请选择台账文件",
            initialdir=last.parent if last else Path.home(),
            initialfile=last.name if last else "",
            filetypes=(("台账", "*.xlsx *.xlsm"), ("所有文件", "*")),
        )
    finally:
        root.destroy()
    if not picked:
        return None
    private_folder(ButtonContext.settings_folder)
    replace_file(ButtonContext.settings_folder / _LAST, picked.encode(), private=True)
    return Path(picked)


def _last_picked() -> Path | None:
    try:
        return Path((ButtonContext.settings_folder / _LAST).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
