"""Draw a workbook's printed pages as PNG, to be looked at.

``python -m tests.render BOOK.xlsx FOLDER [--sheet NAME]… [--only HEADING]…``; ``--only`` keeps these columns of the
ledger, so that one picture shows what matters. Headless LibreOffice prints, pdftoppm draws. Free fonts stand in for
those of Chinese Windows, for drawing only: the workbook keeps naming the real ones.
"""

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import ColBreak
from openpyxl.worksheet.properties import PageSetupProperties

from tests.tools import need

DPI = 90
STAND_INS = {
    "等线": "Noto Sans CJK SC",
    "仿宋": "AR PL UKai CN",
    "黑体": "WenQuanYi Zen Hei",
    "仿宋_GB2312": "AR PL UKai CN",
    "楷体_GB2312": "AR PL UKai CN",
    "方正小标宋简体": "Noto Serif CJK SC",
    "宋体": "Noto Serif CJK SC",
}


def render(book: Path, folder: Path, sheets: tuple[str, ...] = (), dpi: int = DPI) -> list[Path]:
    """The PNGs of every printed page, or of those whose header or first line names one of ``sheets``, in order."""
    with tempfile.TemporaryDirectory() as scratch:
        pdf = to_pdf(book, Path(scratch))
        pages = subprocess.run([need("pdftotext"), "-layout", pdf, "-"], check=True, capture_output=True, text=True)
        made = []
        for number, text in enumerate(pages.stdout.split("\f")[:-1], start=1):
            heading = next((line.strip() for line in text.splitlines() if line.strip()), "")
            if sheets and heading not in sheets:
                continue
            target = folder / f"{book.stem}-{number:02d}"
            draw = [need("pdftoppm"), "-png", "-r", str(dpi), "-f", str(number), "-l", str(number), "-singlefile"]
            subprocess.run([*draw, pdf, target], check=True, timeout=120)
            made.append(target.with_name(target.name + ".png"))
        return made


def to_pdf(book: Path, folder: Path) -> Path:
    """The workbook as LibreOffice prints it. A profile of its own keeps it off any other LibreOffice that runs."""
    fonts = folder / "fonts.conf"
    aliases = "".join(
        f'<match target="pattern"><test name="family"><string>{name}</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{free}</string></edit></match>'
        for name, free in STAND_INS.items()
    )
    fonts.write_text(f"<fontconfig><include>/etc/fonts/fonts.conf</include>{aliases}</fontconfig>", encoding="utf-8")
    profile = (folder / "profile").as_uri()
    command = [need("soffice"), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", folder, book],
        check=True,
        capture_output=True,
        timeout=180,
        env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
    )
    return folder / f"{book.stem}.pdf"


def with_only(book: Path, headings: tuple[str, ...], folder: Path) -> Path:
    """A copy whose first data sheet shows these columns and hides the others, one page wide."""
    copy = load_workbook(book)
    sheet = copy.worksheets[1]
    for index, heading in enumerate(next(sheet.values), start=1):
        sheet.column_dimensions[get_column_letter(index)].hidden = heading not in headings
    sheet.col_breaks = ColBreak()
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    path = folder / book.name
    copy.save(path)
    return path


def main() -> None:
    """Draw what the command line names."""
    arguments = argparse.ArgumentParser(description="Draw a workbook's printed pages as PNG.")
    arguments.add_argument("book", type=Path)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--sheet", action="append", default=[])
    arguments.add_argument("--only", action="append", default=[])
    arguments.add_argument("--dpi", type=int, default=DPI)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        book = with_only(chosen.book, tuple(chosen.only), Path(scratch)) if chosen.only else chosen.book
        for page in render(book, chosen.folder, tuple(chosen.sheet), chosen.dpi):
            print(page)


if __name__ == "__main__":
    main()
