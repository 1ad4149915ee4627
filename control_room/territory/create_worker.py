"""Making a credential for an ingest worker."""

from control_room.access.callers import Caller, mere_name
from control_room.access.rights import Right, communes
from control_room.model.journal import AuditAction
from control_room.model.names import token_hash
from control_room.model.territory import Worker
from control_room.territory.room import Territory


async def create_worker(territory: Territory, caller: Caller, code: str, name: str) -> tuple[Worker, str]:
    """A new credential of a commune and its token, which is kept nowhere. Raises NotFound."""
    access = territory.access
    await access.gate.require(caller, Right.MANAGE_WORKER, communes(code))
    token = access.names.token()
    worker = Worker(access.names.new("w"), code, name, access.now())
    event = caller.event(AuditAction.CREATE_WORKER, commune=code, resource=worker.id, detail=mere_name(name))
    async with access.db.write() as tx:
        await tx.communes.get(code)
        await tx.workers.add(worker, token_hash(token))
        await access.gate.note(tx, caller, event)
    access.lessor.wake()
    return worker, token
