"""Credentials of ingest workers, for reading, and who shows one."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from control_room.access.callers import Caller
from control_room.access.rights import Right, communes
from control_room.model.names import token_hash
from control_room.model.paging import Asked, Slice
from control_room.model.territory import KnownWorker, Worker
from control_room.territory.room import Territory
from shared.errors import Conflict, Unauthenticated
from shared.reasons import why


@dataclass(frozen=True, slots=True)
class HeardWorker:
    """A credential, and when it was last used since this service started."""

    worker: Worker
    heard_at: datetime | None


async def list_workers(territory: Territory, caller: Caller, code: str, asked: Asked) -> Slice[HeardWorker]:
    """The commune's worker credentials, without their tokens. Raises NotFound."""
    await territory.access.gate.require(caller, Right.MANAGE_WORKER, communes(code))
    async with territory.access.db.read() as tx:
        await tx.communes.get(code)
        found = await tx.workers.page(code, asked)
    states = territory.states
    heard = tuple(HeardWorker(worker, states.worker_heard_at(worker.id)) for worker in found.items)
    return Slice(heard, found.next)


async def find_worker(
    territory: Territory, credential: str | None, tap_key: str | None = None
) -> KnownWorker:
    """The worker that shows a credential, noted as heard, its tap key kept. Raises Unauthenticated."""
    if credential is None:
        raise Unauthenticated(
            why("worker-credential-needed", "a worker's credential is needed: Authorization: Bearer")
        )
    access = territory.access
    async with access.db.read() as tx:
        worker = await tx.workers.by_token(token_hash(credential), tap_key)
    if worker is None:
        raise Unauthenticated(
            why("worker-credential-unknown", "this worker credential is unknown or was taken back")
        )
    if worker.news and tap_key is not None:
        # Another request of the same worker may have told it meanwhile.
        with suppress(Conflict):
            async with access.db.write() as tx:
                await tx.workers.tells(worker, tap_key)
        access.lessor.wake()
    territory.states.worker_spoke(worker.id)
    return worker
