"""The Windows bundle as it is made, under --full: it needs a package index. The one for Linux: test_newcomer."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from engine.delivery.bundle import FOLDER
from engine.delivery.targets import PYTHONS
from engine.papers.handbook import HANDBOOKS
from tests.delivery.conftest import ROOT
from tests.tools import need

pytestmark = pytest.mark.full


def made(folder: Path, *words: str) -> Path:
    """A bundle, unpacked as ``unzip`` does it."""
    command = [sys.executable, "-m", "engine.cli", "bundle", "--out", str(folder / "安装包.zip"), *words]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    with zipfile.ZipFile(folder / "安装包.zip") as archive:
        archive.extractall(folder)
    return folder / FOLDER


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("windows"), "--for", "windows")


def resolved(bundle: Path, python: str) -> subprocess.CompletedProcess[str]:
    """The bundle's lock for that Python on Windows, from the bundle's wheels alone."""
    where = ["--no-index", "--find-links", str(bundle / "wheels"), "--only-binary", ":all:", "--require-hashes"]
    target = ["--python-platform", "x86_64-pc-windows-msvc", "--python-version", python, "--target", str(bundle / "to")]
    own = Path(sys.executable).with_name("uv")
    command = [str(own) if own.exists() else need("uv"), "pip", "install", "--dry-run", "--no-cache", *where, *target]
    lock = bundle / f"requirements-{python}.txt"
    return subprocess.run([*command, "-r", str(lock)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("python", PYTHONS)
def test_the_windows_bundle_is_complete(windows: Path, python: str) -> None:
    done = resolved(windows, python)
    count = len((windows / f"requirements-{python}.txt").read_text(encoding="utf-8").splitlines())
    assert (done.returncode, f"Would install {count} packages" in done.stderr) == (0, True), done.stderr
    wheel = next((windows / "wheels").glob("rich-*.whl"))
    aside = wheel.rename(windows / wheel.name)
    assert resolved(windows, python).returncode != 0
    aside.rename(wheel)


def test_the_program_holds_the_handbooks_as_pages(windows: Path) -> None:
    with zipfile.ZipFile(next((windows / "wheels").glob("duban-*.whl"))) as program:
        pages = {name: program.read(name) for name in program.namelist() if name.startswith("addin/docs/")}
    assert pages.keys() == {f"addin/docs/{Path(name).stem}.html" for name in HANDBOOKS}
    assert b"data:image/png;base64," in pages["addin/docs/使用手册.html"]
