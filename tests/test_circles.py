"""No module needs itself by way of others, not even by an import inside a function: whoever reads one would have to
read them all.
"""

from collections.abc import Container
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.test_architecture import ROOT, imported, plant, sources


def circle(root: Path) -> list[str]:
    """The modules of one circle of imports; empty if there is none."""
    trees = {module: tree for _, module, tree in sources(root)}
    needed = {
        module: {owner for name in imported(tree, module) if (owner := _owner(name, trees)) and owner != module}
        for module, tree in trees.items()
    }
    try:
        TopologicalSorter(needed).prepare()
    except CycleError as found:
        return [*found.args[1]]
    return []


def _owner(name: str, modules: Container[str]) -> str | None:
    """The module that is imported, or that holds the name."""
    return next((one for one in (name, name.rpartition(".")[0]) if one in modules), None)


def test_no_imports_go_in_a_circle() -> None:
    assert circle(ROOT) == []


def test_a_circle_by_way_of_a_function_is_seen(tmp_path: Path) -> None:
    plant(tmp_path, "sms/one.py", "from sms.two import A")
    plant(tmp_path, "sms/two.py", "def f():\n    from sms import three")
    plant(tmp_path, "sms/three.py", "import sms.one")
    assert {*circle(tmp_path)} == {"sms.one", "sms.two", "sms.three"}


def test_a_line_of_imports_passes(tmp_path: Path) -> None:
    plant(tmp_path, "sms/one.py", "from sms.two import A\nfrom sms.three import B")
    plant(tmp_path, "sms/two.py", "from sms import three")
    plant(tmp_path, "sms/three.py", "import os")
    assert circle(tmp_path) == []
