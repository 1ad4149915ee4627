"""What the use cases of recordings need: playing, handing over, holding."""

from dataclasses import dataclass

from control_room.access.room import Access
from control_room.evidence.ledger_watch import LedgerWatch
from control_room.evidence.orders import Orders
from control_room.evidence.refusals import Refusals
from control_room.evidence.storage_client import StorageClient


@dataclass(frozen=True, slots=True)
class Evidence:
    """`storage_url` is where browsers find storage, without a slash at the end."""

    access: Access
    orders: Orders
    storage: StorageClient
    refusals: Refusals
    ledger: LedgerWatch
    storage_url: str
