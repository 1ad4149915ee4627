"""Registers of captures and destructions for tests: made plainly, signed, and turned into proofs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.evidence.destruction_proof import DestructionProof, ShownDay, day_at, days_of
from shared.evidence.ledger import (
    FIRST_PREVIOUS,
    CameraDay,
    Capture,
    Day,
    Destroyed,
    Ground,
    Head,
    SignedHead,
    day_of,
    root_of_days,
)
from shared.evidence.merkle import root_of
from shared.evidence.signature import EvidenceKey
from shared.spans import Span

MINUTE_NS = 60_000_000_000
DAY_NS = 86_400_000_000_000
NOON_NS = 20_400 * DAY_NS + DAY_NS // 2
"""2025-11-08 12:00 UTC."""
CAMERA, OTHER = "59350/cam-a/main", "59350/cam-b/main"
KEY = EvidenceKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER_KEY = EvidenceKey(Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
HOUR = Span(NOON_NS, NOON_NS + 60 * MINUTE_NS)


@dataclass
class Register:
    """What each stream recorded, and which of it is gone, by start."""

    captures: dict[str, list[Capture]] = field(default_factory=dict)
    gone: dict[str, set[int]] = field(default_factory=dict)
    began_ns: int = NOON_NS - DAY_NS
    at_ns: int = NOON_NS + 31 * DAY_NS

    def record(self, stream: str, start_ns: int, minutes: int = 1, *, gone: bool = True) -> None:
        mine = self.captures.setdefault(stream, [])
        for number in range(minutes):
            at_ns = start_ns + number * MINUTE_NS
            name = f"{stream}/{at_ns}.mp4"
            mine.append(Capture(name, at_ns, at_ns + MINUTE_NS, 1000, f"{at_ns:064x}"))
            if gone:
                self.gone.setdefault(stream, set()).add(at_ns)

    def filed(self, one: Capture) -> str:
        """The day whose tree a segment is in."""
        return day_at(one.start_ns)

    def of_day(self, stream: str, day: str) -> tuple[list[Capture], list[Destroyed]]:
        captures = [one for one in self.captures.get(stream, ()) if self.filed(one) == day]
        ends = [
            Destroyed(
                number,
                one.leaf(stream).hex(),
                one.start_ns,
                one.end_ns,
                one.size,
                self.at_ns - 1,
                Ground.DEADLINE,
            )
            for number, one in enumerate(captures)
            if one.start_ns in self.gone.get(stream, ())
        ]
        return captures, ends

    def camera_day(self, stream: str, day: str) -> CameraDay:
        captures, ends = self.of_day(stream, day)
        captured = root_of(one.leaf(stream) for one in captures).hex()
        destroyed = root_of(one.leaf(stream) for one in ends).hex()
        return CameraDay(stream, day, len(captures), captured, len(ends), destroyed)

    def cameras(self) -> Mapping[str, Sequence[CameraDay]]:
        days = sorted({self.filed(one) for mine in self.captures.values() for one in mine})
        return {
            day: [
                self.camera_day(stream, day)
                for stream, mine in self.captures.items()
                if any(self.filed(one) == day for one in mine)
            ]
            for day in days
        }

    def days(self) -> tuple[Day, ...]:
        return tuple(day_of(day, cameras) for day, cameras in self.cameras().items())

    def head(self, key: EvidenceKey = KEY) -> SignedHead:
        days = self.days()
        root, fingerprint = root_of_days(days), key.public.fingerprint
        head = Head("ab" * 16, 7, self.at_ns, self.began_ns, len(days), root, FIRST_PREVIOUS, fingerprint)
        return head.signed(key)

    def proof(self, stream: str = CAMERA, span: Span = HOUR, key: EvidenceKey = KEY) -> DestructionProof:
        listed = self.cameras()
        shown = tuple(self._shown(stream, day, listed[day]) for day in days_of(span) if day in listed)
        return DestructionProof(stream, span, self.head(key), self.days(), shown)

    def _shown(self, stream: str, day: str, cameras: Sequence[CameraDay]) -> ShownDay:
        names = tuple(sorted((one.name, one.body) for one in cameras))
        own = next((one for one in cameras if one.stream == stream), None)
        captures, ends = self.of_day(stream, day)
        if own is None:
            return ShownDay(day, names, None, None, None)
        return ShownDay(day, names, own, tuple(captures), tuple(ends))
