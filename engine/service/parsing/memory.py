"""How much memory a process may have, set by itself: any allocation beyond that is refused, and no other process goes
hungry.
"""

import sys

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _EXTENDED_LIMITS, _PROCESS_MEMORY, _KILL_ON_CLOSE = 9, 0x100, 0x2000
    _OWN = 256 << 20
    """Bytes that the interpreter and its libraries have committed themselves, at the most."""

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("process_time", ctypes.c_int64),
            ("job_time", ctypes.c_int64),
            ("flags", wintypes.DWORD),
            ("least_working_set", ctypes.c_size_t),
            ("most_working_set", ctypes.c_size_t),
            ("processes", wintypes.DWORD),
            ("affinity", ctypes.c_size_t),
            ("priority", wintypes.DWORD),
            ("scheduling", wintypes.DWORD),
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("basic", _BasicLimits),
            ("io", ctypes.c_uint64 * 6),
            ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t),
            ("peak_process_memory", ctypes.c_size_t),
            ("peak_job_memory", ctypes.c_size_t),
        )

    def limit_memory(more: int) -> None:
        """Let this process have ``more`` bytes besides what it needs to run: by a job of its own.

        Unverified: written from Microsoft's documentation, no Windows was at hand.
        """
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
        kernel.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD)
        job = kernel.CreateJobObjectW(None, None)
        limits = _ExtendedLimits()
        limits.basic.flags = _PROCESS_MEMORY | _KILL_ON_CLOSE
        limits.process_memory = more + _OWN
        size = ctypes.sizeof(limits)
        is_set = kernel.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), size)
        if not (job and is_set and kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())):
            raise ctypes.WinError(ctypes.get_last_error())

else:
    import os
    import resource
    import time
    from contextlib import suppress
    from pathlib import Path
    from threading import Thread

    _LOOK_EVERY = 0.05

    def limit_memory(more: int) -> None:
        """Let this process have ``more`` bytes besides those that it has now: by the system, or where that knows no
        such limit (macOS), by a thread that ends the process. Where all memory runs out, it is the first to go (Linux).
        """
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
        try:
            in_use = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
            _, hard = resource.getrlimit(resource.RLIMIT_AS)
            most = in_use + more
            resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
        except (OSError, ValueError):
            watch_memory(more)

    def watch_memory(more: int) -> None:
        """End this process as soon as it has ``more`` bytes in memory besides those that it has now."""
        most = _in_memory() + more

        def watch() -> None:
            while _in_memory() < most:
                time.sleep(_LOOK_EVERY)
            os._exit(1)

        Thread(target=watch, daemon=True).start()

    def _in_memory() -> int:
        """Bytes in memory now; where the system does not tell (macOS), the most so far. On Linux the latter would begin
        with what the starting process has had, and a large one would hide all that this one takes.
        """
        with suppress(OSError):
            return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
