"""The aid that proposes where a mask goes."""

from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from shared.errors import BadInput
from shared.masks import Box, Position
from shared.messages.codec import decode, encode
from shared.messages.storage import FollowedMask, FollowOrder, MaskPosition
from shared.tickets import Action
from shared.transcoder.following import Following
from shared.utc import instant_of, ns_of
from storage.playback.following import Followings
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.marked import HEIGHT, SIDE, WIDTH, corner, marked, picture
from tests.unit.storage.workshop import workshop

_S = 1_000_000_000


def square(at_s: float) -> Box:
    left, top = corner(at_s)
    return Box(left / WIDTH, top / HEIGHT, SIDE / WIDTH, SIDE / HEIGHT)


def off_px(box: Box, at_s: float) -> float:
    """How far a box is from the square."""
    there = square(at_s)
    return max(abs(box.x - there.x) * WIDTH, abs(box.y - there.y) * HEIGHT)


@pytest.mark.slow  # a process decodes and follows three seconds of pictures
async def test_a_box_is_followed_from_the_instant_asked(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(marked(tuple(range(0, 100 * 3600, 3600))))
        start = Position(START_NS + int(0.52 * _S), square(0.52))
        found = await Followings().follow(shop.catalogue, STREAM, start, START_NS + 3 * _S)
    assert not found.lost
    assert found.positions[0] == start
    assert found.positions[-1].at_ns == pytest.approx(START_NS + 3 * _S, abs=0.1 * _S)
    assert len(found.positions) >= 6
    for one in found.positions:
        assert off_px(one.box, (one.at_ns - START_NS) / _S) < 5


async def test_where_nothing_is_recorded_nothing_is_proposed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        found = await Followings().follow(
            shop.catalogue, STREAM, Position(START_NS, square(0)), START_NS + 3 * _S
        )
    assert (found.positions, found.lost) == ((), True)


async def test_a_box_outside_the_picture_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        with pytest.raises(BadInput):
            await Followings().follow(
                shop.catalogue, STREAM, Position(START_NS, Box(0.9, 0, 0.5, 0.5)), START_NS + _S
            )


def test_what_is_no_longer_there_is_lost_and_not_guessed() -> None:
    following = Following(square(0))
    gray = picture(0).mean(axis=2).astype(np.uint8)
    assert following.show(gray) == square(0)
    noise = np.random.default_rng(1).integers(0, 255, gray.shape, np.uint8)
    assert following.show(noise) is None


@pytest.mark.slow  # a process decodes and follows a second of pictures
async def test_the_route_proposes_with_the_right_to_play(tmp_path: Path) -> None:
    box = square(0.52)
    start = MaskPosition(instant_of(START_NS + int(0.52 * _S)), box.x, box.y, box.w, box.h)
    wanted = FollowOrder(start, instant_of(START_NS + 2 * _S))
    path = f"/recordings/{STREAM}/follow"
    async with workshop(tmp_path) as shop:
        await shop.record_all(marked(tuple(range(0, 100 * 3600, 3600))))
        refused = await shop.http.post(path, content=encode(wanted))
        other = shop.token(Action.EXPORT, str(STREAM))
        not_played = await shop.http.post(
            path, content=encode(wanted), headers={"authorization": f"Bearer {other}"}
        )
        token = shop.token(Action.PLAYBACK, str(STREAM))
        answer = await shop.http.post(
            path, content=encode(wanted), headers={"authorization": f"Bearer {token}"}
        )
    assert refused.status_code == 401
    assert not_played.status_code == 403
    told = decode(FollowedMask, answer.content)
    assert not told.lost
    assert told.positions[0] == start
    assert off_px(Box(*astuple(told.positions[-1])[1:]), (ns_of(told.positions[-1].at) - START_NS) / _S) < 5
