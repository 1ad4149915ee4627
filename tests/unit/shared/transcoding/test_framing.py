"""What mux and a transcoder say to each other."""

import asyncio
import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.transcoding.framing import Finish, KeyWanted, Message, Ready, Settled, encoded, read_from, receive
from shared.units import AccessUnit, Codec, UtcSource
from tests.support.pictures import STREAM

_U63 = st.integers(0, (1 << 63) - 1)
UNITS = st.builds(
    AccessUnit,
    stream=st.just(STREAM),
    run=st.integers(0, (1 << 32) - 1),
    seq=_U63,
    pts90=_U63,
    utc_ns=_U63,
    utc_source=st.sampled_from(UtcSource),
    utc_uncertainty_ns=st.integers(-1, 1 << 40),
    key=st.booleans(),
    codec=st.sampled_from(Codec),
    data=st.binary(min_size=1, max_size=300),
    reordered=st.booleans(),
)
MESSAGES: st.SearchStrategy[Message] = st.one_of(
    UNITS,
    st.just(KeyWanted()),
    st.just(Finish()),
    st.just(Ready()),
    st.builds(Settled, st.integers(0, (1 << 32) - 1), st.text(max_size=200)),
)


@given(st.lists(MESSAGES, max_size=5))
def test_what_is_written_is_read_whole_and_in_order(messages: list[Message]) -> None:
    file = io.BytesIO(b"".join(map(encoded, messages)))
    found = []
    while (message := read_from(file)) is not None:
        found.append(message)
    assert found == messages


@given(MESSAGES, st.integers(1, 400))
def test_a_message_cut_short_is_the_end(message: Message, cut: int) -> None:
    whole = encoded(message)
    assert read_from(io.BytesIO(whole[: max(0, len(whole) - cut)])) is None


async def test_both_readers_read_the_same() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(encoded(Settled(3, "dark")) + encoded(Ready()) + encoded(KeyWanted())[:4])
    reader.feed_eof()
    assert [await receive(reader), await receive(reader), await receive(reader)] == [
        Settled(3, "dark"),
        Ready(),
        None,
    ]


@given(st.binary(max_size=60))
def test_noise_is_refused_or_the_end_and_nothing_else(noise: bytes) -> None:
    try:
        message = read_from(io.BytesIO(noise))
    except BadInput:
        return
    assert message is None or isinstance(message, AccessUnit | KeyWanted | Ready | Settled)


def test_an_impossible_length_is_refused_before_anything_is_read() -> None:
    with pytest.raises(BadInput, match="bytes"):
        read_from(io.BytesIO(struct.pack("!cII", b"u", 30, 1 << 31)))


def test_a_long_sentence_is_cut() -> None:
    message = read_from(io.BytesIO(encoded(Settled(0, "é" * 5000))))
    assert isinstance(message, Settled)
    assert len(message.trouble) <= 501
