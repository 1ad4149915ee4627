"""Which ports a one-machine Beffroi takes, and whether they are free."""

import socket
from dataclasses import dataclass, fields

from shared.errors import BadInput, Conflict

DEFAULT_BASE = 8080
_HIGHEST_BASE = 65_000


@dataclass(frozen=True, slots=True)
class Ports:
    """All ports, counted from one base. All are TCP but `media`, which is UDP."""

    page: int
    mux: int
    storage: int
    media: int
    redis: int
    tap_mux: int
    tap_storage: int
    simulator: int
    status_control: int
    status_mux: int
    status_storage: int
    status_ingest: int
    """The first worker's; each further worker takes the next."""

    @classmethod
    def from_base(cls, base: int) -> "Ports":
        """The ports from `base` on. Raises BadInput when they would not fit below 65536."""
        if not 1024 <= base <= _HIGHEST_BASE:
            raise BadInput(f"port {base} is not between 1024 and {_HIGHEST_BASE}")
        return cls(*range(base, base + len(fields(cls))))


def refuse_taken(ports: Ports, *, host: str) -> None:
    """Raise Conflict, naming port and purpose, when another program has one of the ports."""
    for item in fields(ports):
        number: int = getattr(ports, item.name)
        kind = socket.SOCK_DGRAM if item.name == "media" else socket.SOCK_STREAM
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, number))
            except OSError as error:
                purpose = item.name.replace("_", " ")
                raise Conflict(
                    f"port {number} ({purpose}) cannot be opened on {host}: {error.strerror}. "
                    f"Stop the program that has it, or choose other ports with --port"
                ) from error
