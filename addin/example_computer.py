"""An imagined Windows computer with Excel: the target of ``install-addin --dry-run`` on other systems."""

from collections.abc import Mapping
from pathlib import PureWindowsPath

from addin.install import Folders, Registry, SetValue, plan

_EXCEL = r"Software\Microsoft\Office\16.0\Excel"


class PaperRegistry:
    """See Registry; it lasts as long as the value does."""

    def __init__(self) -> None:
        self._keys: dict[str, dict[str, str | int]] = {_EXCEL: {}}

    def has(self, key: str) -> bool:
        """See Registry."""
        return key in self._keys

    def values(self, key: str) -> Mapping[str, str | int]:
        """See Registry."""
        return self._keys.get(key, {})

    def set(self, key: str, name: str, value: str | int) -> None:
        """See Registry."""
        self._keys.setdefault(key, {})[name] = value

    def remove(self, key: str, name: str | None = None) -> None:
        """See Registry."""
        if name is None:
            self._keys.pop(key, None)
        else:
            self._keys.get(key, {}).pop(name, None)


def example_computer(*, installed: bool) -> tuple[Folders, Registry]:
    """A user's folders, interpreter and registry, with the add-in in it or still without."""
    user, program = PureWindowsPath(r"C:\Users\用户"), PureWindowsPath(r"D:\duban")
    environment = program / ".venv"
    interpreter = str(environment / "Scripts" / "pythonw.exe")
    packages = environment / "Lib" / "site-packages"
    place, registry = Folders(user, user / "AppData" / "Roaming", interpreter, packages, program), PaperRegistry()
    if installed:
        for step in plan(place, registry).steps:
            if isinstance(step, SetValue):
                registry.set(step.key, step.name, step.value)
    return place, registry
