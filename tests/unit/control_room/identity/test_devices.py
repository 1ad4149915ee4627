"""Cookies by which a browser is known for a login."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_room.identity.devices import LIFE_S, Devices
from control_room.model.names import Names
from shared.clock import SimulatedClock


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


async def test_a_cookie_names_its_browser_for_its_login_alone_and_not_for_ever(clock: SimulatedClock) -> None:
    devices = Devices("secret", clock, Names(Random(1)))
    value = devices.new("somebody", None)
    known = devices.read("somebody", value)
    assert known is not None
    assert devices.read("somebody", devices.new("somebody", known)) == known
    assert devices.read("other", value) is None
    assert Devices("other secret", clock, Names(Random(1))).read("somebody", value) is None
    await clock.advance(LIFE_S)
    assert devices.read("somebody", value) is None


@given(st.text(max_size=300))
def test_a_forged_cookie_names_no_browser(value: str) -> None:
    devices = Devices("secret", SimulatedClock(1_795_262_400_000_000_000), Names(Random(1)))
    assert devices.read("somebody", value) is None
