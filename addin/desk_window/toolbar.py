"""The ribbon's buttons above the list: by group, in two rows, the arrow keys going from one to the next."""

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk

from addin.desk_window.ribbon import RibbonButton, RibbonGroup, ribbon_groups

Press = Callable[[RibbonButton], None]
_ROWS = 2


class Toolbar(ttk.Frame):
    """``press`` is called with a button, ``hint`` with its explanation while it has the focus."""

    def __init__(self, parent: tk.Misc, press: Press, hint: Callable[[str], None]) -> None:
        super().__init__(parent)
        self._press, self._hint = press, hint
        self._buttons: list[ttk.Button | ttk.Menubutton] = []
        for across, group in enumerate(ribbon_groups()):
            self._add(group, across)

    def focus_first(self) -> None:
        """Give the first button the focus."""
        self._buttons[0].focus_set()

    def _add(self, group: RibbonGroup, across: int) -> None:
        frame = ttk.LabelFrame(self, text=group.label, padding=(4, 0, 4, 4))
        frame.grid(row=0, column=across, padx=(0, 6), sticky="ns")
        alone = [button for button in group.buttons if not button.menu]
        menus = dict.fromkeys(button.menu for button in group.buttons if button.menu)
        widgets: list[ttk.Button | ttk.Menubutton] = [self._button(frame, button) for button in alone]
        widgets += [self._menu(frame, name, group.buttons) for name in menus]
        columns = -(-len(widgets) // _ROWS)
        for number, widget in enumerate(widgets):
            widget.grid(row=number // columns, column=number % columns, sticky="we", padx=1, pady=1)
            self._prepare(widget)

    def _button(self, frame: ttk.LabelFrame, button: RibbonButton) -> ttk.Button:
        widget = ttk.Button(frame, text=button.label, command=partial(self._press, button), style="Bar.TButton")
        widget.bind("<Return>", lambda _event: self._press(button))
        self._explain(widget, button.tip)
        return widget

    def _menu(self, frame: ttk.LabelFrame, name: str, buttons: tuple[RibbonButton, ...]) -> ttk.Menubutton:
        widget = ttk.Menubutton(frame, text=name, style="Bar.TMenubutton")
        menu = tk.Menu(widget, tearoff=False)
        own = [button for button in buttons if button.menu == name]
        for button in own:
            menu.add_command(label=button.label, command=partial(self._press, button))
        widget["menu"] = menu
        widget.bind("<Return>", lambda _event: widget.event_generate("<space>"))
        self._explain(widget, "、".join(button.label for button in own))
        return widget

    def _explain(self, widget: tk.Widget, tip: str) -> None:
        for event in ("<FocusIn>", "<Enter>"):
            widget.bind(event, lambda _event: self._hint(tip))

    def _prepare(self, widget: ttk.Button | ttk.Menubutton) -> None:
        self._buttons.append(widget)
        widget.bind("<Right>", lambda _event: self._go(widget, 1))
        widget.bind("<Left>", lambda _event: self._go(widget, -1))
        if isinstance(widget, ttk.Button):
            widget.bind("<Down>", lambda _event: self._go(widget, 1))
            widget.bind("<Up>", lambda _event: self._go(widget, -1))

    def _go(self, widget: ttk.Button | ttk.Menubutton, by: int) -> None:
        at = self._buttons.index(widget) + by
        self._buttons[at % len(self._buttons)].focus_set()
