"""The handbooks as pages: Markdown to one HTML file with its pictures inside, for people without a Markdown viewer."""

import re
from base64 import b64encode
from collections.abc import Collection
from html import escape
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

_STYLE = """
body { max-width: 60rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; color: #1b1b1b; background: #fff;
  font: 16px/1.7 "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif; }
h1, h2, h3 { color: #1f4e79; line-height: 1.3; }
h2 { border-bottom: 2px solid #1f4e79; padding-bottom: .2rem; margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; margin: .8rem 0; }
th, td { border: 1px solid #bfbfbf; padding: .35rem .6rem; text-align: left; vertical-align: top; }
th { background: #e8eef4; }
img { max-width: 100%; border: 1px solid #bfbfbf; }
code { background: #f2f2f2; padding: 0 .25rem; font-family: Consolas, monospace; }
pre { background: #f2f2f2; padding: .6rem; overflow-x: auto; }
@media print { body { max-width: none; font-size: 10.5pt; } h2, tr, img { break-inside: avoid; } }
"""
HANDBOOKS = ("上线手册.md", "值班手册.md", "使用手册.md", "Excel验收清单.md")
"""Those that people get as pages, by their names in ``docs``."""
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_NO_ANCHOR = re.compile(r"[^\w\- ]")
_LARGEST = 4 << 20


def handbook_pages(folder: Path) -> dict[str, bytes]:
    """The pages of all handbooks in ``folder``, by file name: the wheel and the bundle hold them. Raises OSError."""
    return {f"{Path(name).stem}.html": handbook_html(folder / name, HANDBOOKS).encode() for name in HANDBOOKS}


def handbook_html(source: Path, beside: Collection[str] = ()) -> str:
    """The page of a handbook. ``beside`` are the handbooks whose pages lie beside it: links to other files lead
    nowhere on a PC that has the pages alone, and become plain words. Raises OSError.
    """
    text = source.read_text(encoding="utf-8")
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    for opening, token in zip([None, *tokens], tokens, strict=False):
        if opening is not None and opening.type == "heading_open":
            opening.attrs["id"] = _anchor(token.content)
        for child in token.children or ():
            if child.type == "image":
                _put_inside(child, source.parent)
            elif child.type == "link_open":
                _point(child, beside)
    title = _TITLE.search(text)
    body = parser.renderer.render(tokens, parser.options, {})
    name = escape(title[1] if title else source.stem)
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{name}</title>'
        f"<style>{_STYLE}</style></head><body>\n{body}</body></html>\n"
    )


def _anchor(heading: str) -> str:
    """The name of a heading as links give it, here as on GitHub."""
    return _NO_ANCHOR.sub("", heading.strip().lower()).replace(" ", "-")


def _point(link: Token, beside: Collection[str]) -> None:
    """Let a link lead to a page beside this one, or to a place in it."""
    path, mark, anchor = unquote(str(link.attrs.get("href", ""))).partition("#")
    if path in beside:
        link.attrs["href"] = f"{path.removesuffix('.md')}.html{mark}{anchor}"
    elif path:
        del link.attrs["href"]


def _put_inside(image: Token, folder: Path) -> None:
    """A picture beside the text becomes part of the page; one that is not there keeps its words."""
    path = folder / str(image.attrs.get("src", ""))
    if path.suffix == ".png" and path.is_file() and path.stat().st_size <= _LARGEST:
        image.attrs["src"] = "data:image/png;base64," + b64encode(path.read_bytes()).decode()
