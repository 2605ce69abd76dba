"""A bundle as the installer finds it: small, with one real wheel, so that a case takes a moment and no network."""

import hashlib
import json
import platform
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALLER = ROOT / "engine" / "delivery" / "installer"
PYTHON = "{}.{}".format(*sys.version_info[:2])


@pytest.fixture
def gateways_lock() -> str:
    return (ROOT / "requirements-gateways.txt").read_text(encoding="utf-8")


def wheel(folder: Path, name: str, modules: dict[str, str]) -> Path:
    """Write a wheel of these modules."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    members = {
        **modules,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return path


@pytest.fixture
def make_bundle(tmp_path: Path) -> Callable[[str], Path]:
    """``make_bundle(answer)``: a bundle whose program answers so."""

    def make(answer: str) -> Path:
        folder = tmp_path / f"优盘 {answer}" / "督办-安装包"
        for part in ("wheels", "pip", "launchers"):
            (folder / part).mkdir(parents=True)
        shutil.copy(INSTALLER / "install.py", folder)
        shutil.copy(INSTALLER / "安装.sh", folder)
        shutil.copy(ROOT / "duban.example.toml", folder)
        for name in ("duban", "回退.sh", "卸载.sh"):
            shutil.copy(INSTALLER / name, folder / "launchers")
        shutil.copy(_pip(), folder / "pip")
        modules = dict.fromkeys(("smallest.py", "smallest_later.py"), f"ANSWER = {answer!r}\n")
        modules |= {"pandas/__init__.py": "", "pandas/tests/test_of_pandas.py": ""}
        smallest = wheel(folder / "wheels", "smallest", modules)
        main = "import sys, smallest\nprint(smallest.ANSWER, *sys.argv[1:], flush=True)\n"
        main += (
            "if 'run' in sys.argv:\n    sys.stdin.read()\n    import smallest_later\n    print(smallest_later.ANSWER)\n"
        )
        program = wheel(folder / "wheels", "duban", {"engine/__init__.py": "", "engine/cli.py": main})
        hashes = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in (smallest, program)}
        lock = f"smallest==1.0 --hash=sha256:{hashes[smallest]}\nduban==1.0 --hash=sha256:{hashes[program]}\n"
        (folder / f"requirements-{PYTHON}.txt").write_text(lock, encoding="utf-8")
        write_manifest(folder, f"1.0-{answer}")
        return folder

    return make


def write_manifest(folder: Path, program: str, **changed: object) -> None:
    """The list of the bundle's files as they are now."""
    files = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "清单.json"
    }
    content = {
        "program": program,
        "system": "linux",
        "machine": platform.machine(),
        "pythons": [PYTHON],
        "size": 1000,
        "longest": 60,
        "files": files,
        **changed,
    }
    (folder / "清单.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _pip() -> Path:
    import ensurepip

    return next((Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"))
