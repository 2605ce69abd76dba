"""``python -m engine.sample [FOLDER]``: build the template and both samples into ``workbook/``, or into FOLDER."""

import sys
from pathlib import Path

from engine.ledger.template.workbook import build_template
from engine.policy.words import usual_words
from engine.sample.build import build_sample
from engine.sample.regimes import BAOSHAN, SHUOZHOU
from engine.sample.words import Regime

TEMPLATE = "台账模板.xlsx"


def main(folder: Path) -> None:
    """Write the three workbooks and name them."""
    build_template(folder / TEMPLATE, Regime.SHUOZHOU.value, usual_words())
    print(folder / TEMPLATE)
    for sample in (SHUOZHOU, BAOSHAN):
        build_sample(sample, folder / sample.file_name)
        print(folder / sample.file_name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "workbook")
