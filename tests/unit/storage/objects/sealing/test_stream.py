"""Sealed bytes: any range opens to what was sealed, and nothing that was changed opens at all."""

import hashlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.objects.sealing import stream
from storage.objects.sealing.stream import (
    HEAD_BYTES,
    MAGIC,
    SEGMENT_BYTES,
    Broken,
    Opener,
    head_of,
    sealed,
)

KEY, NAME, ID = bytes(range(32)), "59350/place/main/20260701/a.mp4", b"id-of-a-data-key"
ROOM = SEGMENT_BYTES - 16
FIRST = ROOM - 40
SIZES = st.one_of(
    st.integers(0, 300),
    st.sampled_from([FIRST, FIRST + ROOM, FIRST + 2 * ROOM]).flatmap(
        lambda size: st.integers(size - 2, size + 2)
    ),
)


def bytes_of(size: int) -> bytes:
    return hashlib.shake_128(b"footage").digest(size)


def seal(data: bytes, key: bytes = KEY, name: str = NAME) -> bytes:
    return sealed(key, ID, name, io.BytesIO(data)).read()


def read(stored: bytes, offset: int, size: int, key: bytes = KEY, name: str = NAME) -> bytes:
    head = head_of(stored[:HEAD_BYTES], len(stored))
    assert head is not None
    opener = Opener(key, name, head)
    numbers = opener.numbers(offset, size)
    at, length = opener.place(numbers)
    return opener.cut(opener.open(numbers, stored[at : at + length]), numbers, offset, size)


@settings(max_examples=40)
@given(size=SIZES, offset=st.integers(0, 3 * ROOM), length=st.integers(0, 3 * ROOM))
def test_any_range_is_that_of_what_was_sealed(size: int, offset: int, length: int) -> None:
    data = bytes_of(size)
    stored = seal(data)
    assert read(stored, 0, size + 1) == data
    assert read(stored, offset, length) == data[offset : offset + length]


@settings(max_examples=40)
@given(size=SIZES, place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_is_refused(size: int, place: float, bit: int) -> None:
    stored = bytearray(seal(bytes_of(size)))
    at = len(MAGIC) + len(ID) + int(place * (len(stored) - len(MAGIC) - len(ID)))
    stored[at] ^= 1 << bit
    with pytest.raises(Broken):
        read(bytes(stored), 0, size + 1)


@settings(max_examples=40)
@given(size=SIZES, share=st.floats(0, 1, exclude_max=True))
def test_a_cut_end_is_refused_by_whoever_reads_to_it(size: int, share: float) -> None:
    stored = seal(bytes_of(size))
    cut = stored[: HEAD_BYTES + int(share * (len(stored) - HEAD_BYTES))]
    with pytest.raises(Broken):
        read(cut, 0, size + 1)


@pytest.mark.parametrize("segments", [1, 2])
def test_an_end_cut_between_segments_is_refused(segments: int) -> None:
    stored = seal(bytes_of(FIRST + 2 * ROOM))
    cut = stored[: HEAD_BYTES - 40 + segments * SEGMENT_BYTES]
    with pytest.raises(Broken):
        read(cut, FIRST + segments * ROOM + 5, 1)
    if segments > 1:
        assert read(cut, 0, 10) == bytes_of(10)


def test_segments_that_changed_places_are_refused() -> None:
    data = bytes_of(FIRST + 3 * ROOM)
    stored, at = seal(data), HEAD_BYTES - 40
    cuts = [at, at + SEGMENT_BYTES, at + 2 * SEGMENT_BYTES, at + 3 * SEGMENT_BYTES]
    swapped = stored[: cuts[1]] + stored[cuts[2] : cuts[3]] + stored[cuts[1] : cuts[2]] + stored[cuts[3] :]
    repeated = stored[: cuts[2]] + stored[cuts[1] : cuts[2]] + stored[cuts[3] :]
    for changed in (swapped, repeated):
        assert len(changed) == len(stored)
        with pytest.raises(Broken):
            read(changed, 0, len(data))


def test_what_follows_the_end_is_refused() -> None:
    stored = seal(bytes_of(1000))
    for more in (b"\0", bytes(SEGMENT_BYTES)):
        with pytest.raises(Broken):
            read(stored + more, 0, 10_000_000)


def test_under_another_name_or_key_nothing_opens() -> None:
    stored = seal(b"pictures")
    for key, name in ((KEY, NAME.replace("0701", "0702")), (bytes(32), NAME)):
        with pytest.raises(Broken):
            read(stored, 0, 8, key, name)


def test_a_segment_of_another_object_of_the_same_key_is_refused() -> None:
    one, other = seal(bytes_of(FIRST + ROOM)), seal(bytes_of(FIRST + ROOM)[::-1])
    at = HEAD_BYTES - 40 + SEGMENT_BYTES
    with pytest.raises(Broken):
        read(one[:at] + other[at:], FIRST + 1, 5)


def test_a_long_file_is_sealed_alike_and_any_other_under_another_salt() -> None:
    data = bytes(16 << 20)
    assert seal(data) == seal(data)
    assert seal(data)[:HEAD_BYTES] != seal(data[:-1] + b"\1")[:HEAD_BYTES]
    assert seal(data)[:HEAD_BYTES] != seal(data, name="other.mp4")[:HEAD_BYTES]


def test_what_is_short_or_cannot_be_read_twice_is_sealed_under_a_salt_of_chance() -> None:
    class Once(io.BytesIO):
        def seekable(self) -> bool:
            return False

    for made in (io.BytesIO, Once):
        both = [sealed(KEY, ID, NAME, made(b"a stream")).read() for _ in range(2)]
        assert both[0][:HEAD_BYTES] != both[1][:HEAD_BYTES]
        assert [read(stored, 0, 100) for stored in both] == [b"a stream"] * 2


def test_what_is_sealed_shows_nothing_of_itself() -> None:
    stored = seal(b"\0\0\0\x1cftypiso6" * 1000)
    assert b"ftyp" not in stored
    assert head_of(b"\0\0\0\x1cftypiso6", 12) is None


def test_tink_opens_what_is_sealed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    # Sealed here and opened by tink 1.16.1 (AesGcmHkdfStreamingKey, HKDF-SHA256, segments of 64 KiB).
    monkeypatch.setattr(stream, "_LONG_BYTES", 0)
    digest = hashlib.sha256(sealed(KEY, b"i" * 16, "59350/place/x.mp4", io.BytesIO(TINKS)).read()).hexdigest()
    assert digest == TINK_OPENED


TINKS = bytes(range(256)) * 1024 + b"end"
TINK_OPENED = "d9141e839e4a5412a1a95883958eaa23be64be07b32aae6956095807ff2f494b"
