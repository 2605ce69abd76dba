"""Wheels of every locked package for a target: fetched by hash, or built here once where only sources are published."""

import hashlib
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.utils import canonicalize_name, parse_wheel_filename

from engine.delivery.targets import Locked, Target
from engine.facts.faults import DubanError


class BundleError(DubanError):
    """The bundle cannot be made; the message names what is missing and the remedy."""


class Packager:
    """pip, from wherever it can be had: an environment made without it borrows one of its own."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._python: str | None = None

    def run(self, *arguments: str) -> str:
        """Run one pip command. Raises BundleError with pip's last line."""
        command = [self._interpreter(), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or [done.stderr.strip()]
            raise BundleError(f"依赖没有取齐：{said[-1][:300]}。请检查网络或软件源设置后重试。")
        return done.stdout

    def _interpreter(self) -> str:
        if self._python is None:
            probe = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
            self._python = sys.executable if probe.returncode == 0 else self._borrowed()
        return self._python

    def _borrowed(self) -> str:
        folder = self._scratch / "pip"
        venv.create(folder, with_pip=True)
        return str(folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))


def gather(packages: Sequence[Locked], wanted: Target, folder: Path, packager: Packager) -> list[Locked]:
    """Bring a wheel of each package into ``folder``; returns them locked to the hash of that very wheel.

    Raises:
        BundleError: the index cannot be reached, a hash differs, or a package is neither to be had nor to be built.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tags = [part for tag in wanted.platforms for part in ("--platform", tag)]
    only = ("--only-binary=:all:", "--implementation", "cp", "--python-version", wanted.python, *tags)
    ready, from_sources = list(packages), []
    while missing := _download(ready, folder, packager, only):
        from_sources.append(missing)
        ready.remove(missing)
    for package in from_sources:
        _build(package, folder, packager)
    wheels = {_name(path.name): path for path in sorted(folder.glob("*.whl"))}
    return [Locked(package.requirement, (f"sha256:{digest(wheels[_key(package)])}",)) for package in packages]


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _download(packages: Sequence[Locked], folder: Path, packager: Packager, only: Iterable[str]) -> Locked | None:
    """Fetch the files of all these packages, or return the first that has none of the wanted kind."""
    lock = folder / "lock.txt"
    lock.write_text("".join(f"{package.line()}\n" for package in packages), encoding="utf-8")
    try:
        packager.run("download", *only, "--no-deps", "--require-hashes", "--dest", str(folder), "-r", str(lock))
    except BundleError as fault:
        named = next((one for one in packages if f"found for {one.requirement}" in str(fault)), None)
        if named is None:
            raise
        return named
    finally:
        lock.unlink()
    return None


def _build(package: Locked, folder: Path, packager: Packager) -> None:
    """From its sources, whose hash the lock holds. Only pure Python may come of it: this machine is not the target."""
    with TemporaryDirectory() as scratch:
        sources = Path(scratch)
        if _download([package], sources, packager, ("--no-binary=:all:",)):
            raise BundleError(f"软件源里没有 {package.requirement}。请检查软件源设置后重试。")
        packager.run("wheel", "--no-deps", "--wheel-dir", str(sources / "made"), *map(str, sources.glob("*.*")))
        made = next((sources / "made").iterdir())
        if not made.name.endswith("-none-any.whl"):
            raise BundleError(f"{package.requirement} 没有现成的安装件，也不能在这里制作。请换一个版本后重新锁定依赖。")
        shutil.move(made, folder / made.name)


def _name(wheel: str) -> str:
    name, *_ = parse_wheel_filename(wheel)
    return str(name)


def _key(package: Locked) -> str:
    return canonicalize_name(package.requirement.split("==")[0])
