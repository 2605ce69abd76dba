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


@dataclass(frozen=True)
class RegimeWords:
    """``sources`` by board; ``choices`` by (sheet, field) where the regime's words replace those of the headings;
    ``grave_marks`` are painted as the gravest light; ``settings`` stand in 参数设置 from the start.
    """

    sources: Mapping[str, tuple[str, ...]]
    lights: tuple[LightWord, ...]
    grave_marks: tuple[str, ...]
    offices: tuple[str, ...]
    choices: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
