"""What Microsoft's Task Scheduler schema says of the elements that a task of ours uses, as far as it is published.

Each type: whether its children stand in this order (``xs:sequence``) or in any (``xs:all``), and what each may hold.
Stated here in our own form after the pages "Task Scheduler Schema Elements"; what is not listed counts as a fault.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
_BOOLEAN, _DURATION, _TEXT = r"true|false|0|1", r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?", r"(?s).*"


@dataclass(frozen=True)
class Type:
    """``children``: name → pattern of its text, or its own type. ``needed`` must be there."""

    children: Mapping[str, "str | Type"]
    is_sequence: bool = True
    needed: frozenset[str] = frozenset()


_TRIGGER: dict[str, str | Type] = {"Enabled": _BOOLEAN, "StartBoundary": _TEXT, "EndBoundary": _TEXT}
_TRIGGER |= {"ExecutionTimeLimit": _DURATION}
_RESTART = Type(
    {"Interval": r"PT[1-9]\d*M|PT[1-9]\d*H|P[1-9]\d*D", "Count": r"[1-9]\d{0,1}|1\d\d|2[0-4]\d|25[0-5]"}, False
)
_SETTINGS: dict[str, str | Type] = {
    "AllowStartOnDemand": _BOOLEAN,
    "RestartOnFailure": _RESTART,
    "MultipleInstancesPolicy": "Parallel|Queue|IgnoreNew|StopExisting",
    "DisallowStartIfOnBatteries": _BOOLEAN,
    "StopIfGoingOnBatteries": _BOOLEAN,
    "AllowHardTerminate": _BOOLEAN,
    "StartWhenAvailable": _BOOLEAN,
    "RunOnlyIfNetworkAvailable": _BOOLEAN,
    "WakeToRun": _BOOLEAN,
    "Enabled": _BOOLEAN,
    "Hidden": _BOOLEAN,
    "ExecutionTimeLimit": _DURATION,
    "Priority": r"\d|10",
}
_PRINCIPAL: dict[str, str | Type] = {
    "UserId": r".+",
    "LogonType": "S4U|Password|InteractiveToken|InteractiveTokenOrPassword",
    "DisplayName": _TEXT,
    "RunLevel": "LeastPrivilege|HighestAvailable",
}
_EXEC = Type({"Command": r".+", "Arguments": _TEXT, "WorkingDirectory": r'[^"]*'}, False, frozenset({"Command"}))
TASK = Type(
    {
        "RegistrationInfo": Type({"Description": _TEXT, "Author": _TEXT, "Version": _TEXT, "URI": _TEXT}, False),
        "Triggers": Type(
            {
                "BootTrigger": Type({**_TRIGGER, "Delay": _DURATION}),
                "LogonTrigger": Type({**_TRIGGER, "UserId": r".+", "Delay": _DURATION}),
            },
            False,
        ),
        "Principals": Type({"Principal": Type(_PRINCIPAL, False)}),
        "Settings": Type(_SETTINGS, False),
        "Actions": Type({"Exec": _EXEC}, needed=frozenset({"Exec"})),
    },
    False,
    frozenset({"Actions"}),
)


def faults_of_task(content: bytes) -> list[str]:
    """What the schema has against a task file, each by its path. The Task Scheduler reads UTF-16 with its mark."""
    if not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["not UTF-16 with a byte order mark"]
    text = content.decode("utf-16")
    root = ET.fromstring(text)
    found = [] if re.match(r'<\?xml version="1\.0" encoding="UTF-16"\?>', text) else ["declared in another encoding"]
    found += (
        [] if root.tag == f"{NAMESPACE}Task" and root.get("version") in {"1.1", "1.2", "1.3", "1.4"} else ["no Task"]
    )
    found += _references(root)
    return [*found, *_faults(root, TASK, "Task")]


def _references(root: ET.Element) -> list[str]:
    """The context of the actions is the id of a principal."""
    ids = {element.get("id") for element in root.iter(f"{NAMESPACE}Principal")}
    contexts = {element.get("Context") for element in root.iter(f"{NAMESPACE}Actions")}
    return [] if contexts <= ids else [f"Actions: no principal {contexts - ids}"]


def _faults(element: ET.Element, held: "str | Type", path: str) -> Iterator[str]:
    if isinstance(held, str):
        if len(element) or not re.fullmatch(held, element.text or ""):
            yield f"{path}: {element.text!r}"
        return
    names = [child.tag.removeprefix(NAMESPACE) for child in element]
    yield from (f"{path}: unknown {name}" for name in names if name not in held.children)
    yield from (f"{path}: {name} twice" for name in set(names) if names.count(name) > 1)
    yield from (f"{path}: without {name}" for name in held.needed - {*names})
    known = [list(held.children).index(name) for name in names if name in held.children]
    if held.is_sequence and known != sorted(known):
        yield f"{path}: in another order"
    for name, child in zip(names, element, strict=True):
        if name in held.children:
            yield from _faults(child, held.children[name], f"{path}/{name}")
