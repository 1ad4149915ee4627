"""The procedures of a segment's life: the state each begins in, and what it does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from storage.model.deadline import DAY_NS
from storage.model.segment import object_key
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.damage import FRAGMENTS, SEGMENT
from tests.unit.storage.faults.scene import S_NS, Scene, export_made
from tests.unit.storage.faults.steps import Steps
from tests.unit.storage.packages import order
from tests.unit.storage.workshop import Workshop, policy

STRIKE_S = 12
"""Faults befall a recording in its first seconds."""
RESUMED_S = 14
"""A recording that a fault did not end goes on for so long, and for a group of pictures more: a disk that is
full where a segment should begin costs one."""
_SYNC_EVERY_S = 4
DAY_S = DAY_NS / 1e9

Prepare = Callable[[Workshop, Scene], Awaitable[None]]
Run = Callable[[Workshop, Scene, Steps], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Procedure:
    """`run` may be made again, after a fault and by a process that knows nothing of the first time.

    `by_person` is what nobody but a person begins, and begins again.
    """

    name: str
    prepare: Prepare
    run: Run
    by_person: bool = False


async def _stored(shop: Workshop, scene: Scene, *, days: int = 30, segments: int = 3) -> None:
    """Segments of two seconds in the store, each of a run of its own."""
    for number in range(segments):
        at_ns = START_NS + number * 60 * S_NS
        await shop.record_all(scene.film(0, 3, at_ns=at_ns), days=days)
    await scene.look(shop)


async def _empty(shop: Workshop, scene: Scene) -> None:
    await shop.policies.replace([policy()])


async def _record(shop: Workshop, scene: Scene, steps: Steps) -> None:
    """Pictures come in; what is closed is finished meanwhile, and what is written synced."""
    shop.recorder.apply([policy()])
    seconds = STRIKE_S + (RESUMED_S + scene.gop_s if steps.is_survived else 0)
    for second in range(seconds):
        was_struck = steps.struck
        await shop.record(scene.film(second, second + 1))
        await shop.clock.advance(1)
        if not steps.struck:
            scene.taken_ns = START_NS + (second + 1) * S_NS
        if second % _SYNC_EVERY_S == _SYNC_EVERY_S - 1:
            await _synced(shop, scene, steps)
        await shop.finisher.run_once()
        if was_struck:
            steps.heal()
    shop.recorder.apply([])
    await shop.settle()
    await shop.finish()
    if steps.is_survived:
        scene.resumed_ns = START_NS + seconds * S_NS


async def _synced(shop: Workshop, scene: Scene, steps: Steps) -> None:
    written_ns = max((one.end_ns for one in shop.recorder.footage(STREAM)), default=START_NS)
    await shop.sync.sync_once()
    if not steps.struck:
        scene.synced_ns = max(scene.synced_ns, written_ns)


async def _closed(shop: Workshop, scene: Scene) -> None:
    """Two segments in the spool, nobody has looked at them yet."""
    await shop.policies.replace([policy()])
    shop.recorder.apply([policy()])
    await shop.record(scene.film(0, 14))
    shop.recorder.apply([])
    await shop.settle()
    await shop.sync.sync_once()
    scene.lasts_ns = START_NS + 14 * S_NS - S_NS // 2


async def _finish(shop: Workshop, scene: Scene, steps: Steps) -> None:
    shop.finisher.find_left_over()
    await shop.finish()


async def _torn(shop: Workshop, scene: Scene) -> None:
    """What a crash may leave in the spool: a torn file, one in zeros, one damaged in its midst."""
    middle = (FRAGMENTS[1] + FRAGMENTS[2]) // 2
    damaged = SEGMENT[:middle] + b"\xff" * 64 + SEGMENT[middle + 64 :]
    for number, data in enumerate((SEGMENT[:-7], bytes(512), SEGMENT[:40], damaged)):
        left = shop.places.spool.path(_left_key(number))
        left.write_bytes(data)


def _left_key(number: int) -> str:
    return object_key(STREAM, START_NS + number * S_NS, 1, "left")


async def _condemned(shop: Workshop, scene: Scene) -> None:
    await _stored(shop, scene, days=1)
    await shop.clock.advance(2 * DAY_S)
    await shop.dues.condemn(shop.clock.utc_ns())


async def _hold(shop: Workshop, scene: Scene, steps: Steps) -> None:
    """A hold over what is condemned and still there: once it is confirmed that is kept."""
    hold = scene.hold(sorted(scene.known)[1])
    await shop.holds.put(hold)
    scene.kept |= scene.covered_by(hold) & set(shop.objects())
    await shop.retention.run_once()


async def _held(shop: Workshop, scene: Scene) -> None:
    await _stored(shop, scene, days=1)
    for number, key in enumerate(sorted(scene.known)[:2]):
        hold = scene.hold(key, f"h-{number}")
        await shop.holds.put(hold)
        scene.kept |= scene.covered_by(hold)
    await shop.clock.advance(2 * DAY_S)


async def _destroy(shop: Workshop, scene: Scene, steps: Steps) -> None:
    await shop.retention.run_once()


async def _destroyed_but_for_held(shop: Workshop, scene: Scene) -> None:
    await _held(shop, scene)
    await shop.retention.run_once()


async def _release(shop: Workshop, scene: Scene, steps: Steps) -> None:
    """One of two holds ends, and what it kept is overdue."""
    order = scene.control.active.pop("h-0", None)
    if order is not None:
        scene.control.released.add("h-0")
        scene.kept = set().union(*(scene.covered_by(hold) for hold in scene.holds()))
    await shop.holds.remove("h-0")
    await shop.retention.run_once()


async def _a_month(shop: Workshop, scene: Scene) -> None:
    await _stored(shop, scene, days=30)
    await shop.clock.advance(3 * DAY_S)


async def _lower(shop: Workshop, scene: Scene, steps: Steps) -> None:
    """The authorised days fall below the age of what is stored."""
    scene.days = 2
    await shop.policies.replace([policy(days=2)], shop.clock.utc_ns())
    await shop.retention.run_once()


async def _some(shop: Workshop, scene: Scene) -> None:
    await _stored(shop, scene, segments=2)


async def _export(shop: Workshop, scene: Scene, steps: Steps) -> None:
    wanted = order(0, 100)
    await shop.jobs.order(wanted)
    scene.exports.add(wanted.id)
    await export_made(shop, wanted.id, lambda: steps.is_hurt)


async def _packaged(shop: Workshop, scene: Scene) -> None:
    await _some(shop, scene)
    await shop.jobs.order(order(0, 100))
    await shop.export_done(order().id)
    await shop.clock.advance(8 * DAY_S)


async def _lost(shop: Workshop, scene: Scene) -> None:
    """Rows are gone whose objects are there, and rows are there whose objects are gone."""
    await _held(shop, scene)
    keys = sorted(scene.known)
    await shop.rows.forget(keys[:1])
    shop.places.store.remove(keys[2])
    scene.gone.add(keys[2])
    await shop.bond.broken("a row is gone")


async def _rebuild(shop: Workshop, scene: Scene, steps: Steps) -> None:
    await shop.reindex()


PROCEDURES = (
    Procedure("recording", _empty, _record),
    Procedure("finishing", _closed, _finish),
    Procedure("recovering", _torn, _finish),
    Procedure("holding", _condemned, _hold),
    Procedure("destroying", _held, _destroy),
    Procedure("releasing", _destroyed_but_for_held, _release),
    Procedure("lowering", _a_month, _lower),
    Procedure("exporting", _some, _export),
    Procedure("ending packages", _packaged, _destroy),
    Procedure("rebuilding", _lost, _rebuild, by_person=True),
)
