"""Which ports a one-machine Beffroi takes, and whether they are free."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, fields

from shared.errors import BadInput, Conflict

MOST_MUXES = 16
_HIGHEST_BASE = 65_000
_WORKERS = 16


@dataclass(frozen=True, slots=True)
class MuxPorts:
    """Those of one mux. All are TCP but `media`, which is UDP."""

    http: int
    media: int
    tap: int
    status: int


@dataclass(frozen=True, slots=True)
class Ports:
    """All ports, counted from one base. The first mux's are always the same, however many there are."""

    page: int
    storage: int
    redis: int
    tap_storage: int
    simulator: int
    status_control: int
    status_storage: int
    status_ingest: int
    """The first worker's; each further worker takes the next."""
    muxes: tuple[MuxPorts, ...]

    @classmethod
    def from_base(cls, base: int, muxes: int = 1) -> "Ports":
        """The ports from `base` on. Raises BadInput when they would not fit below 65536."""
        if not 1024 <= base <= _HIGHEST_BASE:
            raise BadInput(f"port {base} is not between 1024 and {_HIGHEST_BASE}")
        if not 1 <= muxes <= MOST_MUXES:
            raise BadInput(f"{muxes} muxes are not between 1 and {MOST_MUXES}")
        more = len(fields(MuxPorts))
        further = base + 11
        first = MuxPorts(http=base + 1, media=base + 3, tap=base + 5, status=base + 9)
        others = (MuxPorts(*range(further + at * more, further + (at + 1) * more)) for at in range(muxes - 1))
        return cls(
            page=base,
            storage=base + 2,
            redis=base + 4,
            tap_storage=base + 6,
            simulator=base + 7,
            status_control=base + 8,
            status_storage=base + 10,
            status_ingest=further + (muxes - 1) * more,
            muxes=(first, *others),
        )

    def named(self) -> Iterator[tuple[str, int]]:
        """Each port with what it is for."""
        for item in fields(self):
            if item.name != "muxes":
                yield item.name.replace("_", " "), getattr(self, item.name)
        for number, mux in enumerate(self.muxes, 1):
            for item in fields(mux):
                yield f"{item.name} of mux {number}", getattr(mux, item.name)

    def own(self) -> frozenset[int]:
        """Those no camera may be on: all but the simulated cameras', with the ports of 16 workers."""
        named = (number for purpose, number in self.named() if purpose != "simulator")
        return frozenset((*named, *range(self.status_ingest, self.status_ingest + _WORKERS)))


def refuse_taken(ports: Ports, *, host: str) -> None:
    """Raise Conflict, naming port and purpose, when another program has one of the ports."""
    for purpose, number in ports.named():
        kind = socket.SOCK_DGRAM if purpose.startswith("media") else socket.SOCK_STREAM
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, number))
            except OSError as error:
                raise Conflict(
                    f"port {number} ({purpose}) cannot be opened on {host}: {error.strerror}. "
                    f"Stop the program that has it, or choose other ports with --port"
                ) from error
