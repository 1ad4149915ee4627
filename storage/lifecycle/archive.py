"""Index and object store together, as the service and the commands beside it need them."""

import asyncio
from dataclasses import dataclass

from storage.index.backlog import BacklogRows
from storage.index.ceilings import CeilingRows
from storage.index.database import Database
from storage.index.dues import DueRows
from storage.index.holds import HoldRows
from storage.index.interruptions import InterruptionRows
from storage.index.ledger import LedgerRows
from storage.index.ledger_proofs import LedgerProofRows
from storage.index.marks import Marks
from storage.index.reprieve import Reprieve
from storage.index.segments import SegmentRows
from storage.index.shown import ShownRows
from storage.index.waiting import WaitingRows
from storage.index.walk import Walk
from storage.lifecycle.bond import StoreBond
from storage.lifecycle.ceiling_notes import CeilingNotes
from storage.lifecycle.generation import Generation
from storage.lifecycle.hold_files import HoldFiles
from storage.lifecycle.holds import Holds
from storage.lifecycle.ledger_notes import LedgerNotes
from storage.lifecycle.proofs import Proofs
from storage.objects.store import ObjectStore
from storage.recording.places import Places
from storage.recording.spool import Spool


@dataclass(frozen=True, slots=True)
class Archive:
    """What is finished. `turn` is held by whoever condemns, destroys or changes holds."""

    database: Database
    rows: SegmentRows
    shown: ShownRows
    dues: DueRows
    backlog: BacklogRows
    waiting: WaitingRows
    marks: Marks
    walk: Walk
    reprieve: Reprieve
    places: Places
    bond: StoreBond
    holds: Holds
    ceilings: CeilingNotes
    ledger: LedgerRows
    ledger_notes: LedgerNotes
    proofs: Proofs
    interruptions: InterruptionRows
    turn: asyncio.Lock

    @property
    def store(self) -> ObjectStore:
        return self.places.store


async def open_archive(index_url: str, store: ObjectStore, spool: Spool, name: str = "") -> Archive:
    """Open the index and put everything around it. Raises BadInput, Unavailable.

    `name` is that of this process, where several share the index.
    """
    database, turn = await Database.open(index_url), asyncio.Lock()
    rows, marks = SegmentRows(database), Marks(database)
    places, dues = Places(spool, store), DueRows(database)
    reprieve = Reprieve(database, dues)
    bond = StoreBond(database, rows, store, Generation(marks, store.notes, name))
    holds = Holds(HoldRows(database), HoldFiles(store.notes), reprieve, places, turn)
    return Archive(
        database,
        rows,
        ShownRows(database, rows),
        dues,
        BacklogRows(database),
        WaitingRows(database),
        marks,
        Walk(database),
        reprieve,
        places,
        bond,
        holds,
        CeilingNotes(CeilingRows(database), store.notes),
        LedgerRows(database),
        LedgerNotes(store.notes),
        Proofs(LedgerProofRows(database)),
        InterruptionRows(database, name),
        turn,
    )
