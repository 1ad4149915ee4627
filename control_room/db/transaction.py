"""What can be read and written together: one object a noun over one session."""

from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.access_requests import AccessRequests
from control_room.db.cameras import Cameras
from control_room.db.communes import Communes
from control_room.db.destructions import DestructionLines
from control_room.db.exports import Exports
from control_room.db.holds import Holds
from control_room.db.journal import Journal
from control_room.db.journal_heads import JournalHeads
from control_room.db.ledger import Ledgers
from control_room.db.people import People
from control_room.db.requisitions import Requisitions
from control_room.db.revocations import Revocations
from control_room.db.sessions import Sessions
from control_room.db.workers import Workers


class Transaction:
    """See `Database.read` and `Database.write`."""

    def __init__(self, session: AsyncSession) -> None:
        self.people = People(session)
        self.communes = Communes(session)
        self.workers = Workers(session)
        self.cameras = Cameras(session)
        self.journal = Journal(session)
        self.journal_heads = JournalHeads(session)
        self.exports = Exports(session)
        self.holds = Holds(session)
        self.requisitions = Requisitions(session)
        self.access_requests = AccessRequests(session)
        self.revocations = Revocations(session)
        self.sessions = Sessions(session)
        self.ledger = Ledgers(session)
        self.destructions = DestructionLines(session)
