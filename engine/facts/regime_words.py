"""The words of one regime as a workbook needs them: dropdowns, lights, offices. Made from a policy, for templates."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LightWord:
    """One 预警灯: its word, its colours (RGB in hexadecimal), and its text in the guide."""

    word: str
    fill: str
    ink: str
    meaning: str
    advice: str


@dataclass(frozen=True, slots=True)
class GuideWords:
    """What 使用说明 says of a regime: its limits, from when on it reminds, in which limits and how far ahead an
    extension is applied for, the close of office; ``periods`` are its own reports, each with an example of its 期次.
    """

    limits: str
    reminder: str
    extension: str
    ahead: str
    close: str
    periods: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RegimeWords:
    """``sources`` by board; ``choices`` by (sheet, field) where the regime's words replace those of the headings;
    ``grave_marks`` are painted as the gravest light; ``settings`` stand in 参数设置 from the start.
    """

    sources: Mapping[str, tuple[str, ...]]
    lights: tuple[LightWord, ...]
    grave_marks: tuple[str, ...]
    offices: tuple[str, ...]
    guide: GuideWords
    choices: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
