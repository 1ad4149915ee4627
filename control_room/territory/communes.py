"""Communes, for reading."""

from control_room.access.callers import Caller
from control_room.access.rights import LISTING, Right, communes
from control_room.model.paging import Asked, Slice
from control_room.model.territory import Commune
from control_room.territory.room import Territory


async def list_communes(territory: Territory, caller: Caller, asked: Asked) -> Slice[Commune]:
    """The communes the caller is bound to (all of them for an administrator), by code."""
    gate = territory.access.gate
    await gate.require(caller, Right.SEE_COMMUNE, LISTING)
    codes = await gate.territory(caller, Right.SEE_COMMUNE)
    async with territory.access.db.read() as tx:
        return await tx.communes.page(asked, codes)


async def get_commune(territory: Territory, caller: Caller, code: str) -> Commune:
    """One commune. Raises NotFound."""
    await territory.access.gate.require(caller, Right.SEE_COMMUNE, communes(code))
    async with territory.access.db.read() as tx:
        return await tx.communes.get(code)
