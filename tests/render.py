"""Draw a workbook's printed pages as PNG, to be looked at: ``python -m tests.render BOOK.xlsx FOLDER [SHEET…]``.

Headless LibreOffice prints, pdftoppm draws. The fonts of Chinese Windows are stood in for by free ones, for drawing
only: the workbook keeps naming the real ones.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

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
            if sheets and not heading.startswith(sheets):
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


if __name__ == "__main__":
    for page in render(Path(sys.argv[1]), Path(sys.argv[2]), tuple(sys.argv[3:])):
        print(page)
