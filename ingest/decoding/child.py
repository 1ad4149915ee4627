"""Decodes one sample of a stream after the other, and says of each whether that went well."""

import sys
import time
from collections.abc import Sequence
from typing import BinaryIO

import av
import av.error
import av.logging
from av.video.codeccontext import VideoCodecContext

from ingest.decoding.wire import CODECS, SAMPLE, UNIT, verdict
from shared.units import Codec

_NAMES = {Codec.H264: "h264", Codec.H265: "hevc", Codec.MJPEG: "mjpeg", Codec.MPEG4: "mpeg4"}


def trouble(codec: Codec, units: Sequence[bytes]) -> str:
    """Why a sample, which brings its parameter sets, does not end in a whole picture, in a few words; empty
    where it does."""
    decoder = av.CodecContext.create(_NAMES[codec], "r")
    assert isinstance(decoder, VideoCodecContext)
    # Frame threads hold pictures back and take memory: mostly there is one picture.
    decoder.thread_count = 1
    try:
        last = None
        for packet in (*map(av.Packet, units), None):
            for frame in decoder.decode(packet):
                last = frame
    except av.error.FFmpegError as error:
        return f"the decoder says: {error.strerror}"
    if last is None:
        return "the decoder gives no picture"
    return "the picture is damaged" if last.is_corrupt else ""


def main() -> None:
    """Serve until the standard input ends."""
    av.logging.set_level(None)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (head := _exactly(source, SAMPLE.size)) is not None:
        index, count = SAMPLE.unpack(head)
        units = _units(source, count)
        if units is None:
            return
        sink.write(verdict(trouble(CODECS[index], units), time.process_time_ns()))
        sink.flush()


def _units(source: BinaryIO, count: int) -> list[bytes] | None:
    """The units of a sample, None where the input ends."""
    units: list[bytes] = []
    for _ in range(count):
        head = _exactly(source, UNIT.size)
        unit = None if head is None else _exactly(source, UNIT.unpack(head)[0])
        if unit is None:
            return None
        units.append(unit)
    return units


def _exactly(source: BinaryIO, size: int) -> bytes | None:
    data = source.read(size)
    return data if len(data) == size else None
