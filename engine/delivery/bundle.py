"""``duban bundle``: everything that a PC without internet needs, in one zip: program, wheels, installer, handbooks."""

import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.utils import parse_wheel_filename

from engine.delivery.targets import Target, locked_for
from engine.delivery.wheels import BundleError, Packager, digest, gather
from engine.files.outputs import OUTPUT_MARK

FOLDER = "督办-安装包"
MANIFEST, HANDBOOKS = "清单.json", "手册"
_ROOT = Path(__file__).resolve().parents[2]
_LOCK = "requirements-gateways.txt"
_FIXED_TIME = (2026, 1, 1, 0, 0, 0)
_SCRIPTS = {"windows": ("安装.cmd",), "linux": ("安装.sh",)}
_LAUNCHERS = {
    "windows": ("duban.cmd", "打开督办台账.cmd", "回退.cmd", "卸载.cmd"),
    "linux": ("duban", "回退.sh", "卸载.sh"),
}
_EXECUTABLE, _PLAIN = 0o100755, 0o100644

Progress = Callable[[str], None]
Handbooks = Callable[[Path], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the installer checks before it begins. ``size`` in bytes, once unpacked; ``longest`` in characters."""

    program: str
    system: str
    machine: str
    pythons: tuple[str, ...]
    size: int
    longest: int
    files: dict[str, str]


def bundle(targets: Iterable[Target], handbooks: Handbooks, progress: Progress) -> tuple[Manifest, bytes]:
    """The bundle as the bytes of a zip, with what stands in it. ``handbooks`` makes the pages, by file name, of
    a folder. ``progress`` is called with each step.

    Raises:
        BundleError: this is no source tree, or the packages cannot all be had.
        OSError: there is no room for its parts.
    """
    wanted = tuple(targets)
    lock = _ROOT / _LOCK
    if not lock.is_file():
        raise BundleError("只有在程序的源码文件夹里才能制作安装包。请换到那里再运行。")
    with TemporaryDirectory(prefix="duban-bundle-") as scratch:
        folder = Path(scratch) / FOLDER
        packager = Packager(Path(scratch))
        progress("程序本身")
        packager.run("wheel", "--no-deps", "--wheel-dir", str(folder / "wheels"), str(_ROOT))
        program = next((folder / "wheels").iterdir())
        packager.run("download", "--no-deps", "--only-binary=:all:", "--dest", str(folder / "pip"), "pip")
        _wheels(wanted, lock.read_text(encoding="utf-8"), folder, packager, progress)
        _, release, *_ = parse_wheel_filename(program.name)
        for requirements in folder.glob("requirements-*.txt"):
            with requirements.open("a", encoding="utf-8") as lines:
                lines.write(f"duban=={release} --hash=sha256:{digest(program)}\n")
        _plain_files(wanted[0].system, folder)
        (folder / HANDBOOKS).mkdir()
        for name, page in handbooks(_ROOT / "docs").items():
            (folder / HANDBOOKS / name).write_bytes(page)
        manifest = _manifest(f"{release}-{digest(program)[:8]}", wanted, folder)
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
        progress("压缩")
        return manifest, _zipped(folder)


def _wheels(wanted: tuple[Target, ...], lock: str, folder: Path, packager: Packager, progress: Progress) -> None:
    for one in wanted:
        progress(f"Python {one.python} 的依赖")
        landing = folder / f"landing-{one.python}"
        packages = gather(list(locked_for(lock, one)), one, landing, packager)
        lines = "".join(f"{package.line()}\n" for package in packages)
        (folder / f"requirements-{one.python}.txt").write_text(lines, encoding="utf-8")
        for wheel in landing.iterdir():
            wheel.replace(folder / "wheels" / wheel.name)
        landing.rmdir()


def _plain_files(system: str, folder: Path) -> None:
    installer = files("engine.delivery") / "installer"
    for name in ("install.py", "请先读我.txt", *_SCRIPTS[system]):
        (folder / name).write_bytes((installer / name).read_bytes())
    (folder / "launchers").mkdir()
    for name in _LAUNCHERS[system]:
        (folder / "launchers" / name).write_bytes((installer / name).read_bytes())
    (folder / "duban.example.toml").write_bytes((_ROOT / "duban.example.toml").read_bytes())


def _manifest(program: str, wanted: tuple[Target, ...], folder: Path) -> Manifest:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    unpacked = [info for wheel in folder.rglob("*.whl") for info in zipfile.ZipFile(wheel).infolist()]
    return Manifest(
        program,
        wanted[0].system,
        wanted[0].machine,
        tuple(one.python for one in wanted),
        sum(info.file_size for info in unpacked) // len(wanted),
        max(len(info.filename) for info in unpacked),
        {path.relative_to(folder).as_posix(): digest(path) for path in paths},
    )


def _zipped(folder: Path) -> bytes:
    """The folder as a zip: wheels are compressed already and stored; names and times do not depend on this machine."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.comment = OUTPUT_MARK.encode()
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(f"{FOLDER}/{path.relative_to(folder).as_posix()}", _FIXED_TIME)
            info.compress_type = zipfile.ZIP_STORED if path.suffix == ".whl" else zipfile.ZIP_DEFLATED
            runs = path.suffix == ".sh" or path.name == "duban"
            info.external_attr = (_EXECUTABLE if runs else _PLAIN) << 16
            archive.writestr(info, path.read_bytes())
    return buffer.getvalue()
