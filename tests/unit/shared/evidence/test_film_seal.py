"""The seal's box is read as it was written, and garbage ends in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.evidence.film_seal import FilmIdentity, read_seal, seal_box, unsigned

_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
_seconds = st.integers(0, 4_000_000_000)


@settings(max_examples=40)
@given(_texts, _texts, _texts, _seconds, _seconds, st.binary(min_size=1, max_size=400))
def test_a_seal_is_read_as_it_was_written(
    stream: str, camera: str, operator: str, made_s: int, start_s: int, signature: bytes
) -> None:
    identity = FilmIdentity(
        "x-1", stream, camera, operator, "Beffroi", made_s * 10**9, start_s * 10**9 + 700, "ab" * 32
    )
    data = seal_box(identity, b"certificate", signature)
    read = read_seal(data)
    assert (read.identity, read.certificate, read.signature) == (identity, b"certificate", signature)
    assert unsigned(data, read) == seal_box(identity, b"certificate", bytes(len(signature)))


@settings(max_examples=40)
@given(st.data())
def test_a_damaged_seal_is_read_or_refused_in_words(data: st.DataObject) -> None:
    identity = FilmIdentity("x-1", "s", "c", "o", "u", 10**18, 10**18, "ab")
    whole = bytearray(seal_box(identity, b"certificate", bytes(20)))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    told = ""
    try:
        read_seal(bytes(whole))
    except BadInput as error:
        told = str(error)
    assert told in ("", "the film has no seal that can be read")


def test_what_is_no_seal_is_refused_in_words() -> None:
    with pytest.raises(BadInput, match="no seal that can be read"):
        read_seal(b"\0" * 40)
