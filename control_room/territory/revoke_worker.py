"""Taking a worker's credential back."""

from control_room.access.callers import Caller
from control_room.access.rights import Right, communes
from control_room.model.journal import AuditAction
from control_room.territory.room import Territory


async def revoke_worker(territory: Territory, caller: Caller, code: str, worker_id: str) -> None:
    """Refuse a credential from the next request on, and with a commune's last one what its worker publishes.

    Raises NotFound.
    """
    access = territory.access
    await access.gate.require(caller, Right.MANAGE_WORKER, communes(code))
    event = caller.event(AuditAction.REVOKE_WORKER, commune=code, resource=worker_id)
    async with access.db.write() as tx:
        await tx.workers.remove(code, worker_id)
        await access.gate.note(tx, caller, event)
    access.lessor.wake()
