"""Units read together are those that the reference reads, or are left to it."""

from contextlib import suppress
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.tap.gathered import Gathered, read_usual
from shared.tap.wire import gathered, read_gathered
from shared.units import AccessUnit, Codec, UtcSource
from tests.unit.shared.strategies import access_units, unit


def sent(units: list[AccessUnit]) -> tuple[bytes, memoryview]:
    header, data = gathered(units)
    return header, memoryview(bytearray(data))


def together(units: list[AccessUnit]) -> Gathered:
    """Usual units as they come."""
    found = read_usual(*sent(units))
    assert found is not None
    return found


USUAL = [unit(seq, key=seq in (2, 5), data=bytes([seq]) * seq) for seq in range(1, 8)]


@given(st.lists(access_units, min_size=1, max_size=5))
def test_whatever_is_sent_together_is_read_as_the_reference_reads_it_or_left_to_it(
    units: list[AccessUnit],
) -> None:
    units = [replace(one, stream=units[0].stream) for one in units]
    found = read_usual(*sent(units))
    assert found is None or found.units() == units


@given(access_units, st.integers(1, 8), st.randoms(use_true_random=False))
def test_usual_units_are_read_together(first: AccessUnit, count: int, random: Random) -> None:
    first = replace(first, seq=first.seq % 2**32, pts90=first.pts90 // 2, reordered=False, recovery=0)
    units = [
        replace(first, seq=first.seq + number, pts90=first.pts90 + 3600 * number, key=random.random() < 0.3)
        for number in range(count)
    ]
    found = together(units)
    assert found.units() == units
    assert [number for number, one in enumerate(units) if one.key] == list(found.keys)


@given(st.integers(0, 6), st.integers(1, 7))
def test_a_part_has_the_units_of_its_place(first: int, count: int) -> None:
    end = min(len(USUAL), first + count)
    part = together(USUAL).part(first, end)
    assert (part.units(), part.seq) == (USUAL[first:end], USUAL[first].seq)
    assert part.part(0, 1).units() == USUAL[first : first + 1]


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 9},
        {"run": 7},
        {"pts90": 0},
        {"codec": Codec.H265},
        {"recovery": 3, "key": True},
        {"reordered": True},
        {"utc_source": UtcSource.SENDER_REPORT},
    ],
    ids=lambda changes: "+".join(changes),
)
def test_an_unusual_unit_among_them_leaves_all_to_the_reference(changes: dict[str, object]) -> None:
    units = [*USUAL[:3], replace(USUAL[3], **changes), *USUAL[4:]]  # type: ignore[arg-type]  # fields of a unit
    assert read_usual(*sent(units)) is None
    assert read_gathered(*gathered(units)) == units


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_any_bytes_are_units_or_left_to_the_reference(header: bytes, data: bytes) -> None:
    found = read_usual(header, memoryview(data))
    assert found is None or found.units() == read_gathered(header, data)


@given(st.data())
def test_a_byte_altered_anywhere_is_read_as_the_reference_reads_it(data: st.DataObject) -> None:
    header, body = sent(USUAL)
    at = data.draw(st.integers(0, len(header) - 1))
    altered = header[:at] + bytes([data.draw(st.integers(0, 255))]) + header[at + 1 :]
    found = read_usual(altered, body)
    with suppress(BadInput):
        expected = read_gathered(altered, body)
        assert found is None or found.units() == expected
        return
    assert found is None
