"""What the decoder makes of one sample; as a process: test_process.py."""

import pytest

from ingest.decoding.child import trouble
from ingest.simulator.encoder import Coding, Encoding
from shared.units import Codec
from tests.unit.ingest.camera_packets import coded, costly


def test_a_key_picture_decodes_and_one_that_refers_to_others_does_not() -> None:
    (_, key), (_, other), *_ = coded()
    assert trouble(Codec.H264, [key]) == ""
    assert trouble(Codec.H264, [key, other]) == ""
    assert trouble(Codec.H264, [other]) != ""


@pytest.mark.parametrize(
    ("codec", "encoding"), [(Codec.H265, Encoding.H265), (Codec.MJPEG, Encoding.MJPEG)], ids=["h265", "mjpeg"]
)
def test_the_decoder_is_that_of_the_codec(codec: Codec, encoding: Encoding) -> None:
    picture = costly(Coding(encoding=encoding))[0].data
    assert trouble(codec, [picture]) == ""
    assert trouble(Codec.H264, [picture]) != ""
