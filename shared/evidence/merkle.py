"""Merkle trees as RFC 9162, section 2.1, hashes them: leaves, nodes, roots, proofs. Pure.

A proof is what a reader needs beside a leaf to come to a root; a tree of a million leaves needs 20 hashes.
That a tree has only grown needs none here: whoever follows one is told every leaf, and keeps its peaks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree as whoever only adds to it needs it: its size, and the roots of the perfect trees it is made of,
    the largest first: one for each 1 in the size written in binary."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def grown(self, hashes: Iterable[bytes]) -> "Frontier":
        """The tree with more leaves behind its own, given by their hashes."""
        size, peaks = self.size, list(self.peaks)
        for leaf in hashes:
            peaks.append(leaf)
            whole = size
            while whole & 1:
                right = peaks.pop()
                peaks[-1] = node_hash(peaks[-1], right)
                whole >>= 1
            size += 1
        return Frontier(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def packed(self) -> bytes:
        """Its peaks in one text of bytes; with its size that is all of it."""
        return b"".join(self.peaks)

    @classmethod
    def unpacked(cls, size: int, packed: bytes) -> "Frontier":
        """What `packed` gave. Raises ValueError where a tree of this size has another number of peaks."""
        if size < 0 or len(packed) != size.bit_count() * HASH_BYTES:
            raise ValueError("these are not the peaks of a tree of this size")
        starts = range(0, len(packed), HASH_BYTES)
        return cls(size, tuple(packed[at : at + HASH_BYTES] for at in starts))


def root_of(hashes: Iterable[bytes]) -> bytes:
    """The root over leaves, given by their hashes."""
    return Frontier().grown(hashes).root


def inclusion(hashes: Sequence[bytes], number: int) -> list[bytes]:
    """The proof that the leaf of this number, from 0, is in the tree: from its neighbour upwards.

    Raises IndexError where there is no such leaf.
    """
    if not 0 <= number < len(hashes):
        raise IndexError("the tree has no such leaf")
    path: list[bytes] = []
    level, at = list(hashes), number
    while len(level) > 1:
        beside = at ^ 1
        if beside < len(level):
            path.append(level[beside])
        level = _above(level)
        at >>= 1
    return path


def root_by_inclusion(leaf: bytes, number: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a proof of inclusion leads to (section 2.1.3.2), None where it is no proof at all."""
    if not 0 <= number < size:
        return None
    at, last, root, rest = number, size - 1, leaf, list(reversed(path))
    while last:
        if at & 1:
            if not rest:
                return None
            root = node_hash(rest.pop(), root)
        elif at < last:
            if not rest:
                return None
            root = node_hash(root, rest.pop())
        at >>= 1
        last >>= 1
    return None if rest else root


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The level above one; a node without a neighbour goes up as it is."""
    pairs = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) & 1 else pairs
