"""Signing out."""

from control_room.access.callers import Caller
from control_room.identity.room import Identity
from control_room.model.journal import AuditAction


async def sign_out(identity: Identity, caller: Caller) -> None:
    """End the caller's session, and with it every picture it watches."""
    access = identity.access
    async with access.db.write() as tx:
        await tx.sessions.end(caller.session)
        await tx.journal.write(access.now(), caller.event(AuditAction.SIGN_OUT))
    access.lessor.wake()
