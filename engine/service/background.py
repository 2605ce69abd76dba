"""A job in a thread of its own, so that it waits for no other job of the service."""

from collections.abc import Callable
from threading import Event, Lock, Thread


class Background:
    """Runs ``job`` every so many seconds, and at once when it is woken. ``job`` must not raise."""

    def __init__(self, name: str, job: Callable[[], None], seconds: float) -> None:
        self._job = job
        self._seconds = seconds
        self._woken, self._idle, self._lock = Event(), Event(), Lock()
        self._stopping = False
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin, with the job's first run."""
        self.wake()
        self._thread.start()

    def wake(self) -> None:
        """Let the job run now, or once more when the run that is under way has ended."""
        with self._lock:
            self._idle.clear()
            self._woken.set()

    @property
    def is_busy(self) -> bool:
        """Whether it runs, or is about to."""
        return not self._idle.is_set()

    def wait_idle(self, seconds: float) -> None:
        """Wait until the job has nothing more to do, at most so long."""
        self._idle.wait(seconds)

    def stop(self) -> None:
        """End when the run that is under way has ended, and wait for that."""
        self._stopping = True
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._woken.wait(self._seconds)
            with self._lock:
                self._idle.clear()
                self._woken.clear()
            if self._stopping:
                return
            self._job()
            with self._lock:
                if not self._woken.is_set():
                    self._idle.set()
