"""Every refusal of the patch, each met alone."""

from pathlib import Path

import pytest

from tests.ledger.refusal_scenes import SCENES, play


@pytest.mark.parametrize("name", SCENES)
def test_refused_in_its_own_words(name: str, tmp_path: Path) -> None:
    play(name, tmp_path)
