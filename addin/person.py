"""The user of this PC: the name that forms offer, kept for the person and never in the ledger."""

from contextlib import suppress
from pathlib import Path

from addin.button import ButtonContext
from engine.files.whole_file import replace_file

_LONGEST = 20


def name() -> str:
    """The name that was typed last on this PC; empty before the first time."""
    try:
        return _file().read_text(encoding="utf-8").strip()[:_LONGEST]
    except (OSError, UnicodeDecodeError):
        return ""


def remember(typed: str) -> None:
    """Offer this name from now on. Where it cannot be stored, forms ask for it again."""
    with suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        replace_file(_file(), typed.strip()[:_LONGEST].encode(), private=True)


def _file() -> Path:
    return ButtonContext.settings_folder / "登记人.txt"
