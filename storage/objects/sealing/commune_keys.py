"""The communes' keys: one file a commune in a folder that is no part of the store, a JWK Set (RFC 7517)."""

import json
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from shared.ids import COMMUNE_PATTERN
from shared.private import private_folder
from storage.objects.disk import Disk
from storage.objects.notes import make_file
from storage.objects.sealing.envelope import Key
from storage.objects.sealing.faults import KeyAway
from storage.objects.sealing.scope import CENTRE

_NAME = re.compile(f"{COMMUNE_PATTERN}|{CENTRE}")
_SUFFIX = ".jwks"


class CommuneKeys:
    """Every call blocks. The first key of a file wraps; the others, of a rotation under way, only unwrap."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder = folder
        self._disk = disk
        self._turn = Lock()
        self._known: dict[str, tuple[Key, ...]] = {}

    def all(self, commune: str) -> tuple[Key, ...]:
        """The keys of a commune, none where there is no file. Raises KeyAway where it cannot be used."""
        with self._turn:
            known = self._known.get(commune)
            if known is None:
                known = self._read(self._path(commune))
                if known:
                    self._known[commune] = known
            return known

    def set(self, commune: str, keys: Sequence[Key]) -> None:
        """Make these the keys of a commune; on return they survive a power cut. Raises OSError."""
        with self._turn:
            self._known.pop(commune, None)
            private_folder(self.folder)
            write_keys(self._path(commune), keys, self._disk)
            self._known[commune] = tuple(keys)

    def first(self, commune: str) -> tuple[Key, ...]:
        """Make the first key of a commune; that of another process where it was faster. Raises OSError."""
        path = self._path(commune)
        private_folder(self.folder)
        # Processes in containers of their own may have one number.
        incoming = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
        make_file(path, incoming, _told([Key.made()]), self._disk)
        return self.all(commune)

    def remove(self, commune: str) -> None:
        """Destroy the keys of a commune: the file is written over before it goes. Raises OSError."""
        with self._turn:
            self._known.pop(commune, None)
            path = self._path(commune)
            if path.exists():
                with path.open("r+b") as file:
                    file.write(os.urandom(path.stat().st_size))
                self._disk.sync(path)
                self._disk.remove(path)
                self._disk.sync(self.folder)

    def _path(self, commune: str) -> Path:
        if not _NAME.fullmatch(commune):
            raise ValueError(f"{commune!r} is no commune")
        return self.folder / f"{commune}{_SUFFIX}"

    def _read(self, path: Path) -> tuple[Key, ...]:
        try:
            return read_keys(path)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise KeyAway(f"the file of keys {path} cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise KeyAway(f"the file {path} is no set of keys: {error}") from error


def write_keys(path: Path, keys: Sequence[Key], disk: Disk) -> None:
    """Write a JWK Set whole or not at all, readable by its owner only. Raises OSError."""
    incoming = path.with_name(f"{path.name}.tmp")
    disk.remove(incoming)
    incoming.touch(0o600)
    incoming.write_bytes(_told(keys))
    disk.sync(incoming)
    disk.replace(incoming, path)
    disk.sync(path.parent)


def _told(keys: Sequence[Key]) -> bytes:
    return json.dumps({"keys": [key.jwk() for key in keys]}).encode() + b"\n"


def read_keys(path: Path) -> tuple[Key, ...]:
    """The keys of a JWK Set. Raises OSError, ValueError."""
    told = json.loads(path.read_bytes())
    found = told.get("keys") if isinstance(told, dict) else None
    if not isinstance(found, list) or not found:
        raise ValueError("there is no key in it")
    return tuple(Key.from_jwk(one) for one in found)
