"""Artificial people: a surname with 甲, 乙, 丙 or 戊, plainly invented, each with a number of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.facts.change import Value
from engine.ledger.template.workbook import Row
from engine.policy.words import usual_words
from engine.sample.words import UnitCategory

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
    "陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
)
HEAD_MARK, CONTACT_MARK, LEADER_MARK, SUBSTITUTE_MARK = "甲", "乙", "丙", "戊"
# 199 and 198 are mobile ranges; the long runs of zeros show that these numbers are made up.
HEAD_PREFIX, CONTACT_PREFIX, SUBSTITUTE_PREFIX = "1990000", "1980000", "1970000"


@dataclass(frozen=True, slots=True)
class Leader:
    """A leader as the sheets name one."""

    name: str
    rank: str


MAYOR = Leader("赵" + LEADER_MARK, "市长")
SECRETARY_GENERAL = Leader("卫" + LEADER_MARK, "秘书长")
OFFICE_LEADER = Leader("蒋" + LEADER_MARK, "办公厅分管领导")
_DEPUTY_MAYORS = ("钱", "孙", "李", "周", "吴")
_DEPUTY_SECRETARIES = ("郑", "王", "冯", "陈", "褚")


def deputy_mayor(office: str) -> Leader:
    """Whose field an office serves: 秘书一科 the executive deputy mayor's; of 督查室, the mayor."""
    index = usual_words().offices.index(office) - 1
    if index < 0:
        return MAYOR
    return Leader(_DEPUTY_MAYORS[index] + LEADER_MARK, "常务副市长" if index == 0 else "分管副市长")


def deputy_secretary(office: str) -> Leader:
    """The deputy secretary-general over an office."""
    return Leader(_DEPUTY_SECRETARIES[max(0, usual_words().offices.index(office) - 1)] + LEADER_MARK, "分管副秘书长")


@dataclass(frozen=True)
class Contacts:
    """单位通讯录 of a sample: rows as they are written, and who reports for a unit by any of its names."""

    rows: tuple[Row, ...]
    contact_of: Mapping[str, str] = field(default_factory=dict)


def contacts(units: list[dict[str, str]], unreachable: str = "", absent: str = "") -> Contacts:
    """People and numbers for the offices, then for ``units`` in their order.

    ``unreachable`` lacks its contact's number, a planted fault (SZ1-6); ``absent`` is covered by a substitute.
    """
    offices = [{"name": name, "category": UnitCategory.OFFICE.value, "aliases": ""} for name in usual_words().offices]
    offices[0]["aliases"] = "市政府督查室"
    rows = tuple(_rows([*offices, *units], unreachable, absent))
    names: dict[str, str] = {}
    for row in rows:
        for name in (str(row["name"]), *str(row["aliases"] or "").split("、")):
            names.setdefault(name, str(row["contact"]))
    return Contacts(rows, names)


def _rows(units: list[dict[str, str]], unreachable: str, absent: str) -> Iterator[Row]:
    for index, unit in enumerate(units):
        name = unit["name"]
        row: dict[str, Value] = {
            "name": name,
            "aliases": unit["aliases"] or None,
            "category": unit["category"],
            "head": SURNAMES[index] + HEAD_MARK,
            "head_mobile": f"{HEAD_PREFIX}{1001 + index}",
            "contact": SURNAMES[-1 - index] + CONTACT_MARK,
            "contact_mobile": None if name == unreachable else f"{CONTACT_PREFIX}{2001 + index}",
            "active": "是",
        }
        if name == absent:
            row |= {
                "substitute": SURNAMES[index] + SUBSTITUTE_MARK,
                "substitute_mobile": f"{SUBSTITUTE_PREFIX}3001",
                "substitute_from": datetime(2026, 11, 16),
                "substitute_until": datetime(2026, 11, 20),
            }
        yield row
