"""What a bundle is made for: an operating system, a processor, the versions of Python that may run it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from packaging.requirements import Requirement

PYTHONS = ("3.11", "3.12", "3.13")
"""The versions that the bundle's wheels are resolved for; each is proved on its own."""


@dataclass(frozen=True, slots=True)
class Target:
    """One interpreter on one kind of machine. ``platforms``: the tags that its wheels may carry, best first."""

    system: str
    machine: str
    python: str
    platforms: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """The values of PEP 508 markers there: pip itself would take those of the machine that builds the bundle."""
        is_windows = self.system == "windows"
        return {
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "os_name": "nt" if is_windows else "posix",
            "sys_platform": "win32" if is_windows else "linux",
            "platform_system": "Windows" if is_windows else "Linux",
            "platform_machine": self.machine,
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "extra": "",
        }


def target(system: str, machine: str, python: str) -> Target:
    """The target of that name. ``machine`` as Linux names it: ``x86_64`` or ``aarch64``; Windows is 64-bit x86."""
    if system == "windows":
        return Target(system, "AMD64", python, ("win_amd64",))
    glibc = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_24", "manylinux_2_17", "manylinux2014", "manylinux_2_12")
    older = ("manylinux2010", "manylinux_2_5", "manylinux1")
    return Target(system, machine, python, tuple(f"{tag}_{machine}" for tag in (*glibc, *older)))


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of a lock file: ``name==version`` and the hashes that its files may have."""

    requirement: str
    hashes: tuple[str, ...]

    def line(self) -> str:
        """As it stands in a requirements file for this target alone."""
        return " ".join((self.requirement, *(f"--hash={digest}" for digest in self.hashes)))


def locked_for(lock: str, wanted: Target) -> Iterator[Locked]:
    """The packages of a lock file (made by ``uv pip compile --universal``) that ``wanted`` needs."""
    environment = wanted.environment()
    joined = lock.replace("\\\n", " ")
    for line in joined.splitlines():
        text = line.split("#", 1)[0].strip()
        if not text:
            continue
        head, *options = text.split("--hash=")
        requirement = Requirement(head.strip())
        if requirement.marker is None or requirement.marker.evaluate(environment):
            yield Locked(f"{requirement.name}{requirement.specifier}", tuple(option.strip() for option in options))
