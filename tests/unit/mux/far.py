"""A mux and browsers with a bad network between, in simulated time: a minute of it takes a second or two."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from heapq import heappop, heappush
from random import Random

from mux.rtp.layout import Layout
from mux.sdp.answer import Credentials
from mux.sdp.offer import IceUser
from mux.sessions.viewer import Viewer
from mux.transport.stun import Address
from shared.clock import SimulatedClock
from shared.ids import StreamId
from shared.units import AccessUnit
from tests.support.far_browser import FarBrowser
from tests.support.far_seen import Shown
from tests.support.relay import Link, Path
from tests.unit.mux.fakes import STREAM, RecordingTransport, Timers
from tests.unit.mux.worlds import BROWSER, Visitor, World

_TICK_S = 0.1
_TICKS = 10
PICTURE_S = 0.040


def lossy(loss: float) -> tuple[Link, Link]:
    """A bad network, up and down: 60 ms of round trip, 30 ms of jitter, 1 % reordered, and this loss."""
    up = Link(loss=loss, delay_ms=30)
    return up, Link(loss=loss, delay_ms=30, jitter_ms=30, reordered=0.01)


class SteppedClock(SimulatedClock):
    """A clock that is set."""

    def set(self, now_ns: int) -> None:
        self._now_ns = now_ns


class Events(Timers):
    """What happens when; nothing takes any time but waiting."""

    def __init__(self, clock: SteppedClock) -> None:
        super().__init__()
        self._clock = clock
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def now_ns(self) -> int:
        return self._clock.monotonic_ns()

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        self.at(self.now_ns() + int(seconds * 1e9), call)

    def at(self, at_ns: int, call: Callable[[], None]) -> None:
        self._count += 1
        heappush(self._due, (at_ns, self._count, call))

    def run_for(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Let time pass, at most until something is so; whether it is."""
        end_ns = self.now_ns() + int(seconds * 1e9)
        while self._due and self._due[0][0] <= end_ns:
            at_ns, _, call = heappop(self._due)
            self._clock.set(max(at_ns, self.now_ns()))
            call()
            if until():
                return True
        self._clock.set(end_ns)
        return until()


class _FarTransport(RecordingTransport):
    """Hands everything to the network; nothing is kept."""

    def __init__(self, carry: Callable[[bytes, Address], None]) -> None:
        super().__init__()
        self._carry = carry

    def send(self, datagram: bytes | memoryview, address: Address) -> bool:
        self._carry(bytes(datagram), address)
        return True

    def _send_layout(self, layout: Layout, address: Address) -> bool:
        sent = super()._send_layout(layout, address)
        for datagram, to in self.sent:
            self._carry(datagram, to)
        self.sent.clear()
        return sent


class FarWorld:
    """A mux that shows one or more cameras to browsers behind links of their own."""

    def __init__(self, *shown: Sequence[AccessUnit], seed: int = 1, most_viewers: int = 1000) -> None:
        self.clock = SteppedClock()
        self.events = Events(self.clock)
        self.world = World(
            most_viewers=most_viewers,
            clock=self.clock,
            timers=self.events,
            transport=_FarTransport(self._down),
        )
        self.random = Random(seed)
        self.browsers: dict[Address, FarBrowser] = {}
        self.paths: dict[Address, tuple[Path, Path]] = {}
        self.delivered: dict[Address, list[bytes]] = {}
        self.loses: Callable[[bytes], bool] = lambda _: False
        """What is lost beside what the links lose, in either direction."""
        self._ticks = 0
        self._port = 10_000
        self._tick()
        for units in shown:
            self._play(units, 0)

    def come(self, up: Link, down: Link, stream: StreamId = STREAM) -> FarBrowser:
        """A browser begins to connect."""
        source = self._new_address()
        return self._come(self.world.admit(stream=stream, source=source), up, down)

    def come_to_wall(self, up: Link, down: Link, camera: str = STREAM.camera_path) -> FarBrowser:
        """A browser begins to connect to a wall of one camera."""
        source = self._new_address()
        return self._come(self.world.admit_wall(camera, tiles=1, source=source), up, down)

    def _new_address(self) -> Address:
        self._port += 1
        return "192.0.2.9", self._port

    def _come(self, visitor: Visitor, up: Link, down: Link) -> FarBrowser:
        source = visitor.source
        self.paths[source] = Path(up, self.random), Path(down, self.random)
        browser = FarBrowser(BROWSER, visitor.place, self.events, lambda data: self._up(data, browser))
        self.browsers[source] = browser
        browser.begin()
        return browser

    def address_of(self, browser: FarBrowser) -> Address:
        return next(address for address, one in self.browsers.items() if one is browser)

    def viewer_of(self, browser: FarBrowser) -> Viewer | None:
        return self.world.registry.roster.called(browser.place.ufrag)

    def change(self, browser: FarBrowser, *, up: Link | None = None, down: Link | None = None) -> None:
        """Another link from now on."""
        paths = self.paths[self.address_of(browser)]
        paths[0].link, paths[1].link = up or paths[0].link, down or paths[1].link

    def move(self, browser: FarBrowser) -> Address:
        """It has another address from now on, as behind a router that restarted."""
        before = self.address_of(browser)
        source = self._new_address()
        self.browsers[source] = self.browsers.pop(before)
        self.paths[source] = self.paths.pop(before)
        return source

    def restart_ice(self, browser: FarBrowser) -> Credentials:
        """What a browser does by PATCH when its network has changed; mux's new credentials."""
        viewer = self.viewer_of(browser)
        assert viewer is not None
        self.world.walls.renew(viewer.identity.id, IceUser("again", "p" * 24), "*")
        renewed = viewer.renewed
        assert renewed is not None
        browser.restart_ice(renewed.ufrag, renewed.password)
        return renewed

    def leave(self, browser: FarBrowser) -> None:
        """It goes without a word; mux lets it go at once."""
        address, viewer = self.address_of(browser), self.viewer_of(browser)
        browser.fall_silent()
        if viewer is not None:
            self.world.registry.leave(viewer.identity.id)
        del self.browsers[address], self.paths[address]

    def _up(self, datagram: bytes, browser: FarBrowser) -> None:
        if self.loses(datagram):
            return
        source = self.address_of(browser)
        due_s = self.paths[source][0].due_s(len(datagram), self.events.now_ns() / 1e9)
        if due_s is not None:
            self.events.at(int(due_s * 1e9), lambda: self.world.registry.received(datagram, source))

    def _down(self, datagram: bytes, address: Address) -> None:
        browser = self.browsers.get(address)
        if browser is None or self.loses(datagram):
            return
        path = self.paths[address][1]
        due_s = path.due_s(len(datagram), self.events.now_ns() / 1e9)
        if due_s is not None:
            path.passed.sent += 1
            self.events.at(int(due_s * 1e9), lambda: browser.receive(datagram))

    def _tick(self) -> None:
        part = self._ticks % _TICKS
        self.world.registry.tick(part, _TICKS)
        self.world.registry.watch_over(part, _TICKS)
        if part == 0:
            self.world.channels.release_idle()
        self._ticks += 1
        self.events.later(_TICK_S, self._tick)

    def _play(self, units: Sequence[AccessUnit], number: int) -> None:
        unit = replace(
            units[number % len(units)],
            run=1,
            seq=number,
            pts90=number * 3600,
            utc_ns=self.clock.utc_ns(),
        )
        if unit.stream in self.world.tap.sinks:
            self.world.tap.give(unit, stream=unit.stream)
        self.events.later(PICTURE_S, lambda: self._play(units, number + 1))


def frozen_ms(pictures: Sequence[Shown]) -> float:
    """How long a picture stood still that should have made way, as browsers count it: a gap of more than
    three pictures and of more than 150 ms beyond one counts in full.

    A picture is shown when it can be, but not before the time it is to be held back to.
    """
    if not pictures:
        return 0.0
    # How much earlier than any other the fastest picture came: what the path takes at least.
    first = pictures[0].timestamp
    media = [((one.timestamp - first) & 0xFFFFFFFF) / 90 for one in pictures]
    least = min(one.at_ns / 1e6 - at for one, at in zip(pictures, media, strict=True))
    shown_ms = 0.0
    frozen = 0.0
    for number, (one, at) in enumerate(zip(pictures, media, strict=True)):
        now_ms = max(shown_ms, one.at_ns / 1e6, least + at + one.held_back_ms)
        gap_ms = now_ms - shown_ms
        if number and gap_ms >= max(3 * PICTURE_S * 1e3, PICTURE_S * 1e3 + 150):
            frozen += gap_ms
        shown_ms = now_ms
    return frozen


def start(far: FarWorld, up: Link, down: Link, within_s: float = 10.0) -> tuple[float, int]:
    """A browser comes, and goes with its first picture: how many milliseconds that took, and how often the
    browser had to repeat itself in the handshake."""
    began_ns = far.events.now_ns()
    browser = far.come(up, down)
    assert far.events.run_for(within_s, lambda: bool(browser.seen.pictures)), "no picture"
    far.leave(browser)
    return (browser.seen.pictures[0].at_ns - began_ns) / 1e6, browser.seen.repeated
