"""Checks offline what a commune that left was given, and what the centre signed of erasing it there.

Needs nothing but `cryptography`. The footage stays encrypted: its encrypted form is what is hashed here.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from shared.errors import BadInput
from shared.evidence.signature import EvidencePublicKey

DEPARTURE, OBJECTS, ERASURE = "departure.json", "objects.jsonl", "erasure.json"
"""What the folder says: what is in it; each object with its hashes; what was destroyed. The first and the
last are signed, each beside a `.sig`."""

_LONGEST_LINE = 10_000
_LONGEST = 256 << 20


class Handed(StrEnum):
    """What there is to say of a departure, the worst first."""

    FORGED = "forged"
    ALTERED = "altered"
    MISSING = "missing"
    HANDED_OVER = "handed-over"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Checked:
    """`keys` are the ids of the keys that were destroyed, of the commune first."""

    found: Handed
    detail: str
    keys: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return self.found in (Handed.HANDED_OVER, Handed.ERASED)


def check_departure(folder: Path, key: EvidencePublicKey) -> Checked:
    """Whether all is there as it was signed, and whether its erasure was. Raises BadInput, OSError."""
    departure = _signed(folder, DEPARTURE, key)
    if departure is None:
        return Checked(Handed.FORGED, f"{DEPARTURE} was not signed by this key, or was changed since")
    count, fault = _objects(folder, str(departure.get("objects_sha256")))
    if fault is not None:
        return fault
    about = f"{count} recordings of commune {departure.get('commune')}"
    if not (folder / ERASURE).exists():
        return Checked(Handed.HANDED_OVER, f"{about}, as they were at {departure.get('made')}")
    erasure = _signed(folder, ERASURE, key)
    if erasure is None:
        return Checked(Handed.FORGED, f"{ERASURE} was not signed by this key, or was changed since")
    text = (folder / DEPARTURE).read_bytes()
    if erasure.get("departure_sha256") != hashlib.sha256(text).hexdigest():
        return Checked(Handed.FORGED, f"{ERASURE} is of another departure")
    clear = erasure.get("never_sealed")
    unsealed = f", {clear} of which were never encrypted" if clear else ""
    return Checked(
        Handed.ERASED, f"{about}{unsealed}, erased at the centre at {erasure.get('erased')}", _keys(erasure)
    )


def _keys(erasure: dict[str, object]) -> tuple[str, ...]:
    commune, data = erasure.get("commune_keys"), erasure.get("data_keys")
    first = [f"commune: {one}" for one in commune] if isinstance(commune, list) else []
    rest = [f"{scope}: {one}" for scope, one in data.items()] if isinstance(data, dict) else []
    return (*first, *rest)


def _signed(folder: Path, name: str, key: EvidencePublicKey) -> dict[str, object] | None:
    """What a file says, None where the key has not signed it. Raises BadInput, OSError."""
    text = (folder / name).read_bytes()
    if not key.has_signed(text, (folder / f"{name}.sig").read_bytes()):
        return None
    return _read(text, name)


def _objects(folder: Path, signed_sha256: str) -> tuple[int, Checked | None]:
    """How many objects there are as listed, or what is wrong with the list or the first of them."""
    with (folder / OBJECTS).open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != signed_sha256:
            return 0, Checked(Handed.ALTERED, f"{OBJECTS} is not the list that was signed")
    count = 0
    for name, sha256 in _listed(folder / OBJECTS):
        path = folder / "objects" / name
        if not path.is_file():
            return count, Checked(Handed.MISSING, f"{name} is not there")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                return count, Checked(Handed.ALTERED, f"{name} is not what was handed over")
        count += 1
    return count, None


def _listed(file: Path) -> Iterator[tuple[str, str]]:
    with file.open("rb") as lines:
        while line := lines.readline(_LONGEST_LINE):
            told = _read(line, OBJECTS)
            name = PurePosixPath(str(told.get("key")))
            if name.is_absolute() or ".." in name.parts:
                raise BadInput(f"{OBJECTS} names a file outside the folder")
            yield str(name), str(told.get("stored_sha256"))


def _read(text: bytes, name: str) -> dict[str, object]:
    try:
        told = json.loads(text) if len(text) <= _LONGEST else None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name} is no JSON") from error
    if not isinstance(told, dict):
        raise BadInput(f"{name} is no JSON object")
    return told
