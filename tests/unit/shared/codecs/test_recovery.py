"""Recovery points are found among the messages of an SEI."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.codecs.recovery import MOST_PICTURES, h264_recovery, h265_recovery
from tests.unit.shared.bitwriter import BitWriter


def message(kind: int, payload: bytes) -> bytes:
    return bytes((kind, len(payload))) + payload


def point(count: int, *, signed: bool = False) -> bytes:
    """The payload of a recovery point, all it has in it."""
    bits = BitWriter()
    bits.ue(2 * count if signed and count <= 0 else (2 * count - 1 if signed else count))
    bits.u(5, 0b10001)
    return message(6, bits.data())


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 20).map(lambda size: message(5, b"\x11" * size)), max_size=4), st.integers(0, 400)
)
def test_a_recovery_point_is_found_behind_other_messages(before: list[bytes], count: int) -> None:
    body = b"".join(before)
    assert h264_recovery(b"\x06" + body + point(count) + b"\x80", 0) == min(count, MOST_PICTURES)
    assert h265_recovery(b"\x4e\x01" + body + point(count, signed=True) + b"\x80", 0) == min(
        count, MOST_PICTURES
    )


def test_other_units_have_none() -> None:
    assert h264_recovery(b"\x65" + point(3), 0) is None
    assert h265_recovery(b"\x50\x01" + point(3), 0) is None
    assert h264_recovery(b"\x06" + message(5, b"x" * 16) + b"\x80", 0) is None


@settings(max_examples=40)
@given(st.binary(max_size=40))
def test_noise_is_a_number_or_none(noise: bytes) -> None:
    for found in (h264_recovery(b"\x06" + noise, 0), h265_recovery(b"\x4e\x01" + noise, 0)):
        assert found is None or 0 <= found <= MOST_PICTURES
