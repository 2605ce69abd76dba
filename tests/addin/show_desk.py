"""Shows the desk's window on a ledger at a fixed time, or on the one that is chosen where a config is given; says
``ready`` when its list has the focus, ``shown`` when a window over it has, ``choosing`` when files are to choose from.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from addin.button import ButtonContext
from addin.desk_window import choosing, opening
from addin.desk_window.window import LedgerWindow
from addin.dialogs import desk
from tests.addin.pressing import NOW
from tests.addin.show_dialog import say


def main(path: Path, settings: Path) -> None:
    """``path``: a ledger, or a duban.toml."""
    ButtonContext.settings_folder = settings
    ButtonContext.now = staticmethod(lambda: NOW)
    real = desk.show

    def show(root: desk.Window, first: object) -> None:
        first.bind("<FocusIn>", lambda event: say("shown"))
        root.update_idletasks()
        assert root.winfo_reqheight() <= root.winfo_screenheight()
        real(root, first)

    desk.show = show
    if path.suffix == ".toml":
        opening.LedgerWindow = watched
        choosing.filedialog.askopenfilename = watched_choice(choosing.filedialog.askopenfilename)
        opening.show_chosen(path)
    else:
        watched(path).run()


def watched_choice(real: Callable[..., str]) -> Callable[..., str]:
    def choose(**options: Any) -> str:
        root = options["parent"]

        def watch() -> None:
            if root.tk.call("grab", "current"):
                say("choosing")
            else:
                root.after(50, watch)

        watch()
        return real(**options)

    return choose


def watched(path: Path) -> LedgerWindow:
    window = LedgerWindow(path)
    window.root.update_idletasks()
    assert window._toolbar.winfo_reqwidth() <= window.root.winfo_screenwidth()
    window._list.tree.bind("<FocusIn>", lambda event: say("ready"), add=True)
    window._filters.entry.bind("<FocusIn>", lambda event: say("searching"))
    window.root.bind("<F11>", lambda event: say(window._state["text"].split("（")[0].split("　")[-1]))
    window.root.bind("<F12>", lambda event: say(f"matters {len(window._list.tree.get_children())}"))
    return window


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
