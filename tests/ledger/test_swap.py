"""The swap alone: every way a file system can do it, what a crash leaves, and who may edit afterwards."""

import os
from io import BytesIO
from pathlib import Path

import pytest

from engine.ledger.file import conflicts, swap
from engine.ledger.file.disk import Disk, UnsupportedError
from tests.ledger.neighbours import START, SteppedClock, WatchedDisk, our_leftovers

MODES = ("exchange", "replace", "aside", "links")
"""What a file system may be able to do; see ``WatchedDisk``."""
READ, OURS, SAVED, LATER = b"what was read", b"our new version", b"a colleague's save", b"a later save"


@pytest.fixture(params=MODES)
def disk(request: pytest.FixtureRequest) -> WatchedDisk:
    return WatchedDisk(request.param)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(READ)
    (tmp_path / "备份").mkdir()
    return path


def hash_of(content: bytes, folder: Path) -> str:
    probe = folder / "probe"
    probe.write_bytes(content)
    try:
        return swap.file_hash(Disk(), probe)
    finally:
        probe.unlink()


def stage(book: Path, content: bytes = OURS, suffix: str = ".new") -> Path:
    """A file of ours as it stands just before, or just after, the swap."""
    new = swap.new_path(book, hash_of(READ, book.parent), hash_of(OURS, book.parent)).with_suffix(suffix)
    new.write_bytes(content)
    return new


def settle(disk: Disk, book: Path, is_open: bool = False) -> swap.Settled:
    return swap.settle(disk, book, swap.Settling(START, SteppedClock().sleep, lambda: is_open, BytesIO(READ)))


def backed_up(book: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in (book.parent / "备份").iterdir() if " 冲突" not in path.name)


def conflicting(book: Path) -> list[tuple[bytes, bytes | None]]:
    """The displaced saves that are kept, each with the version on which it rested."""
    return [
        (one.copy.read_bytes(), one.before.read_bytes() if one.before else None)
        for one in conflicts.standing(Disk(), book)
    ]


def test_the_displaced_file_survives_as_a_dated_backup(disk: WatchedDisk, book: Path) -> None:
    new = stage(book)
    swap.swap_in(disk, book, new, new.with_suffix(".old"))
    assert settle(disk, book) == swap.Settled(replaced=True)
    assert book.read_bytes() == OURS
    assert [path.name for path in (book.parent / "备份").iterdir()] == ["台账 2026-03-03 090000.xlsx"]
    assert backed_up(book) == [READ]
    assert our_leftovers(book.parent) == []


def test_a_save_between_the_last_check_and_the_swap_stands_again(disk: WatchedDisk, book: Path) -> None:
    new = stage(book)
    book.write_bytes(SAVED)
    swap.swap_in(disk, book, new, new.with_suffix(".old"))
    assert settle(disk, book) == swap.Settled(given_back=True)
    assert book.read_bytes() == SAVED
    assert conflicting(book) == [(SAVED, READ)]
    assert our_leftovers(book.parent) == []


def test_a_second_save_while_the_first_is_given_back_stands(disk: WatchedDisk, book: Path) -> None:
    new = stage(book)
    book.write_bytes(SAVED)
    swap.swap_in(disk, book, new, new.with_suffix(".old"))
    saves = iter([LATER])

    def save_once(call: str, args: tuple[object, ...]) -> None:
        if call in ("exchange", "replace_keeping") or (call in ("rename", "link") and args[0] == book):
            for content in saves:
                book.unlink()
                book.write_bytes(content)

    disk.before = save_once
    assert settle(disk, book).given_back
    assert book.read_bytes() == LATER
    assert sorted(conflicting(book)) == sorted([(SAVED, READ), (LATER, READ)])
    assert our_leftovers(book.parent) == []


def test_a_save_that_lands_while_the_book_is_put_aside_is_not_replaced(book: Path) -> None:
    def save_into_the_gap(call: str, args: tuple[object, ...]) -> None:
        if call == "rename" and args[1] == book and not book.exists():
            book.write_bytes(SAVED)

    disk = WatchedDisk("aside", save_into_the_gap)
    new = stage(book)
    with pytest.raises(FileExistsError):
        swap.swap_in(disk, book, new, new.with_suffix(".old"))
    assert settle(disk, book) == swap.Settled(replaced=False)
    assert book.read_bytes() == SAVED
    assert backed_up(book) == [READ]
    assert our_leftovers(book.parent) == []


@pytest.mark.parametrize("suffix", [".new", ".old"])
@pytest.mark.parametrize(
    ("left", "in_the_book", "stands", "kept", "conflict"),
    [
        pytest.param(OURS, READ, READ, [], [], id="died before the swap"),
        pytest.param(READ, OURS, OURS, [READ], [], id="died after the swap, before the backup"),
        pytest.param(READ, SAVED, SAVED, [READ], [], id="died after the swap, and people saved since"),
        pytest.param(SAVED, OURS, SAVED, [], [(SAVED, OURS)], id="died before a displaced save was given back"),
        pytest.param(SAVED, LATER, LATER, [], [(SAVED, None)], id="the same, and people saved since"),
        pytest.param(READ, None, READ, [], [], id="died with the book put aside"),
        pytest.param(SAVED, None, SAVED, [], [], id="the same with a save"),
    ],
)
def test_what_a_crash_leaves_is_settled_at_the_next_start(
    disk: WatchedDisk,
    book: Path,
    suffix: str,
    left: bytes,
    in_the_book: bytes | None,
    stands: bytes,
    kept: list[bytes],
    conflict: list[tuple[bytes, bytes | None]],
) -> None:
    stage(book, left, suffix)
    book.unlink()
    if in_the_book is not None:
        book.write_bytes(in_the_book)
    swap.settle(disk, book, swap.Settling(START, SteppedClock().sleep, lambda: False))
    assert book.read_bytes() == stands
    assert backed_up(book) == kept
    assert conflicting(book) == conflict
    assert our_leftovers(book.parent) == []


def test_nothing_is_given_back_under_an_owner_file(disk: WatchedDisk, book: Path) -> None:
    """Whoever opened our version meanwhile would overwrite the save that was given back, and nobody would know."""
    stage(book, SAVED, ".old")
    book.write_bytes(OURS)
    for _ in range(2):
        assert settle(disk, book, is_open=True) == swap.Settled()
        assert book.read_bytes() == OURS
        assert conflicting(book) == [(SAVED, READ)]
    assert our_leftovers(book.parent) == []


def test_a_save_displaced_under_another_clerk_is_kept_when_she_saves_too(disk: WatchedDisk, book: Path) -> None:
    """A saves just before the swap, B opens our version just after it, and B saves: A's save is in neither version."""
    new = stage(book)
    book.write_bytes(SAVED)
    swap.swap_in(disk, book, new, new.with_suffix(".old"))
    assert settle(disk, book, is_open=True) == swap.Settled()
    assert book.read_bytes() == OURS
    book.write_bytes(LATER)
    settle(disk, book)
    assert book.read_bytes() == LATER
    assert conflicting(book) == [(SAVED, READ)]


def test_somebody_who_opens_it_while_a_save_is_judged_is_seen(disk: WatchedDisk, book: Path) -> None:
    stage(book, SAVED, ".old")
    book.write_bytes(OURS)
    opened = iter([False, True, True])

    def look() -> bool:
        return next(opened, True)

    def save_once(call: str, args: tuple[object, ...]) -> None:
        if call == "exchange" or (call in ("rename", "link") and args[0] == book):
            for content in saves:
                book.unlink()
                book.write_bytes(content)

    saves = iter([LATER])
    disk.before = save_once
    swap.settle(disk, book, swap.Settling(START, SteppedClock().sleep, look, BytesIO(READ)))
    kept = {content for content, _ in conflicting(book)}
    assert {SAVED, LATER} <= kept | {book.read_bytes()}
    assert our_leftovers(book.parent) == []


def test_a_book_that_is_absent_for_a_save_is_waited_for(disk: WatchedDisk, book: Path) -> None:
    stage(book, READ, ".old")
    book.unlink()
    clock = SteppedClock()
    clock.while_waiting = lambda: book.exists() or book.write_bytes(SAVED)
    swap.settle(disk, book, swap.Settling(START, clock.sleep, lambda: False))
    assert book.read_bytes() == SAVED
    assert backed_up(book) == [READ]


def test_only_files_of_ours_for_this_book_are_removed(book: Path) -> None:
    other = book.with_name("另一本.xlsx")
    foreign = [".~lock.台账.xlsx#", "~$台账.xlsx", ".~duban-notes.part", ".~duban-00000000-x.new", "1A2B3C4D", "a.part"]
    for name in (*foreign, swap.part_path(other).name, swap.part_path(book).name):
        (book.parent / name).write_bytes(b"x")
    settle(Disk(), book)
    left = {path.name for path in book.parent.iterdir()}
    assert left >= set(foreign)
    assert not any(name.startswith(swap.part_path(book).name[:17]) for name in left)
    assert any(name.startswith(swap.part_path(other).name[:17]) for name in left)


def test_nothing_changes_where_no_safe_replacing_is_to_be_had(book: Path) -> None:
    class PoorDisk(WatchedDisk):
        def rename(self, source: Path, target: Path) -> None:
            raise UnsupportedError(22, "rename")

    new = stage(book)
    with pytest.raises(UnsupportedError):
        swap.swap_in(PoorDisk("aside"), book, new, new.with_suffix(".old"))
    assert book.read_bytes() == READ


@pytest.mark.parametrize("links", [False, True])
def test_a_guarded_rename_never_replaces(tmp_path: Path, links: bool) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_bytes(b"a")
    second.write_bytes(b"b")
    with pytest.raises(FileExistsError):
        WatchedDisk("links" if links else "aside").rename(first, second)
    assert (first.read_bytes(), second.read_bytes()) == (b"a", b"b")


def test_a_new_file_never_opens_what_somebody_put_there(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"kept")
    (tmp_path / "planted").symlink_to(tmp_path / "secret")
    with pytest.raises(FileExistsError):
        Disk().create(tmp_path / "planted")
    assert (tmp_path / "secret").read_bytes() == b"kept"


def test_mode_and_extended_attributes_are_kept(tmp_path: Path) -> None:
    source = tmp_path / "台账.xlsx"
    source.write_bytes(READ)
    source.chmod(0o664)
    os.setxattr(source, "user.note", b"kept")
    disk = Disk()
    with disk.create(tmp_path / "new") as stream:
        assert os.fstat(stream.fileno()).st_mode & 0o777 == 0o600
        disk.keep_access(disk.stat(source), source, stream)
    assert (tmp_path / "new").stat().st_mode & 0o7777 == 0o664
    assert os.getxattr(tmp_path / "new", "user.note") == b"kept"


@pytest.mark.parametrize(
    ("mode", "kept"),
    [(0o666, True), (0o664, True), (0o640, False), (0o600, False)],
)
def test_without_the_right_to_give_away_a_file_nobody_may_lose_access(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, kept: bool
) -> None:
    source = tmp_path / "台账.xlsx"
    source.write_bytes(READ)
    source.chmod(mode)
    status = list(source.stat())
    status[4] += 1  # owned by somebody else
    original = os.stat_result(status)

    def refuse(handle: int, owner: int, group: int) -> None:
        raise PermissionError(1, "not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    disk = Disk()
    with disk.create(tmp_path / "new") as stream:
        if kept:
            disk.keep_access(original, source, stream)
            assert os.fstat(stream.fileno()).st_mode & 0o777 == mode
        else:
            with pytest.raises(PermissionError):
                disk.keep_access(original, source, stream)
