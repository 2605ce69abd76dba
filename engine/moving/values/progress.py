"""How far a matter is by the words of an old ledger: finished, withdrawn, under way, or undetermined."""

import unicodedata
from enum import StrEnum

from engine.ledger.package.text_folding import clean_text, key_of
from engine.moving.dictionaries.loading import Phrases

_LONGEST_VERDICT = 16


class Stage(StrEnum):
    """The stage that the words express. Nothing is closed by them: 销号 needs its own record (reading 33)."""

    FINISHED = "写明已办结"
    WITHDRAWN = "写明已撤销"
    UNDER_WAY = "在办"


def stage_of(state: str, progress: str, phrases: Phrases) -> Stage:
    """By the state where the file has one, else by a short verdict in the progress; 已完成80% is under way."""
    for text in (state, progress):
        key = unicodedata.normalize("NFKC", key_of(text))
        if not key or (text is progress and len(key) > _LONGEST_VERDICT):
            continue
        if phrases.fits("withdrawn", key):
            return Stage.WITHDRAWN
        if phrases.fits("unfinished", key):
            return Stage.UNDER_WAY
        if phrases.fits("finished", key):
            return Stage.FINISHED
    return Stage.UNDER_WAY


def in_words(text: str) -> str:
    """A progress text as a report holds it."""
    return clean_text(text)
