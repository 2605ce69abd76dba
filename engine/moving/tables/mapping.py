"""Which column of an old ledger becomes which of ours: by the words of its heading, then by what stands in it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.moving.dictionaries.loading import HeadingWords, heading_key

BY_WORD, BY_PART, BY_CONTENT, BY_SCHEME, UNMAPPED = "表头", "表头近似", "按内容推断", "导入方案", "未对应"
_SHORTEST_PART = 2
_SEVERAL = frozenset(("progress",))
"""What may stand in several columns: of the reports by month, the last one with a text is the latest."""
# Where a second column of the same meaning goes, if that is free.
_SECOND = {"content": "requirement", "lead_unit": "cooperating_units", "contact": "directly_responsible"}
_EXPLICIT_LEAD = ("牵头", "主办", "主责", "承办")
_MOSTLY = 0.6
_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column of a source table. ``ours`` is empty where it becomes none of ours and goes into 备注 with its heading;
    ``how`` is by what that was decided.
    """

    at: int
    heading: str
    ours: str = ""
    how: str = UNMAPPED

    @property
    def is_certain(self) -> bool:
        """Whether nobody need confirm it."""
        return self.how in (BY_WORD, BY_SCHEME, UNMAPPED)


@dataclass(frozen=True, slots=True)
class Content:
    """What the cells of one column look like, as shares of those that hold anything; ``length`` is their mean."""

    filled: int
    distinct: int
    units: float
    deadlines: float
    length: float


def meaning_of(path: Sequence[str], words: HeadingWords) -> tuple[str, str]:
    """What a heading means and how that is known. ``path`` holds its texts from the top row of the block down."""
    keys = [key for text in path if (key := heading_key(text))]
    if not keys:
        return "", UNMAPPED
    above = words.meaning.get(keys[0], "") if len(keys) > 1 else ""
    if above and keys[-1] in words.weak:
        return above, BY_WORD
    for key in (keys[-1], "".join(keys), *reversed(keys[:-1])):
        if key in words.meaning:
            return words.meaning[key], BY_WORD
    joined = "".join(keys)
    parts = [word for word in words.meaning if len(word) > _SHORTEST_PART and word in joined]
    if not parts:
        return "", UNMAPPED
    best = max(parts, key=lambda word: (len(word), joined.endswith(word)))
    return words.meaning[best], BY_PART


def map_columns(
    headings: Sequence[tuple[int, Sequence[str]]],
    words: HeadingWords,
    content: Callable[[int], Content],
    scheme: Mapping[str, str],
) -> tuple[SourceColumn, ...]:
    """The columns of one table. ``headings``: position and texts of each; ``scheme``: heading → ours as a person left
    it in an earlier import, which wins over everything.
    """
    columns = []
    for at, path in headings:
        heading = " ".join(dict.fromkeys(text for text in path if text))
        ours, how = meaning_of(path, words)
        if heading in scheme:
            ours, how = scheme[heading], BY_SCHEME
        columns.append(SourceColumn(at, heading, ours, how))
    columns = _responsible_beside_lead(columns)
    columns = _one_of_each(columns, content)
    return tuple(_by_content(columns, content))


def _responsible_beside_lead(columns: list[SourceColumn]) -> list[SourceColumn]:
    """Where another column names who leads, 责任单位 are those that co-operate."""
    leads = [one for one in columns if one.ours == "lead_unit"]
    if len(leads) < _ENOUGH or not any(_is_explicit(one) for one in leads):
        return columns
    cooperating = any(one.ours == "cooperating_units" for one in columns)
    return [
        replace(one, ours="cooperating_units")
        if one in leads and not _is_explicit(one) and not cooperating and one.how != BY_SCHEME
        else one
        for one in columns
    ]


def _is_explicit(column: SourceColumn) -> bool:
    return any(word in column.heading for word in _EXPLICIT_LEAD)


def _one_of_each(columns: list[SourceColumn], content: Callable[[int], Content]) -> list[SourceColumn]:
    """Of several columns with one meaning the best keeps it; the next may have a related one; the others go to 备注."""
    taken = Counter(one.ours for one in columns if one.ours)
    doubled = {ours for ours, count in taken.items() if count > 1 and ours not in _SEVERAL}
    out = list(columns)
    for ours in doubled:
        rivals = [at for at, one in enumerate(out) if one.ours == ours]
        if ours == "content":
            rivals.sort(key=lambda at: -content(out[at].at).distinct)
        elif ours == "lead_unit":
            rivals.sort(key=lambda at: not _is_explicit(out[at]))
        for at in rivals[1:]:
            second = _SECOND.get(ours, "")
            free = bool(second) and second not in {one.ours for one in out}
            out[at] = replace(out[at], ours=second if free else "", how=BY_PART if free else UNMAPPED)
    return out


def _by_content(columns: list[SourceColumn], content: Callable[[int], Content]) -> Iterable[SourceColumn]:
    """Where no heading decides, the cells may: an inference that a person confirms."""
    mapped = {one.ours for one in columns}
    no_unit = mapped.isdisjoint(("lead_unit", "unit_and_people"))
    found: dict[int, str] = {}
    candidates: dict[int, Content] = {}
    if no_unit or not {"deadline", "content"} <= mapped:
        candidates = {one.at: content(one.at) for one in columns if not one.ours and one.how != BY_SCHEME}
    if no_unit:
        _give(found, "lead_unit", candidates, lambda what: what.units)
    if "deadline" not in mapped:
        _give(found, "deadline", candidates, lambda what: what.deadlines)
    if "content" not in mapped:
        longest = max((at for at in candidates if at not in found), key=lambda at: candidates[at].length, default=None)
        if longest is not None:
            found[longest] = "content"
    for one in columns:
        yield replace(one, ours=found[one.at], how=BY_CONTENT) if one.at in found else one


def _give(
    found: dict[int, str], ours: str, candidates: Mapping[int, Content], share: Callable[[Content], float]
) -> None:
    fitting = [at for at, what in candidates.items() if at not in found and what.filled >= _ENOUGH]
    best = max(fitting, key=lambda at: share(candidates[at]), default=None)
    if best is not None and share(candidates[best]) >= _MOSTLY:
        found[best] = ours
