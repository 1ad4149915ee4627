"""Somebody must always be able to administer."""

from control_room.db.transaction import Transaction
from shared.errors import Conflict
from shared.reasons import why


async def keep_an_administrator(tx: Transaction) -> None:
    """Raise Conflict where, after the changes of the transaction, no administrator can sign in."""
    if await tx.people.count_administrators() == 0:
        raise Conflict(
            why("last-administrator", "this is the last administrator who can sign in: make another first")
        )
