"""The port to the person at the screen. The real adapter shows windows; a test answers by itself."""

import webbrowser
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from addin.dialogs.form import Form, Values

Progress = Callable[[float, float], None]
"""Called with how much is done, of how much."""


class Desk(Protocol):
    """Forms, messages and lists for one person."""

    def show_form(self, form: Form) -> Values | None:
        """The filled-in form, or ``None`` if the person left it."""

    def inform(self, text: str) -> None:
        """Show a message."""

    def confirm(self, text: str, yes: str) -> bool:
        """Ask for a confirmation."""

    def show_table(self, title: str, intro: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
        """Show a list. The index of the row on which the person pressed Enter, ``None`` if the list was closed."""

    def open(self, path: Path) -> None:
        """Open a file or a folder with the program that belongs to it."""

    def working(self, text: str) -> AbstractContextManager[Progress]:
        """Show a progress bar as long as the block runs."""


class Windows:
    """The real desk. The windows are imported when the first is shown: most of a click needs none."""

    def show_form(self, form: Form) -> Values | None:
        """See Desk."""
        from addin.dialogs import window

        return window.show_form(form)

    def inform(self, text: str) -> None:
        """See Desk."""
        from addin.dialogs import reading

        reading.inform(text)

    def confirm(self, text: str, yes: str) -> bool:
        """See Desk."""
        from addin.dialogs import reading

        return reading.confirm(text, yes)

    def show_table(self, title: str, intro: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
        """See Desk."""
        from addin.dialogs import reading

        return reading.show_table(title, intro, headings, rows)

    def open(self, path: Path) -> None:
        """See Desk."""
        if not webbrowser.open(path.as_uri()):
            self.inform(f"请打开：{path}")

    def working(self, text: str) -> AbstractContextManager[Progress]:
        """See Desk."""
        from addin.dialogs import progress

        return progress.working(text)
