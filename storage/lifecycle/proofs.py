"""Proofs out of the register: that a segment was captured, that a camera's images of some time are gone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.errors import NotFound
from shared.evidence.capture_proof import CaptureProof, Step
from shared.evidence.destruction_proof import DestructionProof, ShownDay, day_at, days_of
from shared.evidence.ledger import CameraDay, Capture, Day, SignedHead, camera_leaf
from shared.evidence.merkle import inclusion
from shared.ids import StreamId
from shared.reasons import why
from shared.spans import Span
from storage.index.ledger_proofs import KeptDay, LedgerProofRows
from storage.model.segment import capture_of_spool_name, spool_name


@dataclass(frozen=True, slots=True)
class _CameraDay:
    """`numbers` are those of the newest leaf of each key, `leaves` the hashes of all."""

    head: SignedHead
    own: CameraDay
    day: Day
    captures: Sequence[Capture]
    numbers: Mapping[str, int]
    leaves: Sequence[bytes]
    in_day: Step
    in_head: Step


class Proofs:
    """Each is about the newest head, which is a minute old at most while segments come and go."""

    def __init__(self, rows: LedgerProofRows) -> None:
        self._rows = rows
        self._last: _CameraDay | None = None

    async def proof_of(self, key: str) -> CaptureProof:
        """That the segment of an object's key was entered at its capture, for a manifest or a court.

        Those of one camera and day are cheap one after the other. Raises NotFound where no head has it yet,
        or its leaf is no longer kept.
        """
        named = capture_of_spool_name(spool_name(key))
        if named is None:
            raise _unproven()
        found = await self._camera_day(str(named[0]), day_at(named[1]))
        if key not in found.numbers:
            raise _unproven()
        number = found.numbers[key]
        return CaptureProof(
            capture=found.captures[number],
            camera_day=found.own,
            day=found.day,
            in_camera_day=_step(found.leaves, number),
            in_day=found.in_day,
            in_head=found.in_head,
            head=found.head,
        )

    async def _camera_day(self, stream: str, day: str) -> "_CameraDay":
        """What proofs of captures of a stream and day share; the last one is kept while no head is made."""
        last, head = self._last, await self._rows.newest()
        if last is not None and (last.head, last.own.stream, last.own.day) == (head, stream, day):
            return last
        found = await self._rows.snapshot(stream, [day])
        kept = None if found is None else found.kept.get(day)
        own = None if kept is None else _own(kept, stream)
        if found is None or kept is None or own is None or kept.captures is None:
            raise _unproven()
        cameras = _listed(kept)
        place = next(at for at, one in enumerate(found.days) if one.day == day)
        self._last = _CameraDay(
            head=found.head,
            own=own,
            day=found.days[place],
            captures=kept.captures,
            numbers={one.key: number for number, one in enumerate(kept.captures)},
            leaves=[one.leaf(stream) for one in kept.captures],
            in_day=_step([camera_leaf(*one) for one in cameras], cameras.index((own.name, own.body))),
            in_head=_step([one.leaf() for one in found.days], place),
        )
        return self._last

    async def destruction(self, stream: StreamId, span: Span) -> DestructionProof:
        """What became of all that a stream recorded of a range. Raises NotFound where nothing is signed."""
        found = await self._rows.snapshot(str(stream), days_of(span))
        if found is None:
            raise _unproven()
        shown = tuple(_shown(day, kept, str(stream)) for day, kept in sorted(found.kept.items()))
        return DestructionProof(str(stream), span, found.head, found.days, shown)


def _shown(day: str, kept: KeptDay, stream: str) -> ShownDay:
    ends = None if kept.captures is None else kept.ends
    return ShownDay(day, tuple(_listed(kept)), _own(kept, stream), kept.captures, ends)


def _listed(kept: KeptDay) -> list[tuple[str, str]]:
    return sorted((one.name, one.body) for one in kept.cameras)


def _own(kept: KeptDay, stream: str) -> CameraDay | None:
    return next((one for one in kept.cameras if one.stream == stream), None)


def _step(hashes: Sequence[bytes], number: int) -> Step:
    return Step(number, tuple(inclusion(hashes, number)))


def _unproven() -> NotFound:
    return NotFound(why("not-in-register", "the register of captures has no signed head with this yet"))
