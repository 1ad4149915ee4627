"""Merkle trees: what is computed step by step agrees with the definition of RFC 9162, and no proof lies."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.evidence.merkle import (
    EMPTY_ROOT,
    Frontier,
    inclusion,
    leaf_hash,
    root_by_inclusion,
    root_of,
)

SIZES = st.integers(min_value=1, max_value=70)


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def naive_root(hashes: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word by word, over leaves that are hashed already."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    left = 1
    while left * 2 < len(hashes):
        left *= 2
    return sha256(b"\x01" + naive_root(hashes[:left]) + naive_root(hashes[left:])).digest()


def test_the_hashes_are_those_of_the_published_test_vectors() -> None:
    # Of the test data that implementations of Certificate Transparency share: leaves "" and "00" (hex).
    first, second = leaf_hash(b""), leaf_hash(b"\x00")
    assert first.hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root_of([first, second]).hex() == (
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    )
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_tree_that_grew_in_two_steps_is_the_tree_of_the_definition(first: int, more: int) -> None:
    hashes = leaves(first + more)
    kept = Frontier().grown(hashes[:first])
    grown = Frontier.unpacked(kept.size, kept.packed()).grown(hashes[first:])
    assert (grown.size, grown.root) == (len(hashes), naive_root(hashes))


@given(st.data(), SIZES)
def test_every_leaf_is_proven_by_its_own_path_and_by_no_other(data: st.DataObject, size: int) -> None:
    hashes, root = leaves(size), naive_root(leaves(size))
    number = data.draw(st.integers(0, size - 1))
    path = inclusion(hashes, number)
    assert root_by_inclusion(hashes[number], number, size, path) == root
    other = data.draw(st.integers(0, size - 1).filter(lambda one: one != number or size == 1))
    if size > 1:
        assert root_by_inclusion(hashes[other], number, size, path) != root
        assert root_by_inclusion(hashes[number], number, size, path[:-1]) != root
        assert root_by_inclusion(hashes[number], other, size, path) != root
    assert root_by_inclusion(hashes[number], number, size, [*path, root]) != root
    assert root_by_inclusion(hashes[number], size, size, path) is None


def test_peaks_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="peaks"):
        Frontier.unpacked(3, b"\0" * 32)
    with pytest.raises(IndexError):
        inclusion(leaves(2), 2)
