"""Puts the writing half together: tap to spool to store."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from shared.clock import Clock
from shared.log import get_logger
from shared.service import Service
from shared.tap import TapSetup, TapSubscriber, open_tap
from storage.metrics import LifeMetrics, QuarantineMetrics, RecorderMetrics
from storage.objects.disk import Disk
from storage.objects.notes import FolderNotes
from storage.objects.sealing.data_keys import DataKeys
from storage.recording.core import core_of
from storage.recording.finishing import Finisher, Register
from storage.recording.gate import Gate
from storage.recording.group_sync import GroupSync
from storage.recording.lane import DiskLane
from storage.recording.places import Places
from storage.recording.quarantine import MAX_FILES, Quarantine
from storage.recording.recorder import Recorder, Tap
from storage.recording.spool import Spool
from storage.recording.spool_folders import SpoolFolders
from storage.recording.spool_keys import SpoolKeys
from storage.settings import CoreChoice, StorageSettings

_LANES = 1
"""One thread keeps up with 500 cameras, and each more is woken for itself."""
_LANE_BUDGET_BYTES = 128 << 20
_LANE_GATHER_S = 0.03
"""Fragments of many cameras come within it, since a worker sends what it has gathered at one go."""
_DISK_EVERY_S = 10.0
_GATHERED, _LONGEST_GATHER_S = 1 / 6, 10.0
"""What is finished together is closed within this part of a segment: the steps cost as much for one file."""


@dataclass(frozen=True, slots=True)
class WritingHalf:
    """What records, and what finishes what was recorded."""

    life: LifeMetrics
    quarantine: Quarantine
    recorder: Recorder
    finisher: Finisher
    sync: GroupSync
    keys: SpoolKeys | None

    def find_left_over(self) -> None:
        """Queue what the process before this one left in the spool."""
        left_over = self.finisher.find_left_over()
        if left_over:
            get_logger("storage").warning("spool-recovered", files=left_over)

    def run_in(self, service: Service) -> None:
        service.supervise("finishing", self.finisher.run)
        service.supervise("group-sync", self.sync.run)
        if self.keys is not None:
            service.supervise("spool-keys", partial(self.keys.run, service.clock))
            service.check("spool-keys", self.keys.health)
        service.check("power-cut", self.sync.health)
        service.supervise("recorder", self.recorder.run)
        service.check("recording", self.recorder.health)
        service.check("finishing", self.finisher.health)
        service.check("unreadable", self.quarantine.health)


def compose_recording(
    tap: Tap,
    places: Places,
    rows: Register,
    clock: Clock,
    *,
    segment_s: float,
    nonce: str,
    stored: Callable[[], Awaitable[None]],
    most_unreadable: int = MAX_FILES,
    sync_s: float = 5.0,
    mine: Callable[[str], bool] = lambda _: True,
    gate: Gate | None = None,
) -> WritingHalf:
    """`stored` is called with each segment that the store has and `rows` say so of; `mine` and `gate` are as
    Recorder has them."""
    life, recording, spool = LifeMetrics(), RecorderMetrics(), places.spool
    quarantine = Quarantine(spool.folder, spool.disk, QuarantineMetrics(), max_files=most_unreadable)
    recorder = Recorder(
        tap,
        spool,
        clock,
        recording,
        segment_s=segment_s,
        nonce=nonce,
        finished=lambda key, segment: finisher.enqueue(key, segment),
        mine=mine,
        gate=gate,
    )
    finisher = Finisher(
        places,
        rows,
        clock,
        life,
        quarantine=quarantine,
        indexed=recorder.indexed,
        is_open=recorder.is_open,
        stored=stored,
        gather_s=min(_LONGEST_GATHER_S, segment_s * _GATHERED),
    )
    sync = GroupSync(spool, clock, recording, every_s=sync_s)
    return WritingHalf(life, quarantine, recorder, finisher, sync, spool.keys)


class SpoolSettings(Protocol):
    """How recordings are written."""

    @property
    def recording_core(self) -> CoreChoice: ...

    @property
    def disk_reserve_mb(self) -> int: ...


def compose_spool(
    settings: SpoolSettings, folders: SpoolFolders, keys: DataKeys | None, disk: Disk, clock: Clock
) -> tuple[Spool, list[DiskLane]]:
    """The spool, and the lanes that write to it, not started. Raises Unavailable where a core is demanded
    that is not there."""
    lanes = [
        DiskLane(f"disk-{number}", _LANE_BUDGET_BYTES, gather_s=_LANE_GATHER_S) for number in range(_LANES)
    ]
    core = core_of(settings.recording_core, get_logger("storage"))
    reserve_bytes = settings.disk_reserve_mb << 20
    others = folders.others if folders.is_shared else tuple
    sealing = None if keys is None else SpoolKeys(keys, FolderNotes(folders.own, disk))
    spool = Spool(
        folders.own,
        disk,
        lanes,
        clock,
        reserve_bytes=reserve_bytes,
        core=core,
        others=others,
        keys=sealing,
    )
    return spool, lanes


def compose_tap(settings: StorageSettings, clock: Clock, known: Callable[[str, str], bool]) -> TapSubscriber:
    """The tap, not started; `known` tells which commune's key is recorded. Raises BadInput."""
    setup = TapSetup.read(settings.tap_endpoints, settings.tap_key_file, peers_dir=settings.tap_peers_dir)
    return TapSubscriber(setup.endpoints, setup.keys, clock, known, may_wait=True)


async def start_recording(
    service: Service, recording: WritingHalf, lanes: Sequence[DiskLane], tap: TapSubscriber
) -> None:
    """Start the lanes and the tap; at the stop the tap ends first, then what is queued is written."""

    async def drain() -> None:
        await recording.recorder.close()
        for lane in lanes:
            await lane.close()

    for lane in lanes:
        lane.start()
    service.on_stop(drain)
    await open_tap(tap, service)


def measuring_disks(
    folders: Mapping[str, Path], disk: Disk, life: LifeMetrics, clock: Clock
) -> Callable[[], Awaitable[None]]:
    """A work that tells for ever how much is free."""

    async def measure() -> None:
        while True:
            for name, folder in folders.items():
                life.disk_free.labels(name).set(disk.free_bytes(folder))
            await clock.sleep(_DISK_EVERY_S)

    return measure
