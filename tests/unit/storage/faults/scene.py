"""An installation that faults befall: what is known of it, and what must hold of it whatever befell."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from shared.evidence.verify import verify
from shared.messages.storage import ExportStatus, HoldOrder
from shared.units import AccessUnit
from storage.fmp4.reader import read_layout
from storage.index.holds import Hold
from storage.lifecycle.reconciliation import hold_of
from storage.model.deadline import DAY_NS
from storage.model.segment import Segment, SegmentState
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from tests.support import pictures
from tests.support.eventually import eventually
from tests.support.pictures import START_NS
from tests.support.sealed_store import sealed_store, spool_keys
from tests.unit.storage.hands import HandControl
from tests.unit.storage.held import ordered
from tests.unit.storage.packages import confirm_keys, handed_over, order
from tests.unit.storage.segments import reading
from tests.unit.storage.workshop import Workshop, workshop

FPS = 5
S_NS = 1_000_000_000
HOUR_NS = 3600 * S_NS
SECONDS = 45


@cache
def _film(gop_s: int) -> tuple[AccessUnit, ...]:
    return tuple(pictures.units(SECONDS * FPS, fps=FPS, gop=gop_s * FPS, width=64, height=48))


@dataclass
class Scene:
    """What the test knows. `known` is every segment that a row was ever seen of.

    `taken_ns` is up to when pictures were given before the fault, `synced_ns` up to when a sync made them
    last; `lasts_ns` up to when they must be there. `resumed_ns` is the end of what was given to a recording
    that went on. `gone` are segments whose object a test took away.
    """

    folder: Path
    gop_s: int = 1
    now_ns: int = START_NS
    off_ns: int = 0
    boots: int = 0
    starts: int = 0
    control: HandControl = field(default_factory=HandControl)
    known: dict[str, Segment] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    exports: set[str] = field(default_factory=set)
    days: int | None = None
    taken_ns: int = START_NS
    synced_ns: int = START_NS
    lasts_ns: int = START_NS
    resumed_ns: int | None = None
    evidence: tuple[bytes, bytes] | None = None
    sealed: bool = False

    def copied(self, folder: Path) -> "Scene":
        control = replace(self.control, active=dict(self.control.active), released=set(self.control.released))
        return replace(
            self,
            folder=folder,
            control=control,
            known=dict(self.known),
            kept=set(self.kept),
            gone=set(self.gone),
            exports=set(self.exports),
        )

    def film(self, first_s: int, last_s: int, *, at_ns: int = START_NS) -> list[AccessUnit]:
        """The pictures of some seconds, the first at `at_ns` + `first_s`."""
        return [
            replace(unit, utc_ns=unit.utc_ns - START_NS + at_ns)
            for unit in _film(self.gop_s)[first_s * FPS : last_s * FPS]
        ]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Workshop]:
        """The storage, started again."""
        self.starts += 1
        async with workshop(
            self.folder,
            utc_ns=self.now_ns + self.off_ns,
            nonce=f"n{self.starts}",
            control=self.control,
            boot_id=f"boot-{self.boots}",
            booted_ns=self.now_ns,
            evidence=self.evidence,
            objects=sealed_store(self.folder) if self.sealed else None,
            keys=spool_keys(self.folder) if self.sealed else None,
        ) as shop:
            started_ns = shop.clock.monotonic_ns()
            # As the service does before anything else.
            FolderStore(self.folder / "objects", RealDisk()).clear_incoming()
            confirm_keys(shop)
            try:
                yield shop
            finally:
                self.now_ns += shop.clock.monotonic_ns() - started_ns

    async def look(self, shop: Workshop) -> None:
        """Take note of every row."""
        for row in await shop.rows.everything():
            self.known[row.key] = row

    def holds(self) -> list[Hold]:
        return [hold_of(order) for order in self.control.active.values()]

    def hold(self, key: str, id: str = "h-1") -> Hold:
        """A hold over one segment that control_room orders."""
        row = self.known[key]
        start_s, end_s = (row.start_ns - START_NS) / S_NS, (row.end_ns - START_NS) / S_NS
        order = ordered(id)
        self.control.active[id] = HoldOrder(
            id,
            order.stream,
            order.start + timedelta(seconds=start_s),
            order.start + timedelta(seconds=end_s),
            order.reference,
        )
        return hold_of(self.control.active[id])

    def covered_by(self, hold: Hold) -> set[str]:
        return {
            key
            for key, row in self.known.items()
            if row.start_ns < hold.end_ns and row.end_ns > hold.start_ns
        }


async def export_made(shop: Workshop, id: str, is_over: Callable[[], bool] = lambda: False) -> None:
    """Let exports be made until one has ended, or the process that makes it."""
    running = asyncio.create_task(shop.jobs.run())

    async def ended() -> bool:
        if is_over() or running.done():
            return True
        await shop.clock.advance(1)
        return (await shop.jobs.progress(id)).status not in ("queued", "running")

    try:
        await eventually(ended, what=f"the end of {id}")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def recover(shop: Workshop, scene: Scene) -> None:
    """What the service does by itself within a minute of its start."""
    shop.finisher.find_left_over()
    await shop.finish()
    await shop.holds.restore()
    await shop.jobs.end_stray_holds()
    for id in scene.exports:
        await export_made(shop, id)
    for _ in range(2):
        outcome = await shop.retention.run_once()
        assert outcome.refused is None, outcome.refused
        await shop.clock.advance(21)


async def mended(shop: Workshop, scene: Scene) -> None:
    """What a person does where the index was lost or is the older one."""
    shop.finisher.find_left_over()
    await shop.finish()
    await shop.reindex()
    # Who ordered an export asks for it again where its row is gone.
    for id in scene.exports:
        await shop.jobs.order(order(0, 100, id=id))
    await recover(shop, scene)


async def examine(shop: Workshop, scene: Scene) -> None:
    """Every invariant of docs/design/segment-lifecycle.md that can be seen from outside, after recovery."""
    rows = {row.key: row for row in await shop.rows.everything()}
    objects = set(shop.objects())
    _objects_are_as_rows_say(shop, rows, objects)
    await _nothing_went_that_had_to_stay(shop, scene, rows)
    assert not list(shop.places.spool.folder.glob("*.mp4")), "a file is left in the spool"
    await _holds_agree(shop, scene)
    totals = await shop.rows.totals()
    for state in SegmentState:
        mine = [row for row in rows.values() if row.state is state]
        assert totals.get(state, (0, 0)) == (len(mine), sum(row.size for row in mine)), "the tally is wrong"
    _footage_is_there(scene, rows)
    for id in scene.exports:
        progress = await shop.jobs.progress(id)
        told = progress.status is ExportStatus.FAILED and progress.reason
        if not told:
            assert progress.status is ExportStatus.DONE
            verdict = verify(await handed_over(shop, id), shop.evidence_pem)
            assert verdict.sound, verdict.detail


def _objects_are_as_rows_say(shop: Workshop, rows: dict[str, Segment], objects: set[str]) -> None:
    assert objects == set(rows), (objects - set(rows), set(rows) - objects)
    for row in rows.values():
        assert row.state is SegmentState.STORED
        data = shop.places.store.read(row.key, 0, 1 << 30)
        assert hashlib.sha256(data).hexdigest() == row.sha256
        layout = read_layout(reading(data), len(data))
        assert (layout.end, layout.identity.start_ns, layout.end_ns) == (
            len(data),
            row.start_ns,
            row.end_ns,
        )
        assert layout.fragments


async def _nothing_went_that_had_to_stay(shop: Workshop, scene: Scene, rows: dict[str, Segment]) -> None:
    gone = scene.known.keys() - rows.keys()
    assert not gone & scene.kept, f"held footage is gone: {gone & scene.kept}"
    latest_ns = shop.clock.utc_ns() - scene.off_ns + HOUR_NS
    early = {
        key
        for key in gone - scene.gone
        if scene.known[key].start_ns + (scene.days or scene.known[key].days) * DAY_NS > latest_ns
    }
    assert not early, f"not due and gone: {early}"


async def _holds_agree(shop: Workshop, scene: Scene) -> None:
    known = {(hold.id, hold.stream): hold for hold in await shop.holds.all()}
    filed = {(hold.id, hold.stream): hold for hold in shop.holds._files.all().holds}
    assert known == filed
    assert {hold.id for hold in scene.holds()} <= {id for id, _ in known}


def _footage_is_there(scene: Scene, rows: dict[str, Segment]) -> None:
    """No more is lacking of what was taken than its last second."""
    at_ns = START_NS
    for row in sorted(rows.values(), key=lambda row: row.start_ns):
        if row.start_ns <= at_ns + S_NS // 2:
            at_ns = max(at_ns, row.end_ns)
    if scene.lasts_ns > START_NS:
        assert at_ns >= scene.lasts_ns, f"{(scene.lasts_ns - at_ns) / S_NS} s lost"
    if scene.resumed_ns is not None:
        holes = 0
        at_ns = START_NS
        for row in sorted(rows.values(), key=lambda row: row.start_ns):
            holes += max(0, row.start_ns - at_ns)
            at_ns = max(at_ns, row.end_ns)
        assert scene.resumed_ns - at_ns <= S_NS, "recording did not resume"
        # A hurt disk is well again a second after it was struck.
        assert holes <= 12 * S_NS, f"a hole of {holes / S_NS} s"


async def everything_dies(shop: Workshop, scene: Scene) -> None:
    """Once no hold keeps it any longer all footage, and every copy of it, is gone on its day."""
    scene.control.released |= scene.control.active.keys()
    scene.control.active.clear()
    await shop.clock.advance(40 * DAY_NS / 1e9)
    for _ in range(4):
        outcome = await shop.retention.run_once()
        assert outcome.refused is None, outcome.refused
        await shop.clock.advance(21)
    left = [
        path.relative_to(shop.folder)
        for name in ("spool", "objects", "exports")
        for path in (shop.folder / name).rglob("*")
        # Which key a commune has says nothing of footage.
        if path.is_file() and not path.name.startswith(".beffroi-") and path.parent.name != ".footage-keys"
    ]
    assert not left, left
    assert await shop.rows.everything() == []
