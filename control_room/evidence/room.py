"""What the use cases of recordings need: playing, handing over, holding."""

from dataclasses import dataclass

from control_room.access.room import Access
from control_room.access.service_tickets import ServiceTickets
from control_room.evidence.clerk import Clerk
from control_room.evidence.ledger_watch import LedgerWatch
from control_room.evidence.orders import Orders
from control_room.evidence.refusals import Refusals
from control_room.evidence.storage_client import StorageClient


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What a centre decides for its desk. `direct_exports`: one legal officer alone may order an export.

    A package nobody came for expires after `collect_days`; a hold is to be reviewed after `review_days`, if
    whoever places it says nothing else.
    """

    direct_exports: bool = False
    collect_days: int = 7
    review_days: int = 30


@dataclass(frozen=True, slots=True)
class Evidence:
    """`storage_url` is where browsers find storage, without a slash at the end."""

    access: Access
    orders: Orders
    clerk: Clerk
    storage: StorageClient
    tickets: ServiceTickets
    refusals: Refusals
    ledger: LedgerWatch
    storage_url: str
    rules: DeskRules
