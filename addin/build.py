"""``duban build-addin``: 督办.xlam from its text sources, byte for byte the same on every machine."""

from collections.abc import Sequence
from pathlib import Path

from addin.building import compound, ovba, package

HERE = Path(__file__).parent
TARGET = HERE / "督办.xlam"
PROJECT = "Duban"
_GUID = "{6C1D7E52-8B0F-4E57-9B7B-3E0C7D0A4F21}"
_WORKBOOK_BASE = "0{00020819-0000-0000-C000-000000000046}"
_SHEET_BASE = "0{00020820-0000-0000-C000-000000000046}"


def build(target: Path = TARGET) -> Path:
    """Write the add-in to ``target`` and return it. Raises ValueError if a VBA source is not plain ASCII."""
    target.write_bytes(addin())
    return target


def addin(content_type: str = package.ADDIN, modules: Sequence[ovba.Module] | None = None) -> bytes:
    """The bytes of the add-in; with other arguments, of a twin for tests that another office can run."""
    project = vba_project(sources() if modules is None else modules)
    ribbon = (HERE / "ribbon.xml").read_text("utf-8")
    return package.assemble(project, ribbon, (HERE / "vba" / "wording.csv").read_text("utf-8"), content_type)


def sources() -> list[ovba.Module]:
    """The standard modules, in the order of their names."""
    return [module(path.stem, path.read_text("utf-8")) for path in sorted((HERE / "vba").glob("*.bas"))]


def module(name: str, text: str) -> ovba.Module:
    """One standard module with the line ends of VBA."""
    if not text.isascii():
        raise ValueError(f"{name}: VBA sources are ASCII, Chinese stands in wording.csv and ribbon.xml")
    return ovba.Module(name, "\r\n".join(text.splitlines()) + "\r\n")


def vba_project(modules: Sequence[ovba.Module]) -> bytes:
    """``vbaProject.bin``: the two document modules that a workbook must have, and ours."""
    whole = [
        _document("ThisWorkbook", _WORKBOOK_BASE),
        _document(package.SHEET_CODE_NAME, _SHEET_BASE),
        *modules,
    ]
    vba: dict[str, bytes] = {
        "_VBA_PROJECT": ovba.VBA_PROJECT_STREAM,
        "dir": ovba.compress(ovba.dir_stream(PROJECT, whole)),
    }
    vba.update((m.name, ovba.compress(m.source.encode("ascii"))) for m in whole)
    return compound.write(
        {
            "VBA": vba,
            "PROJECT": ovba.project_stream(PROJECT, _GUID, whole),
            "PROJECTwm": ovba.project_wm_stream(whole),
        }
    )


def _document(name: str, base: str) -> ovba.Module:
    lines = [
        f'Attribute VB_Name = "{name}"',
        f'Attribute VB_Base = "{base}"',
        "Attribute VB_GlobalNameSpace = False",
        "Attribute VB_Creatable = False",
        "Attribute VB_PredeclaredId = True",
        "Attribute VB_Exposed = True",
        "Attribute VB_TemplateDerived = False",
        "Attribute VB_Customizable = True",
    ]
    return ovba.Module(name, "\r\n".join([*lines, ""]), document=True)
