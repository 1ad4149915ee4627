"""What control_room tells the process that leads reaches the others once, and nothing of long ago does."""

from pathlib import Path

from shared.clock import SimulatedClock
from shared.messages.storage import CameraStandings
from storage.index.database import Database
from storage.index.marks import Marks
from storage.sharing.standings import Standings


async def test_what_the_leader_is_told_reaches_the_others_once_and_each_telling_anew(tmp_path: Path) -> None:
    database, clock = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'index.db'}"), SimulatedClock()
    leading, other = Standings(Marks(database), clock), Standings(Marks(database), clock)
    heard: list[CameraStandings] = []
    other.hear = heard.append
    leading.hear = lambda _: heard.clear()
    await other.once()
    for times in (1, 2):
        leading.tell(CameraStandings(()))
        await leading.once()
        await leading.once()
        await other.once()
        await other.once()
        assert heard == [CameraStandings(())] * times
        await clock.advance(5)
    late = Standings(Marks(database), clock)
    late.hear = heard.append
    await late.once()
    await late.once()
    assert len(heard) == 2
    await database.close()
