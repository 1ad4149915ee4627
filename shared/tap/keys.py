"""CURVE keys of the tap (CurveZMQ, ZeroMQ RFC 26): who may publish, and for which commune."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import zmq
from zmq.utils import z85

from shared.clock import Clock
from shared.errors import BadInput
from shared.ids import StreamId

KEY_CHARS = 40
REREAD_NS = 5_000_000_000


@dataclass(frozen=True, slots=True)
class TapKeys:
    """The keys of one side, Z85 texts of 40 characters.

    The side that binds is the CURVE server: it has `peers_dir`, a folder of files `<commune>.pub`, each the
    public key of the one worker that may publish that commune's streams. The side that dials knows the
    server's public key.
    """

    public: bytes
    secret: bytes = field(repr=False)
    server_public: bytes | None = None
    peers_dir: Path | None = None

    @classmethod
    def load(
        cls, key_file: Path, *, server_key_file: Path | None = None, peers_dir: Path | None = None
    ) -> "TapKeys":
        """Read the own secret key, and what is known of the other side. Raises BadInput naming the file."""
        secret = read_key(key_file)
        server = None if server_key_file is None else read_key(server_key_file)
        return cls(zmq.curve_public(secret), secret, server, peers_dir)

    def commune_of(self, public: str) -> str | None:
        """The commune whose worker has this public key, or None. Read anew each time: keys may change.

        A file that cannot be read shuts out its own worker only: BadInput, naming it, is raised just where
        no other file holds the key.
        """
        if self.peers_dir is None or not self.peers_dir.is_dir():
            return None
        unread: BadInput | None = None
        for file in sorted(self.peers_dir.glob("*.pub")):
            try:
                if read_key(file) == public.encode():
                    return file.stem
            except BadInput as error:
                unread = error
        if unread is not None:
            raise unread
        return None


class KnownPeers:
    """The communes of connected keys, looked up again every 5 s: a key taken away ends its publication.

    `holds` says, at each message, whether a commune still has the right to publish with a key: one that is in
    its file is worth nothing without it.
    """

    def __init__(self, keys: TapKeys, clock: Clock, holds: Callable[[str, str], bool]) -> None:
        self._keys = keys
        self._holds = holds
        self._clock = clock
        self._communes: dict[str, str | None] = {}
        self._read_ns = clock.monotonic_ns()

    def commune_of(self, public: str) -> str | None:
        """The commune whose worker has this public key and may publish, or None."""
        now_ns = self._clock.monotonic_ns()
        if now_ns - self._read_ns >= REREAD_NS:
            self._communes.clear()
            self._read_ns = now_ns
        if public not in self._communes:
            try:
                self._communes[public] = self._keys.commune_of(public)
            except BadInput:
                self._communes[public] = None
        commune = self._communes[public]
        return commune if commune is not None and self._holds(commune, public) else None


def read_key(file: Path) -> bytes:
    """The Z85 key in a file. Raises BadInput naming the file, never its contents."""
    try:
        key = file.read_bytes().strip()
    except OSError as error:
        raise BadInput(f"tap key file {file} cannot be read: {error.strerror}") from error
    if len(key) != KEY_CHARS or not _is_z85(key):
        raise BadInput(f"tap key file {file} does not hold a Z85 key of {KEY_CHARS} characters")
    return key


def _is_z85(key: bytes) -> bool:
    try:
        return z85.encode(z85.decode(key)) == key
    except (ValueError, KeyError, OverflowError):
        return False


def make_pair() -> tuple[bytes, bytes]:
    """A fresh (public, secret) pair."""
    public, secret = zmq.curve_keypair()
    return public, secret


def may_publish(commune: str | None, stream: StreamId) -> bool:
    """Whether a peer known as `commune` may send units of `stream`."""
    return commune == stream.commune
