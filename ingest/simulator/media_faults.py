"""The faults of the media: each class is one fault, or a family of them, in a camera's packets."""

import math
import struct
from collections.abc import Callable
from dataclasses import replace

from ingest.simulator.faults import Fault
from ingest.simulator.mangling import FU_A, MEDIA, NOBODYS, Mangling, Packets, at_time, joined, swapped
from ingest.simulator.rewriting import Rewrite, in_paci, numbered, with_size_extended, without_points
from ingest.simulator.rtp import Frame, RtpPacket
from shared.codecs.h264 import Nal

_FILLER = 12
_HOUR90 = 3600 * 90_000
_NTP_1970_S, _NTP_2036_S = 2_208_988_800, 4_291_747_200


class _Foreign(Mangling):
    """Another source's packets: before PLAY, among the camera's own, or on a channel of their own."""

    def __init__(self, after_s: float, channel: int, *, early: bool = False) -> None:
        super().__init__(after_s)
        self._channel, self._early = channel, early
        self._number = 60_000

    def before_play(self) -> list[Frame]:
        return [self._strange() for _ in range(5)] if self._early else []

    def around(self, frames: list[Frame], elapsed_s: float) -> list[Frame]:
        if self._early:
            return frames
        return [self._strange(), *frames[:1], self._strange(), *frames[1:]]

    def _strange(self) -> Frame:
        self._number = (self._number + 1) & 0xFFFF
        body = bytes((0x60 | Nal.IDR,)) + self.random.randbytes(200)
        return Frame(self._channel, RtpPacket(96, True, self._number, 12345, 0xBAD_CAFE, body).data)


class _RtcpOnMedia(Mangling):
    def report(self, packet: bytes) -> list[Frame]:
        return [Frame(MEDIA, self._signed(packet[4:]))]


class _NewSender(Mangling):
    """Another SSRC at each key picture but the first; with `anew`, other numbers and times too."""

    def __init__(self, after_s: float, *, anew: bool) -> None:
        super().__init__(after_s)
        self._anew = anew
        self._groups = self._shift90 = 0

    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        if key:
            self._groups += 1
            if self._groups > 1:
                self.ssrc = self.random.getrandbits(32)
                if self._anew:
                    self._sequence = self.random.getrandbits(16)
                    self._shift90 = self.random.getrandbits(32)
        return at_time(packets, packets[0].time90 + self._shift90)


class _LostOnce(Mangling):
    """Loses one packet, once."""

    def around(self, frames: list[Frame], elapsed_s: float) -> list[Frame]:
        if elapsed_s < self.after_s:
            return frames
        self.after_s = math.inf
        return frames[1:]


class _NoisySlices(Mangling):
    """From `after_s` on, noise behind the first bytes of each packet of a slice."""

    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        if elapsed_s < self.after_s:
            return packets
        return [self._spoilt(packet) for packet in packets]

    def _spoilt(self, packet: RtpPacket) -> RtpPacket:
        kind, payload = packet.payload[0] & 0x1F, packet.payload
        if kind not in (Nal.SLICE, Nal.IDR, FU_A):
            return packet
        return replace(packet, payload=payload[:20] + self.random.randbytes(max(0, len(payload) - 20)))


class _Slow(Mangling):
    """A key picture every `after_s`."""

    def __init__(self, after_s: float) -> None:
        super().__init__(after_s)
        self._due_s = 0.0

    def picture(self, key: bool, packets: bytes, elapsed_s: float) -> list[Frame]:
        if not key or elapsed_s < self._due_s:
            return []
        self._due_s = elapsed_s + self.after_s
        return super().picture(key, packets, elapsed_s)


class _Junk(Mangling):
    """Stray bytes between frames, a `$` and a piece of a header among them."""

    def around(self, frames: list[Frame], elapsed_s: float) -> list[Frame]:
        stray = bytes(byte for byte in self.random.randbytes(90) if byte not in b"$R") + b"$\x63\xff\xf0\0"
        return [Frame(None, stray), *frames]


class _BigFrames(Mangling):
    """NAL units whole, and before each key picture 65,500 bytes of filler."""

    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        whole = joined(packets)
        if key:
            filler = bytes((_FILLER,)) + b"\xff" * 65_498 + b"\x80"
            whole.insert(0, replace(whole[0], marker=False, payload=filler))
        return whole


class _EmptyNals(Mangling):
    """An empty packet, an aggregate of an empty unit, and a NAL unit of its header alone."""

    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        first = replace(packets[0], marker=False)
        empties = (b"", bytes((24, 0, 0)), bytes((0x60 | Nal.SEI,)), bytes((24,)))
        return [*(replace(first, payload=payload) for payload in empties), *packets]


class _GiantNal(Mangling):
    """Once, a NAL unit of 24 MB in fragments without an end, sent in pieces of a megabyte and a half."""

    _PIECES = 16

    def __init__(self, after_s: float) -> None:
        super().__init__(after_s)
        self._left = self._PIECES
        self._fragment: RtpPacket | None = None

    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        if elapsed_s < self.after_s or not self._left:
            return packets
        self._left -= 1
        body = b"\x55" * 60_000
        begun = self._fragment is not None
        if self._fragment is None:
            indicator = bytes((0x60 | FU_A, 1))
            self._fragment = replace(packets[0], marker=False, payload=indicator + body)
        first = replace(self._fragment, payload=bytes((0x60 | FU_A, 0x81)) + body)
        return [self._fragment if begun else first, *[self._fragment] * 25]


class _NoMarker(Mangling):
    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        return [replace(packet, marker=False) for packet in packets]


class _NoSets(Mangling):
    """Takes the parameter sets out of the stream."""

    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        return [packet for packet in packets if packet.payload[0] & 0x1F not in (Nal.SPS, Nal.PPS)]


class _Rewritten(Mangling):
    """Makes something else of each picture's packets."""

    def __init__(self, after_s: float, rewrite: Rewrite) -> None:
        super().__init__(after_s)
        self._rewrite = rewrite

    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        return self._rewrite(packets)


class _NewSource(Mangling):
    """Goes on in the same numbers and times when the pictures come from another feed."""

    def __init__(self, after_s: float) -> None:
        super().__init__(after_s)
        self._source: int | None = None
        self._shift90 = self._last90 = 0

    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        if self._source != packets[0].ssrc:
            if self._source is not None:
                self._shift90 = self._last90 + 3600 - packets[0].time90
            self._source = packets[0].ssrc
        self._last90 = packets[0].time90 + self._shift90
        return at_time(packets, self._last90)


class _Timed(Mangling):
    """Tells other times than the pictures have: `time90` gives each from the true one and its number."""

    def __init__(self, after_s: float, time90: Callable[[int, int], int]) -> None:
        super().__init__(after_s)
        self._time90 = time90
        self._struck: int | None = None
        self._first90 = self._count = 0

    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        true90 = packets[0].time90
        if not self._count:
            self._first90 = true90
        self._count += 1
        if elapsed_s < self.after_s:
            return packets
        if self._struck is None:
            self._struck = self._count
            self._first90 = true90
        return at_time(
            packets, self._first90 + self._time90(true90 - self._first90, self._count - self._struck)
        )


class _Report(Mangling):
    """Sender reports of another time. `ntp_s` is what the first one tells."""

    def __init__(self, after_s: float, ntp_s: int) -> None:
        super().__init__(after_s)
        self._ntp_s = ntp_s
        self._first_s: int | None = None

    def change_report(self, report: bytes) -> bytes:
        true_s = int.from_bytes(report[8:12], "big")
        if self._first_s is None:
            self._first_s = true_s
        told_s = (self._ntp_s + true_s - self._first_s) & 0xFFFF_FFFF
        return report[:8] + struct.pack("!I", told_s) + report[12:]


class _Network(Mangling):
    """UDP on a bad way: loses, doubles or swaps packets. Seldom enough to leave whole groups of pictures."""

    def __init__(self, after_s: float, fault: Fault) -> None:
        super().__init__(after_s)
        self._fault = fault
        self._count = 0

    def around(self, frames: list[Frame], elapsed_s: float) -> list[Frame]:
        self._count += 1
        if self._fault is Fault.UDP_DOUBLED:
            return [copy for frame in frames for copy in (frame, frame)]
        if self._fault is Fault.UDP_REORDERED:
            return swapped(frames)
        return frames[1:] if elapsed_s >= self.after_s and self._count % 17 == 0 else frames


def mangling(fault: Fault, after_s: float) -> Mangling | None:
    """What the fault does to packets, None where it leaves them alone."""
    make = _MANGLINGS.get(fault)
    return make(after_s) if make is not None else None


_MANGLINGS: dict[Fault, Callable[[float], Mangling]] = {
    Fault.EARLY_PACKETS: lambda after_s: _Foreign(after_s, MEDIA, early=True),
    Fault.FOREIGN_SSRC: lambda after_s: _Foreign(after_s, MEDIA),
    Fault.NEW_SSRC: lambda after_s: _NewSender(after_s, anew=False),
    Fault.NEW_SENDER: lambda after_s: _NewSender(after_s, anew=True),
    Fault.KEY_ONCE: _LostOnce,
    Fault.SLOW: _Slow,
    Fault.NOISY_SLICES: _NoisySlices,
    Fault.OTHER_CHANNEL: lambda after_s: _Foreign(after_s, NOBODYS),
    Fault.RTCP_ON_MEDIA: _RtcpOnMedia,
    Fault.JUNK: _Junk,
    Fault.BIG_FRAMES: _BigFrames,
    Fault.EMPTY_NALS: _EmptyNals,
    Fault.GIANT_NAL: _GiantNal,
    Fault.NO_MARKER: _NoMarker,
    Fault.SETS_IN_SDP_ONLY: _NoSets,
    Fault.NO_SETS: _NoSets,
    Fault.TWO_PICTURE_SETS: _NoSets,
    Fault.UNKNOWN_SETS: _NoSets,
    Fault.REFRESH_UNTOLD: lambda after_s: _Rewritten(after_s, without_points),
    Fault.SIZE_IN_EXTENSION: lambda after_s: _Rewritten(after_s, with_size_extended),
    Fault.ORDER_NUMBERS: lambda after_s: _Rewritten(after_s, numbered),
    Fault.PACI: lambda after_s: _Rewritten(after_s, in_paci),
    Fault.NEW_SIZE: _NewSource,
    Fault.TIME_JUMPS: lambda after_s: _Timed(after_s, lambda true90, _: true90 + 4 * _HOUR90),
    Fault.TIME_GOES_BACK: lambda after_s: _Timed(
        after_s, lambda true90, number: true90 - (45_000 if number < 3 else 0)
    ),
    Fault.TIME_STALLS: lambda after_s: _Timed(after_s, lambda true90, _: 0 if true90 < 90_000 else true90),
    Fault.TIME_STANDS: lambda _: _Timed(0.0, lambda true90, number: 0),
    Fault.TIME_RUNS_FAST: lambda _: _Timed(0.0, lambda true90, number: true90 * 102 // 100),
    Fault.REPORT_OF_1970: lambda after_s: _Report(after_s, _NTP_1970_S),
    Fault.REPORT_OF_2036: lambda after_s: _Report(after_s, _NTP_2036_S),
    Fault.UDP_LOSSY: lambda after_s: _Network(after_s, Fault.UDP_LOSSY),
    Fault.UDP_REORDERED: lambda after_s: _Network(after_s, Fault.UDP_REORDERED),
    Fault.UDP_DOUBLED: lambda after_s: _Network(after_s, Fault.UDP_DOUBLED),
}
