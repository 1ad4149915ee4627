"""Index and object store together, as the service and the commands beside it need them."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from storage.index.backlog import BacklogRows
from storage.index.database import Database
from storage.index.dues import DueRows
from storage.index.holds import HoldRows
from storage.index.marks import Marks
from storage.index.reprieve import Reprieve
from storage.index.segments import SegmentRows
from storage.index.shown import ShownRows
from storage.index.walk import Walk
from storage.lifecycle.bond import StoreBond
from storage.lifecycle.generation import Generation
from storage.lifecycle.hold_files import HoldFiles
from storage.lifecycle.holds import Holds
from storage.objects.folder import FolderStore
from storage.recording.finishing import Places
from storage.recording.spool import Spool


@dataclass(frozen=True, slots=True)
class Archive:
    """What is finished. `turn` is held by whoever condemns, destroys or changes holds."""

    database: Database
    rows: SegmentRows
    shown: ShownRows
    dues: DueRows
    backlog: BacklogRows
    marks: Marks
    walk: Walk
    reprieve: Reprieve
    places: Places
    bond: StoreBond
    holds: Holds
    turn: asyncio.Lock

    @property
    def store(self) -> FolderStore:
        return self.places.store


async def open_archive(index_url: str, objects: Path, spool: Spool) -> Archive:
    """Open the index and put everything around it. Raises BadInput, Unavailable."""
    database, disk = await Database.open(index_url), spool.disk
    rows, marks, store, turn = (
        SegmentRows(database),
        Marks(database),
        FolderStore(objects, disk),
        asyncio.Lock(),
    )
    places, dues = Places(spool, store, disk), DueRows(database)
    reprieve = Reprieve(database, dues)
    bond = StoreBond(database, rows, store, Generation(marks, store, disk), disk)
    holds = Holds(HoldRows(database), HoldFiles(store, disk), reprieve, places, turn)
    return Archive(
        database,
        rows,
        ShownRows(database, rows),
        dues,
        BacklogRows(database),
        marks,
        Walk(database),
        reprieve,
        places,
        bond,
        holds,
        turn,
    )
