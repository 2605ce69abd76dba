"""待同步: what a person typed while somebody had the workbook open, until it can be written.

It is kept as it was typed, with the button and the matters, and pressed again once the book is closed: numbers and old
values are then those of that moment. It lies in the person's own folder, not beside the book, where anybody could
write it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from addin.button import ButtonContext
from addin.dialogs.form import Values, shown
from engine.facts.faults import DubanError
from engine.files.ownership import private_folder
from engine.files.whole_file import replace_file

FOLDER = "待同步"
_FORMAT = "待同步1"


class DamagedKeptForms(DubanError):
    """The file of kept forms cannot be read; it was put aside."""


@dataclass(frozen=True, slots=True)
class KeptForm:
    """One form that could not be written. ``button`` is the macro, ``title`` the form's, ``fault`` why it was refused
    when the book was closed, empty as long as it only waits.
    """

    button: str
    title: str
    numbers: tuple[str, ...]
    texts: Mapping[str, str]
    at: str
    fault: str = ""

    def refused(self, fault: str) -> "KeptForm":
        """The same, with the reason for which it was not taken."""
        return replace(self, fault=fault)

    def __str__(self) -> str:
        return f"{self.title}（{'、'.join(self.numbers)}）" if self.numbers else self.title


def as_texts(values: Values) -> dict[str, str]:
    """What was typed, as the form's fields would show it."""
    return {
        name: shown(value) if isinstance(value, datetime) else "" if value is None else str(value)
        for name, value in values.items()
    }


def load_kept(ledger_id: str, book: Path) -> tuple[KeptForm, ...]:
    """What waits for this ledger on this PC. Raises DamagedKeptForms, with the file put aside, where it is not ours."""
    path = _path(ledger_id, book)
    try:
        forms = json.loads(path.read_bytes())[_FORMAT]
        return tuple(
            KeptForm(**{**one, "numbers": tuple(one["numbers"]), "texts": dict(one["texts"])}) for one in forms
        )
    except FileNotFoundError:
        return ()
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        aside = path.with_suffix(".损坏.json")
        path.replace(aside)
        raise DamagedKeptForms(f"待同步的内容读不出来，文件已改名为 {aside}。请打开它核对，重新登记。") from fault


def store_kept(ledger_id: str, book: Path, forms: Sequence[KeptForm]) -> None:
    """Let these wait, and no others. Raises OSError."""
    path = _path(ledger_id, book)
    if not forms:
        path.unlink(missing_ok=True)
        return
    private_folder(path.parent)
    content = {_FORMAT: [asdict(form) for form in forms]}
    replace_file(path, json.dumps(content, ensure_ascii=False, indent=1).encode(), private=True)


def _path(ledger_id: str, book: Path) -> Path:
    """By 台账标识 and file name: one book may be reached by several paths, and a copy of it has the same 台账标识."""
    own = f"{ledger_id}\n{book.name}" if ledger_id else str(book)
    return ButtonContext.settings_folder / FOLDER / f"{hashlib.blake2b(own.encode(), digest_size=8).hexdigest()}.json"
