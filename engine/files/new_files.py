"""Files made beside the workbook: all of them, or none; one that is there already is never overwritten."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path


class FileThereError(FileExistsError):
    """There is a file of that name, and somebody may have worked on it."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


@contextmanager
def new_files(contents: Sequence[tuple[Path, bytes]], folder: Path) -> Iterator[tuple[Path, ...]]:
    """Write the files into ``folder``, which is made if need be; if the block raises, they are gone again.

    Raises:
        FileThereError: one of them exists. OSError: the folder takes no files. No file was left, none was changed.
    """
    with ExitStack() as removal:
        folder.mkdir(exist_ok=True)
        for path, content in contents:
            try:
                file = path.open("xb")
            except FileExistsError as fault:
                raise FileThereError(path) from fault
            removal.callback(path.unlink, missing_ok=True)
            with file:
                file.write(content)
        yield tuple(path for path, _ in contents)
        removal.pop_all()
