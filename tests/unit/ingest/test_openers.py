"""Each camera is opened with the client the commune chose for it."""

from dataclasses import replace

import pytest

from ingest.fake_opener import FakeOpener
from ingest.openers import ChosenOpener
from shared.messages.ingest import CameraOpener
from tests.unit.ingest.camera_packets import ADDRESS, source


@pytest.mark.parametrize("chosen", CameraOpener)
async def test_a_camera_is_opened_by_the_client_its_address_names(chosen: CameraOpener) -> None:
    openers = {one: FakeOpener() for one in CameraOpener}
    camera = source()
    openers[chosen].then(camera)
    assert await ChosenOpener(openers).open(replace(ADDRESS, opener=chosen)) is camera
