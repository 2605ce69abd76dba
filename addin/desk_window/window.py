"""The desk's window: the ledger's matters with lights, filters and search, under the ribbon's buttons.

It shows the saved file, and checks every few seconds whether somebody saved it or has it open.
"""

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk

from addin.desk import Windows
from addin.desk_window.filter_bar import FilterBar
from addin.desk_window.kept_forms import KeptForm
from addin.desk_window.matter_list import MatterList
from addin.desk_window.matters import Looks, MatterRow, counted, matter_rows
from addin.desk_window.presses import DeskPresses
from addin.desk_window.ribbon import RibbonButton, ribbon_groups
from addin.desk_window.toolbar import Toolbar
from addin.dialogs import desk, reading
from addin.faults import AddinError
from engine.facts.faults import DubanError
from engine.ledger.file.owner_files import Holder
from engine.ledger.headings.columns import MATTERS
from engine.ledger.package.faults import UnreadableWorkbook

_REFRESH_EVERY = 3000
"""Milliseconds between two refreshes by the file's time and its owner files."""
_WIDTH, _HEIGHT = 1340, 690
"""Fits a screen of 1366 × 768 with the taskbar."""
_DETAILS = ("content", "latest_progress", "check_note")
_LONGEST = 150
_KEYS = "Ctrl+F 搜索　F10 按钮　回车 为什么　Shift+↑↓ 多选　F5 刷新　F1 说明"
_RETRY, _DISCARD, _WAIT = "再写一次", "放弃", "先放着"


class LedgerWindow:
    """One ledger on the screen."""

    def __init__(self, path: Path) -> None:
        self._presses = DeskPresses(path, Windows())
        self.root = desk.open_main(f"督办 - {path.name}")
        self._rows: list[MatterRow] = []
        self._looks: Looks = {}
        self._seen: tuple[int, int] | None = None
        self._count = self._fault = ""
        self._holder: Holder | None = None
        self._build()
        self._bind()

    def run(self) -> None:
        """Show it until it is closed."""
        self.root.deiconify()
        self.root.update()
        self.refresh()
        self.root.focus_force()
        self._focus_list()
        self.root.after(_REFRESH_EVERY, self._refresh_again)
        self.root.mainloop()

    def refresh(self) -> None:
        """Take in what was saved since, and write what waits, where nobody has the book open."""
        try:
            stat = self._presses.path.stat()
            if (stat.st_mtime_ns, stat.st_size) != self._seen:
                self._load()
                self._seen = stat.st_mtime_ns, stat.st_size
            self._holder = self._presses.open_book().holder()
            self._fault = ""
            self._write_kept()
        except (UnreadableWorkbook, AddinError, DubanError) as fault:
            self._fault = str(fault)
        except OSError:
            self._fault = "台账现在读不到，请检查网络和文件是否还在。列表是上次读到的。"
        self._show_state()

    def _refresh_again(self) -> None:
        if not self.root.tk.call("grab", "current"):  # no form is being filled in
            self.refresh()
        self.root.after(_REFRESH_EVERY, self._refresh_again)

    def _load(self) -> None:
        book = self._presses.open_book()
        ledger = book.read().ledger
        self._presses.ledger_id = ledger.settings.ledger_id
        self._rows = matter_rows(book.view(MATTERS), ledger)
        self._looks = self._presses.looks_of(ledger)
        self._filters.offer(self._rows, self._looks)
        self._list.look(self._looks)
        self._show()

    def _write_kept(self) -> None:
        if self._holder is not None:
            return
        sentences = self._presses.write_kept()
        if sentences:
            self._load()
            Windows().inform("\n".join(sentences))

    def _build(self) -> None:
        style = ttk.Style(self.root)
        style.configure("Bar.TButton", padding=(4, 1), width=-5)
        style.configure("Bar.TMenubutton", padding=(4, 1))
        style.configure("Kept.TButton", foreground=desk.FAULT_COLOUR)
        self.root.geometry(f"{_WIDTH}x{_HEIGHT}+4+4")
        frame = ttk.Frame(self.root, padding=(8, 4))
        frame.pack(fill="both", expand=True)
        self._toolbar = Toolbar(frame, self._press, self._explain)
        self._toolbar.pack(fill="x")
        self._filters = FilterBar(frame, self._show)
        self._filters.pack(fill="x", pady=6)
        self._kept = desk.add_button(self._filters, "", self._show_kept)
        self._kept.configure(style="Kept.TButton")
        bottom = ttk.Frame(frame)
        bottom.pack(side="bottom", fill="x")
        self._detail = ttk.Label(bottom, wraplength=_WIDTH - 40, justify="left", text="\n\n")
        self._detail.pack(fill="x", pady=4)
        self._state = ttk.Label(bottom)
        self._state.pack(side="left")
        ttk.Label(bottom, text=_KEYS, style="Hint.TLabel").pack(side="right")
        self._list = MatterList(frame)
        self._list.pack(fill="both", expand=True)

    def _bind(self) -> None:
        buttons = {one.function: one for group in ribbon_groups() for one in group.buttons}
        why, manual = buttons["explain_matter"], buttons["open_manual"]
        keys: dict[str, Callable[[], object]] = {
            "<Control-f>": self._filters.entry.focus_set,
            "<F3>": self._filters.entry.focus_set,
            "<F10>": self._toolbar.focus_first,
            "<F5>": self._reread,
            "<F1>": lambda: self._press(manual),
            "<Escape>": self._escape,
        }
        for key, action in keys.items():
            self.root.bind(key, _alone(action))
        for key in ("<Return>", "<Double-1>"):
            self._list.tree.bind(key, _alone(lambda: self._press(why)))
        for key in ("<Return>", "<Down>"):
            self._filters.entry.bind(key, _alone(self._focus_list))
        self._list.tree.bind("<<TreeviewSelect>>", lambda _event: self._show_details())
        self._list.tree.bind("<FocusIn>", lambda _event: self._show_details())

    def _press(self, button: RibbonButton) -> None:
        self.root.configure(cursor="watch")
        self.root.update_idletasks()
        try:
            front = self._presses.press(button.function, button.label, [row.chosen for row in self._list.selected()])
        finally:
            self.root.configure(cursor="")
        if front is not None and front.columns is not MATTERS:
            headings, rows = self._presses.rows_of(front.columns)
            Windows().show_table(front.columns.name, f"「{front.columns.name}」共{len(rows)}行。", headings, rows)
        self.refresh()
        if front is not None and front.columns is MATTERS and front.row is not None:
            self._go_to(front.row)
        self._focus_list()

    def _show(self) -> None:
        filters = self._filters.filters()
        shown = [row for row in self._rows if filters.let_pass(row)]
        self._list.show(shown)
        self._count = counted(self._rows, shown, self._looks)
        self._show_state()

    def _go_to(self, row: int) -> None:
        if not self._list.holds(row):
            self._filters.clear()
        if self._list.holds(row):
            self._list.select([str(row)])

    def _focus_list(self) -> None:
        self._list.tree.focus_set()

    def _escape(self) -> None:
        self._filters.clear_search()
        self._focus_list()

    def _reread(self) -> None:
        self._seen = None
        self.refresh()

    def _explain(self, tip: str) -> None:
        self._detail.configure(text=f"{tip}\n\n")

    def _show_details(self) -> None:
        row = self._list.focused()
        lines = [f"{MATTERS.heading(name)}：{row.cells.get(name, '')}" for name in _DETAILS] if row else []
        self._detail.configure(text="\n".join(line[:_LONGEST] for line in lines) or "\n\n")

    def _show_state(self) -> None:
        held = f"{self._holder}打开着台账，填写的内容先存为待同步。" if self._holder else ""
        self._state.configure(text="　".join(filter(None, (self._count, held, self._fault))))
        try:
            kept = len(self._presses.kept())
        except DubanError as fault:
            kept = 0
            self._state.configure(text=str(fault))
        self._kept.configure(text=f"待同步 {kept}", state="normal" if kept else "disabled")

    def _show_kept(self) -> None:
        forms = self._presses.kept()
        rows = [(str(one), one.at, _typed(one), one.fault or "等台账关闭后写入") for one in forms]
        intro = "还没有写进台账的内容。选中一行按回车，可以再写一次，或者放弃。"
        at = Windows().show_table("待同步", intro, ("表单", "填写时间", "内容", "情况"), rows)
        if at is None:
            return
        form = forms[at]
        answer = reading.choose("待同步", f"{form}：{_typed(form)}", (_RETRY, _DISCARD, _WAIT))
        if answer == _RETRY:
            self._presses.retry(form)
        elif answer == _DISCARD:
            self._presses.discard(form)
        self.refresh()
        self._focus_list()


def _typed(form: KeptForm) -> str:
    return "；".join(text for text in form.texts.values() if text)


def _alone(action: Callable[[], object]) -> Callable[["tk.Event[tk.Misc]"], str]:
    """A key that does this and nothing else."""

    def act(_event: "tk.Event[tk.Misc]") -> str:
        action()
        return "break"

    return act
