"""Handing out the proof of what became of a camera's recordings, for anybody to check offline."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.evidence.room import Evidence
from control_room.model.journal import Outcome
from shared.errors import Conflict
from shared.evidence.destruction_proof import DestructionProof
from shared.evidence.gone import Answer, Question, ask
from shared.evidence.signature import EvidencePublicKey
from shared.ids import StreamId
from shared.reasons import why
from shared.spans import Span
from shared.utc import ns_of


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whose recordings are asked about, [start, end) in UTC, and why, such as the request of a citizen."""

    camera: str
    start: datetime
    end: datetime
    motive: str


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof: its file, of which stream, and the key that its register began with here, in PEM."""

    body: bytes
    stream: StreamId
    public_key: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A proof, and what `beffroi verify destruction` says of it to the very question."""

    proven: Proven
    answer: Answer
    fingerprint: str


async def answer_destruction(evidence: Evidence, caller: Caller, wanted: Concerned) -> Answered:
    """The proof with its answer, which is computed from the file and the key alone, as anybody may.

    Raises as `prove_destruction` does.
    """
    proven = await prove_destruction(evidence, caller, wanted)
    key = proven.public_key.encode()
    asked = Question(str(proven.stream), Span(ns_of(wanted.start), ns_of(wanted.end)))
    # Two months of a camera are a hundred thousand hashes.
    answer = await asyncio.to_thread(ask, proven.body, key, asked)
    return Answered(proven, answer, EvidencePublicKey.from_pem(key).fingerprint)


async def prove_destruction(evidence: Evidence, caller: Caller, wanted: Concerned) -> Proven:
    """The proof. The journal has it before it leaves.

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
        digest = await tx.ledger.digest(told.ledger, told.number)
        kept = await tx.ledger.kept(told.ledger)
    if kept is not None and digest == head.digest:
        return Proven(body, stream, kept.public_key)
    error = Conflict(
        why("ledger-not-kept", "storage's register is not the one that is kept here: ask again in a minute")
    )
    await access.gate.refuse(error, [event])
    raise error
