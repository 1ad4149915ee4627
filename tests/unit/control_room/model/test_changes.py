"""Changes of a thing."""

import pytest

from control_room.model.changes import refuse_nulls
from shared.errors import BadInput


def test_a_member_that_must_have_a_value_cannot_become_none() -> None:
    with pytest.raises(BadInput) as caught:
        refuse_nulls({"lat": None, "name": None}, {"lat"})
    assert caught.value.field == "name"


def test_what_may_be_none_may_become_none() -> None:
    refuse_nulls({"lat": None, "name": "Grand-Place"}, {"lat"})
