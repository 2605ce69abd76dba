"""Regimes from files of one's own, beside those that come with the program (SZ1-25). Texts in, policies out."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.policy.coherence import PolicyFault
from engine.policy.derivation import Tree, derived, unknown_exclusions
from engine.policy.loading import (
    OwnText,
    PolicyError,
    PolicyFile,
    build_policy,
    parse_policy,
    shipped_policies,
    shipped_trees,
    with_lines,
)
from engine.policy.tree import stated_faults

_MOST_LINES = 5000
"""A regulation has some hundred lines of policy; a file of ten thousand rows is something else, or an attack."""
_PRINT = 16


class Shelf(dict[str, PolicyFile]):
    """Policies by regime. ``unreadable``: why a file cannot be used, by its regime where that is known, else by its
    name: the ledgers of the other regimes go on.
    """

    def __init__(self, files: Mapping[str, PolicyFile], unreadable: Mapping[str, str]) -> None:
        super().__init__(files)
        self.unreadable = dict(unreadable)


def shelved(own: Mapping[str, OwnText] | Iterator[OwnText] | tuple[OwnText, ...]) -> Shelf:
    """The shipped policies and those of ``own``, each built on what it is based on."""
    texts = tuple(own.values()) if isinstance(own, Mapping) else tuple(own)
    bench = _Bench()
    for text in texts:
        bench.parse(text)
    files = dict(shipped_policies())
    for regime in bench.parsed:
        try:
            files[regime] = bench.built(regime)
        except PolicyError as fault:
            bench.unreadable[regime] = str(fault)
    return Shelf(files, bench.unreadable)


def checked(own: OwnText, beside: tuple[OwnText, ...] = ()) -> tuple[PolicyFile | None, list[str]]:
    """The policy of one file, ``None`` where it is faulty, and its faults, each a sentence that begins with its
    line.
    """
    bench = _Bench()
    for text in (own, *beside):
        bench.parse(text)
    regime = next((regime for regime, (_, text) in bench.parsed.items() if text is own), None)
    if regime is None:
        return None, [bench.unreadable[key] for key in bench.unreadable if own.name in bench.unreadable[key]]
    try:
        return bench.built(regime), []
    except PolicyError as fault:
        return None, [words for _, words in with_lines(fault.faults, own.text)] or [str(fault)]


def print_of(texts: tuple[OwnText, ...]) -> str:
    """The fingerprint of policy files and of their regulations."""
    parts = [part for text in texts for part in (text.text, text.law)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_PRINT]


class _Bench:
    """The files parsed so far, and why the others cannot be used."""

    def __init__(self) -> None:
        self.parsed: dict[str, tuple[Tree, OwnText]] = {}
        self.unreadable: dict[str, str] = {}

    def parse(self, own: OwnText) -> None:
        """Parse one file; one that cannot be parsed, or whose name is taken, is recorded in ``unreadable``."""
        count = own.text.count("\n") + 1
        if count > _MOST_LINES:
            problem = f"有{count}行，超过{_MOST_LINES}行的上限，不像一份制度文件。请核对放错了没有"
            self.unreadable[own.name] = f"制度文件 {own.name} {problem}。"
            return
        try:
            tree = parse_policy(own.text)
        except PolicyError as fault:
            self.unreadable[own.name] = f"{own.name}：{fault}"
            return
        regime = tree.get("regime")
        if not isinstance(regime, str) or not regime.strip():
            self.unreadable[own.name] = f"制度文件 {own.name} 没有写 regime（制度方案的名称）。请补写。"
        elif regime in shipped_trees() or regime in self.parsed:
            self.unreadable[own.name] = f"制度文件 {own.name} 的名称“{regime}”已有制度使用。请另起一个 regime。"
        else:
            self.parsed[regime] = (tree, own)

    def built(self, regime: str) -> PolicyFile:
        """The whole regime. Raises PolicyError with all its faults."""
        tree, own = self.parsed[regime]
        faults = [*stated_faults(tree), *self._base_faults(regime)]
        if faults:
            raise _refused(own, faults)
        whole, chain = self._whole(regime, ())
        try:
            file = build_policy(whole)
        except PolicyError as fault:
            raise _refused(own, list(fault.faults)) from None
        texts = tuple(text for text in (own, *chain) if text.name not in shipped_trees())
        return replace(
            file,
            fingerprint=print_of((own, *chain)),
            document=str(tree.get("document", "")),
            text=own.law,
            name=own.name,
            own_texts=texts,
        )

    def _whole(self, regime: str, chain: tuple[OwnText, ...]) -> tuple[Tree, tuple[OwnText, ...]]:
        """The tree with all that it is based on, and the texts of that, the nearest first."""
        if regime in shipped_trees():
            tree, text = shipped_trees()[regime]
            return tree, (*chain, OwnText(regime, text))
        tree = self.parsed[regime][0]
        base = tree.get("based_on")
        if base is None:
            return tree, chain
        below = (*chain, self.parsed[base][1]) if base in self.parsed else chain
        beneath, texts = self._whole(base, below)
        return derived(tree, beneath), texts

    def _base_faults(self, regime: str) -> Iterator[PolicyFault]:
        seen: list[str] = []
        here: object = regime
        while isinstance(here, str) and here in self.parsed:
            if here in seen:
                circle = "以自己为基础" if len(seen) == 1 else f"互为基础：{'→'.join([*seen, here])}"
                yield PolicyFault("based_on", f"{circle}，没有起点。请改 based_on")
                return
            seen.append(here)
            here = self.parsed[here][0].get("based_on")
        if here is not None and here not in shipped_trees():
            known = "、".join([*shipped_trees(), *(name for name in self.parsed if name != regime)])
            yield PolicyFault("based_on", f"找不到作为基础的制度“{here}”。可以是：{known}")
            return
        tree = self.parsed[regime][0]
        base = tree.get("based_on")
        if isinstance(base, str):
            for path in unknown_exclusions(tree, self._whole(base, ())[0]):
                yield PolicyFault("without", f"基础制度里没有“{path}”，不用写进 without")


def _refused(own: OwnText, faults: list[PolicyFault]) -> PolicyError:
    words = [words for _, words in with_lines(tuple(faults), own.text)]
    return PolicyError(f"制度文件 {own.name} 有误：{'；'.join(words)}。", tuple(faults))
