"""The UTC that a recording gives its pictures, against the instants at which they really were taken: from the
camera's packets over reports and arrivals up to the file."""

from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from ingest.ports import Packet
from shared.mediatime import ns_from_90k
from shared.units import AccessUnit, UtcSource
from storage.fmp4.reader import Layout
from storage.fmp4.told_clock import ToldClock, clock_of
from tests.unit.ingest.rtsp.packets import IDR, SLICE, Rig, rtp, sender_report
from tests.unit.storage.recording.test_stream_recording import layouts_of
from tests.unit.storage.workshop import units, workshop

MS = 1_000_000
STEP_NS = 40 * MS
GOP = 25
COUNT = 12 * GOP
NEVER = COUNT


@dataclass(frozen=True, slots=True)
class Seen:
    """A camera: its first picture is late by `first_ms`, as encoders are that only begin; the others by 15
    to 60 ms. Its reports begin with picture `reported`, its clock is `ahead_ms` ahead, its media clock
    `fast_ppm` fast. Pictures are read every 400 ms where it is read by turns."""

    first_ms: int = 230
    reported: int = 0
    ahead_ms: int = 0
    fast_ppm: int = 0
    turns: bool = True

    def time90(self, number: int) -> int:
        return number * 3600 + number * 3600 * self.fast_ppm // 1_000_000


@dataclass(frozen=True, slots=True)
class Placed:
    """A recorded picture: how much later than it was taken the file says, and what the file says of that."""

    number: int
    off_ns: int
    clock: ToldClock


async def _packets(camera: Seen) -> tuple[list[Packet], int]:
    """What a worker makes of the camera, and when its first picture was taken."""
    rig, random = Rig(), Random(7)
    begun_ns = turn_ns = rig.clock.utc_ns()
    came_ns: list[int] = []
    for number in range(COUNT):
        late_ns = (random.randint(15, 60) if number else camera.first_ms) * MS
        came_ns.append(max([*came_ns[-1:], begun_ns + number * STEP_NS + late_ns]))
    at = 0
    while at < COUNT:
        calm = camera.turns and at > 0
        turn_ns = turn_ns + 400 * MS if calm else came_ns[at]
        await rig.clock.advance((turn_ns - rig.clock.utc_ns()) / 1e9)
        past = sum(one <= turn_ns for one in came_ns) if calm else at + 1
        if past == at:
            continue
        ago_ns = turn_ns - came_ns[past - 1] - random.randint(0, 10) * MS
        rig.receiver.arrived(max(0, ago_ns) if calm else None)
        for number in range(at, past):
            head = IDR if number % GOP == 0 else SLICE
            packet = rtp(head, number, camera.time90(number), marker=True)
            rig.receiver.packet(memoryview(packet), 0, len(packet))
            if number >= camera.reported and (number - camera.reported) % 125 == 0:
                told_ns = begun_ns + number * STEP_NS + camera.ahead_ms * MS
                rig.receiver.control(sender_report(told_ns, camera.time90(number)))
        if calm:
            rig.receiver.read()
        at = past
    return rig.pictures, begun_ns


def _units(packets: list[Packet]) -> list[AccessUnit]:
    return [
        replace(
            unit,
            pts90=packet.pts90 or 0,
            utc_ns=packet.arrival_ns if packet.utc_ns is None else packet.utc_ns,
            utc_source=packet.utc_source,
            utc_uncertainty_ns=packet.utc_uncertainty_ns,
            camera_ahead_ns=packet.camera_ahead_ns,
        )
        for unit, packet in zip(units(COUNT, gop=GOP), packets, strict=True)
    ]


def _placed(layouts: list[Layout], begun_ns: int) -> list[Placed]:
    found: list[Placed] = []
    for layout in layouts:
        clock = clock_of(layout)
        for fragment in layout.fragments:
            at90 = fragment.time90
            for sample in fragment.moof.samples:
                told_ns = layout.identity.start_ns + ns_from_90k(at90 + sample.offset90)
                found.append(Placed(len(found), told_ns - begun_ns - len(found) * STEP_NS, clock))
                at90 += sample.duration90
    return found


async def recorded(camera: Seen, folder: Path) -> tuple[list[Placed], list[Layout]]:
    packets, begun_ns = await _packets(camera)
    async with workshop(folder) as shop:
        await shop.record_all(_units(packets))
        layouts = await layouts_of(shop)
    # In the order in which they were recorded: one that is put right may begin before the one before ends.
    placed = _placed(layouts, begun_ns)
    assert len(placed) == COUNT
    return placed, layouts


CAMERAS = {
    "reported-from-the-first-picture": Seen(),
    "reported-only-later": Seen(reported=110),
    "joined-late-and-at-once": Seen(reported=60, turns=False),
    "never-reported": Seen(reported=NEVER),
    "never-reported-and-at-once": Seen(reported=NEVER, turns=False),
    "of-another-day": Seen(ahead_ms=86_400_000),
    "ahead-by-150-ms": Seen(ahead_ms=150),
    "behind-by-700-ms": Seen(ahead_ms=-700),
    "media-clock-1-percent-fast": Seen(fast_ppm=10_000),
}


@pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS)
async def test_no_picture_is_further_from_its_told_utc_than_the_recording_says(
    camera: Seen, tmp_path: Path
) -> None:
    placed, _ = await recorded(camera, tmp_path)
    for one in placed:
        assert one.clock.wrong_ns is not None
        assert abs(one.off_ns) <= one.clock.wrong_ns, one


@pytest.mark.parametrize(
    "name", ["reported-from-the-first-picture", "reported-only-later", "joined-late-and-at-once"]
)
async def test_a_recording_that_begins_before_the_camera_s_first_report_is_put_right_by_it(
    name: str, tmp_path: Path
) -> None:
    camera = CAMERAS[name]
    placed, layouts = await recorded(camera, tmp_path)
    known = camera.reported + 2 * GOP
    assert max(abs(one.off_ns) for one in placed[known:]) <= 1 * MS
    assert {one.clock.source for one in placed[known:]} == {UtcSource.SENDER_REPORT}
    # One segment more than the boundaries make, not one a key picture.
    assert len(layouts) <= COUNT * STEP_NS // 4_000_000_000 + 3


@pytest.mark.parametrize("name", ["never-reported", "never-reported-and-at-once", "of-another-day"])
async def test_without_a_report_the_pictures_that_come_sooner_put_a_late_beginning_right(
    name: str, tmp_path: Path
) -> None:
    placed, _ = await recorded(CAMERAS[name], tmp_path)
    assert placed[0].off_ns >= 200 * MS
    assert max(abs(one.off_ns) for one in placed[2 * GOP :]) <= 100 * MS
