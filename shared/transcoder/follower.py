"""`python -m shared.transcoder.follower`: proposes the key positions of a mask over the next seconds.

Started by storage: a line as the redactor gets it, with one track of one position, where the box is; then
units by its standard input. One line of JSON comes out: the positions it is sure of, and whether it lost it.
"""

import json
import os
import resource
import sys
from collections.abc import Iterator

import av
import cv2
import numpy as np

from shared.errors import BadInput
from shared.masks import Position
from shared.mediatime import ns_from_90k
from shared.redaction import MOST_LINE_BYTES, RedactionSetup
from shared.transcoder.child import behave, keep_answers_apart
from shared.transcoder.decoder import Decoder
from shared.transcoder.following import Following
from shared.transcoding.framing import Finish, read_from
from shared.units import AccessUnit

_NICENESS = 10
_MOST_CPU_S = 30
_MOST_PICTURES = 600
_STEP_NS = 400_000_000


def positions(setup: RedactionSetup, pictures: Iterator[av.VideoFrame]) -> tuple[list[Position], bool]:
    """One every 0.4 s and the last one; whether the box was lost before the pictures ended."""
    start = setup.tracks[0].positions[0]
    following = Following(start.box)
    found: list[Position] = []
    last: Position | None = None
    for number, picture in enumerate(pictures):
        at_ns = setup.origin_ns + ns_from_90k(picture.pts or 0)
        if number >= _MOST_PICTURES:
            break
        gray = picture.reformat(format="gray").to_ndarray()
        box = following.show(np.asarray(gray, np.uint8))
        if box is None:
            return _ended(found, last), True
        last = Position(max(at_ns, start.at_ns), box)
        if not found or last.at_ns - found[-1].at_ns >= _STEP_NS:
            found.append(last)
    return _ended(found, last), False


def _ended(found: list[Position], last: Position | None) -> list[Position]:
    return [*found, last] if last is not None and found and last.at_ns > found[-1].at_ns else found


def _decoded(units: Iterator[AccessUnit], from_ns: int, origin_ns: int) -> Iterator[av.VideoFrame]:
    """The picture on the screen at `from_ns`, and all behind it."""
    held: av.VideoFrame | None = None
    for picture in _all(units):
        later = origin_ns + ns_from_90k(picture.pts or 0) > from_ns
        if later and held is not None:
            yield held
            held = None
        if later:
            yield picture
        else:
            held = picture
    if held is not None:
        yield held


def _all(units: Iterator[AccessUnit]) -> Iterator[av.VideoFrame]:
    decoder = Decoder()
    for unit in units:
        try:
            yield from decoder.decode(unit)
        except BadInput:
            # What follows is decoded from the next key unit on, if it can be.
            continue
    try:
        yield from decoder.finish()
    except BadInput:
        return


def _units() -> Iterator[AccessUnit]:
    while (message := read_from(sys.stdin.buffer)) is not None and not isinstance(message, Finish):
        if isinstance(message, AccessUnit):
            yield message


def main() -> None:
    """Answer once."""
    answers = keep_answers_apart()
    behave()
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_S, _MOST_CPU_S))
    cv2.setNumThreads(1)
    setup = RedactionSetup.read(sys.stdin.buffer.readline(MOST_LINE_BYTES))
    from_ns = setup.tracks[0].positions[0].at_ns
    found, lost = positions(setup, _decoded(_units(), from_ns, setup.origin_ns))
    told = [[one.at_ns, one.box.x, one.box.y, one.box.w, one.box.h] for one in found]
    answers.write(json.dumps({"positions": told, "lost": lost}).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    os.nice(_NICENESS)
    main()
