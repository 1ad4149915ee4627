"""Where pictures come from: drawn and encoded while watched, or one loop made once and played for ever."""

import asyncio
import base64
import random
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Protocol

import cv2

from ingest.simulator.cameras import CameraPlan, Fault
from ingest.simulator.encoder import Coded, Coding, Encoder, Encoding
from ingest.simulator.rtp import RtpStream, h264_payloads, h265_payloads, jpeg_payloads
from ingest.simulator.scene import Scene
from shared.clock import Clock
from shared.h264 import Nal, annex_b, nal_type, nal_units, parameter_sets
from shared.mediatime import ticks_from_ns

JPEG_QUALITY = 60
_REPORT_EVERY_NS = 5_000_000_000


class Watcher(Protocol):
    """Somebody to send to."""

    def picture(self, key: bool, packets: bytes) -> None: ...

    def report(self, packet: bytes) -> None: ...


class Feed(ABC):
    """One picture after the other to all watchers, at the pace of the coding; at rest without watchers."""

    payload_type = 96

    def __init__(self, coding: Coding, clock: Clock, seed: int) -> None:
        self.coding = coding
        self._clock = clock
        self._watchers: set[Watcher] = set()
        self._task: asyncio.Task[None] | None = None
        shape = random.Random(seed)
        self._rtp = RtpStream(shape.getrandbits(32), self.payload_type, shape.getrandbits(16))
        self._first_time90 = shape.getrandbits(32)
        self._start_ns: int | None = None
        self._jump90 = 0
        self._wants_key = False

    @abstractmethod
    async def next_payloads(self, utc_ns: int, wants_key: bool) -> tuple[bool, list[bytes]]:
        """The picture of `utc_ns`: whether it is a key one, and its RTP payloads, if any are ready."""

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
            key, payloads = await self.next_payloads(utc_ns, wants_key)
            time90 = self._first_time90 + self._jump90 + ticks_from_ns(due_ns - self._start_ns)
            if payloads:
                packets = self._rtp.picture(payloads, time90)
                for watcher in tuple(self._watchers):
                    watcher.picture(key, packets)
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
        coding = replace(plan.coding, b_frames=2) if plan.fault is Fault.B_FRAMES else plan.coding
        super().__init__(coding, clock, hash(plan.name))
        self._scene = Scene(plan.name, coding.width, coding.height)
        self._encoder = Encoder(coding)
        self._in_band = plan.in_band
        self._sprop = _sprop(_parameter_sets(coding))
        self._number = 0

    async def next_payloads(self, utc_ns: int, wants_key: bool) -> tuple[bool, list[bytes]]:
        coded = await asyncio.to_thread(self._encode, utc_ns, wants_key)
        if not coded:
            return False, []
        return coded[0].key, h264_payloads(coded[0].data if self._in_band else _without_sets(coded[0].data))

    def media_lines(self) -> list[str]:
        return _h264_lines(self._sprop)

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
        payloads = h265_payloads if coding.encoding is Encoding.H265 else h264_payloads
        self.pictures = [(picture.key, payloads(picture.data)) for picture in coded]
        self.sprop = "" if coding.encoding is Encoding.H265 else _sprop(coded[0].data)


class LoopFeed(Feed):
    """Plays a loop from one of its pictures on; several of them keep cameras from sending in step."""

    def __init__(self, loop: Loop, clock: Clock, seed: int) -> None:
        super().__init__(loop.coding, clock, seed)
        self._loop = loop
        self._next = seed % len(loop.pictures)

    async def next_payloads(self, utc_ns: int, wants_key: bool) -> tuple[bool, list[bytes]]:
        picture = self._loop.pictures[self._next]
        self._next = (self._next + 1) % len(self._loop.pictures)
        return picture

    def media_lines(self) -> list[str]:
        if self.coding.encoding is Encoding.H265:
            return ["m=video 0 RTP/AVP 96", "a=rtpmap:96 H265/90000"]
        return _h264_lines(self._loop.sprop)


class GarbageFeed(Feed):
    """An H.264 stream by its description, noise by its content."""

    def __init__(self, coding: Coding, clock: Clock) -> None:
        super().__init__(coding, clock, 3)
        self._noise = random.Random(3)

    async def next_payloads(self, utc_ns: int, wants_key: bool) -> tuple[bool, list[bytes]]:
        kind = self._noise.choice([0x61, 0x65, 0x67, 0x68, 0x7E, 0xE5])
        return True, [bytes((kind,)) + self._noise.randbytes(self._noise.randrange(1, 900)) for _ in range(3)]

    def media_lines(self) -> list[str]:
        return ["m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", "a=fmtp:96 packetization-mode=1"]


class JpegFeed(Feed):
    """Motion JPEG (RFC 2435): one still of the street again and again."""

    payload_type = 26

    def __init__(self, coding: Coding, clock: Clock) -> None:
        super().__init__(coding, clock, 4)
        planes = Scene("jpeg", coding.width, coding.height).picture(0, 0.0, None)
        image = cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420)
        _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        jpeg = encoded.tobytes()
        start = jpeg.index(b"\xff\xda")
        scan = jpeg[start + 2 + int.from_bytes(jpeg[start + 2 : start + 4], "big") : -2]
        self._payloads = jpeg_payloads(scan, coding.width, coding.height, JPEG_QUALITY)

    async def next_payloads(self, utc_ns: int, wants_key: bool) -> tuple[bool, list[bytes]]:
        return True, self._payloads

    def media_lines(self) -> list[str]:
        return ["m=video 0 RTP/AVP 26", "a=rtpmap:26 JPEG/90000"]


def _h264_lines(sprop: str) -> list[str]:
    return [
        "m=video 0 RTP/AVP 96",
        "a=rtpmap:96 H264/90000",
        f"a=fmtp:96 packetization-mode=1;profile-level-id=42C01E;sprop-parameter-sets={sprop}",
    ]


def _parameter_sets(coding: Coding) -> bytes:
    probe = Encoder(replace(coding, b_frames=coding.b_frames))
    picture = Scene("probe", coding.width, coding.height).picture(0, 0.0, None)
    return [*probe.encode(picture), *probe.finish()][0].data


def _sprop(data: bytes) -> str:
    return ",".join(base64.b64encode(nal).decode() for nal in parameter_sets(data) if nal is not None)


def _without_sets(data: bytes) -> bytes:
    return annex_b([bytes(nal) for nal in nal_units(data) if nal_type(nal) not in (Nal.SPS, Nal.PPS)])
