"""A progress bar on the screen, for what takes longer than a person waits without a sign."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tkinter import ttk

from addin.dialogs import desk

_LENGTH = 360


@contextmanager
def working(text: str) -> Iterator[Callable[[float, float], None]]:
    """Show ``text`` over a bar until the block ends; what is yielded moves the bar: so much done, of so much."""
    root = desk.open_window("督办")
    root.protocol("WM_DELETE_WINDOW", lambda: None)  # the work goes on: a closed bar would look like a cancelled one
    frame = ttk.Frame(root, padding=desk.MARGIN)
    frame.pack()
    ttk.Label(frame, text=text).pack(anchor="w")
    bar = ttk.Progressbar(frame, length=_LENGTH, maximum=1.0)
    bar.pack(pady=(8, 0))

    def move(done: float, total: float) -> None:
        bar["value"] = done / total if total else 1.0
        root.update()

    try:
        desk.place(root)
        move(0, 1)
        yield move
    finally:
        root.destroy()
