"""Each procedure of a segment's life is struck at each of its steps by each fault: what must hold holds.

A run at each change takes some of them in turn; `make faults` takes all, for groups of 1, 4 and 10 s.
"""

import asyncio
import os
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from shared.errors import BeffroiError
from storage.lifecycle.scrub import Fault as Found
from tests.unit.storage.faults.power import PowerLine
from tests.unit.storage.faults.procedures import PROCEDURES, Procedure
from tests.unit.storage.faults.scene import (
    HOUR_NS,
    S_NS,
    Scene,
    everything_dies,
    examine,
    mended,
    recover,
)
from tests.unit.storage.faults.steps import ENDS, POWER_CUTS, Fault, Steps
from tests.unit.storage.lost_index import bring_back, keep_index, lose_index
from tests.unit.storage.workshop import Workshop, pem_pair

_EVERY = int(os.environ.get("BEFFROI_TEST_FAULTS_EVERY", "20"))
"""Of so many steps one is struck by a fault; another for each fault and procedure."""
_GOPS_S = (1, 4, 10)
pytestmark = pytest.mark.slow
_FOLDERS = ("spool", "objects", "exports")


class Prepared:
    """Installations as they are when a procedure begins, made once, and how many steps it takes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, int, bool], tuple[Scene, int]] = {}
        self._copies = 0

    async def of(self, procedure: Procedure, gop_s: int, *, sealed: bool = False) -> tuple[Scene, int]:
        known = self._made.get((procedure.name, gop_s, sealed))
        if known is not None:
            return known
        folder = self._folder / f"{procedure.name}-{gop_s}-{sealed}"
        folder.mkdir()
        scene = Scene(folder, gop_s, evidence=pem_pair(), sealed=sealed)
        async with scene.opened() as shop:
            await procedure.prepare(shop, scene)
            await scene.look(shop)
        dry = self.copy(scene)
        steps = await _struck(procedure, dry, None, 0)
        async with dry.opened() as shop:
            await recover(shop, dry)
            await examine(shop, dry)
        self._made[procedure.name, gop_s, sealed] = (scene, steps.count)
        return scene, steps.count

    def copy(self, scene: Scene) -> Scene:
        self._copies += 1
        folder = self._folder / f"copy-{self._copies}"
        shutil.copytree(scene.folder, folder)
        return scene.copied(folder)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("faults"))


async def _struck(procedure: Procedure, scene: Scene, fault: Fault | None, at: int) -> Steps:
    """Let a procedure be struck, and begin again where the process is still there."""
    watched = [scene.folder / name for name in _FOLDERS]
    keep_index(scene.folder, scene.folder / "copy")
    async with scene.opened() as shop:
        power = PowerLine(watched, scene.folder / "kept") if fault in POWER_CUTS else None
        steps = Steps(watched, power, fault, at, lambda: _moment(scene, shop, fault))
        with steps.watched(shop.database):
            with suppress(*(() if fault is None else (BeffroiError, OSError))):
                await procedure.run(shop, scene, steps)
            if not steps.is_over:
                await _goes_on(procedure, shop, scene, steps)
            # What is under way when the process ends changes nothing any more.
            await shop.jobs.close()
            await shop.recorder.close()
            await shop.lane.close()
        await scene.look(shop)
        if fault in ENDS:
            for row in await shop.rows.everything():
                scene.known[row.key] = row
    if fault is not None and steps.struck:
        _ended(scene, fault, power)
    return steps


async def _goes_on(procedure: Procedure, shop: Workshop, scene: Scene, steps: Steps) -> None:
    steps.heal()
    if scene.off_ns:
        shop.clock.step_utc(-scene.off_ns)
        scene.off_ns = 0
    if steps.is_survived and scene.resumed_ns is None:
        await procedure.run(shop, scene, steps)


def _moment(scene: Scene, shop: Workshop, fault: Fault | None) -> None:
    match fault:
        case Fault.CLOCK_AHEAD | Fault.CLOCK_BACK:
            scene.off_ns = HOUR_NS if fault is Fault.CLOCK_AHEAD else -HOUR_NS
            shop.clock.step_utc(scene.off_ns)
        case Fault.FROZEN:
            shop.clock.pass_unseen(60)


def _ended(scene: Scene, fault: Fault, power: PowerLine | None) -> None:
    scene.lasts_ns = max(scene.lasts_ns, scene.taken_ns - S_NS)
    match fault:
        case Fault.OLDER_INDEX:
            bring_back(scene.folder, scene.folder / "copy")
        case Fault.INDEX_LOST:
            lose_index(scene.folder)
        case Fault.POWER_CUT | Fault.POWER_CUT_TORN | Fault.POWER_CUT_ZEROS:
            assert power is not None
            scene.boots += 1
            scene.lasts_ns = scene.synced_ns
            power.cut(torn=0.0 if fault is Fault.POWER_CUT else 0.6, zeros=fault is Fault.POWER_CUT_ZEROS)


async def _after(procedure: Procedure, scene: Scene, fault: Fault) -> None:
    """Start again: what must hold holds, and in the end everything dies."""
    async with scene.opened() as shop:
        if fault in (Fault.OLDER_INDEX, Fault.INDEX_LOST):
            await _told(shop, scene)
            await mended(shop, scene)
        elif procedure.by_person:
            await mended(shop, scene)
        await recover(shop, scene)
        await examine(shop, scene)
        assert shop.finisher.health() is None
        await everything_dies(shop, scene)


async def _told(shop: Workshop, scene: Scene) -> None:
    """Where index and objects differ nothing is destroyed, or the scrub names it; nothing held goes."""
    shop.finisher.find_left_over()
    with suppress(BeffroiError):
        await shop.finish()
    await shop.retention.run_once()
    objects = set(shop.objects())
    assert scene.kept <= objects
    rows = {row.key for row in await shop.rows.everything()}
    found = await shop.scrub().names()
    assert objects - rows == set(found.keys[Found.UNLISTED]) | set(found.keys[Found.UNREADABLE])
    assert rows - objects <= set(found.keys[Found.MISSING])
    if objects - rows:
        assert (await shop.retention.run_once()).refused is not None


@pytest.mark.parametrize("gop_s", _GOPS_S if _EVERY < 6 else [4])
@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("procedure", PROCEDURES, ids=[one.name for one in PROCEDURES])
async def test_what_must_hold_holds_whatever_befell_at_any_step(
    procedure: Procedure, fault: Fault, gop_s: int, prepared: Prepared
) -> None:
    await _strike_some(procedure, fault, prepared, await prepared.of(procedure, gop_s))


_FEW_FAULTS = {
    "recording": (Fault.KILLED, Fault.POWER_CUT_TORN, Fault.POWER_CUT_ZEROS, Fault.DISK_FULL),
    "finishing": (Fault.KILLED, Fault.POWER_CUT_TORN),
    "exporting": (Fault.KILLED,),
    "ending packages": (Fault.KILLED,),
}
"""Those that leave other bytes behind where bytes are sealed."""
_MORE_FAULTS = (*sorted(ENDS - {Fault.OLDER_INDEX}), Fault.INPUT_OUTPUT_ERROR, Fault.DISK_FULL)
_SEALED = [
    (one, fault)
    for one in PROCEDURES
    if one.name in _FEW_FAULTS
    for fault in (_FEW_FAULTS[one.name] if _EVERY >= 6 else _MORE_FAULTS)
]


@pytest.mark.parametrize(("procedure", "fault"), _SEALED, ids=[f"{one.name}-{two}" for one, two in _SEALED])
async def test_it_holds_of_what_is_sealed_in_spool_store_and_packages(
    procedure: Procedure, fault: Fault, prepared: Prepared
) -> None:
    await _strike_some(procedure, fault, prepared, await prepared.of(procedure, 4, sealed=True))


async def _strike_some(
    procedure: Procedure, fault: Fault, prepared: Prepared, made: tuple[Scene, int]
) -> None:
    scene, steps = made
    first = (list(Fault).index(fault) + PROCEDURES.index(procedure)) % _EVERY
    for at in range(min(first, steps - 1), steps, _EVERY):
        one = prepared.copy(scene)
        try:
            struck = await _struck(procedure, one, fault, at)
            await _after(procedure, one, fault)
        except AssertionError as error:
            raise AssertionError(f"{procedure.name}, step {at} of {steps}, {fault}: {error}") from error
        assert struck.struck or at >= struck.count
        await asyncio.to_thread(shutil.rmtree, one.folder)
