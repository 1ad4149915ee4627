"""Cameras that are well until they are told to be ill, each in its own way, and get well again."""

import asyncio
import functools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction

from ingest.simulator.camera import SimulatedCamera
from ingest.simulator.cameras import CameraPlan
from ingest.simulator.encoder import Coding
from ingest.simulator.mangling import Mangling, Packets
from ingest.simulator.rtp import Frame, RtpPacket
from ingest.simulator.server import SimulatedCameras
from shared.codecs.h264 import Nal

_CODING = Coding(width=320, height=240, fps=Fraction(10), gop_s=1.0, kbps=200)
_FU_A = 28
_HEAD_BYTES = 12
_NO_SUCH_SET = 7


class Health:
    """Whether the cameras are ill just now."""

    def __init__(self) -> None:
        self.ill = False


class Spell(Mangling):
    """One session of a camera that does its fault's while it is ill."""

    def __init__(self, health: Health) -> None:
        super().__init__()
        self.health = health

    @property
    def ill(self) -> bool:
        return self.health.ill


class Silent(Spell):
    """Stays connected, answers, and sends nothing."""

    def picture(self, key: bool, packets: bytes, elapsed_s: float) -> list[Frame]:
        return [] if self.ill else super().picture(key, packets, elapsed_s)


class KeyOnce(Spell):
    """Loses one packet, and sends no key picture: to whoever connects neither."""

    def __init__(self, health: Health) -> None:
        super().__init__(health)
        self._lost = False

    def picture(self, key: bool, packets: bytes, elapsed_s: float) -> list[Frame]:
        return [] if self.ill and key else super().picture(key, packets, elapsed_s)

    def around(self, frames: list[Frame], elapsed_s: float) -> list[Frame]:
        lost, self._lost = self.ill and not self._lost, self.ill
        return frames[1:] if lost else frames


class UnknownSets(Spell):
    """Its slices refer to a picture parameter set that it has never sent."""

    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        return [_referring(packet) for packet in packets] if self.ill else packets


class Noise(Spell):
    """Sends noise in place of pictures."""

    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        return [self._noise(packet) for packet in packets] if self.ill else packets

    def _noise(self, packet: RtpPacket) -> RtpPacket:
        kind = self.random.choice([0x61, 0x65, 0x67, 0x68, 0x7E, 0xE5])
        return replace(packet, payload=bytes((kind,)) + self.random.randbytes(200))


class Lossy(Spell):
    """The last packet of each picture is lost on the way."""

    def around(self, frames: list[Frame], elapsed_s: float) -> list[Frame]:
        return frames[:-1] if self.ill else frames


class ManySenders(Spell):
    """Takes another SSRC and another number at each packet."""

    def _numbered(self, packet: RtpPacket) -> Frame:
        if self.ill:
            self.ssrc, self._sequence = self.random.getrandbits(32), self.random.getrandbits(16)
        return super()._numbered(packet)


class NewSenders(Spell):
    """Takes another SSRC, numbers and times at each group of pictures, and is to be followed."""

    def __init__(self, health: Health) -> None:
        super().__init__(health)
        self._shift90 = 0

    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        if self.ill and key:
            self.ssrc, self._sequence = self.random.getrandbits(32), self.random.getrandbits(16)
            self._shift90 = self.random.getrandbits(32)
        return [replace(packet, time90=packet.time90 + self._shift90) for packet in packets]


def _referring(packet: RtpPacket) -> RtpPacket:
    """The packet, its slice referring to `_NO_SUCH_SET` (section 7.3.3); what follows is shifted."""
    payload = packet.payload
    kind = payload[0] & 0x1F
    begins = kind in (Nal.SLICE, Nal.IDR) or (kind == _FU_A and payload[1] & 0x80)
    if not begins:
        return packet
    at = 2 if kind == _FU_A else 1
    head = payload[at : at + _HEAD_BYTES]
    bits = f"{int.from_bytes(head, 'big'):0{8 * len(head)}b}"
    start = end = 0
    for _ in ("first macroblock", "kind of slice", "set"):
        start = end
        end = 2 * bits.index("1", start) - start + 1
    code = f"{_NO_SUCH_SET + 1:b}"
    bits = (bits[:start] + "0" * (len(code) - 1) + code + bits[end:])[: 8 * len(head)]
    return replace(
        packet, payload=payload[:at] + int(bits, 2).to_bytes(len(head), "big") + payload[at + len(head) :]
    )


class FrozenPath:
    """A way to a camera on which nothing passes while the cameras are ill, and no connection ends."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._open = asyncio.Event()
        self._open.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def freeze(self, frozen: bool) -> None:
        if frozen:
            self._open.clear()
        else:
            self._open.set()

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # A closed connection is gone at the loop's next turn.
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
            for one in (self._pass(reader, far_writer), self._pass(far_reader, writer)):
                task = asyncio.get_running_loop().create_task(one)
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                while data := await reader.read(65_536):
                    await self._open.wait()
                    writer.write(data)
                    await writer.drain()
        finally:
            writer.close()


@dataclass(frozen=True, slots=True)
class Kind:
    """How a camera is ill: what must be said of it meanwhile, by codes and in French.

    No codes: it is to stay live. No spell: it is its path that freezes.
    """

    name: str
    spell: Callable[[Health], Mangling] | None
    codes: frozenset[str]
    words: tuple[str, ...] = ()
    coding: Coding = _CODING
    live: bool = False


KINDS = (
    Kind("silent", Silent, frozenset({"camera-silent"}), ("n’envoie rien",)),
    Kind(
        "frozen",
        None,
        frozenset({"camera-silent"}),
        ("n’envoie rien",),
        replace(_CODING, fps=Fraction(2)),
    ),
    Kind(
        "key-once",
        KeyOnce,
        frozenset({"camera-key-awaited", "camera-no-key-after-loss"}),
        ("image clé",),
        replace(_CODING, gop_s=3600.0),
        live=True,
    ),
    Kind("unknown-sets", UnknownSets, frozenset({"camera-parameters-unknown"}), ("paramètres",)),
    Kind(
        "noise",
        Noise,
        frozenset({"camera-unreadable", "camera-parameters-unknown"}),
        ("décodable", "paramètres"),
    ),
    Kind("lossy", Lossy, frozenset({"camera-packets-lost", "camera-key-awaited"}), ("se perd", "perdu")),
    Kind(
        "many-senders",
        ManySenders,
        frozenset(
            {
                "camera-packets-foreign",
                "camera-packets-no-picture",
                "camera-packets-lost",
                "camera-key-awaited",
                "camera-no-key-after-loss",
            }
        ),
        ("paquet", "après une perte"),
    ),
    Kind("new-senders", NewSenders, frozenset()),
)


class IllCameras:
    """A camera of each kind behind a server of this process. `async with` it."""

    def __init__(self) -> None:
        self.health = Health()
        self._server = SimulatedCameras()
        self._paths: list[FrozenPath] = []
        self._cameras: dict[str, SimulatedCamera] = {}
        self.urls: dict[str, str] = {}

    async def __aenter__(self) -> "IllCameras":
        await self._server.start()
        for kind in KINDS:
            camera = self._server.add(CameraPlan(kind.name, live=kind.live, coding=kind.coding))
            self._cameras[kind.name] = camera
            self.urls[kind.name] = self._server.url(kind.name)
            if kind.spell is None:
                path = FrozenPath(self._server.port)
                await path.start()
                self._paths.append(path)
                self.urls[kind.name] = f"rtsp://127.0.0.1:{path.port}/{kind.name}"
            else:
                camera.mangled = functools.partial(kind.spell, self.health)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()
        for path in self._paths:
            await path.close()

    def fall_ill(self) -> None:
        self._all(True)

    def get_well(self) -> None:
        self._all(False)
        for camera in self._cameras.values():
            # Somebody else connects, for whom a key picture is made.
            camera.feed.join(_NOBODY)
            camera.feed.leave(_NOBODY)

    def _all(self, ill: bool) -> None:
        self.health.ill = ill
        for path in self._paths:
            path.freeze(ill)


class _Nobody:
    """Watches and looks at nothing."""

    def picture(self, key: bool, packets: bytes) -> None:
        pass

    def report(self, packet: bytes) -> None:
        pass


_NOBODY = _Nobody()
