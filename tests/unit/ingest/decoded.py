"""Decodes what the tests encode."""

from collections.abc import Iterable

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext

from ingest.simulator.clock_strip import Image


def decoded(units: Iterable[bytes], codec: str = "h264") -> list[Image]:
    """The pictures of access units, as grey levels. `codec` is FFmpeg's name for it."""
    decoder = av.CodecContext.create(codec, "r")
    assert isinstance(decoder, VideoCodecContext)
    frames = [frame for data in units for frame in decoder.decode(av.Packet(data))]
    frames += decoder.decode(None)
    return [np.asarray(frame.to_ndarray(format="gray"), np.uint8) for frame in frames]
