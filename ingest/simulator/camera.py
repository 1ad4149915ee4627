"""One camera of the simulated server: its plan, its feeds, and what happened at it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from ingest.simulator.cameras import CameraPlan
from ingest.simulator.feeds import Feed
from ingest.simulator.mangling import Mangling
from ingest.simulator.media_faults import mangling

_REMEMBERED = 1000


@dataclass(slots=True)
class Counts:
    """What happened at a camera since it was added.

    `attempts_ns` are the monotonic times of its last login attempts: of each connection that asked for the
    camera's description, let in or not. `verbs` counts requests, `reports` the client's receiver reports.
    """

    sessions: int = 0
    logins: int = 0
    refused: int = 0
    audio_setups: int = 0
    clear_passwords: int = 0
    reports: int = 0
    answers: int = 0
    timed_out: int = 0
    verbs: dict[str, int] = field(default_factory=dict)
    attempts_ns: deque[int] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def asked(self, verb: str) -> None:
        self.verbs[verb] = self.verbs.get(verb, 0) + 1

    def most_attempts(self, window_s: float) -> int:
        """The most login attempts within any `window_s`."""
        times = list(self.attempts_ns)
        window_ns = int(window_s * 1e9)
        return max((sum(0 <= later - first < window_ns for later in times) for first in times), default=0)


class SimulatedCamera:
    """A camera behind the server's port. `other` is the feed it turns to where its size changes.

    `paused` keeps it silent while it stays connected; `busy` lets it answer 503. `mangled` makes what happens
    to the packets of each session: what the plan's fault does, unless somebody puts something else there.
    """

    def __init__(self, plan: CameraPlan, feed: Feed, other: Feed | None = None) -> None:
        self.plan = plan
        self.feed = feed
        self.other = other
        self.counts = Counts()
        self.paused = False
        self.jumped = False
        self.busy = False
        self.mangled: Callable[[], Mangling | None] = lambda: mangling(plan.fault, plan.after_s)
