"""Who watches what, as a mux tells it."""

from datetime import UTC, datetime

import pytest

from control_room.live.watching import read_viewers, visible
from control_room.model.people import Person, Role
from shared.errors import BadInput
from shared.messages.live import NamedViewer, TileStatistics

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
OURS, THEIRS = TileStatistics("0", "59350/cam-1"), TileStatistics("1", "59512/cam-2")


def test_what_a_mux_tells_is_read_and_more_of_a_newer_one_is_left_out() -> None:
    body = b'{"viewers": [{"id": "a", "session": "s", "subject": "p", "new": 1, "tiles": [{"mid": "0"}]}]}'
    (watcher,) = read_viewers(body)
    assert (watcher.id, watcher.tiles) == ("a", (TileStatistics("0"),))


@pytest.mark.parametrize("body", [b"", b"[]", b'{"viewers": [{}]}', b'{"viewers": 1}'])
def test_what_cannot_be_read_names_its_part(body: bytes) -> None:
    with pytest.raises(BadInput, match=r"viewers: .* is wrong"):
        read_viewers(body)


def test_a_commune_sees_the_tiles_of_its_own_cameras_and_no_viewer_of_others_only() -> None:
    person = Person("p-1", "ada", "Ada", Role.COMMUNE, frozenset({"59350"}))
    both = NamedViewer(id="a", session="s", subject="p", tiles=(OURS, THEIRS))
    others = NamedViewer(id="b", session="s", subject="p", tiles=(THEIRS, TileStatistics("2")))
    (seen,) = visible(person, [both, others], AT)
    assert (seen.id, seen.tiles) == ("a", (OURS,))
