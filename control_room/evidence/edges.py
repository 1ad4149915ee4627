"""What a commune's edge recorder is told: the holds on its footage, and a pass with which to bring it."""

from control_room.access.service_tickets import LIFE_S
from control_room.evidence.room import Evidence
from control_room.model.territory import KnownWorker
from shared.ids import StreamId
from shared.messages.edge import EdgePass
from shared.messages.storage import HeldReport, KnownHolds


async def holds_of(evidence: Evidence, worker: KnownWorker, report: HeldReport) -> KnownHolds:
    """Every hold that has to be kept on the worker's commune, and those of the told ids that have ended.

    What an edge refuses is its own affair: it is not what storage tells of itself.
    """
    known = await evidence.orders.reconcile(report)
    own = tuple(one for one in known.active if StreamId.parse(one.stream).commune == worker.commune)
    return KnownHolds(own, known.released)


def pass_of(evidence: Evidence, worker: KnownWorker) -> EdgePass:
    """A pass for the worker's commune and no other; it ends soon after the worker's credential."""
    ticket = evidence.tickets.edge(worker.id, worker.commune)
    return EdgePass(ticket, evidence.storage_url, LIFE_S)
