"""A camera's state is true: no picture passed on means not live, within five seconds and with a reason."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.checks.common import UNKNOWN_SETS
from ingest.ports import STALL_S, TOLD_S, Packet, SourceCounts, silent
from ingest.vigil import Finding, Habits, Vigil
from shared.messages.ingest import CameraStatus
from tests.unit.ingest.camera_packets import STEP90, Bench, coded, packets, source

S = 1_000_000_000
STEP_NS = 40_000_000


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@asynccontextmanager
async def running(bench: Bench) -> AsyncIterator[None]:
    task = asyncio.create_task(bench.streamer.run())
    await bench.clock.advance(0)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def code(bench: Bench) -> str:
    """The code of the reason told now."""
    told = bench.state.report.why
    return "" if told is None else told.code


def _key(number: int) -> Packet:
    return replace(packets(0, 1)[0], pts90=number * STEP90)


def _other(number: int) -> Packet:
    return replace(packets(1, 2)[0], pts90=number * STEP90)


@pytest.mark.parametrize(
    ("spoilt", "trouble", "word"),
    [
        ({"gap": True}, "camera-key-awaited", "next key picture after a loss"),
        ({"pts90": 0}, "camera-times-back", "timestamps"),
        ({"pts90": None}, "camera-untimed", "no timestamp"),
        ({"data": b"\0\0\0\1\xff\xee"}, "camera-unreadable", "nothing that can be decoded"),
        ({"data": b"\0\0\0\1\x06\x05\x01"}, "camera-unreadable", "no picture in the unit"),
    ],
)
async def test_a_camera_whose_pictures_come_and_cannot_be_passed_on_is_not_live_within_five_seconds(
    bench: Bench, spoilt: dict[str, object], trouble: str, word: str
) -> None:
    camera = source()
    bench.opener.then(camera)
    async with running(bench):
        camera.send(_key(60), _other(61), _other(62))
        await bench.clock.advance(0.04)
        assert bench.state.report.status is CameraStatus.LIVE
        for number in range(63, 63 + round(STALL_S / 0.08)):
            camera.send(replace(_other(number), **spoilt))  # type: ignore[arg-type]  # the packet's own fields
            await bench.clock.advance(0.08)
        report = bench.state.report
        assert report.status in (CameraStatus.STALLED, CameraStatus.INVALID)
        assert code(bench) == trouble
        assert word in report.reason
        camera.send(_key(900), _other(901))
        await bench.clock.advance(0.04)
        # Where the session was given up the queue was still taken; where not, it is live again at once.
        assert bench.state.report.status is CameraStatus.LIVE or len(bench.opener.opened) > 1


async def test_a_long_group_that_lost_a_packet_waits_for_its_key_picture_without_connecting_again(
    bench: Bench,
) -> None:
    camera = source()
    bench.opener.then(camera)
    group = 250
    async with running(bench):
        for number in range(3 * group):
            lost = number == 2 * group + 10
            packet = _key(number) if number % group == 0 else replace(_other(number), gap=lost)
            camera.send(packet)
            await bench.clock.advance(0.08)
        assert code(bench) == "camera-key-awaited"
        assert bench.changes[-1] == "stalled"
        camera.send(_key(3 * group))
        await bench.clock.advance(0.08)
        assert bench.state.report.status is CameraStatus.LIVE
        assert len(bench.opener.opened) == 1


async def test_a_camera_with_a_key_picture_at_its_start_only_is_opened_again_after_a_loss(
    bench: Bench,
) -> None:
    first, second = source(), source()
    bench.opener.then(first)
    bench.opener.then(second)
    second.send(*packets())

    def second_is_open() -> bool:
        return len(bench.opener.opened) == 2

    async with running(bench):
        first.send(_key(0))
        for number in range(1, 250):
            first.send(replace(_other(number), gap=number == 75))
            await bench.clock.advance(0.08)
            if second_is_open():
                break
        assert len(bench.opener.opened) == 2
        assert first.closed
    assert bench.units[-1].data == coded()[-1][1]


async def test_a_camera_without_any_key_picture_says_so_before_it_is_given_up(bench: Bench) -> None:
    camera = source(parameter_sets=packets(0, 1)[0].data)
    bench.opener.then(camera)
    async with running(bench):
        said = []
        for number in range(400):
            camera.send(_other(number))
            await bench.clock.advance(0.08)
            said.append((bench.state.report.status, code(bench)))
        assert said[round(STALL_S / 0.08)] == (CameraStatus.CONNECTING, "camera-first-key-awaited")
        assert said[-1] == (CameraStatus.INVALID, "camera-no-key")


@pytest.mark.parametrize("step_s", [2, 6, 30, 60])
async def test_a_slow_camera_is_live_without_a_stall_or_another_connection(bench: Bench, step_s: int) -> None:
    camera = source()
    bench.opener.then(camera)
    async with running(bench):
        for number in range(6):
            camera.send(replace(_key(number), pts90=number * step_s * 90_000))
            await bench.clock.advance(step_s)
        assert "stalled" not in bench.changes
        assert bench.changes.count("connecting") <= 1, "its rhythm is unknown before the second picture only"
        assert (bench.state.report.status, len(bench.opener.opened)) == (CameraStatus.LIVE, 1)
        await bench.clock.advance(2 * step_s + 10)
        assert bench.state.report.status is CameraStatus.STALLED


async def test_a_slow_camera_that_tells_its_rate_is_live_from_the_first_picture_on(bench: Bench) -> None:
    camera = source()
    camera._info = replace(camera.info, fps=1 / 6)
    bench.opener.then(camera)
    async with running(bench):
        for number in range(4):
            camera.send(replace(_key(number), pts90=number * 6 * 90_000))
            await bench.clock.advance(6)
    assert set(bench.changes) == {"live"}


async def test_a_usual_camera_that_stops_is_stalled_within_five_seconds(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    async with running(bench):
        for number in range(100):
            camera.send(_key(number))
            await bench.clock.advance(0.04)
        await bench.clock.advance(STALL_S - 0.1)
        assert bench.state.report.status is CameraStatus.STALLED
        assert code(bench) == "camera-silent"


class Watched:
    """A vigil over a camera of 25 pictures a second that has sent two seconds of them."""

    def __init__(self, habits: Habits | None = None) -> None:
        self.now_ns = 0
        self.counts = SourceCounts()
        self.vigil = Vigil(habits or Habits(), 25.0, lambda: silent("it"), 0)
        for number in range(50):
            self.counts.packets += 10
            self.vigil.received(self.now_ns)
            self.vigil.passed(self.now_ns, key=number % 25 == 0)
            assert self.vigil.look(self.counts, self.now_ns) is None
            self.now_ns += STEP_NS

    def after(self, seconds: float, **each: int) -> Finding | None:
        """What is found after so long, while each count grows by so much four times a second."""
        finding = None
        for _ in range(round(seconds * 4)):
            self.now_ns += S // 4
            for name, more in each.items():
                setattr(self.counts, name, getattr(self.counts, name) + more)
            finding = self.vigil.look(self.counts, self.now_ns)
        return finding


@pytest.mark.parametrize(
    ("counts", "status", "trouble"),
    [
        ({}, CameraStatus.STALLED, "camera-silent"),
        ({"packets": 3}, CameraStatus.INVALID, "camera-packets-no-picture"),
        ({"foreign": 3}, CameraStatus.INVALID, "camera-packets-foreign"),
        ({"malformed": 3}, CameraStatus.INVALID, "camera-packets-senseless"),
        ({"junk_bytes": 999}, CameraStatus.INVALID, "camera-packets-senseless"),
        ({"packets": 9, "damaged_pictures": 1, "lost": 1}, CameraStatus.STALLED, "camera-packets-lost"),
    ],
)
def test_packets_without_a_picture_are_told_by_what_they_are(
    counts: dict[str, int], status: CameraStatus, trouble: str
) -> None:
    assert Watched().after(TOLD_S - 0.25, **counts) is None
    watched = Watched()
    told = watched.after(TOLD_S + 0.25, **counts)
    assert told is not None
    assert (told.status, told.reason.code, told.error) == (status, trouble, None)
    # It is told long before its session is ended.
    finding = watched.after(STALL_S - TOLD_S - 0.5, **counts)
    assert finding is not None
    assert (finding.status, finding.reason.code) == (status, trouble)
    assert (finding.error is None) is (trouble == "camera-packets-lost")


@pytest.mark.parametrize("step_s", [0.5, 1.0, 1.5])
def test_a_camera_of_few_pictures_is_given_one_and_a_half_of_its_steps_and_a_second(step_s: float) -> None:
    vigil, now_ns = Vigil(Habits(), 0.0, lambda: silent("it"), 0), 0
    for _ in range(6):
        vigil.received(now_ns)
        vigil.passed(now_ns, key=True)
        now_ns += int(step_s * S)
    last_ns = now_ns - int(step_s * S)
    patience_ns = int(max(TOLD_S, 1.5 * step_s + 1) * S)
    assert vigil.look(SourceCounts(), last_ns + patience_ns - 1) is None
    finding = vigil.look(SourceCounts(), last_ns + patience_ns)
    assert finding is not None
    assert (finding.reason.code, finding.error) == ("camera-silent", None)


def test_pictures_that_refer_to_unknown_parameters_are_told_in_those_words() -> None:
    vigil = Vigil(Habits(), 25.0, lambda: silent("it"), 0)
    for number in range(125):
        vigil.received(number * STEP_NS)
        vigil.dropped(UNKNOWN_SETS)
    finding = vigil.look(SourceCounts(), 125 * STEP_NS)
    assert finding is not None
    assert (finding.status, finding.reason.code) == (CameraStatus.INVALID, "camera-parameters-unknown")


@pytest.mark.parametrize(("sound_of_ten", "live"), [(1, False), (5, True), (10, True)])
def test_noise_that_looks_like_a_picture_now_and_then_is_not_live_and_strays_between_pictures_are(
    sound_of_ten: int, live: bool
) -> None:
    watched = Watched()
    for number in range(100):
        watched.now_ns += STEP_NS
        watched.vigil.received(watched.now_ns)
        if number * sound_of_ten % 10 < sound_of_ten:
            watched.vigil.passed(watched.now_ns, key=True)
        else:
            watched.vigil.dropped("unreadable parameter sets", garbage=1)
    finding = watched.vigil.look(watched.counts, watched.now_ns)
    assert (finding is None) is watched.vigil.steady is live
    assert finding is None or finding.reason.code == "camera-unreadable"


def test_a_chance_picture_right_after_noise_begins_makes_nobody_wait_longer() -> None:
    watched = Watched()
    for number in range(50):
        watched.vigil.received(watched.now_ns)
        if number == 3:
            watched.vigil.passed(watched.now_ns, key=True)
        else:
            watched.vigil.dropped("unreadable parameter sets", garbage=1)
        watched.now_ns += STEP_NS
    assert watched.vigil.look(watched.counts, watched.now_ns) is not None


def test_a_picture_cut_off_by_the_end_is_silence_and_no_nonsense() -> None:
    watched = Watched()
    watched.counts.packets += 3
    finding = watched.after(STALL_S - 0.25)
    assert finding is not None
    assert finding.reason.code == "camera-silent"


def test_a_first_picture_that_is_given_with_the_next_one_is_waited_for() -> None:
    vigil, counts = Vigil(Habits(), 0.0, lambda: silent("it"), 0), SourceCounts(begun=True)
    finding = vigil.look(counts, 60 * S)
    assert finding is not None
    assert (finding.status, finding.reason.code) == (CameraStatus.CONNECTING, "camera-rhythm-unknown")
    finding = vigil.look(counts, 67 * S)
    assert finding is not None
    assert finding.reason.code == "camera-silent"
    assert finding.error is not None


def test_who_was_late_itself_does_not_blame_the_camera() -> None:
    watched = Watched()
    watched.now_ns += 20 * S
    watched.vigil.forgive(20 * S)
    assert watched.vigil.look(watched.counts, watched.now_ns) is None


def test_a_camera_that_stalls_at_each_start_is_given_longer_every_other_time() -> None:
    habits, waited_s = Habits(), []
    for _ in range(8):
        vigil = Vigil(habits, 0.0, lambda: silent("it"), 0)
        ends = (now for now in range(0, 100 * S, S // 4) if _ends(vigil, now))
        waited_s.append(next(ends) / S)
    assert waited_s[::2] == [4.5] * 4
    assert waited_s[1] < waited_s[3] < waited_s[5] <= waited_s[7] == 66


def _ends(vigil: Vigil, now_ns: int) -> bool:
    finding = vigil.look(SourceCounts(), now_ns)
    return finding is not None and finding.error is not None
