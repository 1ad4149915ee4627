"""Only whole JPEG images get through."""

import pytest

from ingest.checks.common import NotDecodable
from ingest.checks.jpeg import JpegChecks
from ingest.simulator.encoder import Encoding
from tests.unit.ingest.checks.test_choice import pictures


def test_every_whole_image_is_a_key_unit_and_tells_its_size() -> None:
    tested = JpegChecks()
    images = pictures(Encoding.MJPEG)
    assert all(tested.check(image).key for image in images)
    assert tested.description is not None
    assert (tested.description.width, tested.description.height) == (320, 240)


def test_half_an_image_is_counted_and_a_loss_stops_no_other() -> None:
    tested = JpegChecks()
    image = pictures(Encoding.MJPEG)[0]
    with pytest.raises(NotDecodable, match="not a whole"):
        tested.check(image[: len(image) // 2])
    assert tested.garbage == 1
    tested.lose_sync()
    assert tested.check(image).data == image
