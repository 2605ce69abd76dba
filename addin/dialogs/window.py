"""A form on the screen: labels, fields, faults beside them. Tab moves, Enter confirms, Esc leaves all as it was."""

import tkinter as tk
from collections.abc import Mapping, Sequence
from functools import partial
from tkinter import filedialog, ttk

from addin.dialogs import desk
from addin.dialogs.form import EntryKind, Faults, Field, Form, Values, read_form

_WIDTH = 46
_LINES_HEIGHT = 4
_WRAP = 420
_MOST_IN_A_COLUMN = 8
"""A longer form stands in two columns, or its faults would push the buttons off a small screen."""


def show_form(form: Form) -> Values | None:
    """Show the form and wait; ``None`` if the person left it by Esc or by closing the window."""
    window = FormWindow(form)
    desk.show(window.root, window.first)
    return window.answer


class FormWindow:
    """One form on the screen. ``answer`` is what was confirmed."""

    def __init__(self, form: Form) -> None:
        self.answer: Values | None = None
        self._form = form
        self.root = desk.open_window(form.title)
        self._inputs: dict[str, ttk.Entry | ttk.Combobox | tk.Text] = {}
        self._faults: dict[str, ttk.Label] = {}
        frame = ttk.Frame(self.root, padding=desk.MARGIN)
        frame.grid(sticky="nsew")
        ttk.Label(frame, text=form.intro, wraplength=560, justify="left").grid(columnspan=2, sticky="w", pady=(0, 10))
        count = len(form.fields)
        columns = [form.fields] if count <= _MOST_IN_A_COLUMN else two_columns(form.fields)
        for across, fields in enumerate(columns):
            side = ttk.Frame(frame)
            side.grid(row=1, column=across, sticky="n", padx=(20 * across, 0))
            for number, field in enumerate(fields):
                self._add(side, field, 3 * number)
        self._add_buttons(frame, 2)
        self.root.bind("<Escape>", lambda _event: self.root.destroy())
        self.root.bind("<Control-Return>", lambda _event: self._confirm())

    @property
    def first(self) -> tk.Misc:
        """Where typing begins: the first field that must be filled in and is empty, else the first."""
        texts = self._texts()
        wanted = next((field for field in self._form.fields if field.required and not texts[field.name]), None)
        return self._inputs[(wanted or self._form.fields[0]).name]

    def _add(self, frame: ttk.Frame, field: Field, row: int) -> None:
        label = f"{field.label}{' *' if field.required or field.starred else ''}"
        ttk.Label(frame, text=label).grid(row=row, column=0, sticky="ne", padx=(0, 10), pady=(5, 0))
        widget = self._input(frame, field)
        widget.grid(row=row, column=1, sticky="we", pady=(3, 0))
        self._inputs[field.name] = widget
        if isinstance(widget, tk.Text) and field.entry is EntryKind.FILES:
            chooser = ttk.Button(frame, text="选择文件…", command=partial(self._choose_files, widget, field))
            chooser.grid(row=row, column=2, sticky="n", padx=(8, 0), pady=(3, 0))
        if field.hint:
            ttk.Label(frame, text=field.hint, style="Hint.TLabel", wraplength=_WRAP).grid(
                row=row + 1, column=1, sticky="w"
            )
        fault = ttk.Label(frame, style="Fault.TLabel", wraplength=_WRAP)
        fault.grid(row=row + 2, column=1, sticky="w")
        fault.grid_remove()
        self._faults[field.name] = fault

    def _input(self, frame: ttk.Frame, field: Field) -> ttk.Entry | ttk.Combobox | tk.Text:
        if field.entry in (EntryKind.LINES, EntryKind.FILES):
            text = tk.Text(frame, width=_WIDTH, height=_LINES_HEIGHT, wrap="char", font="TkTextFont", undo=True)
            text.insert("1.0", field.default)
            text.bind("<Control-Return>", self._confirm_in_text)
            text.bind("<Tab>", _to_next)
            text.bind("<Shift-Tab>", _to_previous)
            return text
        if field.entry is EntryKind.CHOICE:
            box = ttk.Combobox(frame, width=_WIDTH - 2, values=("", *field.choices), state="readonly")
            box.set(field.default)
            box.bind("<Return>", lambda _event: self._confirm())
            box.bind("<Down>", lambda _event: _step(box, 1))
            box.bind("<Up>", lambda _event: _step(box, -1))
            box.bind("<Alt-Down>", lambda _event: box.tk.call("ttk::combobox::Post", box))
            return box
        entry = ttk.Entry(frame, width=_WIDTH)
        entry.insert(0, field.default)
        entry.bind("<Return>", lambda _event: self._confirm())
        return entry

    def _choose_files(self, text: tk.Text, field: Field) -> None:
        """Add the files that the person picks, one a line."""
        kinds = ((field.label, field.choices), ("所有文件", "*"))
        for path in filedialog.askopenfilenames(parent=self.root, title=field.label, filetypes=kinds):
            before = "\n" if text.get("1.0", "end-1c").strip() else ""
            text.insert("end-1c", f"{before}{path}")

    def _add_buttons(self, frame: ttk.Frame, row: int) -> None:
        bar = ttk.Frame(frame)
        bar.grid(row=row, columnspan=2, sticky="e", pady=(14, 0))
        for text, action in ((self._form.confirm, self._confirm), ("取消", self.root.destroy)):
            desk.add_button(bar, text, action)

    def _texts(self) -> Mapping[str, str]:
        return {
            name: widget.get("1.0", "end-1c") if isinstance(widget, tk.Text) else widget.get()
            for name, widget in self._inputs.items()
        }

    def _confirm(self) -> None:
        values, faults = read_form(self._form, self._texts())
        self._show_faults(faults)
        if faults:
            self._inputs[next(iter(faults))].focus_set()
            return
        self.answer = values
        self.root.destroy()

    def _confirm_in_text(self, _event: "tk.Event[tk.Text]") -> str:
        """Confirm without the line break that the key would leave in a field of several lines."""
        self._confirm()
        return "break"

    def _show_faults(self, faults: Faults) -> None:
        for name, label in self._faults.items():
            label.configure(text=faults.get(name, ""))
            (label.grid if name in faults else label.grid_remove)()


def two_columns(fields: Sequence[Field]) -> tuple[Sequence[Field], Sequence[Field]]:
    """Halves of a long form, a person's rank in the same column as the person."""
    at = (len(fields) + 1) // 2
    while at > 1 and fields[at].label.startswith(fields[at - 1].label):
        at -= 1
    return fields[:at], fields[at:]


def _step(box: ttk.Combobox, by: int) -> str:
    """The arrow keys choose without opening the list, as they do elsewhere in Windows; Alt+Down opens it."""
    box.current(min(max(box.current() + by, 0), len(box["values"]) - 1))
    return "break"


def _to_next(event: "tk.Event[tk.Text]") -> str:
    """Tab leaves a field of several lines as it leaves any other."""
    following = event.widget.tk_focusNext()
    if following:
        following.focus_set()
    return "break"


def _to_previous(event: "tk.Event[tk.Text]") -> str:
    previous = event.widget.tk_focusPrev()
    if previous:
        previous.focus_set()
    return "break"
