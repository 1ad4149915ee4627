"""Where pictures come from: drawn and encoded while watched, or one loop made once and played for ever."""

import asyncio
import functools
import random
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

from ingest.simulator.cameras import CameraPlan
from ingest.simulator.encoder import Coded, Coding, Encoder
from ingest.simulator.media import Media, payload_type
from ingest.simulator.rtp import RtpStream
from ingest.simulator.scene import Scene
from shared.clock import Clock
from shared.mediatime import ticks_from_ns

_REPORT_EVERY_NS = 5_000_000_000


class Watcher(Protocol):
    """Somebody to send to."""

    def picture(self, key: bool, packets: bytes) -> None: ...

    def report(self, packet: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Ready:
    """A picture ready to be sent. `late` is by how many pictures it was held back; none is ready without
    payloads."""

    key: bool
    payloads: list[bytes]
    late: int = 0


class Feed(ABC):
    """One picture after the other to all watchers, at the pace of the coding; at rest without watchers."""

    def __init__(self, coding: Coding, clock: Clock, seed: int) -> None:
        self.coding = coding
        self._clock = clock
        self._watchers: set[Watcher] = set()
        self._task: asyncio.Task[None] | None = None
        shape = random.Random(seed)
        self._rtp = RtpStream(shape.getrandbits(32), payload_type(coding), shape.getrandbits(16))
        self._first_time90 = shape.getrandbits(32)
        self._start_ns: int | None = None
        self._jump90 = 0
        self._wants_key = False

    @abstractmethod
    async def next_picture(self, utc_ns: int, wants_key: bool) -> Ready:
        """The picture of `utc_ns`, or an earlier one that only now is ready."""

    @abstractmethod
    def media_lines(self) -> list[str]:
        """The SDP lines of the video media, from `m=` on, without its control line."""

    @property
    def playing(self) -> bool:
        return self._task is not None

    def join(self, watcher: Watcher) -> None:
        """Send to `watcher` from now on; it is given a key picture soon, as cameras do on PLAY."""
        self._watchers.add(watcher)
        self._wants_key = True
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._play())

    def leave(self, watcher: Watcher) -> None:
        self._watchers.discard(watcher)
        if not self._watchers and self._task is not None:
            self._task.cancel()
            self._task = None

    def jump(self, seconds: float) -> None:
        """Let media time jump, as a camera's does when its clock is set."""
        self._jump90 += int(seconds * 90_000)

    async def close(self) -> None:
        self._watchers.clear()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _play(self) -> None:
        period_ns = int(1e9 / self.coding.fps)
        due_ns = self._clock.monotonic_ns()
        report_ns = due_ns
        if self._start_ns is None:
            self._start_ns = due_ns
        while True:
            wants_key, self._wants_key = self._wants_key, False
            # A sensor exposes on time, whenever its encoder gets to the picture.
            utc_ns = self._clock.utc_ns() - (self._clock.monotonic_ns() - due_ns)
            ready = await self.next_picture(utc_ns, wants_key)
            time90 = self._first_time90 + self._jump90 + ticks_from_ns(due_ns - self._start_ns)
            if ready.payloads:
                packets = self._rtp.picture(ready.payloads, time90 - ready.late * self.coding.ticks90)
                for watcher in tuple(self._watchers):
                    watcher.picture(ready.key, packets)
            if due_ns >= report_ns:
                report_ns = due_ns + _REPORT_EVERY_NS
                report = self._rtp.sender_report(utc_ns, time90)
                for watcher in tuple(self._watchers):
                    watcher.report(report)
            due_ns += period_ns
            late_ns = self._clock.monotonic_ns() - due_ns
            if late_ns > 1_000_000_000:
                due_ns += late_ns
            await self._clock.sleep(max(0.0, -late_ns / 1e9))


class LiveFeed(Feed):
    """Draws the street with the UTC clock and encodes it, in a thread, while watched."""

    def __init__(self, plan: CameraPlan, clock: Clock) -> None:
        super().__init__(plan.coding, clock, hash(plan.name))
        self._scene = Scene(plan.name, plan.coding.width, plan.coding.height)
        self._encoder = Encoder(plan.coding)
        self._in_band = plan.in_band
        self._media = _probed(plan.coding)
        self._number = 0

    async def next_picture(self, utc_ns: int, wants_key: bool) -> Ready:
        coded = await asyncio.to_thread(self._encode, utc_ns, wants_key)
        if not coded:
            return Ready(False, [])
        picture, late = coded[0], self._number - 1 - coded[0].shown
        data = picture.data if self._in_band else self._media.without_sets(picture.data)
        return Ready(picture.key, self._media.payloads(data), late)

    def media_lines(self) -> list[str]:
        return self._media.lines()

    def _encode(self, utc_ns: int, wants_key: bool) -> list[Coded]:
        number, self._number = self._number, self._number + 1
        planes = self._scene.picture(number, utc_ns / 1e9, utc_ns // 1_000_000)
        return self._encoder.encode(planes, key=wants_key)


class Loop:
    """A few groups of pictures made once, as RTP payloads ready to be numbered."""

    def __init__(self, coding: Coding, groups: int = 3) -> None:
        self.coding = coding
        scene = Scene("loop", coding.width, coding.height)
        encoder = Encoder(coding)
        coded: list[Coded] = []
        for number in range(coding.gop * groups):
            coded += encoder.encode(scene.picture(number, number / float(coding.fps), None))
        coded += encoder.finish()
        self.media = Media(coding, coded[0].data)
        # As late as keeps every picture from being sent before it is made.
        least = max(picture.shown - place for place, picture in enumerate(coded))
        if coding.refresh:
            # Nobody who joins sees the one key picture of such a camera.
            del coded[: coding.gop]
        self.pictures = [
            Ready(picture.key, self.media.payloads(picture.data), place + least - picture.shown)
            for place, picture in enumerate(coded)
        ]


class LoopFeed(Feed):
    """Plays a loop from one of its pictures on; several of them keep cameras from sending in step."""

    def __init__(self, loop: Loop, clock: Clock, seed: int) -> None:
        super().__init__(loop.coding, clock, seed)
        self._loop = loop
        self._next = seed % len(loop.pictures)

    async def next_picture(self, utc_ns: int, wants_key: bool) -> Ready:
        picture = self._loop.pictures[self._next]
        self._next = (self._next + 1) % len(self._loop.pictures)
        return picture

    def media_lines(self) -> list[str]:
        return self._loop.media.lines()


class GarbageFeed(Feed):
    """An H.264 stream by its description, noise by its content."""

    def __init__(self, coding: Coding, clock: Clock) -> None:
        super().__init__(coding, clock, 3)
        self._noise = random.Random(3)

    async def next_picture(self, utc_ns: int, wants_key: bool) -> Ready:
        kind = self._noise.choice([0x61, 0x65, 0x67, 0x68, 0x7E, 0xE5])
        noise = [bytes((kind,)) + self._noise.randbytes(self._noise.randrange(1, 900)) for _ in range(3)]
        return Ready(True, noise)

    def media_lines(self) -> list[str]:
        return ["m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", "a=fmtp:96 packetization-mode=1"]


@functools.lru_cache(maxsize=64)
def _probed(coding: Coding) -> Media:
    """How a camera of this coding tells its parameter sets before its first picture."""
    probe = Encoder(coding)
    picture = Scene("probe", coding.width, coding.height).picture(0, 0.0, None)
    return Media(coding, [*probe.encode(picture), *probe.finish()][0].data)
