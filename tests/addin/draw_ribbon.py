"""The picture of the tab in the handbook, drawn from the ribbon's own definition: a mock-up, and marked as one.

    python -m tests.addin.draw_ribbon docs/images/ribbon.png

What it shows stands in the file as a caption too, so that a test can tell a picture that has grown old.
"""

import os
import sys
import tempfile
import tkinter as tk
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from addin import build
from tests.addin.screen import screen

MARK = "示意图：按按钮定义画出，并非 Excel 截图"
TABS = ("文件", "开始", "插入", "页面布局", "公式", "数据", "审阅", "视图")
COLOURS = ("#2e75b6", "#548235", "#c55a11", "#7f6000", "#595959")
FONT = "Noto Sans CJK SC"
WIDTH, HEIGHT, CELL = 1840, 230, 84
_NAMES = "{http://schemas.microsoft.com/office/2009/07/customui}"


def groups() -> list[tuple[str, list[str]]]:
    """Every group of the tab with the labels of its large buttons and menus."""
    root = ElementTree.parse(build.HERE / "ribbon.xml").getroot()
    return [
        (str(group.get("label")), [str(one.get("label")) for one in group if one.get("size") == "large"])
        for group in root.iter(f"{_NAMES}group")
    ]


def caption() -> str:
    """What the picture shows, in words."""
    return "；".join([MARK, *(f"{name}：{'、'.join(labels)}" for name, labels in groups())])


def draw(canvas: tk.Canvas) -> None:
    """The title bar, the tabs, and the groups of ours."""
    canvas.create_rectangle(0, 0, WIDTH, 44, fill="#1e6b3a", outline="")
    canvas.create_text(20, 22, text="台账.xlsx", anchor="w", fill="white", font=(FONT, 11))
    canvas.create_text(WIDTH - 20, 22, text=MARK, anchor="e", fill="white", font=(FONT, 11))
    left = 36
    for tab in (*TABS, "督办"):
        ours = tab == "督办"
        font = (FONT, 11, "bold") if ours else (FONT, 11)
        item = canvas.create_text(left, 67, text=tab, anchor="w", fill="#1e6b3a" if ours else "#444444", font=font)
        right = canvas.bbox(item)[2]
        if ours:
            canvas.create_line(left - 6, 83, right + 6, 83, fill="#1e6b3a", width=3)
        left = right + 28
    canvas.create_rectangle(8, 90, WIDTH - 8, 222, fill="white", outline="#dddddd")
    left = 20
    for (name, labels), colour in zip(groups(), COLOURS, strict=True):
        left = _group(canvas, left, name, labels, colour)
    canvas.create_text(left + 4, 130, text="后台正常", anchor="w", fill="#548235", font=(FONT, 10))


def _group(canvas: tk.Canvas, left: int, name: str, labels: list[str], colour: str) -> int:
    for number, label in enumerate(labels):
        middle = left + CELL * number + CELL // 2
        canvas.create_rectangle(middle - 20, 102, middle + 20, 142, fill="#f3f6fa", outline=colour, width=1)
        canvas.create_text(middle, 122, text=label[0], fill=colour, font=(FONT, 14))
        for line, text in enumerate(_lines(label)):
            canvas.create_text(middle, 156 + 18 * line, text=text, fill="#222222", font=(FONT, 10))
    right = left + CELL * len(labels)
    canvas.create_text((left + right) // 2, 206, text=name, fill="#777777", font=(FONT, 9))
    canvas.create_line(right + 4, 102, right + 4, 212, fill="#cccccc")
    return right + 8


def _lines(label: str) -> Iterator[str]:
    """Excel breaks the label of a large button where it grows too wide."""
    if len(label) <= 5:
        yield label
        return
    cut = label.find("/") + 2 if "/" in label else len(label) // 2
    yield label[:cut]
    yield label[cut:]


def main() -> None:
    """Draw on a virtual screen and keep the picture."""
    with tempfile.TemporaryDirectory() as folder, screen(Path(folder), WIDTH, HEIGHT) as virtual:
        os.environ["DISPLAY"] = virtual.environment["DISPLAY"]
        root = tk.Tk()
        root.overrideredirect(boolean=True)
        root.geometry(f"{WIDTH}x{HEIGHT}+0+0")
        canvas = tk.Canvas(root, width=WIDTH, height=HEIGHT, background="#f3f3f3", highlightthickness=0)
        canvas.pack()
        draw(canvas)
        root.update()
        virtual.picture(Path(sys.argv[1]), caption())
        root.destroy()


if __name__ == "__main__":
    main()
