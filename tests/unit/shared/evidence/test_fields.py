"""JSON of unknown origin, member by member."""

from collections.abc import Callable

import pytest

from shared.errors import BadInput
from shared.evidence import fields


@pytest.mark.parametrize(
    ("read", "wrong"),
    [
        (fields.members, []),
        (fields.items, {}),
        (fields.text, 1),
        (fields.number, True),
        (fields.number, -1),
        (fields.number, 1 << 63),
        (fields.number, 1.0),
        (fields.hash_text, "A" * 64),
        (fields.hash_text, "a" * 63),
        (fields.path, ["zz"]),
    ],
)
def test_another_kind_than_is_expected_is_refused(read: Callable[[object], object], wrong: object) -> None:
    with pytest.raises(BadInput):
        read(wrong)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"a":1,"a":2}', b"[" * 100_000])
def test_what_is_no_object_or_means_two_things_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput):
        fields.parsed(body)


def test_a_member_that_is_missing_is_named() -> None:
    with pytest.raises(BadInput, match="head is missing"):
        fields.member({}, "head")


def test_lists_that_differ_are_never_written_alike() -> None:
    assert fields.canonical("a", "b") != fields.canonical("a,b")
    assert fields.canonical("1") != fields.canonical(1)
    assert fields.canonical("é") == b'["\\u00e9"]'
