"""The rooms and who may import whom, read off the sources; each guard is also seen to fail on a planted fault."""

import ast
import re
import sys
from collections.abc import Iterator
from enum import EnumType
from pathlib import Path

import pytest

from engine.facts import kinds
from engine.facts.duty_kinds import DutyKind
from engine.ledger.headings.columns import SHEETS

ROOT = Path(__file__).resolve().parent.parent
OURS = ("engine", "sms", "addin")
MOST_LINES = 300

# Room → what it may import besides itself and the standard library. A module belongs to the longest room that is its
# folder. "*" stands for any package from the index: what a room may not use is left out instead.
_RULES = ("engine.facts", "engine.policy", "engine.rules.duties")
_PURE = (*_RULES, "engine.rules", "engine.ledger.headings")
_REVIEW = (*_PURE, "engine.review")
_BOOK = ("engine.facts", "engine.ledger", "sms.numbers", "*")
_INSTALLED = ("build", "install", "example_computer", "desk_window")
_PORT = ("session_book", "view", "faults", "desk", "dialogs", "registering", "logged", "taken_in")
_BUTTONS = (*(f"addin.{module}" for module in _PORT), "engine", "*")  # what they do knows neither adapter of the port
ROOMS: dict[str, tuple[str, ...]] = {
    "duban": (),
    "engine.facts": ("sms.numbers",),
    "engine.policy": ("engine.facts", "sms.words", "pydantic", "chinese_calendar"),
    "engine.rules.duties": ("engine.facts", "engine.policy"),
    "engine.rules.messages": _RULES,
    "engine.rules.checks": _RULES,
    "engine.rules.points": (*_RULES, "engine.rules.checks", "engine.rules.messages"),
    "engine.rules.inspections": (*_RULES, "engine.rules.checks"),
    "engine.rules": (),
    "engine.review": _PURE,
    "engine.board": (*_REVIEW, "sms.numbers"),
    "engine.guards": _REVIEW,
    "engine.scores": (*_PURE, "pandas"),
    "engine.law": (*_PURE,),
    "engine.ledger.headings": ("engine.facts",),
    "engine.ledger": _BOOK,
    "engine.files": ("engine.facts", "win32api", "win32security"),
    "engine.moving.files": ("engine.facts", "engine.policy", "engine.ledger", "engine.moving", "engine.files", "*"),
    "engine.moving": ("engine.facts", "engine.policy", "engine.ledger"),
    "engine.papers": (*_REVIEW, "engine.board", "sms.numbers", "engine.scores", "engine.ledger", "engine.files", "*"),
    "engine.sample": ("engine.facts", "engine.policy", "engine.ledger", "*"),
    "engine.service": (
        *(*_REVIEW, "engine.board", "engine.scores", "engine.guards"),
        *("engine.ledger", "engine.files", "engine.papers", "engine.moving", "sms", "*"),
    ),
    "engine.fleet": (
        *("engine.facts", "engine.policy", "engine.guards", "engine.board", "engine.papers"),
        *("engine.service", "sms", "procrastinate", "*"),
    ),
    "engine.delivery": ("engine.facts", "engine.files", "packaging"),
    "engine.cli.commands.addin": ("engine", *(f"addin.{one}" for one in _INSTALLED), "*"),
    "engine.cli": ("engine", "sms", "*"),
    "engine": (),
    "sms.gateways": ("sms", "*"),
    "sms.store": ("sms", "*"),
    "sms": ("*",),
    "addin.actions": ("addin.session", "addin.button", "addin.person", *_BUTTONS),
    "addin.session": _BUTTONS,
    "addin": ("engine", "sms", "xlwings", "*"),
}
# Purity is a property of the folder: in these there is no clock, no file, no Excel.
PURE = (
    *("engine/facts", "engine/rules", "engine/review", "engine/board", "engine/guards", "engine/scores"),
    "engine/ledger/headings",
    *("engine/moving/tables", "engine/moving/values", "engine/moving/proposals", "engine/moving/minutes"),
)
FLAT = {"engine/__init__.py", "engine/rules/__init__.py", "engine/ledger/__init__.py", "engine/moving/__init__.py"}
"""The only modules that may stand in a folder whose rooms are its subfolders."""
IMPURE_CALLS = {"now", "today", "utcnow", "open", "read_text", "read_bytes", "time_ns", "monotonic"}
HOME_OF_HEADINGS = "engine/ledger/headings"
# Labels and sentences that people read; no cell is ever looked up by them (the rules cannot: they know no sheet).
LABELS = ("engine/rules", "engine/cli", "engine/papers", "addin/dialogs", "addin/actions", "addin/macros.py")
EVERYDAY_LENGTH = 2


def sources(root: Path) -> Iterator[tuple[Path, str, ast.Module]]:
    """Every module of the product: its path, its dotted name and its syntax tree."""
    for path in sorted([root / "duban.py", *(file for room in OURS for file in (root / room).rglob("*.py"))]):
        if path.exists():
            dotted = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
            yield path, dotted, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module, module: str) -> Iterator[str]:
    """The dotted names that a module imports, wherever in its text; ``from a import b`` yields ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(module.split(".")[: -node.level]) + "." if node.level else ""
            yield from (f"{base}{node.module or ''}.{alias.name}".replace("..", ".") for alias in node.names)


def is_in(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def may_import(module: str, name: str) -> bool:
    if name.split(".")[0] in sys.stdlib_module_names:
        return True
    room = max((room for room in ROOMS if is_in(module, room)), key=len)
    if any(is_in(name, allowed) for allowed in (room, *ROOMS[room])):
        return True
    foreign = name.split(".")[0] not in (*OURS, "xlwings", "procrastinate", "tests", "bench", "duban")
    return foreign and "*" in ROOMS[room]


def forbidden_imports(root: Path) -> list[str]:
    return [
        f"{module} imports {name}"
        for _, module, tree in sources(root)
        for name in imported(tree, module)
        if not may_import(module, name)
    ]


def impure_calls(root: Path) -> list[str]:
    """Clocks and files where only values may be used."""
    found = []
    for path, module, tree in sources(root):
        if path.relative_to(root).as_posix().startswith(PURE):
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                    if name in IMPURE_CALLS:
                        found.append(f"{module}:{node.lineno} calls {name}")
    return found


def stray_headings(root: Path) -> list[str]:
    """Strings that are a sheet's name or a heading, outside their one home. A heading that is also a word of an
    enumeration (节点), an everyday word of two characters (时间) or a label on a screen is no heading there.
    """
    enumerations = [kind for kind in (*vars(kinds).values(), DutyKind) if isinstance(kind, EnumType)]
    words = {str(member) for kind in enumerations for member in kind}
    headings = {column.heading for sheet in SHEETS for column in sheet.columns} | {sheet.name for sheet in SHEETS}
    return [
        f"{module}:{node.lineno} {node.value}"
        for path, module, tree in sources(root)
        if not path.relative_to(root).as_posix().startswith((HOME_OF_HEADINGS, *LABELS))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in headings - words
        if len(node.value) > EVERYDAY_LENGTH
    ]


def long_files(root: Path) -> list[str]:
    """A file that passes about 300 lines is two things."""
    paths = [path for path, _, _ in sources(root)]
    paths += [path for folder in ("tests", "bench", "workbook") for path in (root / folder).rglob("*.py")]
    paths = [path for path in paths if "node_modules" not in path.parts]
    counted = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    return [f"{path.relative_to(root)}: {lines}" for path, lines in counted.items() if lines > MOST_LINES]


def homeless_modules(root: Path) -> list[str]:
    """Modules that stand flat in a folder of rooms, and folders that are no room."""
    folders = {str(Path(flat).parent) for flat in FLAT}
    found = []
    for path, module, _ in sources(root):
        place = path.relative_to(root)
        if str(place.parent) in folders and place.as_posix() not in FLAT:
            found.append(f"{place} stands flat")
        elif path.name != "duban.py" and max((room for room in ROOMS if is_in(module, room)), key=len) == "engine":
            found += [f"{place} belongs to no room"] if place.as_posix() not in FLAT else []
    return found


def unnamed_rooms(root: Path) -> list[str]:
    """Rooms of the engine that the table of ARCHITECTURE.md does not name."""
    text = (root / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = (room.replace(".", "/") + "/" for room in ROOMS if room.startswith("engine.") and "commands" not in room)
    return [room for room in rooms if (root / room).is_dir() and f"`{room}`" not in text]


def silenced_checks(root: Path) -> list[str]:
    """Lines of the product that switch a checker off: the code is put right instead."""
    return [
        f"{module}:{number}"
        for path, module, _ in sources(root)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"#\s*(?:noqa|type:\s*ignore)", line)
    ]


@pytest.mark.parametrize(
    "guard",
    [forbidden_imports, impure_calls, stray_headings, long_files, homeless_modules, unnamed_rooms, silenced_checks],
)
def test_the_house_is_in_order(guard) -> None:
    assert guard(ROOT) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("engine/facts/planted.py", "import pydantic"),
        ("engine/facts/planted.py", "from engine.policy import policy"),
        ("engine/rules/planted.py", "def f():\n    from engine import service"),
        ("engine/rules/planted.py", "from engine.ledger.headings.columns import SHEETS"),
        ("engine/rules/planted.py", "from ..ledger import columns"),
        ("engine/review/ledger_review.py", "import sms.outbox"),
        ("engine/scores/scorebook.py", "from engine.service.host import Station"),
        ("engine/scores/scoring.py", "import openpyxl"),
        ("engine/ledger/planted.py", "from engine.policy.policy import Policy"),
        ("engine/guards/planted.py", "from engine.service.journal import Journal"),
        ("engine/papers/planted.py", "from engine.service.host import Station"),
        ("engine/service/scheduler.py", "import xlwings"),
        ("engine/service/scheduler.py", "from addin import macros"),
        ("engine/cli/commands/notice.py", "def f():\n    from addin import build"),
        ("engine/cli/commands/addin.py", "def f():\n    from addin import macros"),
        ("addin/actions/planted.py", "from addin import excel"),
        ("addin/session.py", "from addin.live_book import LiveBook"),
        ("sms/planted.py", "from engine.facts.kinds import Role"),
        ("sms/planted.py", "import xlwings as xw"),
        ("duban.py", "import rich"),
        ("duban.py", "import engine.cli.main"),
    ],
)
def test_a_planted_import_is_seen(tmp_path: Path, path: str, text: str) -> None:
    plant(tmp_path, path, text)
    assert len(forbidden_imports(tmp_path)) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("engine/facts/planted.py", "import datetime\nfrom .kinds import Role\nfrom engine.facts import unit"),
        (
            "engine/rules/checks/planted.py",
            "from engine.facts.kinds import Role\nfrom engine.policy.policy import Policy",
        ),
        ("engine/cli/main.py", "import typer\nfrom sms.outbox import Outbox\nfrom engine.rules import duties"),
        ("engine/cli/commands/addin.py", "def f():\n    from addin import build\n    from addin.install import plan"),
        ("addin/macros.py", "import xlwings as xw\nfrom engine.review.ledger_review import review"),
        ("sms/planted.py", "import sqlalchemy\nfrom sms import model"),
    ],
)
def test_allowed_imports_pass(tmp_path: Path, path: str, text: str) -> None:
    plant(tmp_path, path, text)
    assert forbidden_imports(tmp_path) == []


@pytest.mark.parametrize(
    ("guard", "path", "text"),
    [
        (impure_calls, "engine/rules/planted.py", "import datetime\nAT = datetime.datetime.now()"),
        (impure_calls, "engine/review/ledger_review.py", "TEXT = open('a')"),
        (impure_calls, "engine/scores/publishing.py", "from datetime import date\nDAY = date.today()"),
        (stray_headings, "engine/policy/planted.py", "HEADING = '牵头单位'"),
        (stray_headings, "addin/planted.py", "print(book['督办台账'])"),
        (silenced_checks, "sms/planted.py", "import os  # " + "noqa: F401"),
        (silenced_checks, "addin/planted.py", "A: int = ''  # type: " + "ignore[assignment]"),
        (long_files, "engine/planted.py", "\n" * (MOST_LINES + 1)),
        (long_files, "tests/planted.py", "\n" * (MOST_LINES + 1)),
    ],
)
def test_other_planted_faults_are_seen(guard, tmp_path: Path, path: str, text: str) -> None:
    plant(tmp_path, path, text)
    assert len(guard(tmp_path)) == 1


@pytest.mark.parametrize(
    "path", ["engine/planted.py", "engine/rules/planted.py", "engine/ledger/planted.py", "engine/attic/planted.py"]
)
def test_a_module_without_a_room_is_seen(tmp_path: Path, path: str) -> None:
    plant(tmp_path, "engine/facts/here.py", "")
    plant(tmp_path, path, "")
    assert len(homeless_modules(tmp_path)) == 1


def test_a_room_that_nobody_named_is_seen(tmp_path: Path) -> None:
    plant(tmp_path, "engine/facts/planted.py", "")
    plant(tmp_path, "engine/rules/checks/planted.py", "")
    plant(tmp_path, "ARCHITECTURE.md", "| `engine/facts/` | values |")
    assert unnamed_rooms(tmp_path) == ["engine/rules/checks/", "engine/rules/"]


def test_what_the_guards_must_let_pass(tmp_path: Path) -> None:
    plant(
        tmp_path,
        "engine/rules/planted.py",
        "REMEDY = '请在「单位通讯录」补录牵头单位。'\nKIND = '节点'\n" + "\n" * (MOST_LINES - 3),
    )
    assert [guard(tmp_path) for guard in (impure_calls, stray_headings, long_files)] == [[], [], []]


def plant(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
