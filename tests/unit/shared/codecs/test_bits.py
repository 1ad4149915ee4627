"""Bits and Exp-Golomb codes."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.codecs.bits import BitReader, without_emulation
from shared.errors import BadInput


def coded_ue(value: int) -> str:
    """An unsigned Exp-Golomb code as text (ITU-T H.264, section 9.1)."""
    bits = f"{value + 1:b}"
    return "0" * (len(bits) - 1) + bits


def reader(bits: str) -> BitReader:
    padded = bits + "1" * (-len(bits) % 8)
    return BitReader(int(padded or "0", 2).to_bytes(len(padded) // 8, "big"), "the header", "sps")


@settings(max_examples=40)
@given(st.lists(st.integers(0, (1 << 32) - 1), max_size=10))
def test_unsigned_codes_are_read_back(values: list[int]) -> None:
    bits = reader("".join(map(coded_ue, values)))
    assert [bits.ue() for _ in values] == values


@pytest.mark.parametrize(("code", "value"), [(0, 0), (1, 1), (2, -1), (3, 2), (4, -2)])
def test_signed_codes_go_up_and_down_in_turn(code: int, value: int) -> None:
    assert reader(coded_ue(code)).se() == value


def test_the_end_and_an_endless_code_name_the_header() -> None:
    with pytest.raises(BadInput, match="the header ends too early") as early:
        reader("10110101").u(9)
    assert early.value.field == "sps"
    with pytest.raises(BadInput, match="endless"):
        reader("0" * 80).ue()


@settings(max_examples=40)
@given(st.binary(max_size=40))
def test_any_bytes_are_codes_or_bad_input(data: bytes) -> None:
    bits = BitReader(data, "the header", "sps")
    read = 0
    with suppress(BadInput):
        while True:
            bits.ue()
            read += 1
    assert read <= 8 * len(data)


def test_emulation_prevention_is_taken_out() -> None:
    assert without_emulation(b"\x67\0\0\x03\x01\0\0\x03\x03") == b"\x67\0\0\x01\0\0\x03"
