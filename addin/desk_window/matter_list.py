"""The list of matters on the screen: lights as pictures with their word, the columns of a new book."""

import tkinter as tk
from collections.abc import Sequence
from tkinter import font, ttk

from addin.desk_window.light_images import light_images
from addin.desk_window.matters import DEFAULT_COLUMNS, LIGHT, Looks, MatterRow
from addin.dialogs.fitting import fitted
from engine.ledger.headings.columns import MATTERS

_PIXELS, _ROOM, _PADDING = 8, 24, 10
"""Of a character in a column, around it, and around the text of a cell."""
_LIGHT_WIDTH = 72


class MatterList(ttk.Frame):
    """Rows can be selected as in any list: arrows, Shift with arrows, Ctrl+A."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent)
        self._looks: Looks = {}
        self._images: dict[str, tk.PhotoImage] = {}
        self._shown: dict[str, MatterRow] = {}
        columns = [column for column in DEFAULT_COLUMNS if column.field != LIGHT]
        self._rooms = {column.field: int(column.width * _PIXELS) + _ROOM for column in columns}
        self._measure = font.nametofont("TkDefaultFont", self).measure
        self._widest = self._measure("国")
        self.tree = ttk.Treeview(self, columns=[*self._rooms], selectmode="extended")
        self.tree.heading("#0", text=MATTERS.heading(LIGHT), anchor="w")
        self.tree.column("#0", width=_LIGHT_WIDTH, minwidth=_LIGHT_WIDTH, stretch=False)
        for column in columns:
            self.tree.heading(column.field, text=column.heading, anchor="w")
            self.tree.column(column.field, width=self._rooms[column.field], stretch=False)
        down = ttk.Scrollbar(self, command=self.tree.yview)
        across = ttk.Scrollbar(self, orient="horizontal", command=self.tree.xview)
        self.tree.configure(yscrollcommand=down.set, xscrollcommand=across.set)
        down.pack(side="right", fill="y")
        across.pack(side="bottom", fill="x")
        self.tree.pack(fill="both", expand=True)
        self.tree.bind("<Control-a>", lambda _event: self.tree.selection_set(self.tree.get_children()))

    def look(self, looks: Looks) -> None:
        """Show the lights so from now on."""
        if looks != self._looks:
            self._looks, self._images = looks, light_images(self, looks)

    def show(self, rows: Sequence[MatterRow]) -> None:
        """These rows and no others; what was selected stays so, wherever it stands by now."""
        before = {row.chosen.number or row.chosen.row_hash for row in self.selected()}
        self.tree.delete(*self.tree.get_children())
        self._shown = {str(row.chosen.row): row for row in rows}
        for name, row in self._shown.items():
            values = [self._fitted(row.cells.get(field, ""), room) for field, room in self._rooms.items()]
            self.tree.insert(
                "", "end", name, text=f" {row.light}", image=self._images.get(row.light, ""), values=values
            )
        again = [name for name, row in self._shown.items() if (row.chosen.number or row.chosen.row_hash) in before]
        self.select(again or list(self._shown)[:1])

    def _fitted(self, text: str, room: int) -> str:
        if len(text) * self._widest <= room - _PADDING:  # most do, and measuring them takes longer than the rest
            return text
        return fitted(text, room - _PADDING, self._measure)

    def selected(self) -> list[MatterRow]:
        """The selected rows, from the top."""
        return [self._shown[name] for name in self.tree.selection()]

    def focused(self) -> MatterRow | None:
        """The row that has the keyboard."""
        return self._shown.get(self.tree.focus())

    def select(self, names: Sequence[str]) -> None:
        """Select the rows of these numbers, the first with the keyboard and in sight."""
        self.tree.selection_set(list(names))
        if names:
            self.tree.focus(names[0])
            self.tree.see(names[0])

    def holds(self, row: int) -> bool:
        """Whether that row is among those shown."""
        return str(row) in self._shown
