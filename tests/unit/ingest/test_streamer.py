"""One camera's puller, on a fake opener and a simulated clock."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.ports import Ended, InvalidStream, Refused, Stalled, Unreachable, UnsupportedCodec
from ingest.simulator.encoder import Coding, Encoding
from shared import metrics
from shared.messages.ingest import CameraStatus
from shared.units import Codec, UtcSource
from tests.support.told import said
from tests.unit.ingest.camera_packets import ADDRESS, GOP, Bench, coded, costly, packets, running, source


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


async def test_packets_become_numbered_units_of_one_run(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    camera.send(*packets())
    async with running(bench):
        assert [unit.seq for unit in bench.units] == list(range(3 * GOP))
        assert len({unit.run for unit in bench.units}) == 1
        assert [unit.data for unit in bench.units] == [data for _, data in coded()]


async def test_a_unit_carries_the_utc_of_its_arrival(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    camera.send(*packets(arrival_ns=42))
    async with running(bench):
        assert bench.units[3].utc_ns == 45
        assert bench.units[3].utc_source is UtcSource.ARRIVAL


async def test_a_camera_s_own_time_is_passed_on_with_its_uncertainty(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    camera.send(
        *(
            replace(packet, utc_ns=7, utc_source=UtcSource.SENDER_REPORT, utc_uncertainty_ns=9)
            for packet in packets(arrival_ns=42)
        )
    )
    async with running(bench):
        unit = bench.units[3]
    assert (unit.utc_ns, unit.utc_source, unit.utc_uncertainty_ns) == (7, UtcSource.SENDER_REPORT, 9)


async def test_how_far_a_camera_s_clock_is_off_is_passed_on_beside_the_arrival(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    camera.send(*(replace(packet, camera_ahead_ns=-7) for packet in packets(arrival_ns=42)))
    async with running(bench):
        unit = bench.units[3]
    assert (unit.utc_ns, unit.utc_source, unit.camera_ahead_ns) == (45, UtcSource.ARRIVAL, -7)


async def test_the_state_is_live_with_size_and_codec_once_a_unit_came(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    async with running(bench):
        assert bench.state.report.status is CameraStatus.CONNECTING
        camera.send(*packets())
        await bench.clock.advance(0)
        report = bench.state.report
        assert (report.status, report.width, report.height) == (CameraStatus.LIVE, 320, 240)
        assert report.codec.startswith("avc1.")


async def test_the_picture_rate_is_measured_from_media_time(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    for group in range(3):
        camera.send(*packets(start90=group * 3 * GOP * 7200))
    async with running(bench):
        assert bench.state.report.fps == pytest.approx(12.5)


async def test_each_connection_is_a_new_run_that_starts_at_zero(bench: Bench) -> None:
    for _ in range(2):
        camera = source()
        camera.send(*packets())
        camera.fail(Ended(said("the camera ended the stream")))
        bench.opener.then(camera)
    async with running(bench):
        await bench.clock.advance(2)
    first, second = bench.units[0], bench.units[3 * GOP]
    assert (second.run, second.seq) == (first.run + 1, 0)


async def test_a_camera_that_fails_is_tried_again_for_ever_at_growing_intervals(bench: Bench) -> None:
    for _ in range(200):
        bench.opener.then(Unreachable(said("nothing listens")))
    async with running(bench):
        await bench.clock.advance(10)
        soon = len(bench.opener.opened)
        await bench.clock.advance(600)
        later = len(bench.opener.opened) - soon
    assert 4 <= soon <= 9
    assert 40 <= later <= 90


async def test_a_wrong_password_is_tried_rarely_so_that_no_account_is_locked(bench: Bench) -> None:
    for _ in range(200):
        bench.opener.then(Refused(said("the camera refuses this user name and password")))
    async with running(bench):
        await bench.clock.advance(600)
    assert 10 <= len(bench.opener.opened) <= 22
    assert bench.state.report.status is CameraStatus.REFUSED


async def test_the_reason_of_a_failure_is_told_and_stays_while_trying_again(bench: Bench) -> None:
    for _ in range(5):
        bench.opener.then(Unreachable(said("nothing listens at 192.0.2.7:554")))
    async with running(bench):
        await bench.clock.advance(5)
        assert bench.state.report.reason == "nothing listens at 192.0.2.7:554"
        assert bench.changes == ["unreachable"]


async def test_a_stalled_camera_is_live_again_after_the_next_connection(bench: Bench) -> None:
    first, second = source(), source()
    first.send(*packets())
    first.fail(Stalled(said("nothing for 5 s")))
    second.send(*packets())
    bench.opener.then(first)
    bench.opener.then(second)
    async with running(bench):
        await bench.clock.advance(1)
        assert bench.changes == ["live", "stalled", "live"]
        assert first.closed


async def test_before_a_camera_is_called_silent_what_nobody_has_read_yet_is_read(bench: Bench) -> None:
    camera, sent = source(), packets()
    bench.opener.then(camera)
    camera.send(*sent[: 2 * GOP])
    async with running(bench):
        camera.unread = list(sent[2 * GOP :])
        await bench.clock.advance(2.5)
        assert (bench.changes, len(bench.units)) == (["live"], 3 * GOP)
        await bench.clock.advance(2.5)
        assert bench.changes == ["live", "stalled"]


@pytest.mark.parametrize(("codec", "name"), [("vp8", "VP8"), ("av1", "AV1"), ("theora", "theora")])
async def test_a_codec_that_cannot_be_carried_is_named_and_the_source_is_let_go(
    bench: Bench, codec: str, name: str
) -> None:
    camera = source(codec)
    bench.opener.then(camera)
    with pytest.raises(UnsupportedCodec, match=rf"{name}.*set its stream to H\.264"):
        await bench.streamer.run_once()
    assert camera.closed


@pytest.mark.parametrize(
    ("name", "coding", "codec", "advice"),
    [
        ("hevc", Coding(encoding=Encoding.H265), Codec.H265, "H.265"),
        ("mjpeg", Coding(encoding=Encoding.MJPEG), Codec.MJPEG, "Motion JPEG"),
        ("mpeg4", Coding(encoding=Encoding.MPEG4), Codec.MPEG4, "MPEG-4"),
        ("h264", Coding(b_frames=2), Codec.H264, "B-frames"),
        ("hevc", Coding(encoding=Encoding.H265, b_frames=2), Codec.H265, "B-frames"),
        ("mpeg4", Coding(encoding=Encoding.MPEG4, b_frames=2), Codec.MPEG4, "B-frames"),
    ],
)
async def test_every_picture_of_a_costly_stream_passes_and_the_camera_is_live_with_advice(
    bench: Bench, name: str, coding: Coding, codec: Codec, advice: str
) -> None:
    camera = source(name)
    bench.opener.then(camera)
    pictures = costly(coding)
    camera.send(*pictures)
    async with running(bench):
        assert [unit.data for unit in bench.units] == [picture.data for picture in pictures]
        assert [unit.pts90 for unit in bench.units] == [picture.pts90 for picture in pictures]
        assert {(unit.codec, unit.reordered) for unit in bench.units} == {(codec, coding.b_frames > 0)}
        report = bench.state.report
        assert (report.status, report.width, report.height) == (CameraStatus.LIVE, 320, 240)
        assert advice in report.advice


async def test_a_jump_of_timestamps_begins_a_new_run_on_the_same_connection(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    hours90 = 4 * 3600 * 90_000
    camera.send(*packets(), *packets(start90=hours90))
    async with running(bench):
        runs = [unit.run for unit in bench.units]
    assert runs == [runs[0]] * 3 * GOP + [runs[0] + 1] * 3 * GOP
    assert bench.units[3 * GOP].seq == 0
    assert len(bench.opener.opened) == 1


async def test_another_sender_begins_a_new_run_however_near_its_times_are(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    first, *rest = packets()
    camera.send(*packets(), replace(first, restart=True), *rest)
    async with running(bench):
        runs = [unit.run for unit in bench.units]
    assert runs == [runs[0]] * 3 * GOP + [runs[0] + 1] * 3 * GOP


async def test_what_the_source_passed_over_is_counted_and_forgotten_with_the_camera(bench: Bench) -> None:
    camera = source()
    camera.counts.lost, camera.counts.clock_offset_ns = 7, 1_500_000_000
    bench.opener.then(camera)
    camera.send(*packets())
    async with running(bench):
        shown = metrics.render().decode()
        bench.meters.forget()
        later = metrics.render().decode()
    assert 'ingest_source_faults_total{fault="lost",stream="59350/gate/main"} 7.0' in shown
    assert 'ingest_camera_clock_offset_seconds{stream="59350/gate/main"} 1.5' in shown
    assert "59350/gate/main" not in later


async def test_after_a_jump_within_a_group_the_new_run_starts_at_the_next_key_unit(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    camera.send(*packets(0, GOP + 2), *packets(GOP + 2, start90=10**10))
    async with running(bench):
        after = [unit for unit in bench.units if unit.run != bench.units[0].run]
    assert [unit.data for unit in after] == [data for _, data in coded()[2 * GOP :]]
    assert after[0].key


async def test_a_unit_that_goes_back_is_dropped_with_what_depends_on_it(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    late, *rest = packets(2, GOP + 1)
    camera.send(*packets(0, 2), replace(late, pts90=0), *rest)
    async with running(bench):
        assert [unit.pts90 for unit in bench.units] == [0, 7200, GOP * 7200]
        assert [unit.seq for unit in bench.units] == [0, 1, 2]
        assert bench.units[2].key


async def test_a_packet_without_a_time_is_dropped(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    camera.send(*(replace(packet, pts90=None) for packet in packets(0, 2)), *packets(GOP, GOP + 1))
    async with running(bench):
        assert [unit.pts90 for unit in bench.units] == [GOP * 7200]


async def test_garbage_for_five_seconds_makes_the_camera_invalid(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    task = asyncio.create_task(bench.streamer.run_once())
    for number in range(7):
        camera.send(replace(packets(0, 1)[0], data=b"\0\0\0\1\xff\xee", pts90=number * 90_000))
        await bench.clock.advance(1)
    with pytest.raises(InvalidStream, match="nothing that can be decoded"):
        await task
    assert bench.units == []


@pytest.mark.parametrize(("seconds", "status"), [(29, CameraStatus.CONNECTING), (31, CameraStatus.INVALID)])
async def test_a_sound_stream_is_given_time_until_its_key_picture(
    bench: Bench, seconds: int, status: CameraStatus
) -> None:
    camera = source(parameter_sets=packets(0, 1)[0].data)
    bench.opener.then(camera)
    async with running(bench):
        for number in range(seconds):
            camera.send(replace(packets(1, 2)[0], pts90=number * 90_000))
            await bench.clock.advance(1)
        assert bench.state.report.status is status


async def test_garbage_between_pictures_loses_none_of_them(bench: Bench) -> None:
    camera = source()
    bench.opener.then(camera)
    for packet in packets():
        camera.send(packet, replace(packet, data=b"\0\0\0\1\xff\xee"))
    async with running(bench):
        assert len(bench.units) == 3 * GOP


async def test_the_credentials_go_to_the_opener_and_nowhere_else(bench: Bench) -> None:
    bench.opener.then(Refused(said("the camera refuses this user name and password")))
    async with running(bench):
        assert bench.opener.opened == [ADDRESS]
        assert ADDRESS.password not in repr(bench.state.report)
        assert ADDRESS.password not in repr(bench.opener.opened)
