"""Names that nobody can guess."""

import re
from random import Random

from control_room.model.names import Names, token_hash


def test_a_name_has_its_prefix_and_ten_characters() -> None:
    assert re.fullmatch(r"cam-[a-z0-9]{10}", Names().new("cam"))


def test_a_token_has_256_bits_and_its_hash_does_not_hold_it() -> None:
    token = Names().token()
    assert len(bytes.fromhex(token)) == 32
    assert token not in token_hash(token)
    assert token_hash(token) == token_hash(token) != token_hash(token + "0")


def test_the_same_randomness_gives_the_same_names_and_the_systems_never_does() -> None:
    assert Names(Random(7)).token() == Names(Random(7)).token()
    assert Names().token() != Names().token()
