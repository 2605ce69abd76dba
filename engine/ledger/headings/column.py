"""The types of headings: a column, its writer, the kind of its cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum


class Owner(StrEnum):
    """Who writes a column: staff, a ribbon button, or the scheduler."""

    STAFF = "人"
    BUTTON = "钮"
    MACHINE = "机"


class Kind(Enum):
    """What a cell of the column holds; decides how it is read, shown and validated."""

    TEXT = "text"
    LONG_TEXT = "long text"
    DAY = "day"
    MOMENT = "moment"
    INTEGER = "integer"
    NUMBER = "number"
    CHOICE = "choice"
    UNIT = "unit"
    UNITS = "units"
    NAMES = "names"
    MOBILE = "mobile"


# Text format keeps Excel from turning 2026-03 into a date and a mobile number into 1.38E+10. Long text stays General:
# Excel shows ##### for more than 255 characters in a text cell.
NUMBER_FORMATS = {
    Kind.LONG_TEXT: "General",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
    Kind.INTEGER: "0",
    Kind.NUMBER: "0.0",
}
TEXT_FORMAT = "@"
_COUNTED = (Kind.DAY, Kind.MOMENT, Kind.INTEGER, Kind.NUMBER)


@dataclass(frozen=True, slots=True)
class Column:
    """One heading. ``choices`` are the words of the dropdown; ``width`` is in characters. ``group`` names the outline
    group that the column is folded into; empty for one that is always in sight.
    """

    field: str
    heading: str
    owner: Owner
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    width: float = 12
    group: str = ""

    @property
    def machine_format(self) -> str:
        """The number format that a 机 cell is written with; empty for texts and for columns that others may format."""
        return NUMBER_FORMATS[self.kind] if self.owner is Owner.MACHINE and self.kind in _COUNTED else ""


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """One data sheet: an Excel table of the sheet's own name, in contract order. ``key`` is the identifier used in
    ``Place.sheet``. A sheet with ``grid_rows`` is no table but a fixed form of so many rows: its cells are named by
    their row and by the column's letter, which is field and heading alike.
    """

    key: str
    name: str
    columns: tuple[Column, ...]
    grid_rows: int = 0
    _by_field: Mapping[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_field", {column.field: column for column in self.columns})

    def column(self, field: str) -> Column:
        """The column of this field. Raises KeyError for a field that the sheet does not have."""
        found = self._by_field.get(field)
        if found is None:
            raise KeyError(f"{self.key}.{field}")
        return found

    def heading(self, field: str) -> str:
        """The heading of this field."""
        return self.column(field).heading


def words(kind: type[StrEnum]) -> tuple[str, ...]:
    """The words of an enumeration, as they stand in the workbook."""
    return tuple(member.value for member in kind)


def staff(field: str, heading: str, kind: Kind = Kind.TEXT, choices: tuple[str, ...] = (), width: float = 12) -> Column:
    """A column that people type into (人)."""
    return Column(field, heading, Owner.STAFF, kind, choices, width)


def button(
    field: str, heading: str, kind: Kind = Kind.TEXT, choices: tuple[str, ...] = (), width: float = 12
) -> Column:
    """A column that a ribbon button stamps (钮)."""
    return Column(field, heading, Owner.BUTTON, kind, choices, width)


def machine(
    field: str, heading: str, kind: Kind = Kind.TEXT, choices: tuple[str, ...] = (), width: float = 12
) -> Column:
    """A column that only the scheduler writes (机)."""
    return Column(field, heading, Owner.MACHINE, kind, choices, width)
