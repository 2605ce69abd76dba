"""Files that we hand to people: names made of cells, whole or not at all, and no formula that nobody typed."""

import csv
import os
from io import StringIO
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.files.csv_file import csv_bytes
from engine.files.file_names import file_name
from engine.files.whole_file import replace_file
from tests.service.office import matter_row, write_book


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("2026-日-0001", "2026-日-0001"),
        ("../../坏", "_.._坏"),
        ("..", "_"),
        ("", "_"),
        ('a\\b:c*?"<>|\n', "a_b_c_______"),
        ("/etc/passwd", "_etc_passwd"),
        ("CON", "_CON"),
        ("nul.日", "_nul.日"),
        ("COM1", "_COM1"),
        ("CONTRACT", "CONTRACT"),
        ("末尾. ", "末尾"),
        ("a\u202egnp.\u200bx\x9b", "agnp.x"),
        ("长" * 300, "长" * 60),
    ],
)
def test_whatever_stands_in_a_cell_files_stay_in_their_folder(typed: str, name: str, tmp_path: Path) -> None:
    assert file_name(typed) == name
    path = tmp_path / f"{name}.zip"
    path.touch()
    assert path.resolve().parent == tmp_path.resolve()


def test_a_number_that_is_a_path_archives_nothing(tmp_path: Path) -> None:
    number, folder = "../../坏", tmp_path / "甲" / "乙"
    folder.mkdir(parents=True)
    book = write_book(folder / "台账.xlsx", [matter_row(number)])
    (folder / "duban.toml").write_text("state = 'state'\n", encoding="utf-8")
    assert main(["archive", str(book), number, "--config", str(folder / "duban.toml")]) == 2  # no number of a matter
    assert list(tmp_path.rglob("*.zip")) == []


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "｜", "\t", "\r", "\n"])
def test_a_text_like_a_formula_is_written_as_text(sign: str) -> None:
    content = csv_bytes([["表头"], [f"{sign}1+1"], ["1+1="], [-0.5], [None]])
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [["表头"], [f"'{sign}1+1"], ["1+1="], ["-0.5"], [""]]


def test_a_write_that_succeeds_replaces_the_whole_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "心跳.json"
    for content in (b"1", b"22"):
        replace_file(path, content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_keeps_the_old_and_no_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "心跳.json"
    path.write_bytes(b"1")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"22")
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"1"


def test_a_missing_folder_raises_its_own_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "没有" / "心跳.json", b"1")
