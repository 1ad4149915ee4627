"""Who watches what, as the muxes tell it, and the part of it that somebody may see."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from control_room.access.rights import Facts, Right, communes, decide
from control_room.model.people import Person
from shared.errors import BadInput
from shared.messages.codec import decode
from shared.messages.live import NamedViewer, NamedViewers
from shared.reasons import why


def read_viewers(body: bytes) -> tuple[NamedViewer, ...]:
    """Everybody a mux serves, as it tells them in JSON. Raises BadInput naming the part it cannot read."""
    try:
        return decode(NamedViewers, body).viewers
    except BadInput as error:
        part = error.field or "body"
        raise BadInput(why("answer-part-wrong", "viewers: {part} is wrong", part=part)) from error


def visible(person: Person, viewers: Iterable[NamedViewer], at: datetime) -> Iterator[NamedViewer]:
    """The viewers `person` may see `at` a time: only tiles of cameras in reach, and no viewer without one."""
    for viewer in viewers:
        tiles = tuple(tile for tile in viewer.tiles if tile.camera and _may_see(person, tile.commune, at))
        if tiles:
            yield replace(viewer, tiles=tiles)


def _may_see(person: Person, commune: str, at: datetime) -> bool:
    return decide(Facts(person, communes(commune)), Right.SEE_VIEWER, at).allowed
