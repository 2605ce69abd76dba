"""The handbook as a page: everything of the text, the pictures inside, nothing fetched, nothing that runs."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from engine.papers.handbook import HANDBOOKS, handbook_html

DOCS = Path(__file__).parents[2] / "docs"
MANUAL = DOCS / "使用手册.md"


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.images: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "img":
            self.images.append(dict(attrs)["src"] or "")
        self.links += [unquote(value) for name, value in attrs if name == "href" and value]
        self.anchors |= {value for name, value in attrs if name == "id" and value}

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Page:
    page = Page()
    page.feed(html)
    return page


def test_the_manual_is_one_page_with_its_pictures_inside() -> None:
    page = read(handbook_html(MANUAL))
    assert page.images
    assert all(source.startswith("data:image/png;base64,") for source in page.images)
    assert "三、“督办”选项卡的按钮" in page.text
    assert page.tags.count("table") > 5
    assert "script" not in page.tags
    assert "|---|" not in page.text


def test_markup_in_the_text_stays_text_and_a_missing_picture_keeps_its_words(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# 甲<b>\n\n<script>x</script>\n\n![说明](images/没有.png)\n", encoding="utf-8")
    page = read(handbook_html(tmp_path / "a.md"))
    assert "script" not in page.tags
    assert "<script>x</script>" in page.text
    assert page.images == ["images/%E6%B2%A1%E6%9C%89.png"]


def test_every_link_of_the_handbooks_leads_to_a_place_in_their_pages() -> None:
    pages = {f"{source.stem}.html": read(handbook_html(source, HANDBOOKS)) for source in map(DOCS.joinpath, HANDBOOKS)}
    links = [(name, *link.partition("#")) for name, page in pages.items() for link in page.links]
    assert len(links) > 20
    assert [link for link in links if link[3] not in {"", *pages[link[1] or link[0]].anchors}] == []


def test_a_link_to_what_is_not_there_becomes_words(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# 甲\n\n见[理解](law/readings.md)、[乙](乙.md#一)和[甲](#甲)。\n", encoding="utf-8")
    page = read(handbook_html(tmp_path / "a.md", ["乙.md"]))
    assert page.links == ["乙.html#一", "#甲"]
    assert "见理解、乙和甲。" in page.text
    assert read(handbook_html(tmp_path / "a.md")).links == ["#甲"]
