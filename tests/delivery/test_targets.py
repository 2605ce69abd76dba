"""Which packages of a universal lock an interpreter elsewhere needs."""

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from engine.delivery.targets import PYTHONS, locked_for, target
from tests.delivery.conftest import ROOT

LOCK = """\
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via pandas
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
pywin32==312 ; sys_platform == 'win32' \\
    --hash=sha256:dd
isal==1.9.1 ; platform_machine == 'AMD64' or platform_machine == 'aarch64' or platform_machine == 'x86_64' \\
    --hash=sha256:ee
rich==15.0.0 \\
    --hash=sha256:ff
"""


@pytest.mark.parametrize(
    ("system", "python", "names"),
    [
        ("windows", "3.11", ["numpy==2.4.6", "pywin32==312", "isal==1.9.1", "rich==15.0.0"]),
        ("windows", "3.12", ["numpy==2.5.5", "pywin32==312", "isal==1.9.1", "rich==15.0.0"]),
        ("linux", "3.13", ["numpy==2.5.5", "isal==1.9.1", "rich==15.0.0"]),
    ],
)
def test_markers_are_those_of_the_target(system: str, python: str, names: list[str]) -> None:
    assert [one.requirement for one in locked_for(LOCK, target(system, "x86_64", python))] == names


def test_a_package_keeps_all_its_hashes() -> None:
    first = next(locked_for(LOCK, target("linux", "aarch64", "3.11")))
    assert first.line() == "numpy==2.4.6 --hash=sha256:aa --hash=sha256:bb"


@pytest.mark.parametrize("system", ["windows", "linux"])
@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_of_the_gateways_has_one_version_of_each_package(system: str, python: str, gateways_lock: str) -> None:
    names = [one.requirement.split("==")[0] for one in locked_for(gateways_lock, target(system, "x86_64", python))]
    assert len(names) == len(set(names)) > 40


@pytest.mark.parametrize("system", ["windows", "linux"])
@pytest.mark.parametrize("python", PYTHONS)
def test_the_bundle_s_lock_has_what_every_extra_asks_for(system: str, python: str, gateways_lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [text for texts in project["optional-dependencies"].values() for text in texts]
    asked = [Requirement(text) for text in (*project["dependencies"], *extras)]
    locked = {one.requirement.split("==")[0] for one in locked_for(gateways_lock, target(system, "x86_64", python))}
    assert {canonicalize_name(one.name) for one in asked if one.name != project["name"]} <= locked
    assert "psycopg-binary" in locked  # the extra "binary" of psycopg
