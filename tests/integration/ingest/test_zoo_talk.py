"""Cameras that speak RTSP in their own way. What Beffroi does is told in docs/cameras.md."""

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.simulator.faults import Fault
from shared.messages.ingest import CameraStatus
from tests.integration.ingest.zoo import assert_steady, plan, zoo
from tests.support.eventually import eventually

pytestmark = pytest.mark.slow

HURRY = 5.0
"""So much faster does the fleet's clock run where a session's time-out is waited for."""


@pytest.mark.parametrize(
    "fault",
    [
        Fault.PADDED_SESSION,
        Fault.NO_CONTROL,
        Fault.ABSOLUTE_CONTROL,
        Fault.NO_CONTENT_BASE,
        Fault.BARE_CONTENT_BASE,
        Fault.FOREIGN_CONTENT_BASE,
        Fault.AUDIO_FIRST,
        Fault.LENGTH_TOO_SHORT,
        Fault.LOWER_CASE,
        Fault.BARE_LF,
        Fault.NO_CSEQ,
        Fault.WRONG_CSEQ,
        Fault.SLOW_DESCRIBE,
        Fault.ASKS_BACK,
        Fault.CHANNELS_OF_ITS_OWN,
        Fault.NO_LENGTH,
    ],
)
async def test_a_camera_that_talks_oddly_is_pulled_without_loss(fault: Fault, tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        camera = world.add(plan(fault))
        world.pull()
        await world.units_come(20)
        assert_steady(world.units)
        assert (camera.counts.logins, camera.counts.audio_setups) == (1, 0)
        assert camera.counts.answers == (2 if fault is Fault.ASKS_BACK else 0)


@pytest.mark.parametrize(
    ("fault", "verb"),
    [
        (Fault.KEEP_ALIVE_405, "OPTIONS"),
        (Fault.KEEP_ALIVE_501, "OPTIONS"),
        (Fault.KEEP_ALIVE_454, "OPTIONS"),
        (Fault.SHORT_SESSION, "GET_PARAMETER"),
        (Fault.UNTOLD_TIMEOUT, "GET_PARAMETER"),
        (Fault.PADDED_SESSION, "GET_PARAMETER"),
        (Fault.NEW_NONCE, "GET_PARAMETER"),
    ],
)
async def test_a_session_is_kept_beyond_its_time_out(fault: Fault, verb: str, tmp_path: Path) -> None:
    told_s = 60.0 if fault is Fault.UNTOLD_TIMEOUT else 20.0
    async with zoo(tmp_path, HURRY) as world:
        password = "letmein" if fault is Fault.NEW_NONCE else ""
        username = "viewer" if password else ""
        camera = world.add(plan(fault, username=username, password=password, session_s=told_s, hurry=HURRY))
        world.pull(password=password)
        await eventually(lambda: camera.counts.sessions, what="a session")
        before = camera.counts.verbs.get(verb, 0)
        await world.media_passes((1.3 if told_s > 20 else 1.8) * told_s / HURRY)
        assert camera.counts.verbs.get(verb, 0) - before >= 2
        assert (camera.counts.timed_out, camera.counts.logins, camera.counts.refused) == (0, 1, 0)
        assert_steady(world.units)


async def test_a_client_that_keeps_silent_would_be_dropped(tmp_path: Path) -> None:
    """What the tests above rely on: the camera does keep to its time-out."""
    async with zoo(tmp_path) as world:
        camera = world.add(plan(Fault.SHORT_SESSION, session_s=20.0, hurry=50.0))
        world.pull()
        await eventually(lambda: camera.counts.timed_out == 1)


async def test_a_camera_that_wants_receiver_reports_gets_them(tmp_path: Path) -> None:
    async with zoo(tmp_path, HURRY) as world:
        camera = world.add(plan(Fault.NEEDS_REPORTS, hurry=HURRY))
        world.pull()
        await eventually(lambda: camera.counts.reports >= 6)
        assert (camera.counts.timed_out, camera.counts.logins) == (0, 1)
        assert_steady(world.units)


@pytest.mark.parametrize(
    ("fault", "clear"),
    [
        (Fault.SHA_256, False),
        (Fault.DIGEST_QOP, False),
        (Fault.BASIC_AND_DIGEST, False),
        (Fault.BASIC_ONLY, True),
    ],
)
async def test_each_way_of_signing_in_is_answered_once_and_rightly(
    fault: Fault, clear: bool, tmp_path: Path
) -> None:
    async with zoo(tmp_path) as world:
        camera = world.add(plan(fault, username="viewer", password="p@ss:w/é"))
        world.pull(password="p@ss:w/é")
        await world.units_come()
        assert camera.counts.refused == 0
        assert (camera.counts.clear_passwords > 0) is clear


async def test_a_camera_that_closes_behind_a_challenge_is_answered_on_a_second_connection(
    tmp_path: Path,
) -> None:
    async with zoo(tmp_path) as world:
        camera = world.add(plan(Fault.CLOSES_ON_401, username="viewer", password="letmein"))
        world.pull(password="letmein")
        await world.units_come(20)
        assert_steady(world.units)
        assert (camera.counts.verbs["DESCRIBE"], camera.counts.logins) == (2, 1)


async def test_a_camera_that_closes_behind_a_challenge_and_a_wrong_password_is_refused(
    tmp_path: Path,
) -> None:
    async with zoo(tmp_path) as world:
        camera = world.add(plan(Fault.CLOSES_ON_401, username="viewer", password="letmein"))
        world.pull(password="wrong")
        await eventually(lambda: world.report.status is CameraStatus.REFUSED)
        assert camera.counts.verbs["DESCRIBE"] <= 2


async def test_a_redirect_to_an_allowed_address_is_followed(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        world.add(plan(Fault.REDIRECT, target="other"))
        world.add(replace(plan(Fault.NONE), name="other"))
        world.pull()
        await world.units_come()
        assert_steady(world.units)


async def test_a_redirect_to_a_forbidden_address_is_invalid(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        world.add(plan(Fault.REDIRECT, target="rtsp://169.254.169.254/latest"))
        world.pull()
        await eventually(lambda: world.report.status is CameraStatus.INVALID)
        assert "169.254.169.254" in world.report.reason


async def test_a_redirect_in_a_circle_ends(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        camera = world.add(plan(Fault.REDIRECT, target="camera"))
        world.pull()
        await eventually(lambda: world.report.status is CameraStatus.INVALID)
        assert camera.counts.verbs["DESCRIBE"] <= 5


async def test_an_unanswered_teardown_holds_nobody_up(tmp_path: Path) -> None:
    async with zoo(tmp_path) as world:
        camera = world.add(plan(Fault.DEAF_TEARDOWN))
        world.pull()
        await world.units_come()
        world.fleet.apply([])
        await eventually(lambda: camera.counts.sessions == 0, within_s=2.0)
        assert camera.counts.verbs["TEARDOWN"] == 1


async def test_a_half_closed_connection_is_opened_anew_as_a_new_run(tmp_path: Path) -> None:
    async with zoo(tmp_path, HURRY) as world:
        camera = world.add(plan(Fault.HALF_CLOSED))
        world.pull()
        await eventually(lambda: len(world.runs()) >= 2)
        assert_steady(world.runs()[0])
        await eventually(lambda: camera.counts.sessions <= 1, what="no half-open session left")
