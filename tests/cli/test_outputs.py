"""Outputs never destroy inputs: no command replaces a ledger, whatever its path options are pointed at."""

import ast
import os
import shutil
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import typer

from engine.cli import main
from tests.cli.conftest import NUMBER
from tests.service.office import LEDGER_ID, matter_row, write_book

AT = "2026-03-20T09:00"
INPUTS = {"ledger", "ledgers", "config", "into", "files", "apply", "file"}
PROVINCE = "2026-省-0001"

OUTPUTS: dict[tuple[str, str], tuple[object, ...]] = {
    ("new", "path"): ("new",),
    ("statistics", "export"): ("statistics", "台账.xlsx", "--at", AT, "--export"),
    ("statistics", "word"): ("statistics", "台账.xlsx", "--at", AT, "--word"),
    ("burden", "export"): ("burden", "台账.xlsx", "--month", "2026-03", "--export"),
    ("burden", "word"): ("burden", "台账.xlsx", "--month", "2026-03", "--word"),
    ("score", "export"): ("score", "台账.xlsx", "--at", "2026-04-02T09:00", "--quarter", "2026Q1", "--export"),
    ("import", "review"): ("import", "旧.csv", "--into", "台账.xlsx", "--at", AT, "--review"),
    ("bundle", "out"): ("bundle", "--out"),
    ("fleet", "page"): ("fleet", "--page"),  # a single host is refused; tests/fleet/test_status.py aims at a ledger
    ("board", "output"): ("board", "台账.xlsx", "--output"),
    ("year-end", "word"): ("year-end", "台账.xlsx", "--year", "2026", "--word"),
    ("briefing", "word"): ("briefing", "台账.xlsx", "--meeting", "2026-04-01", "--word"),
    ("policy try", "export"): (
        *("policy", "try", "制度/尧都.toml", "台账.xlsx", "--from", "2026-03-02", "--to", "2026-03-04", "--export"),
    ),
    ("sms-kit write", "to"): ("sms-kit", "write", "台账.xlsx", "--to"),
    ("sms-proof", "to"): ("sms-proof", "台账.xlsx", NUMBER, "--to"),
    ("archive", "to"): ("archive", "台账.xlsx", NUMBER, "--to"),
    ("notice", "folder"): ("notice", "台账.xlsx", "2026-日-0002", "--at", AT, "--folder"),
    ("card", "folder"): ("card", "台账.xlsx", PROVINCE, "--at", AT, "--folder"),
}
"""Each path option that names an output: the command line up to its value. Whoever adds one adds a row."""

FILES = [place for place in OUTPUTS if place[1] not in ("to", "folder")]
EXPORTS = [place for place in FILES if place[1] in ("export", "word")]
YEAR = ("score", "台账.xlsx", "--at", "2027-01-02T09:00", "--year", "2026", "--export")


def commands() -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, place in main._COMMANDS.items():
        module, _, function = place.partition(":")
        found = getattr(import_module(f"engine.cli.commands.{module}"), function)
        if isinstance(found, typer.Typer):
            yield from ((f"{name} {one.name}", one.callback) for one in found.registered_commands if one.callback)
        else:
            yield name, found


def path_options() -> set[tuple[str, str]]:
    """Every parameter of every command that holds a path."""
    return {
        (name, option)
        for name, function in commands()
        for option, kind in get_type_hints(function).items()
        if kind is Path or Path in get_args(kind) or list[Path] in get_args(kind)
    }


def test_every_path_option_is_an_input_or_a_judged_output() -> None:
    assert {place for place in path_options() if place[1] not in INPUTS} == set(OUTPUTS)


WRITERS = {"write_bytes", "write_text", "replace_file", "copyfile", "copy", "move"}
FREE = {
    *(
        "demo.py",
        "heartbeat.py",
        "scheme_file.py",
        "sole_scheduler.py",
    ),  # a fresh folder, the state folder
    *("new_year.py", "policies.py", "taking_into_use.py"),  # the ledger itself, its policy folder
    "lease.py",  # a name of its own beside the ledger
    "memory.py",  # what the system keeps for the process itself, under /proc
    "keeping.py",  # the handbook as a page, in the settings folder of the program
}
"""Make what is ours alone, or are asked for that very file."""


def direct_writes(text: str) -> list[str]:
    """Calls that put a file on a disk without ``engine.files.outputs``."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    names = [getattr(call.func, "attr", getattr(call.func, "id", "")) for call in calls]
    return [name for name in names if name in WRITERS]


@pytest.mark.parametrize(
    "room", ["engine/cli", "engine/papers", "engine/service", "engine/scores", "engine/moving", "addin/actions"]
)
def test_commands_papers_and_buttons_write_through_the_judge_alone(room: str) -> None:
    root = Path(main.__file__).parents[2]
    paths = [path for path in (root / room).rglob("*.py") if path.name not in FREE]
    assert paths
    assert {str(path): found for path in paths if (found := direct_writes(path.read_text("utf-8")))} == {}


def test_a_planted_write_is_seen() -> None:
    assert direct_writes("path.write_bytes(data)\nreplace_file(path, data)") == ["write_bytes", "replace_file"]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """台账.xlsx with a matter, one to issue and one of the province; 另一本.xlsx."""
    folder = tmp_path_factory.mktemp("books")
    of_province = {"board": "省政府交办事项", "source": "省政府交办", "province_due": matter_row("x")["assigned_at"]}
    unissued = matter_row("2026-日-0002") | {"notice_issued_at": None}
    write_book(folder / "台账.xlsx", [matter_row(NUMBER), unissued, matter_row(PROVINCE) | of_province])
    write_book(folder / "另一本.xlsx", [], {"台账标识": LEDGER_ID[::-1]})
    return folder


@pytest.fixture
def ledger(books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Both ledgers and their config in the current folder."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(books, tmp_path, dirs_exist_ok=True)
    Path("duban.toml").write_text("ledgers = ['台账.xlsx', '另一本.xlsx']\nstate = 'state'\n", encoding="utf-8")
    Path("旧.csv").write_text("事项,牵头单位,办理时限\n修路,市住建局,3天\n", encoding="utf-8")
    assert main.main(["policy", "new", "尧都", "--json"]) == 0
    return tmp_path / "台账.xlsx"


def spellings(book: Path, end: str) -> Iterator[Path]:
    """Other names of one file: relative, through a folder, by a link, by a hard link."""
    yield Path(book.name)
    yield book.parent / "没有的" / ".." / book.name
    link, hard = book.with_name(f"链接{end}"), book.with_name(f"硬链接{end}")
    link.symlink_to(book)
    os.link(book, hard)
    yield from (link, hard)


@pytest.mark.parametrize("words", [*(OUTPUTS[place] for place in FILES), YEAR], ids=[*map("-".join, FILES), "year"])
def test_no_ledger_is_replaced_by_any_spelling(words: tuple[object, ...], ledger: Path, duban) -> None:
    ending = ".docx" if words[-1] == "--word" else ".xlsx"
    force = ["--force"] if words[0] != "new" else []
    for target, options in ((ledger, []), (ledger.with_name("另一本.xlsx"), force)):
        before = target.read_bytes()
        for number, spelling in enumerate(spellings(target, f"-{target.stem}{ending}")):
            code, out, err = duban(*words, spelling, *options)
            assert (code, target.read_bytes()) == (2, before), (number, spelling)
            assert "程序内部出错" not in out + err
    assert not [path for path in ledger.parent.iterdir() if path.suffix in (".csv", ".new") and path.stem != "旧"]


def test_another_case_of_the_name_is_the_same_ledger(ledger: Path, duban) -> None:
    code, _, err = duban(*OUTPUTS["statistics", "export"], ledger.with_name("台账.XLSX"), "--force")
    assert (code, "是台账或配置文件" in err) == (2, True)


@pytest.mark.parametrize("place", [("archive", "to"), ("notice", "folder"), ("card", "folder")])
def test_an_output_folder_that_is_the_ledger_is_refused(place: tuple[str, str], ledger: Path, duban) -> None:
    before = ledger.read_bytes()
    code, _, err = duban(*OUTPUTS[place], ledger)
    assert (code, ledger.read_bytes(), "程序内部出错" in err) == (2, before, False)


@pytest.mark.parametrize("place", [("notice", "folder"), ("card", "folder")])
def test_word_files_never_replace_what_is_there(place: tuple[str, str], books: Path, ledger: Path, duban) -> None:
    assert duban(*OUTPUTS[place], "文件")[0] == 0
    made = {path: path.read_bytes() for path in Path("文件").iterdir()}
    shutil.copy(books / ledger.name, ledger)
    duban(*OUTPUTS[place], "文件")
    assert {path: path.read_bytes() for path in Path("文件").iterdir()} == made


@pytest.mark.parametrize("words", [*(OUTPUTS[place] for place in EXPORTS), YEAR])
def test_what_is_no_output_of_ours_stays_without_force(words: tuple[object, ...], ledger: Path, duban) -> None:
    ending = ".docx" if words[-1] == "--word" else ".xlsx"
    target = ledger.with_name(f"领导的{ending}")
    for content in (b"", b"text", ledger.read_bytes()):
        target.write_bytes(content)
        code, _, err = duban(*words, target)
        assert (code, target.read_bytes(), "--force" in err) == (2, content, True)
    assert duban(*words, target, "--force")[0] == 0
    assert target.read_bytes() != content
    assert duban(*words, target)[0] == 0  # an earlier output of ours needs no --force


def test_a_csv_of_other_people_keeps_the_whole_export_back(ledger: Path, duban) -> None:
    other = ledger.with_name("考核.csv")
    other.write_text("姓名,电话\n", encoding="utf-8-sig")
    code, _, err = duban(*OUTPUTS["score", "export"], "考核.xlsx")
    assert (code, "考核.csv" in err, Path("考核.xlsx").exists()) == (2, True, False)
    assert other.read_text("utf-8-sig") == "姓名,电话\n"


def test_an_archive_that_somebody_else_made_stays(ledger: Path, duban) -> None:
    made = ledger.parent / "归档" / f"{NUMBER}.zip"
    made.parent.mkdir()
    shutil.make_archive(str(made.with_suffix("")), "zip", ledger.parent, "duban.toml")
    before = made.read_bytes()
    assert duban("archive", ledger, NUMBER)[0] == 2
    assert made.read_bytes() == before
    assert duban("archive", ledger, NUMBER, "--force")[0] == duban("archive", ledger, NUMBER)[0] == 0


def test_a_device_a_pipe_and_a_folder_are_no_output(ledger: Path, duban) -> None:
    os.mkfifo("管道.xlsx")
    Path("夹.xlsx").mkdir()
    Path("设备.xlsx").symlink_to("/dev/null")
    for name in ("管道.xlsx", "夹.xlsx", "设备.xlsx"):
        code, _, err = duban(*OUTPUTS["statistics", "export"], name, "--force")
        assert (code, "不是普通文件" in err) == (2, True)


def test_a_link_to_an_earlier_output_stays_a_link(ledger: Path, duban) -> None:
    true, link = Path("真.xlsx"), Path("链.xlsx")
    assert duban(*OUTPUTS["statistics", "export"], true)[0] == 0
    link.symlink_to(true)
    before = true.stat().st_ino
    assert duban(*OUTPUTS["statistics", "export"], link)[0] == 0
    assert link.is_symlink()
    assert true.stat().st_ino != before
