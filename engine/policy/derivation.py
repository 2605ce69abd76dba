"""``based_on``: a regime that states only what differs from another one. Pure: trees in, a tree out.

A stated value replaces the base's. Of the timetable, stating a row for a kind of duty replaces all rows of that kind;
of what stands in an order (``light``, ``rung``, ``default_limit``) and of the words of limits and boards, stating one
replaces all. Nothing is merged silently. ``without`` leaves out a section, a value, or a kind of duty's timetable.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from engine.facts.kinds import FIXED_DATE, LONG

Tree = dict[str, Any]

HEAD = frozenset({"regime", "title", "in_force_from", "checked", "based_on", "without", "text", "document"})
"""What a file states about itself; nothing of it is taken over from the base."""
_WHOLE_TABLES = frozenset({"limits", "initiation.board_marks", "points.graded", "points.circular"})
_WHOLE_LISTS = frozenset({"light", "rung", "default_limit"})
_BY_BOARD = (
    "initiation.sources",
    "initiation.approvers",
    "close_out.grade_ranks",
    "supervision.coordination_ranks",
    "citations_on",
)


def derived(own: Tree, base: Tree) -> Tree:
    """The whole tree of a regime that is based on another."""
    tree = {key: deepcopy(child) for key, child in base.items() if key not in HEAD}
    for path in own.get("without", ()):
        _leave_out(tree, path)
    for key, child in own.items():
        if key not in ("based_on", "without", "text", "document"):
            _state(tree, key, child, key)
    if "board_marks" in own.get("initiation", {}):
        _drop_boards(tree, own)
    if "limits" in own:
        _drop_limits(tree, own)
    if "papers" in tree and "rung" in own:
        stated, marks = own.get("papers", {}), {rung.get("mark") for rung in own["rung"]}
        tree["papers"] = {mark: paper for mark, paper in tree["papers"].items() if mark in marks or mark in stated}
    if "rung" in tree and "rung" not in own:
        flags = {row.get("flag") for row in tree["schedule"]}
        tree["rung"] = [rung for rung in tree["rung"] if rung.get("act") or rung["mark"] in flags]
    _drop_clues(tree, own.get("clues", {}))
    return tree


def _drop_clues(tree: Tree, own: Tree) -> None:
    """The base's clues by marks that are no longer there are dropped."""
    clues, marks = tree.get("clues", {}), {rung.get("mark") for rung in tree.get("rung", ())}
    for key, counted, none in (("mark", "mark", ""), ("in_a_row_mark", "in_a_row", 0)):
        if key in clues and key not in own and clues[key]["value"] not in marks:
            clues[counted]["value"] = none


def _drop_limits(tree: Tree, own: Tree) -> None:
    """The base's nodes and times to apply by limits that are no longer there are dropped."""
    words = {*tree["limits"], FIXED_DATE, LONG}
    for section, key in (("nodes", "ladder"), ("long_running", "apply_before")):
        if key not in own.get(section, {}):
            for stated in (tree[section][key], *tree[section][key].get("amended", ())):
                stated["value"] = [word for word in stated["value"] if word in words]


def unknown_exclusions(own: Tree, base: Tree) -> Iterator[str]:
    """The paths of ``without`` that the base does not have."""
    for path in own.get("without", ()):
        if not _leave_out(deepcopy(base), str(path)):
            yield str(path)


def _state(tree: Tree, key: str, child: Any, path: str) -> None:
    if path == "schedule" and isinstance(child, list):
        stated = {kind for row in child for kind in kinds_of(row)}
        kept = [_without_kinds(row, stated) for row in tree.get(key, ())]
        tree[key] = [*deepcopy(child), *(row for row in kept if kinds_of(row))]  # a fault is found by its place
    elif isinstance(child, dict) and "value" not in child and path not in _WHOLE_TABLES:
        below = tree.setdefault(key, {})
        for name, grandchild in child.items():
            _state(below, name, grandchild, f"{path}.{name}")
    else:
        tree[key] = deepcopy(child)


def kinds_of(row: Tree) -> list[str]:
    """The kinds of duty that a row of the timetable is for."""
    kinds = row.get("duty", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _without_kinds(row: Tree, stated: set[str]) -> Tree:
    return {**row, "duty": [kind for kind in kinds_of(row) if kind not in stated]}


def _leave_out(tree: Tree, path: str) -> bool:
    head, _, rest = path.partition(".")
    if head == "schedule" and rest:
        rows = tree.get(head, ())
        known = any(rest in kinds_of(row) for row in rows)
        tree[head] = [left for row in rows if kinds_of(left := _without_kinds(row, {rest}))]
        return known
    if not rest:
        return tree.pop(head, None) is not None
    below = tree.get(head)
    return isinstance(below, dict) and _leave_out(below, rest)


def _drop_boards(tree: Tree, own: Tree) -> None:
    """What the base states for other boards is dropped; what the file itself states stays, to be judged."""
    boards = set(tree["initiation"]["board_marks"])
    for path in _BY_BOARD:
        table, stated = _at(tree, path), _at(own, path) or {}
        for board in list(table or ()):
            if table and board not in boards and board not in stated:
                del table[board]
    reports = (f"{table}.{name}" for table in ("summaries", "recurring") for name in tree.get(table, {}))
    for section in ("long_running", "initiation", "year_grades", "province", *reports):
        stated = _at(own, section) or {}
        for name, node in (_at(tree, section) or {}).items():
            if name.endswith("boards") and name not in stated:
                node["value"] = [board for board in node["value"] if board in boards]
            if name == "board" and name not in stated and node["value"] not in boards:
                node["value"] = ""
    stated_kinds = {kind for row in own.get("schedule", ()) for kind in kinds_of(row)}
    tree["schedule"] = [row for row in (_for_boards(row, boards, stated_kinds) for row in tree["schedule"]) if row]


def _for_boards(row: Tree, boards: set[str], stated: set[str]) -> Tree | None:
    if stated & set(kinds_of(row)) or not (row.get("boards") or row.get("clause_on")):
        return row
    left = [board for board in row.get("boards", ()) if board in boards]
    if row.get("boards") and not left:
        return None
    clauses = {board: clause for board, clause in row.get("clause_on", {}).items() if board in boards}
    return {**row, "boards": left, "clause_on": clauses}


def _at(tree: Tree, path: str) -> Tree | None:
    for part in path.split("."):
        tree = tree.get(part, {})
    return tree or None
