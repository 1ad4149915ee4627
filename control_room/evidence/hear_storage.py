"""What storage tells of the recordings it keeps, and the answer."""

from control_room.evidence.room import Evidence
from shared.messages.storage import HeldReport, KnownHolds


async def hear_storage(evidence: Evidence, report: HeldReport) -> KnownHolds:
    """Take what storage keeps and why it destroys nothing; the answer is what it has to keep."""
    evidence.refusals.hear(report)
    return await evidence.orders.reconcile(report)
