"""Handing out the proof of what became of a camera's recordings, for anybody to check offline."""

from dataclasses import dataclass
from datetime import datetime

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.evidence.room import Evidence
from control_room.model.journal import Outcome
from shared.errors import Conflict
from shared.evidence.destruction_proof import DestructionProof
from shared.ids import StreamId
from shared.reasons import why


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whose recordings are asked about, [start, end) in UTC, and why, such as the request of a citizen."""

    camera: str
    start: datetime
    end: datetime
    motive: str


async def prove_destruction(evidence: Evidence, caller: Caller, wanted: Concerned) -> bytes:
    """The file of the proof. The journal has it before it leaves.

    Raises as `Gate.camera` does, Unavailable where storage does not answer, and Conflict where its register
    is not the one that is kept here.
    """
    access = evidence.access
    camera = await access.gate.camera(caller, Right.PROVE_DESTRUCTION, wanted.camera, wanted.motive)
    stream = StreamId(camera.commune, camera.id)
    event = caller.event(
        Right.PROVE_DESTRUCTION,
        Outcome.GRANTED,
        commune=camera.commune,
        camera=camera.id,
        detail=why(
            "range-asked", "{start} to {end}", start=wanted.start.isoformat(), end=wanted.end.isoformat()
        ),
        motive=wanted.motive,
    )
    grant = await access.gate.grant(caller, Right.PROVE_DESTRUCTION, [event])
    body = await evidence.storage.destruction_proof(stream, wanted.start, wanted.end, grant.caller.principal)
    head = DestructionProof.read(body).head
    told = head.read()
    async with access.db.read() as tx:
        kept = await tx.ledger.digest(told.ledger, told.number)
    if kept != head.digest:
        error = Conflict(
            why(
                "ledger-not-kept",
                "storage's register is not the one that is kept here: ask again in a minute",
            )
        )
        await access.gate.refuse(error, [event])
    return body
