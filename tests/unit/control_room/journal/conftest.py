"""A journal that is signed, with a clock that is turned."""

import pytest

from control_room.journal.signer import Signer
from control_room.model.names import Names
from tests.unit.control_room.room import Room


@pytest.fixture
def signer(room: Room) -> Signer:
    return Signer(room.db, room.journal_key, room.clock, Names())
