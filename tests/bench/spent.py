"""What a process has spent by the kernel's account."""

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path


def cpu_ns(pid: int) -> int:
    """CPU time of all threads of a process, from the scheduler: exact, where ticks are too coarse."""
    return sum(cpu_ns_by_thread(pid).values())


def cpu_ns_by_thread(pid: int) -> Counter[str]:
    """The same by the threads' names; those of one name together."""
    found: Counter[str] = Counter()
    for task in _tasks(pid):
        # A thread may end meanwhile.
        with suppress(OSError):
            found[(task / "comm").read_text().strip()] += int((task / "schedstat").read_text().split()[0])
    return found


def wake_ups(pid: int) -> int:
    """How often threads of a process have gone to sleep, and so been woken."""
    found = 0
    for task in _tasks(pid):
        with suppress(OSError):
            lines = (task / "status").read_text().splitlines()
            found += sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))
    return found


def _tasks(pid: int) -> list[Path]:
    return list(Path(f"/proc/{pid}/task").iterdir())


def resident_bytes(pid: int) -> int:
    """Memory a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
