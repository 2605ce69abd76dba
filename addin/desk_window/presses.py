"""Pressing the ribbon's buttons on a saved file: begun anew where the file was saved meanwhile, and kept where it is
open. No window here.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from addin import macros
from addin.button import ButtonContext
from addin.closed_book import ChosenRow, ClosedBook
from addin.desk import Desk, Progress
from addin.desk_window.kept_forms import KeptForm, as_texts, load_kept, store_kept
from addin.desk_window.matters import LightLook, light_looks
from addin.dialogs.form import Form, Values, read_form, shown
from addin.faults import AddinError, BookChangedError, BookHeldError, NotSavedError
from addin.session_book import Reads
from engine.facts.ledger import Ledger
from engine.ledger.file.file_options import Collaborators
from engine.ledger.headings.column import SheetColumns
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import PolicyError
from engine.policy.words import usual_words, words_of
from engine.service.clock import OfficeClock
from engine.service.policies import policies_for

_ROUNDS = 3


class Front(NamedTuple):
    """What a button brings before the person's eyes: a sheet's rows, or one row of the list."""

    columns: SheetColumns
    row: int | None


class _Remembering:
    """The person's desk, remembering what they answered: a press that begins anew does not ask again."""

    def __init__(self, real: Desk) -> None:
        self._real = real
        self._answers: dict[str, bool] = {}
        self.forms: dict[str, Values] = {}

    @property
    def asked_once(self) -> tuple[str, Values] | None:
        """The only form that was filled in; ``None`` where there was none, or a question besides."""
        return next(iter(self.forms.items())) if len(self.forms) == 1 and not self._answers else None

    def show_form(self, form: Form) -> Values | None:
        if form.title in self.forms:
            values, faults = read_form(form, as_texts(self.forms[form.title]))
            if not faults:
                return values
        values_typed = self._real.show_form(form)
        if values_typed is not None:
            self.forms[form.title] = values_typed
        return values_typed

    def inform(self, text: str) -> None:
        self._real.inform(text)

    def confirm(self, text: str, yes: str) -> bool:
        if text not in self._answers:
            self._answers[text] = self._real.confirm(text, yes)
        return self._answers[text]

    def show_table(self, title: str, intro: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
        return self._real.show_table(title, intro, headings, rows)

    def open(self, path: Path) -> None:
        self._real.open(path)

    def working(self, text: str) -> AbstractContextManager[Progress]:
        return self._real.working(text)


class _Replaying(_Remembering):
    """Answers with the form that was kept, without a window: the button's messages go to the list of kept forms."""

    def __init__(self, real: Desk, kept: KeptForm) -> None:
        super().__init__(real)
        self._kept = kept
        self.messages: list[str] = []

    def show_form(self, form: Form) -> Values | None:
        values, faults = read_form(form, self._kept.texts)
        if faults or form.title != self._kept.title:
            raise AddinError("；".join(faults.values()) or "这个按钮的表单已经不同。")
        return values

    def inform(self, text: str) -> None:
        self.messages.append(text)

    def confirm(self, text: str, yes: str) -> bool:
        raise AddinError(f"要由人确认：{text}（{yes}）")

    def open(self, path: Path) -> None:
        """It was not requested just now."""


class DeskPresses:
    """One ledger's file and the person before it. Takes the place of Excel for ``addin.macros``."""

    def __init__(self, path: Path, desk: Desk, collaborators: Collaborators | None = None) -> None:
        self.path, self._desk, self._collaborators = path, desk, collaborators
        self._chosen: Sequence[ChosenRow] = ()
        self._book: ClosedBook | None = None
        self._front: Front | None = None
        self.ledger_id = ""

    def open_book(self, chosen: Sequence[ChosenRow] = ()) -> ClosedBook:
        """The file as it stands."""
        return ClosedBook(self.path, OfficeClock().now, chosen, self._bring_up, self._collaborators)

    def looks_of(self, ledger: Ledger) -> dict[str, LightLook]:
        """How the lights of the ledger's regime are shown; the usual ones where its policy cannot be used."""
        try:
            policy = policy_of_ledger(ledger, policies_for(self.path), OfficeClock().now())
        except PolicyError:
            return light_looks(usual_words())
        return light_looks(words_of(policy))

    def kept(self) -> tuple[KeptForm, ...]:
        """What waits to be written. Raises DamagedKeptForms."""
        return load_kept(self.ledger_id, self.path.absolute())

    def press(self, button: str, label: str, chosen: Sequence[ChosenRow]) -> Front | None:
        """Press a button on these rows; what it brings to the front. All else is shown at the desk."""
        desk = _Remembering(self._desk)
        fault = self._run(button, chosen, desk)
        if fault:
            self._desk.inform(self._after(fault, button, label, desk))
        return self._front

    def rows_of(self, columns: SheetColumns) -> tuple[list[str], list[list[str]]]:
        """Headings and rows of a sheet as the last press left it, to be shown."""
        book = self._book or self.open_book()
        headings = [column.heading for column in columns.columns]
        rows = [[_as_text(row.get(column.field)) for column in columns.columns] for row in book.rows(columns)]
        return headings, [row for row in rows if any(row)]

    def write_kept(self) -> list[str]:
        """Write what waits, now that the book is closed; a sentence for each form. One that is refused stays, with
        the reason, and is not tried again by itself.
        """
        sentences: list[str] = []
        forms = list(self.kept())
        for form in [one for one in forms if not one.fault]:
            desk = _Replaying(self._desk, form)
            fault = self._run(form.button, [ChosenRow(0, number, "") for number in form.numbers], desk)
            if fault:
                break
            at = forms.index(form)
            if self._book is not None and self._book.is_saved:
                forms.pop(at)
                sentences.append(f"待同步的{form}已写入台账。")
            else:
                forms[at] = form.refused("".join(desk.messages) or "没有写入。")
                sentences.append(f"待同步的{form}没有写入：{forms[at].fault}")
            self._store(forms)
        return sentences

    def retry(self, form: KeptForm) -> None:
        """Let a refused form be tried once more."""
        self._store([one.refused("") if one == form else one for one in self.kept()])

    def discard(self, form: KeptForm) -> None:
        """Forget a form."""
        self._store([one for one in self.kept() if one != form])

    def _store(self, forms: Sequence[KeptForm]) -> None:
        store_kept(self.ledger_id, self.path.absolute(), forms)

    def _run(self, button: str, chosen: Sequence[ChosenRow], desk: _Remembering) -> NotSavedError | None:
        """Why nothing was saved; ``None`` where the press came to its end, whatever its message."""
        self._chosen, self._front, self._book = chosen, None, None
        before = ButtonContext.desk, ButtonContext.book
        ButtonContext.desk, ButtonContext.book = desk, self._open
        fault: NotSavedError | None = None
        try:
            for _ in range(_ROUNDS):
                try:
                    getattr(macros, button)()
                except BookChangedError as changed:
                    fault = changed
                except NotSavedError as refused:
                    return refused
                else:
                    return None
            return fault
        finally:
            ButtonContext.desk, ButtonContext.book = before

    def _open(self, _reads: Reads, _formulas: bool) -> ClosedBook:
        self._book = self.open_book(self._chosen)
        return self._book

    def _bring_up(self, columns: SheetColumns, row: int | None) -> None:
        self._front = Front(columns, row)

    def _after(self, fault: NotSavedError, button: str, label: str, desk: _Remembering) -> str:
        """Keep what was typed; what the person is sentences."""
        typed = desk.asked_once
        if typed is None or not all(one.number for one in self._chosen):
            later = "请等台账关闭后" if isinstance(fault, BookHeldError) else "请稍后"
            return f"{fault}{later}再点“{label}”。"
        title, values = typed
        numbers = tuple(one.number for one in self._chosen)
        at = shown(ButtonContext.now())
        try:
            self._store([*self.kept(), KeptForm(button, title, numbers, as_texts(values), at)])
        except OSError:
            return f"{fault}填写的内容也没能存在本机，请抄下来，稍后再点“{label}”。"
        return f"{fault}填写的内容已存为待同步，台账关闭后自动写入，不用再填。"


def _as_text(value: object) -> str:
    return "" if value is None else f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "strftime") else str(value)
