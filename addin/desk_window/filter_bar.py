"""Search and filters above the list."""

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from addin.desk_window.matters import FILTERED, LIGHT, Filters, Looks, MatterRow, choices
from addin.dialogs import desk
from engine.ledger.headings.columns import MATTERS


class FilterBar(ttk.Frame):
    """``changed`` is called whenever something else is to be shown."""

    def __init__(self, parent: tk.Misc, changed: Callable[[], None]) -> None:
        super().__init__(parent)
        self._changed = changed
        self._search = tk.StringVar(self)
        self._boxes: dict[str, ttk.Combobox] = {}
        ttk.Label(self, text="搜索").pack(side="left")
        self.entry = ttk.Entry(self, textvariable=self._search, width=24)
        self.entry.pack(side="left", padx=(4, 12))
        self._search.trace_add("write", lambda *_: changed())
        for name in FILTERED:
            ttk.Label(self, text=MATTERS.heading(name)).pack(side="left")
            box = ttk.Combobox(self, state="readonly", width=6 if name == LIGHT else 14)
            box.pack(side="left", padx=(4, 12))
            box.bind("<<ComboboxSelected>>", lambda _event: changed())
            self._boxes[name] = box
        desk.add_button(self, "清除筛选", self.clear)

    def offer(self, rows: Sequence[MatterRow], looks: Looks) -> None:
        """Let the filters offer what stands in these rows."""
        for name, box in self._boxes.items():
            box["values"] = ["", *choices(rows, name, looks)]

    def filters(self) -> Filters:
        """The filter as it stands."""
        return Filters(self._search.get(), {name: box.get() for name, box in self._boxes.items()})

    def clear(self) -> None:
        """Show everything."""
        for box in self._boxes.values():
            box.set("")
        self.clear_search()
        self._changed()

    def clear_search(self) -> None:
        """Search for nothing."""
        if self._search.get():
            self._search.set("")
