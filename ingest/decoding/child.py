"""Decodes one key picture after the other, and says of each whether that went well."""

import sys
import time
from typing import BinaryIO

import av
import av.error
import av.logging
from av.video.codeccontext import VideoCodecContext

from ingest.decoding.wire import CODECS, PICTURE, verdict
from shared.units import Codec

_NAMES = {Codec.H264: "h264", Codec.H265: "hevc", Codec.MJPEG: "mjpeg", Codec.MPEG4: "mpeg4"}


def trouble(codec: Codec, data: bytes) -> str:
    """Why a key picture with its parameter sets cannot be decoded, in a few words; empty where it can."""
    decoder = av.CodecContext.create(_NAMES[codec], "r")
    assert isinstance(decoder, VideoCodecContext)
    # Frame threads hold pictures back and take memory: there is one picture.
    decoder.thread_count = 1
    try:
        frames = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
    except av.error.FFmpegError as error:
        return f"the decoder says: {error.strerror}"
    if not frames:
        return "the decoder gives no picture"
    return "the picture is damaged" if frames[0].is_corrupt else ""


def main() -> None:
    """Serve until the standard input ends."""
    av.logging.set_level(None)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (head := _exactly(source, PICTURE.size)) is not None:
        index, size = PICTURE.unpack(head)
        data = _exactly(source, size)
        if data is None:
            return
        sink.write(verdict(trouble(CODECS[index], data), time.process_time_ns()))
        sink.flush()


def _exactly(source: BinaryIO, size: int) -> bytes | None:
    data = source.read(size)
    return data if len(data) == size else None
