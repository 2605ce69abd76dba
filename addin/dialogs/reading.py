"""Windows to read: a sentence, a question, a table. Esc closes them, Enter chooses."""

from collections.abc import Sequence
from functools import partial
from tkinter import font, ttk

from addin.dialogs import desk
from addin.dialogs.fitting import fitted

_PADDING, _BESIDE, _LEAST = 16, 110, 200
"""Pixels: around a cell's text; for the frame, the scroll bar and the button; what the longest column never loses."""
_MOST_ROWS = 18


def inform(text: str, title: str = "督办") -> None:
    """Show a message and wait until it has been closed."""
    choose(title, text, ("知道了",))


def confirm(text: str, yes: str, title: str = "督办") -> bool:
    """Ask for a confirmation; only the button ``yes`` (or Enter on it) is a yes, and it does not have the focus."""
    return choose(title, text, (yes, "取消")) == yes


def show_table(title: str, intro: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
    """A table to scroll through with the arrow keys; below it the chosen row's longest text, whole. Enter and a double
    click choose a row, whose index is returned; Esc chooses none.
    """
    root = desk.open_window(title)
    chosen: list[int] = []
    measure = font.nametofont("TkDefaultFont", root).measure
    columns = [[heading, *texts] for heading, *texts in zip(headings, *map(_on_one_line, rows), strict=True)]
    widths = [max(map(measure, column)) + _PADDING for column in columns]
    longest = widths.index(max(widths))
    room = root.winfo_screenwidth() - sum(widths) + widths[longest] - _BESIDE
    is_cut = widths[longest] > room
    widths[longest] = max(min(widths[longest], room), _LEAST)
    frame = ttk.Frame(root, padding=desk.MARGIN)
    frame.pack(fill="both", expand=True)
    ttk.Label(frame, text=intro, wraplength=900, justify="left").pack(anchor="w", pady=(0, 8))
    bar = ttk.Frame(frame)
    bar.pack(side="bottom", fill="x", pady=(10, 0))
    ttk.Button(bar, text="关闭", command=root.destroy).pack(side="right", anchor="s")
    whole = ttk.Label(bar, wraplength=sum(widths) - _BESIDE, justify="left", text="\n" if is_cut else "")
    whole.pack(side="left", anchor="n")
    table = ttk.Treeview(frame, columns=[str(n) for n in range(len(headings))], show="headings", selectmode="browse")
    table.configure(height=min(max(len(rows), 3), _MOST_ROWS))
    for index, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        table.heading(str(index), text=heading, anchor="w")
        table.column(str(index), width=width, stretch=index == longest)
    for row in map(_on_one_line, rows):
        row[longest] = fitted(row[longest], widths[longest] - _PADDING, measure)
        table.insert("", "end", values=row)
    if is_cut:
        table.bind("<<TreeviewSelect>>", lambda _event: whole.configure(text=rows[table.index(table.focus())][longest]))
    scroll = ttk.Scrollbar(frame, command=table.yview)
    table.configure(yscrollcommand=scroll.set)
    scroll.pack(side="right", fill="y")
    table.pack(side="left", fill="both", expand=True)
    if rows:
        top = table.get_children()[0]
        table.focus(top)
        table.selection_set(top)

    def choose(_event: object) -> None:
        if rows and table.focus():
            chosen.append(table.index(table.focus()))
        root.destroy()

    root.bind("<Escape>", lambda _event: root.destroy())
    root.bind("<Return>", choose)
    table.bind("<Double-1>", choose)
    desk.show(root, table)
    return chosen[0] if chosen else None


def _on_one_line(row: Sequence[str]) -> list[str]:
    return [text.replace("\n", " ") for text in row]


def choose(title: str, text: str, answers: Sequence[str]) -> str:
    """Show a text over buttons, and return the one that was pressed, empty for none. The last button has the focus."""
    root = desk.open_window(title)
    chosen = [""]
    frame = ttk.Frame(root, padding=desk.MARGIN)
    frame.pack()
    ttk.Label(frame, text=text, wraplength=520, justify="left").pack(anchor="w")
    bar = ttk.Frame(frame)
    bar.pack(anchor="e", pady=(14, 0))

    def close(answer: str) -> None:
        chosen[0] = answer
        root.destroy()

    button: ttk.Button | None = None
    for answer in answers:
        button = desk.add_button(bar, answer, partial(close, answer))
    root.bind("<Escape>", lambda _event: root.destroy())
    desk.show(root, button or root)
    return chosen[0]
