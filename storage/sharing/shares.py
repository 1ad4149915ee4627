"""Decides what a process takes of what is to be shared. Pure: the same for all who see the same."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass

from storage.index.leases import Lease

STREAM = "stream:"


@dataclass(frozen=True, slots=True)
class Share:
    """What is to be taken, and what is let go because nobody wants it."""

    take: tuple[str, ...]
    leave: tuple[str, ...]


def share_of(
    me: str,
    wanted: Set[str],
    leases: Mapping[str, Lease],
    living: Set[str],
    urgent: Collection[str] = (),
) -> Share:
    """What process `me` does about the streams that are `wanted`; it is one of the `living`.

    Nobody takes more than the rounded up share of what is free, unless it is `urgent`: whoever has room has
    left it lying. Who has two fewer than another takes one of them, so that a stream that changes hands is
    never without a holder.
    """
    holders = {name: _holder(leases.get(name), living) for name in sorted(wanted)}
    mine = {name for name, holder in holders.items() if holder == me}
    free = [name for name, holder in holders.items() if holder is None]
    least, rest = divmod(len(holders), len(living))
    room = max(0, least + bool(rest) - len(mine))
    take = free[:room] + [name for name in free[room:] if name in urgent]
    if not free:
        take = _surplus(holders, me)
    return Share(tuple(take), tuple(_unwanted(me, wanted, leases)))


def free_of(wanted: Iterable[str], leases: Mapping[str, Lease], living: Set[str]) -> set[str]:
    """Those that nobody living holds."""
    return {name for name in wanted if _holder(leases.get(name), living) is None}


def _holder(lease: Lease | None, living: Set[str]) -> str | None:
    return lease.holder if lease is not None and lease.holder in living else None


def _surplus(holders: Mapping[str, str | None], me: str) -> list[str]:
    """What is to be taken from whoever holds most, until nobody holds two more."""
    counts = Counter(holders.values())
    found: list[str] = []
    while counts:
        most = max(counts, key=lambda holder: (counts[holder], str(holder)))
        if counts[most] - counts[me] < 2:
            break
        found.append(next(name for name, one in holders.items() if one == most and name not in found))
        counts[most] -= 1
        counts[me] += 1
    return found


def _unwanted(me: str, wanted: Set[str], leases: Mapping[str, Lease]) -> list[str]:
    return [
        name
        for name, lease in leases.items()
        if lease.holder == me and name.startswith(STREAM) and name not in wanted
    ]
