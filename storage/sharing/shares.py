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
    left it lying. Who has less than the rounded down share takes from those who have more, so that a stream
    that changes hands is never without a holder.
    """
    holders = {name: _holder(leases.get(name), living) for name in sorted(wanted)}
    mine = {name for name, holder in holders.items() if holder == me}
    free = [name for name, holder in holders.items() if holder is None]
    least, rest = divmod(len(holders), len(living))
    room = max(0, least + bool(rest) - len(mine))
    take = free[:room] + [name for name in free[room:] if name in urgent]
    if not free and len(mine) < least:
        take = _surplus(holders, me, least)[: least - len(mine)]
    return Share(tuple(take), tuple(_unwanted(me, wanted, leases)))


def free_of(wanted: Iterable[str], leases: Mapping[str, Lease], living: Set[str]) -> set[str]:
    """Those that nobody living holds."""
    return {name for name in wanted if _holder(leases.get(name), living) is None}


def _holder(lease: Lease | None, living: Set[str]) -> str | None:
    return lease.holder if lease is not None and lease.holder in living else None


def _surplus(holders: Mapping[str, str | None], me: str, least: int) -> list[str]:
    """What others hold above the rounded down share, from whoever holds most first."""
    counts = Counter(holders.values())
    found = []
    for name, holder in sorted(holders.items(), key=lambda item: (-counts[item[1]], item[0])):
        if holder != me and counts[holder] > least:
            counts[holder] -= 1
            found.append(name)
    return found


def _unwanted(me: str, wanted: Set[str], leases: Mapping[str, Lease]) -> list[str]:
    return [
        name
        for name, lease in leases.items()
        if lease.holder == me and name.startswith(STREAM) and name not in wanted
    ]
