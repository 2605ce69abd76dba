"""打开督办台账: the desk's window by a double click, in the menu of one user's programs."""

from pathlib import Path, PurePath

from engine.delivery.boot import Registration

NAME = "打开督办台账"
_ENTRY = "duban-desk.desktop"
_RESERVED = ('"', "`", "$", "\\")
"""What the Desktop Entry Specification wants a backslash before, inside the quotation marks of ``Exec``."""


def windows_entry(program: PurePath, menu: Path, encoding: str) -> Registration:
    """In the start menu: what calls the launcher in the program's folder. ``encoding`` is the console's own.

    Raises:
        UnicodeEncodeError: the console cannot spell the folder's name.
    """
    content = f'@call "{program / NAME}.cmd" %*\r\n'.encode(encoding)
    return Registration(menu / f"{NAME}.cmd", content, (), f"在开始菜单里找“{NAME}”；程序文件夹里也有一个，可以双击。")


def linux_entry(program: PurePath, data: Path) -> Registration:
    """In the menu of the desktop: a ledger dropped on it is opened. It starts in the program's folder, whose duban.toml
    names the ledgers.
    """
    text = f"""\
[Desktop Entry]
Type=Application
Name={NAME}
Comment=督办台账的窗口：不用 Excel 选项卡也能办理
Exec={_exec(str(program / "duban"))} desk %f
Path={_text(str(program))}
Terminal=false
Categories=Office;
"""
    return Registration(_entry_path(data), text.encode(), (), f"在应用菜单的“办公”里找“{NAME}”，可以拖到桌面上。")


def windows_removal(menu: Path) -> Registration:
    """The entry gone."""
    return Registration(menu / f"{NAME}.cmd", b"", ())


def linux_removal(data: Path) -> Registration:
    """The entry gone."""
    return Registration(_entry_path(data), b"", ())


def _entry_path(data: Path) -> Path:
    return data / "applications" / _ENTRY


def _exec(word: str) -> str:
    """A word of ``Exec``: quoted, and then escaped once more as every text of such a file is."""
    for sign in reversed(_RESERVED):
        word = word.replace(sign, f"\\{sign}")
    return _text(f'"{word}"').replace("%", "%%")


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
