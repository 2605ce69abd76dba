"""What every window of ours shares: in front of Excel, a typeface with Chinese in it, Esc to leave."""

import sys
import tkinter as tk
from collections.abc import Callable
from tkinter import font, ttk

_FACES = ("Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei")
_SIZE = 11
MARGIN = 14
FAULT_COLOUR = "#B3261E"
HINT_COLOUR = "#5F6368"


Window = tk.Tk | tk.Toplevel


class _Main:
    """The desk's own window, where there is one: all others stand over it."""

    window: tk.Tk | None = None


def open_main(title: str) -> tk.Tk:
    """The window of a program of its own, not yet shown. There is one at most."""
    root = _Main.window = _styled(title)
    root.bind("<Destroy>", lambda event: _forget(event.widget))
    return root


def _forget(widget: tk.Misc) -> None:
    if widget is _Main.window:
        _Main.window = None


def open_window(title: str) -> Window:
    """A window in the middle of the screen and on top of the others, not yet shown."""
    if _Main.window is None:
        root = _styled(title)
        root.attributes("-topmost", True)
        return root
    over = tk.Toplevel(_Main.window)
    over.withdraw()
    over.title(title)
    over.transient(_Main.window)
    return over


def _styled(title: str) -> tk.Tk:
    _sharpen()
    root = tk.Tk()
    root.withdraw()
    root.title(title)
    known = set(font.families(root))
    face = next((face for face in _FACES if face in known), None)
    for name in ("TkDefaultFont", "TkTextFont", "TkHeadingFont", "TkMenuFont"):
        named = font.nametofont(name, root)
        named.configure(size=_SIZE)
        if face:
            named.configure(family=face)
    root.option_add("*TCombobox*Listbox.font", "TkDefaultFont")
    style = ttk.Style(root)
    style.configure("Fault.TLabel", foreground=FAULT_COLOUR)
    style.configure("Treeview", rowheight=font.nametofont("TkDefaultFont", root).metrics("linespace") + 6)
    style.configure("Hint.TLabel", foreground=HINT_COLOUR)
    return root


def show(root: Window, first: tk.Misc) -> None:
    """Show the window with the focus on ``first`` and wait until it is closed."""
    place(root)
    root.focus_force()
    first.focus_set()
    if isinstance(root, tk.Tk):
        root.mainloop()
        return
    root.grab_set()
    root.wait_window()


def place(root: Window) -> None:
    """Show the window in the middle of the screen."""
    root.update_idletasks()
    width, height = root.winfo_reqwidth(), root.winfo_reqheight()
    left = max(0, (root.winfo_screenwidth() - width) // 2)
    top = max(0, (root.winfo_screenheight() - height) // 3)
    root.geometry(f"+{left}+{top}")
    root.deiconify()
    root.lift()


def add_button(bar: ttk.Frame, text: str, action: Callable[[], None]) -> ttk.Button:
    """A button that Enter presses as well as the space bar."""
    button = ttk.Button(bar, text=text, command=action)
    button.pack(side="left", padx=(8, 0))
    button.bind("<Return>", lambda _event: action())
    return button


def _sharpen() -> None:
    """Draw sharp letters on scaled Windows screens."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.shcore.SetProcessDpiAwareness(1)
