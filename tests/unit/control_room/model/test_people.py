"""People, as values."""

import re

import pytest

from control_room.model.people import LOGIN_PATTERN, Person, Role, codes_of


@pytest.mark.parametrize(("communes", "told"), [((), "-"), (("59512", "59350"), "59350 59512")])
def test_communes_are_told_in_order_and_none_by_a_dash(communes: tuple[str, ...], told: str) -> None:
    assert codes_of(Person("p-1", "ada", "Ada", Role.LEGAL, frozenset(communes))) == told


@pytest.mark.parametrize("login", ["a", "-ada", "Ada", "ada lovelace", "x" * 65, "ada\n"])
def test_a_login_is_plain(login: str) -> None:
    assert re.fullmatch(LOGIN_PATTERN, login) is None
