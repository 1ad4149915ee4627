"""The muxes and ICE servers that settings name."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.unit.control_room.room import settings

A, B = "https://a.test", "https://b.test"


@pytest.mark.parametrize(
    ("more", "places"),
    [
        ({"mux_urls": f"{A}/, {B}"}, [(A, A), (B, B)]),
        ({"mux_urls": "", "mux_url": f"{A}/"}, [(A, A)]),
        ({"mux_urls": f"{A},{B}", "mux_url": "https://old.test"}, [(A, A), (B, B)]),
        (
            {"mux_urls": f"{A},{B}", "mux_internal_urls": "http://m:1/,http://m:2"},
            [(A, "http://m:1"), (B, "http://m:2")],
        ),
    ],
)
def test_each_mux_has_an_address_for_browsers_and_one_for_us(
    tmp_path: Path, more: dict[str, str], places: list[tuple[str, str]]
) -> None:
    assert settings(tmp_path, **more).mux_places == places


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"mux_urls": ""}, "BEFFROI_MUX_URLS is not set"),
        ({"mux_urls": f"{A},{A}/"}, "names a mux twice"),
        ({"mux_urls": "mux.test"}, "must be of the form"),
        ({"mux_urls": f"{A},{B}", "mux_internal_urls": "http://m:1"}, "as many muxes"),
        ({"turn_urls": "turn:t.test"}, "needs BEFFROI_TURN_SECRET"),
        ({"stun_urls": "stun.test"}, "must start with stun:"),
    ],
)
def test_settings_that_fit_no_installation_are_refused(
    tmp_path: Path, more: dict[str, str], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        settings(tmp_path, **more)
