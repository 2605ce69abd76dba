"""Windows to read: a sentence, a question, a table. Enter and Esc close them."""

import tkinter as tk
from collections.abc import Sequence
from functools import partial
from tkinter import ttk

from addin.dialogs import desk

_WIDEST = 60
_PIXELS = 13
_MOST_ROWS = 18


def tell(text: str, title: str = "督办") -> None:
    """Say one thing and wait until it has been read."""
    _sentence(title, text, ("知道了",))


def confirm(text: str, yes: str, title: str = "督办") -> bool:
    """Ask before doing; only the button ``yes`` (or Enter on it) is a yes, and it does not have the focus."""
    return _sentence(title, text, (yes, "取消")) == yes


def show_table(title: str, intro: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table to scroll through with the arrow keys."""
    root = desk.open_window(title)
    frame = ttk.Frame(root, padding=desk.MARGIN)
    frame.pack(fill="both", expand=True)
    ttk.Label(frame, text=intro, wraplength=900, justify="left").pack(anchor="w", pady=(0, 8))
    bar = ttk.Frame(frame)
    bar.pack(side="bottom", fill="x", pady=(10, 0))
    ttk.Button(bar, text="关闭", command=root.destroy).pack(side="right")
    table = ttk.Treeview(frame, columns=[str(n) for n in range(len(headings))], show="headings", selectmode="browse")
    table.configure(height=min(max(len(rows), 3), _MOST_ROWS))
    for index, heading in enumerate(headings):
        longest = max([len(heading), *(len(row[index]) for row in rows)])
        table.heading(str(index), text=heading, anchor="w")
        table.column(str(index), width=_PIXELS * min(longest, _WIDEST) + 24, stretch=index == len(headings) - 1)
    for row in rows:
        table.insert("", "end", values=[text.replace("\n", " ") for text in row])
    scroll = ttk.Scrollbar(frame, command=table.yview)
    table.configure(yscrollcommand=scroll.set)
    scroll.pack(side="right", fill="y")
    table.pack(side="left", fill="both", expand=True)
    if rows:
        top = table.get_children()[0]
        table.selection_set(top)
        table.focus(top)
    _close_by_keys(root)
    desk.show(root, table)


def _sentence(title: str, text: str, answers: Sequence[str]) -> str:
    """Show a text over buttons; the last button has the focus and stands for Esc."""
    root = desk.open_window(title)
    chosen = [""]
    frame = ttk.Frame(root, padding=desk.MARGIN)
    frame.pack()
    ttk.Label(frame, text=text, wraplength=520, justify="left").pack(anchor="w")
    bar = ttk.Frame(frame)
    bar.pack(anchor="e", pady=(14, 0))

    def choose(answer: str) -> None:
        chosen[0] = answer
        root.destroy()

    button: ttk.Button | None = None
    for answer in answers:
        button = desk.add_button(bar, answer, partial(choose, answer))
    root.bind("<Escape>", lambda _event: root.destroy())
    desk.show(root, button or root)
    return chosen[0]


def _close_by_keys(root: tk.Tk) -> None:
    for key in ("<Escape>", "<Return>"):
        root.bind(key, lambda _event: root.destroy())
