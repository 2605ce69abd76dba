"""Where regimes of one's own are found: the folder 制度 beside the ledger, and the files that duban.toml names."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from engine.facts.faults import DubanError
from engine.files.whole_file import replace_file
from engine.policy.loading import OwnText, Policies, PolicyFile, shipped_policies
from engine.policy.shelf import Shelf, print_of, shelved

FOLDER, ARCHIVE = "制度", "启用存档"
_LARGEST = 1 << 20


class PolicyFileError(DubanError):
    """A policy file that cannot be read at all; the message names it and states the remedy."""


def policies_for(ledger: Path, listed: Sequence[Path] = (), usual: Policies | None = None) -> Policies:
    """Every policy that a ledger may choose; ``usual`` (default: those shipped) where there are none of one's own.

    A file that cannot be used is kept as such: only the ledgers of its regime stop.
    """
    folder = ledger.absolute().parent / FOLDER
    beside = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    paths = list(dict.fromkeys(path.absolute() for path in (*listed, *beside)))
    if not paths and not (folder / ARCHIVE).is_dir():
        return shipped_policies() if usual is None else usual
    texts, broken = [], {}
    for path in paths:
        try:
            texts.append(own_text(path))
        except PolicyFileError as fault:
            broken[path.stem] = str(fault)
    found = _shelved(tuple(texts))
    return Shelf({**found, **_archived(folder)}, found.unreadable | broken)


@lru_cache(maxsize=32)
def _shelved(texts: tuple[OwnText, ...]) -> Shelf:
    """The same files pass after pass are built once."""
    return shelved(texts)


def archive(ledger: Path, file: PolicyFile) -> str:
    """Keep a policy as it is taken into use, beside the ledger, for the matters of its time; the name by which it is
    known then: 尧都@ and the print of its files. What the program ships is not kept: it may be worded anew.
    """
    mark = print_of(file.own_texts)
    into = ledger.absolute().parent / FOLDER / ARCHIVE / mark
    into.mkdir(parents=True, exist_ok=True)
    for own in file.own_texts:
        replace_file(into / own.name, own.text.encode())
        for name in _law_names(own.text) if own.law else ():
            replace_file(into / name, own.law.encode())
    return f"{file.regime}@{mark}"


def _archived(folder: Path) -> dict[str, PolicyFile]:
    """The kept policies by that name; one that is not as it was kept is none."""
    found: dict[str, PolicyFile] = {}
    for kept in sorted((folder / ARCHIVE).glob("*")):
        try:
            texts = tuple(own_text(path) for path in sorted(kept.glob("*.toml")))
        except PolicyFileError:
            continue
        files = (file for file in _shelved(texts).values() if print_of(file.own_texts) == kept.name)
        found |= {f"{file.regime}@{kept.name}": file for file in files}
    return found


def own_text(path: Path) -> OwnText:
    """A policy file and, beside it, the text of its regulation. Raises PolicyFileError."""
    text = _read(path)
    law = next((path.with_name(name) for name in _law_names(text)), None)
    return OwnText(path.name, text, _read(law) if law else "")


def _law_names(text: str) -> Iterator[str]:
    """The file that ``text = "….txt"`` names, without parsing what may be broken."""
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "text" and value.strip().strip("\"'").endswith(".txt"):
            yield Path(value.strip().strip("\"'")).name


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise PolicyFileError(f"读不到制度文件 {path.name}：请确认它存在、可读，再试。") from fault
    if len(data) > _LARGEST:
        raise PolicyFileError(f"制度文件 {path.name} 超过1MB，不像一份制度文件。请核对放错了没有。")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise PolicyFileError(
            f"制度文件 {path.name} 第{line}行不是 UTF-8 编码（多半是 GBK）。请用记事本打开，另存为时编码选 UTF-8。"
        ) from fault
