"""What sampled stacks of a process say: which function and which kind of work its time goes to.

Stacks are those of `py-spy record --native --function -f raw`: frames from the outermost on, divided by
semicolons, and how often they were seen. A sample stops a thread that waits too, and finds it awake: waiting
is left out, and with it the cost of going to sleep and of waking, which the account of wake-ups tells.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_OWN = ("ingest/", "mux/", "storage/", "shared/")
_FRAME = re.compile(r"(?P<name>.*) \((?P<place>[^()]*?)(?::\d+)?\)$")
_WAITS = frozenset({"poll", "epoll_wait", "epoll_pwait", "select", "clock_nanosleep", "sem_wait"})
_SYNCS = frozenset({"fsync", "fdatasync", "syncfs"})
_CALLS = frozenset(
    {
        *("read", "pread64", "readv", "recv", "__recv", "recvfrom", "recvmsg", "recvmmsg"),
        *("write", "pwrite64", "writev", "send", "__send", "sendto", "sendmsg", "sendmmsg"),
        *("open64", "openat", "close", "stat64", "fstat64", "statvfs64", "ftruncate64", "rename", "unlink"),
    }
)
# The first that a stack's innermost frames belong to says the kind; what a library calls is the library's.
_LIBRARIES = (
    ("ZeroMQ", ("libzmq", "zmq/")),
    ("Prometheus", ("prometheus_client/", "shared/metrics.py")),
    ("hashing", ("_hashlib", "_sha2", "hashlib.py")),
    ("SQLite", ("_sqlite3", "libsqlite3", "aiosqlite/", "sqlalchemy/")),
    ("logging", ("structlog/", "logging/")),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: a function and the file or library it is of."""

    name: str
    place: str

    @property
    def is_python(self) -> bool:
        return self.place.endswith(".py")


@dataclass(frozen=True, slots=True)
class Spent:
    """Where a sample was: the innermost function of ours, else of Python, and the kind of work."""

    function: str
    place: str
    kind: str


def tally(lines: Iterable[str]) -> Counter[Spent]:
    """How many samples each function and kind of work has; those that waited are left out."""
    found: Counter[Spent] = Counter()
    for line in lines:
        stack, _, count = line.strip().rpartition(" ")
        frames = [_frame(text) for text in stack.split(";")]
        if stack and not _waits(frames):
            found[_spent(frames)] += int(count)
    return found


def kinds(spent: Counter[Spent]) -> Counter[str]:
    """The samples by kind of work."""
    found: Counter[str] = Counter()
    for where, count in spent.items():
        found[where.kind] += count
    return found


def _frame(text: str) -> Frame:
    match = _FRAME.match(text)
    return Frame(match["name"], match["place"]) if match else Frame(text, "")


def _waits(frames: list[Frame]) -> bool:
    """Whether a thread was waiting: for the kernel, or for a lock, whose own frames have no names."""
    innermost = frames[-1]
    while len(frames) > 1 and frames[-1].name.startswith("0x") and frames[-1].place.startswith("libc"):
        frames = frames[:-1]
    return innermost.name in _WAITS or frames[-1].name in ("PyThread_acquire_lock_timed", "take_gil")


def _spent(frames: list[Frame]) -> Spent:
    python = [frame for frame in reversed(frames) if frame.is_python]
    ours = [frame for frame in python if frame.place.startswith(_OWN)]
    where = next(iter(ours or python), Frame("-", "-"))
    return Spent(where.name, where.place, _kind(frames))


def _kind(frames: list[Frame]) -> str:
    for frame in reversed(frames):
        for kind, places in _LIBRARIES:
            if any(place in frame.place for place in places):
                return kind
        if frame.is_python or frame.place.startswith("mux/"):
            break
    called = frames[-1].name if frames[-1].place.startswith("libc.") else ""
    if called in _SYNCS:
        return "fsync"
    return "system calls" if called in _CALLS else _worker(frames)


def _worker(frames: list[Frame]) -> str:
    """Whose code ran, where it was no library or call that has a kind of its own."""
    for frame in reversed(frames):
        if frame.place.startswith(_OWN):
            return "own Python" if frame.is_python else "own C"
        if frame.is_python:
            return "asyncio" if frame.place.startswith(("asyncio/", "uvloop/")) else "other Python"
        if frame.name.startswith("uv_"):
            return "event loop"
    return "other"
