"""Bad places to start from: one sentence that says what to do, nothing half installed."""

import ast
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.ledger.reading.ledger import read_ledger
from tests.delivery.conftest import INSTALLER, write_manifest
from tests.delivery.test_installer import Make, install, refused
from tests.service.office import matter_row, write_book

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits and folders of Linux")


def test_a_disk_that_fills_up_halfway_leaves_nothing(make_bundle: Make, tmp_path: Path) -> None:
    bundle, to = make_bundle("first"), tmp_path / "程序"
    largest = max(path.stat().st_size for path in bundle.rglob("*") if path.is_file())

    def no_room_for_a_program() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, largest))

    command = [sys.executable, str(bundle / "install.py"), "--to", str(to)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=no_room_for_a_program)
    refused(done, to, "请")
    assert not to.exists()


@pytest.mark.parametrize("folder", ["/proc", "很" * 90], ids=["rights", "length"])
def test_a_folder_that_nobody_can_write(make_bundle: Make, tmp_path: Path, folder: str) -> None:
    to = tmp_path / folder / "督办"
    refused(install(make_bundle("first"), to), to, "请用 --to 指定一个自己能写的文件夹")


def test_a_disk_without_room_is_told_before_anything_is_made(make_bundle: Make, tmp_path: Path) -> None:
    bundle, to = make_bundle("first"), tmp_path / "程序"
    write_manifest(bundle, "1.0-first", size=10**18)
    refused(install(bundle, to), to, "磁盘空间不够")
    assert not to.exists()


def test_a_python_of_3_9_can_read_the_installer_that_refuses_it() -> None:
    ast.parse((INSTALLER / "install.py").read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize(("letter", "code"), [("a", 0), ("长", 2)])
def test_a_ledger_at_a_path_of_250_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], letter: str, code: int
) -> None:
    """In Latin letters it works; in Chinese the journal's path has more bytes than SQLite takes on Linux."""
    folder = tmp_path
    while len(str(folder)) < 250 - len("/台账.xlsx"):
        folder /= letter * min(60, 250 - len("/台账.xlsx") - len(str(folder)))
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    (folder / "duban.toml").write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    book = write_book(folder / "台账.xlsx", [matter_row("2026-日-0001")])
    assert main(["adopt", str(book), "--from", "2026-03-02T09:30"]) == code
    assert main(["pass", str(book), "--at", "2026-03-03T09:30", "--json"]) == code
    said = capsys.readouterr().err
    assert ("请换一个短些的" in said) == bool(code)
    assert bool(read_ledger(book.read_bytes()).settings.host) != bool(code)
