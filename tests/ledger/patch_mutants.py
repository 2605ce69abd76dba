"""Guards taken away one at a time, by editing a module's source, so that a test can see that each is missed."""

import inspect
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

ROOMS = ("engine.ledger.package", "engine.ledger.patching")


def module_named(name: str) -> ModuleType:
    """The module of this name, in whichever of the two rooms it stands."""
    room = next(room for room in ROOMS if find_spec(f"{room}.{name}"))
    return import_module(f"{room}.{name}")


@dataclass(frozen=True)
class Mutant:
    """``before`` becomes ``after`` in a module; the check named ``killer`` must fail then, with this argument."""

    module: str
    before: str
    after: str
    killer: str
    argument: str = ""

    def __str__(self) -> str:
        return f"{self.module}-{self.killer}-{self.argument}".rstrip("-")


@contextmanager
def mutated(mutant: Mutant) -> Iterator[None]:
    """The package with this mutant in it; every module that holds a name of the mutated one gets the new object."""
    module = module_named(mutant.module)
    source = inspect.getsource(module)
    assert source.count(mutant.before) == 1, f"{mutant}: the guard reads otherwise now"
    others = [other for name, other in sys.modules.items() if name.startswith("engine.ledger.pa")]
    saved = [(other, dict(vars(other))) for other in others]
    try:
        old = dict(vars(module))
        exec(compile(source.replace(mutant.before, mutant.after), str(module.__file__), "exec"), vars(module))
        for other in others:
            if other is not module:
                _replace(other, old, vars(module))
        yield
    finally:
        for other, names in saved:
            vars(other).clear()
            vars(other).update(names)


def _replace(other: ModuleType, old: dict[str, object], new: dict[str, object]) -> None:
    for name, value in list(vars(other).items()):
        if name in old and value is old[name] and not name.startswith("__"):
            setattr(other, name, new[name])


REFUSALS = (
    Mutant("open_workbook", "if len(found) != 1:", "if False:", "refused", "sheet_renamed"),
    Mutant("open_workbook", "if len(named) != 1:", "if False:", "refused", "no_table"),
    Mutant("workbook_parts", "if part not in self.archive.members:", "if False:", "refused", "table_renamed_twice"),
    Mutant("workbook_parts", "if len(targets) != 1 or ", "if ", "refused", "other_zip"),
    Mutant(
        "shared_strings",
        "        if wanted:\n            raise",
        "        if False:\n            raise",
        "refused",
        "unknown_string",
    ),
    Mutant("small_xml", "except ExpatError as error:", "except () as error:", "refused", "malformed"),
    Mutant(  # without the guard it would read for ever: here it is only seen to be reached
        "sheet_frame", "if not more or ", "if not more: raise EOFError\n        if ", "refused", "unended_rows"
    ),
    Mutant("small_xml", "    raise EntityError(", "    EntityError(", "refused", "entities_in_table"),
    Mutant("zip_archive", 'if "EncryptedPackage".encode("utf-16-le") in whole:', "if False:", "refused", "encrypted"),
    Mutant("zip_archive", "if head.startswith(_OLE):", "if False:", "refused", "legacy_xls"),
    Mutant("zip_archive", "if stop == len(tail) else _TRAILING", "if True else _TRAILING", "refused", "trailing_bytes"),
    Mutant("zip_archive", "or offset + size != position", "", "refused", "leading_bytes"),
    Mutant("zip_archive", "if member.name.casefold() in seen:", "if False:", "refused", "doubled_member"),
    Mutant("zip_archive", "if member.start < before:", "if False:", "refused", "overlapping_members"),
    Mutant("zip_archive", "if flags & _ENCRYPTED_FLAGS:", "if False:", "refused", "encrypted_member"),
    Mutant("zip_archive", "if method not in (STORED, DEFLATED):", "if False:", "refused", "foreign_compression"),
    Mutant("zip_archive", "or crc != member.crc", "", "refused", "wrong_sum"),
    Mutant("zip_archive", "and size > limits.MOST_RATIO * max(packed, 1)", "and False", "refused", "bomb"),
    Mutant("workbook_parts", 'if name.startswith("xl/revisions/"):', "if False:", "refused", "shared_workbook"),
    Mutant("open_workbook", 'if name.casefold().startswith("_xmlsignatures/"):', "if False:", "refused", "signed"),
    Mutant("workbook_parts", 'if not self.workbook_part.endswith(".xml"):', "if False:", "refused", "binary_workbook"),
    Mutant("open_workbook", "if not named[0].has_headings:", "if False:", "refused", "no_heading_row"),
    Mutant("sheet_plan", "if table.totals:", "if False:", "refused", "totals_row"),
    Mutant("sheet_plan", "if found.obstacle is not None and", "if False and", "refused", "notes_below_table"),
    Mutant("sheet_view", "if cell_text(shown) != cell_text(heading):", "if False:", "refused", "headings_differ"),
    Mutant("masking", "            refuse_entities(part)\n", "            break\n", "refused", "entities_in_strings"),
    Mutant("small_xml", "parser.StartDoctypeDeclHandler = doctype", "pass", "refused", "entities_in_table"),
    Mutant("row_grammar", "if not before < number <= MAX_ROW:", "if False:", "refused", "rows_out_of_order"),
    Mutant("sheet_frame", "if held[:gap].strip(_SPACE):", "if False:", "refused", "foreign_rows"),
    Mutant("cell_guard", "if row and cell and row.has_formula(cell):", "if False:", "refused", "formula_in_cell"),
    Mutant(
        "cell_guard", "if row and cell and row.has_formula(cell):", "if False:", "refused", "shared_formula_in_cell"
    ),
    Mutant(
        "cell_guard",
        "in self._view.found.arrays):\n            raise",
        "in ()):\n            raise",
        "refused",
        "array_over_cell",
    ),
    Mutant("cell_guard", '{b"cm", b"vm"}', '{b"cm"}', "refused", "rich_value_in_cell"),
    Mutant("cell_guard", '{b"cm", b"vm"}', '{b"vm"}', "refused", "dynamic_array_in_cell"),
    Mutant(
        "cell_guard",
        "if any(_hidden(area, number, column) for area in self._merged):",
        "if False:",
        "refused",
        "merged_over_cell",
    ),
)

FAULTS = (
    Mutant("decision", "if not sheet.same(change.old, held):", "if False:", "patched", "plain"),
    Mutant("decision", "if key and (key in known or key in present(row.key_field)):", "if False:", "patched", "plain"),
    Mutant("sheet_plan", "if last_row > end", "if False", "patched", "plain"),
    Mutant("sheet_plan", "if number in blanks:", "if False:", "patched", "log_reserve_enough"),
    Mutant("sheet_plan", "like = found.last or blanks.get(added[0])", "like = found.header", "patched", "empty_log"),
    Mutant(
        "table_growth",
        "for element in (table.filter, table.root):",
        "for element in (table.root,):",
        "patched",
        "plain",
    ),
    Mutant("workbook_parts", 'element.name == "workbookPr" and', "False and", "patched", "date1904"),
    Mutant(
        "workbook_parts",
        'posixpath.join("/", folder, target)',
        'posixpath.join("/", folder, target.lstrip("/"))',
        "patched",
        "absolute_targets",
    ),
    Mutant("workbook_parts", "self._names.get(path.casefold(), path)", "path", "patched", "upper_case_part"),
    Mutant("text_content", 'text = _LOOKS_ESCAPED.sub("_x005F_", text)', "pass", "patched", "plain"),
    Mutant("cell_writing", ' xml:space="preserve"', "", "patched", "plain"),
    Mutant("cell_writing", "opening += b' s=\"%b\"' % style", "pass", "patched", "plain"),
    Mutant("cell_writing", "if first <= min(cells) and max(cells) <= last:", "if True:", "spans", "narrow_spans"),
    Mutant("sheet_edits", "if wider == area:", "if True:", "dimension", "plain"),
    Mutant("row_grammar", 'runs = self.content[b"rPh"].sub(b"", body)', "runs = body", "reading"),
    Mutant("row_grammar", "return before + 1", "return 1", "patched", "no_addresses"),
    Mutant("row_grammar", "if found else before + 1", "if found else before", "patched", "no_row_numbers"),
    Mutant(
        "scan",
        "if not (usual or self._in_small_letters) and self._is_addressed(row):",
        "if not usual:",
        "patched",
        "no_addresses",
    ),
    Mutant("masking", "data[inside:end].translate(_HIDE)", "data[inside:end]", "masks"),
    Mutant("sheet_frame", "stream = masked(chunks, part)", "stream = iter(chunks)", "patched", "comments"),
    Mutant("shared_strings", 'if b"/>" in piece else', "if False else", "patched", "empty_string_first"),
    Mutant(
        "shared_strings",
        "every = thorough or batch.unusual",
        "every = thorough",
        "patched",
        "cdata",
    ),
    Mutant(
        "sheet_view",
        "if unseen and (more := book.strings.find(unseen, thorough=True)):",
        "if False:",
        "patched",
        "wide_numbers",
    ),
    Mutant(
        "open_workbook",
        "return any(self._has_formula(part) for part in parts)",
        "return False",
        "calculates",
        "other_sheets",
    ),
    Mutant(
        "scan", "self.found.has_formulas = self._grammar.formula_open in block", "pass", "calculates", "formulas_beside"
    ),
    Mutant(
        "zip_archive",
        "end += (16 if source.read(end, 4) == _DESCRIPTOR else 12) + (8 if is_64 else 0)",
        "end += 0",
        "patched",
        "data_descriptors",
    ),
    Mutant(
        "zip_archive",
        "end += (16 if source.read(end, 4) == _DESCRIPTOR else 12) + (8 if is_64 else 0)",
        "end += 16",
        "patched",
        "bare_descriptors",
    ),
    Mutant("zip_archive", "if member.method == STORED", "if False", "patched", "stored"),
    Mutant("zip_target", "len(archive.comment))", "0)", "comment", "archive_comment"),
)

_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
SCENES = tuple(Mutant(module, before, after, "scene", scene) for module, before, after, scene in _TABLE["scenes"])
RULES = tuple(Mutant(module, before, after, "rule", test) for module, before, after, test in _TABLE["tests"])
