"""Counting what would be a round trip to Excel, and saying no to what the engine does not know."""

from collections import Counter

# Handed out by the bridge itself, without asking Excel.
_FREE = {"api", "engine", "options", "max_cells_per_read", "max_cells_per_write"}


# Handles on objects of Excel: they fetch nothing yet.
_HANDLES = frozenset(
    (
        "BookImpl.sheets",
        "SheetsImpl()",
        "SheetImpl.used_range",
        "SheetImpl.range",
        "SheetImpl.tables",
        "TablesImpl()",
        "TableImpl.range",
        "BookImpl.app",
        "AppImpl.pid",
        "RangeImpl.sheet",
        "SheetImpl.book",
    )
)


class Calls(Counter[str]):
    """How often each member was used since the last ``clear``."""

    def trips(self) -> int:
        """The calls that ask or tell Excel something."""
        return sum(count for name, count in self.items() if name not in _HANDLES)


calls = Calls()


class Remote:
    """An object that lives in Excel: its public members are counted, and those it lacks raise NotImplementedError."""

    def __getattribute__(self, name: str) -> object:
        if not name.startswith("_") and name not in _FREE:
            calls[f"{type(self).__name__}.{name}"] += 1
        return super().__getattribute__(name)

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        raise NotImplementedError(f"{type(self).__name__}.{name} is not in the test engine")

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_") and name != "options":
            if not isinstance(getattr(type(self), name, None), property):
                raise NotImplementedError(f"{type(self).__name__}.{name} cannot be set in the test engine")
            calls[f"{type(self).__name__}.{name}"] += 1
        super().__setattr__(name, value)


class Api:
    """Excel's own object model as far as ``addin/excel.py`` may use it; anything else raises AttributeError."""

    def __init__(self, **members: object) -> None:
        self.__dict__.update(members)

    def __getattribute__(self, name: str) -> object:
        if not name.startswith("_"):
            calls[f"Api.{name}"] += 1
        return super().__getattribute__(name)

    def __setattr__(self, name: str, value: object) -> None:
        calls[f"Api.{name}"] += 1
        super().__setattr__(name, value)
