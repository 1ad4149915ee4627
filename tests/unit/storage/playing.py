"""Asking for footage as a player does."""

import av
import httpx

from shared.tickets import Action
from storage.model.instants import text_from_ns
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.segments import buffer
from tests.unit.storage.workshop import Workshop

SECOND_NS = 1_000_000_000
MEDIA = f"/recordings/{STREAM}/media"


def at(seconds: float) -> str:
    """The instant this long after the first picture."""
    return text_from_ns(START_NS + int(seconds * SECOND_NS))


async def media(shop: Workshop, seconds: float, to: float | None = None, **query: str) -> httpx.Response:
    """Ask for footage."""
    end = {} if to is None else {"to": at(to)}
    token = shop.token(Action.PLAYBACK, str(STREAM))
    return await shop.get(MEDIA, token, **{"from": at(seconds)}, **end, **query)


def times(answer: httpx.Response) -> list[float]:
    """Seconds on the player's time line of every picture decoded."""
    with av.open(buffer(answer.content), "r", format="mp4") as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        shown = [frame.pts for frame in container.decode(stream) if frame.pts is not None]
        return [float(pts * stream.time_base) for pts in shown]
