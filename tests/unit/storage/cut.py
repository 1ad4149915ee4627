"""Segments and their pictures as files, and what ffmpeg says of them."""

import subprocess
from pathlib import Path

import av

from tests.support.pictures import units
from tests.unit.storage.segments import buffer, segment_bytes

PICTURES = units(30, gop=10)
SEGMENT = segment_bytes(PICTURES)


def ffmpeg_complaints(path: Path) -> str:
    """What ffmpeg says is wrong with a file when it decodes all of it."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stderr + (f"exit {done.returncode}" if done.returncode else "")


def decoded(data: bytes) -> list[float]:
    """The times in seconds of all pictures that PyAV decodes."""
    with av.open(buffer(data), "r", format="mp4") as container:
        return [float(frame.time or 0.0) for frame in container.decode(video=0)]
