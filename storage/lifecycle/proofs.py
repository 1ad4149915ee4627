"""Proofs out of the register: that a segment was captured, that a camera's images of some time are gone."""

from shared.errors import NotFound
from shared.evidence.capture_proof import CaptureProof, Step
from shared.evidence.destruction_proof import DestructionProof, ShownDay, day_at, days_of
from shared.evidence.ledger import CameraDay, camera_leaf
from shared.evidence.merkle import inclusion
from shared.ids import StreamId
from shared.reasons import why
from shared.spans import Span
from storage.index.ledger_proofs import KeptDay, LedgerProofRows
from storage.model.segment import capture_of_spool_name, spool_name


class Proofs:
    """Each is about the newest head, which is a minute old at most while segments come and go."""

    def __init__(self, rows: LedgerProofRows) -> None:
        self._rows = rows

    async def proof_of(self, key: str) -> CaptureProof:
        """That the segment of an object's key was entered at its capture, for a manifest or a court.

        Raises NotFound where no head has it yet, or its leaf is no longer kept.
        """
        named = capture_of_spool_name(spool_name(key))
        if named is None:
            raise _unproven()
        stream, day = str(named[0]), day_at(named[1])
        found = await self._rows.snapshot(stream, [day])
        kept = None if found is None else found.kept.get(day)
        if found is None or kept is None or kept.captures is None:
            raise _unproven()
        numbers = [number for number, one in enumerate(kept.captures) if one.key == key]
        if not numbers:
            raise _unproven()
        number, camera_day = numbers[-1], _own(kept, stream)
        assert camera_day is not None
        cameras = _listed(kept)
        place = next(at for at, day_ in enumerate(found.days) if day_.day == day)
        own = (camera_day.name, camera_day.body)
        return CaptureProof(
            capture=kept.captures[number],
            camera_day=camera_day,
            day=found.days[place],
            in_camera_day=_step([one.leaf(stream) for one in kept.captures], number),
            in_day=_step([camera_leaf(*one) for one in cameras], cameras.index(own)),
            in_head=_step([one.leaf() for one in found.days], place),
            head=found.head,
        )

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


def _step(hashes: list[bytes], number: int) -> Step:
    return Step(number, tuple(inclusion(hashes, number)))


def _unproven() -> NotFound:
    return NotFound(why("not-in-register", "the register of captures has no signed head with this yet"))
