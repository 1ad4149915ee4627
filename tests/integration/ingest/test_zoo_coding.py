"""Cameras whose pictures are coded or wrapped oddly. What Beffroi does is told in docs/cameras.md."""

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.simulator.encoder import Encoding
from ingest.simulator.faults import Fault
from shared.codecs.h264 import Nal, nal_type, nal_units
from shared.codecs.jpeg import parse_image
from shared.messages.ingest import CameraStatus
from tests.integration.ingest.zoo import CODING, STEP90, assert_steady, plan, zoo
from tests.support.eventually import eventually
from tests.unit.ingest.decoded import decoded

pytestmark = pytest.mark.slow


async def test_both_picture_sets_of_a_description_are_passed_on_and_every_picture_decodes(
    tmp_path: Path,
) -> None:
    async with zoo(tmp_path) as world:
        world.add(plan(Fault.TWO_PICTURE_SETS))
        world.pull()
        await world.units_come(24)
        assert_steady(world.units)
        keys = [unit for unit in world.units if unit.key]
        assert {sum(nal_type(nal) == Nal.PPS for nal in nal_units(unit.data)) for unit in keys} == {2}
        assert len(decoded(unit.data for unit in world.units)) == len(world.units)


async def test_pictures_of_a_set_never_sent_make_the_camera_invalid(tmp_path: Path) -> None:
    async with zoo(tmp_path, 15.0) as world:
        world.add(plan(Fault.UNKNOWN_SETS))
        world.pull()
        await eventually(lambda: world.report.status is CameraStatus.INVALID)
        assert "refer to parameters it never sent" in world.report.reason
        assert world.units == []


async def test_refresh_without_key_pictures_is_joined_at_a_recovery_point(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        world.add(plan(Fault.REFRESH))
        world.pull()
        await world.units_come(24)
        assert world.units[0].key
        assert world.units[0].recovery > 0
        assert {unit.pts90 // STEP90 - unit.seq for unit in world.units} == {
            world.units[0].pts90 // STEP90 - world.units[0].seq
        }
        assert world.report.status is CameraStatus.LIVE
        assert "incomplete" in world.report.advice


async def test_refresh_that_tells_no_recovery_point_is_invalid_for_want_of_a_key_picture(
    tmp_path: Path,
) -> None:
    async with zoo(tmp_path, 15.0) as world:
        world.add(plan(Fault.REFRESH_UNTOLD))
        world.pull()
        await eventually(lambda: world.report.status is CameraStatus.INVALID)
        assert "key picture" in world.report.reason
        assert world.units == []


async def test_motion_jpeg_whose_size_is_in_the_extension_is_whole(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        coding = replace(CODING, encoding=Encoding.MJPEG)
        world.add(replace(plan(Fault.SIZE_IN_EXTENSION), coding=coding))
        world.pull()
        await world.units_come(8)
        assert {(parse_image(unit.data).width, parse_image(unit.data).height) for unit in world.units} == {
            (coding.width, coding.height)
        }
        assert world.report.width == coding.width


@pytest.mark.parametrize("fault", [Fault.ORDER_NUMBERS, Fault.PACI])
async def test_rare_packets_of_h265_are_pulled_without_loss(fault: Fault, tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        world.add(replace(plan(fault), coding=replace(CODING, encoding=Encoding.H265)))
        world.pull()
        await world.units_come(12)
        assert world.units[0].key
        assert [unit.seq for unit in world.units] == list(range(len(world.units)))
        assert len(decoded((unit.data for unit in world.units), "hevc")) == len(world.units)


async def test_parts_out_of_decoding_order_are_refused_in_words(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        world.add(replace(plan(Fault.INTERLEAVED), coding=replace(CODING, encoding=Encoding.H265)))
        world.pull()
        await eventually(lambda: world.report.status is CameraStatus.UNSUPPORTED)
        assert "interleaved packetisation" in world.report.reason
