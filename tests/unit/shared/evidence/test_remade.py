"""Recorded segments made again from a film: real films are in test_captured.py, hostile bytes here."""

import hashlib
import io
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.evidence.remade import remade
from shared.evidence.told import ToldSegment

HEAD = b"head of the recording"
BYTES = st.binary(max_size=200)
PARTS = st.lists(st.tuples(st.integers(0, 1 << 40), BYTES), min_size=1, max_size=5)


def fragment(number: int, time90: int, pictures: bytes) -> bytes:
    """As much of one as is changed in a film."""
    prft = struct.pack(">I4s16xQ", 32, b"prft", time90)
    moof = struct.pack(">I4s12xI36xQ", 68, b"moof", number, time90)
    return prft + moof + struct.pack(">I4s", 8 + len(pictures), b"mdat") + pictures


def told(offset: int, size: int, time90: int = 0) -> ToldSegment:
    return ToldSegment(time90, offset, size, "", "", "", "k", True, HEAD)


@settings(max_examples=40)
@given(PARTS, st.integers(0, 1 << 40), BYTES)
def test_a_segment_is_the_recorded_file_again(
    parts: list[tuple[int, bytes]], shift90: int, before: bytes
) -> None:
    recorded = HEAD + b"".join(fragment(at, time90, data) for at, (time90, data) in enumerate(parts, 1))
    moved = b"".join(fragment(at + 70, time90 + shift90, data) for at, (time90, data) in enumerate(parts))
    film = io.BytesIO(before + moved + b"what follows")
    [(_, sha256)] = remade(film, [told(len(before), len(moved), shift90)])
    assert sha256 == hashlib.sha256(recorded).hexdigest()


@settings(max_examples=40)
@given(BYTES, st.integers(0, 300), st.integers(0, 300))
def test_whatever_the_bytes_are_there_is_an_answer(film: bytes, offset: int, size: int) -> None:
    found = list(remade(io.BytesIO(film), [told(offset, size), told(offset + size, size)]))
    assert len(found) == 2


def test_a_part_without_fragments_is_none() -> None:
    assert [sha256 for _, sha256 in remade(io.BytesIO(bytes(100)), [told(0, 100)])] == [None]
