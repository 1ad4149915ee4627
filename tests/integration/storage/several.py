"""Several real storage processes of one index and one folder, and cameras that never stop."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from shared.ids import StreamId
from shared.recent import RecentUnits
from shared.tap.endpoint import Endpoint
from shared.tap.publisher import TapPublisher
from shared.tickets import TicketSigner
from storage.index.database import Database
from storage.index.segments import SegmentRows
from storage.model.segment import Segment
from tests.integration.storage.harness import ControlRoom, System, control_room, pem_pair, policy
from tests.support import pictures
from tests.support.eventually import eventually
from tests.support.ports import free_port

FPS = 5
_GROUP = 300


def streams(count: int) -> tuple[StreamId, ...]:
    return tuple(StreamId("59350", f"cam-{number}") for number in range(count))


@dataclass
class Cameras:
    """Publishes a picture of each stream `FPS` times a second until it is stopped."""

    publisher: TapPublisher
    recents: Mapping[StreamId, RecentUnits]
    at: int = 0

    async def run(self) -> None:
        coded = pictures.units(_GROUP, fps=FPS, gop=FPS, width=64, height=48)
        began_ns = time.monotonic_ns()
        while True:
            # Each lap over the film goes on where the one before ended.
            unit, number = coded[self.at % _GROUP], self.at
            for stream, recent in self.recents.items():
                one = replace(
                    unit, stream=stream, seq=number, pts90=number * 90_000 // FPS, utc_ns=time.time_ns()
                )
                recent.append(one)
                self.publisher.publish(one)
            self.at += 1
            due_ns = began_ns + self.at * 1_000_000_000 // FPS
            await asyncio.sleep(max(0.0, (due_ns - time.monotonic_ns()) / 1e9))


@dataclass
class Several:
    """The processes by name, started or not."""

    folder: Path
    room: ControlRoom
    cameras: Cameras
    systems: dict[str, System] = field(default_factory=dict)

    @property
    def index_url(self) -> str:
        return f"sqlite+aiosqlite:///{self.folder / 'var' / 'storage.db'}"

    async def held(self) -> dict[str, int]:
        """How many streams each running process holds."""
        running = {name: one for name, one in self.systems.items() if one.process is not None}
        return {name: int(await one.metric("storage_leased_streams")) for name, one in running.items()}

    async def are_shared(self, *counts: int, within_s: float = 30) -> None:
        async def shared() -> bool:
            return sorted((await self.held()).values()) == sorted(counts)

        await eventually(shared, within_s=within_s, what=f"shares of {counts}")

    async def leader(self) -> str:
        """The name of the one that leads."""
        found: list[str] = []

        async def leads() -> bool:
            found[:] = [
                name
                for name, one in self.systems.items()
                if one.process is not None and await one.metric("storage_leads")
            ]
            return len(found) == 1

        await eventually(leads, within_s=30, what="one leader")
        return found[0]

    async def are_recorded(self, asked: System, since_ns: int, within_s: float) -> float:
        """Wait until each stream has a picture of after an instant; how many seconds later that was seen."""
        for stream in self.cameras.recents:
            await asked.until(since_ns + 1_000_000, stream, within_s=within_s)
        return (time.time_ns() - since_ns) / 1e9

    async def are_indexed(self, since_ns: int) -> None:
        """Wait until the index has footage of each stream of after an instant."""

        async def indexed() -> bool:
            found = {row.stream for row in await self.rows() if row.end_ns > since_ns}
            return found >= self.cameras.recents.keys()

        await eventually(indexed, within_s=30, what="footage in the index")

    async def rows(self) -> list[Segment]:
        database = await Database.open(self.index_url)
        try:
            return await SegmentRows(database).everything()
        finally:
            await database.close()


def longest_hole_s(rows: Sequence[Segment], stream: StreamId) -> float:
    """The longest time without a picture between the first and the last of a stream."""
    mine = sorted((row for row in rows if row.stream == stream), key=lambda row: row.start_ns)
    longest_ns, end_ns = 0, mine[0].end_ns
    for row in mine:
        longest_ns = max(longest_ns, row.start_ns - end_ns)
        end_ns = max(end_ns, row.end_ns)
    return longest_ns / 1e9


@asynccontextmanager
async def several(folder: Path, names: Sequence[str], count: int) -> AsyncIterator[Several]:
    """Processes that are to record `count` streams; none is started yet."""
    ticket_private, ticket_public = pem_pair()
    evidence_private, evidence_public = pem_pair()
    (folder / "ticket.pub").write_bytes(ticket_public)
    (folder / "evidence.pem").write_bytes(evidence_private)
    room = ControlRoom(tuple(policy(stream) for stream in streams(count)))
    recents = {stream: RecentUnits() for stream in streams(count)}
    ports = {name: free_port() for name in names}
    publisher = TapPublisher(
        [Endpoint.parse(f"connect:tcp://127.0.0.1:{port}") for port in ports.values()],
        None,
        lambda stream: recents[stream].snapshot() if stream in recents else (),
    )
    await publisher.start()
    cameras = Cameras(publisher, recents)
    filming = asyncio.create_task(cameras.run())
    async with control_room(room) as port:
        every = Several(folder, room, cameras)
        for name, tap_port in ports.items():
            every.systems[name] = System(
                folder,
                room,
                port,
                tap_port,
                TicketSigner.from_pem(ticket_private),
                evidence_public,
                publisher,
                recents[streams(1)[0]],
                {"BEFFROI_STORAGE_NAME": name},
            )
        try:
            yield every
        finally:
            filming.cancel()
            await asyncio.gather(filming, return_exceptions=True)
            await asyncio.gather(*(one.stop() for one in every.systems.values()))
            await publisher.close()
