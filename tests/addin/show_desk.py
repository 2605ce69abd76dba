"""Shows the desk's window on a ledger at a fixed time; says ``ready`` when its list has the focus, ``shown`` when a
window over it has.
"""

import sys
from pathlib import Path

from addin.button import ButtonContext
from addin.desk_window.window import LedgerWindow
from addin.dialogs import desk
from tests.addin.pressing import NOW
from tests.addin.show_dialog import say


def main(path: Path, settings: Path) -> None:
    ButtonContext.settings_folder = settings
    ButtonContext.now = staticmethod(lambda: NOW)
    real = desk.show

    def show(root: desk.Window, first: object) -> None:
        first.bind("<FocusIn>", lambda event: say("shown"))
        root.update_idletasks()
        assert root.winfo_reqheight() <= root.winfo_screenheight()
        real(root, first)

    desk.show = show
    window = LedgerWindow(path)
    window.root.update_idletasks()
    assert window._toolbar.winfo_reqwidth() <= window.root.winfo_screenwidth()
    window._list.tree.bind("<FocusIn>", lambda event: say("ready"), add=True)
    window._filters.entry.bind("<FocusIn>", lambda event: say("searching"))
    window.root.bind("<F12>", lambda event: say(f"matters {len(window._list.tree.get_children())}"))
    window.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
