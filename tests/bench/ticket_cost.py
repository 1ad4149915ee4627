"""What it costs to check tickets and a lease: by `shared.jws`, by a library, the signature alone.

`python -m tests.bench.ticket_cost` prints a table.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws as peer
from joserfc.jwk import OKPKey

from shared.clock import SystemClock
from shared.jws import opened
from shared.leases import MAX_LEASE_CHARS, Lease, LeaseSigner
from shared.tickets import MOST_CAMERAS, WALL_RESOURCE, Action, Ticket, TicketSigner, TicketVerifier
from tests.bench.tables import Cell, Table

_TIMES = 10
_ROUNDS = 300
_FAR_S = 1 << 40
_STREAM = "59350/cam-1/main"
Call = Callable[[], object]


def _least_us(calls: Sequence[Call]) -> list[float]:
    """The least time of each call, microseconds. They take turns, so that neighbours disturb all alike."""
    best_ns = [1 << 60] * len(calls)
    for _ in range(_ROUNDS):
        for at, call in enumerate(calls):
            best_ns[at] = min(best_ns[at], _timed_ns(call))
    return [best / _TIMES / 1e3 for best in best_ns]


def _timed_ns(call: Call) -> int:
    start_ns = time.perf_counter_ns()
    for _ in range(_TIMES):
        call()
    return time.perf_counter_ns() - start_ns


class _Bench:
    """One key, and who checks by it."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self._public = self.key.public_key()
        self._theirs = OKPKey.import_key(
            self._public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        self._registry = peer.JWSRegistry(algorithms=["Ed25519"])
        self._registry.max_payload_length = MAX_LEASE_CHARS
        self._verifier = TicketVerifier(self._public, SystemClock())

    def ticket(self, name: str, ticket: Ticket) -> list[Cell]:
        """A row for a ticket."""
        token = TicketSigner(self.key).sign(ticket)
        whole = partial(self._verifier.verify, token, ticket.action, ticket.resource)
        return [name, len(token), *_least_us([*self._ways(token), whole])]

    def lease(self, name: str, lease: Lease) -> list[Cell]:
        """A row for a lease."""
        token = LeaseSigner(self.key).sign(lease)
        return [name, len(token), *_least_us(self._ways(token)), None]

    def _ways(self, token: str) -> list[Call]:
        header, text = token.partition(".")[0], token.rpartition(".")[0].encode()
        return [
            partial(self._public.verify, self.key.sign(text), text),
            partial(opened, self._public, header, token, "token", MAX_LEASE_CHARS),
            partial(peer.deserialize_compact, token, self._theirs, registry=self._registry),
        ]


def run() -> Table:
    """A row for each kind of token."""
    bench = _Bench()
    names = [f"59350/camera-{number:04d}" for number in range(1000)]
    live = Ticket("t-1", "p-1", "s-1", Action.LIVE, _STREAM, _FAR_S)
    cameras = tuple(names[:MOST_CAMERAS])
    wall = Ticket("t-1", "p-1", "s-1", Action.WALL, WALL_RESOURCE, _FAR_S, cameras=cameras)
    sessions = {f"s-{number:022d}": _FAR_S for number in range(300)}
    return Table(
        "tickets",
        "Checking a token, microseconds",
        ["token", "characters", "signature alone", "shared.jws", "joserfc", "whole ticket"],
        [
            bench.ticket("a ticket", live),
            bench.ticket(f"a wall of {MOST_CAMERAS}", wall),
            bench.lease(f"a lease of {len(names)} cameras", Lease(0, sessions, frozenset(names))),
        ],
        {},
        "Whole ticket: by shared.jws, with its claims read and compared. Each figure is the least of many.",
    )


if __name__ == "__main__":
    print(run().text())
