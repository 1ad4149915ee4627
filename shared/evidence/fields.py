"""Reads JSON of unknown origin member by member, with nothing but the standard library."""

import json
import re
from collections.abc import Mapping, Sequence

from shared.errors import BadInput

_HASH = re.compile(r"[0-9a-f]{64}")
_MOST = 1 << 63


def parsed(body: bytes) -> Mapping[str, object]:
    """The object of a JSON text. Raises BadInput."""
    try:
        return members(json.loads(body, object_pairs_hook=_once_each))
    except (ValueError, RecursionError) as error:
        raise BadInput("this is not JSON") from error


def members(value: object) -> Mapping[str, object]:
    """An object. Raises BadInput on anything else."""
    if not isinstance(value, dict):
        raise BadInput("an object is expected")
    return value


def items(value: object) -> Sequence[object]:
    """A list. Raises BadInput on anything else."""
    if not isinstance(value, list):
        raise BadInput("a list is expected")
    return value


def text(value: object) -> str:
    """A text. Raises BadInput on anything else."""
    if not isinstance(value, str):
        raise BadInput("a text is expected")
    return value


def number(value: object) -> int:
    """A whole number from 0 of less than 64 bits. Raises BadInput on anything else."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MOST:
        raise BadInput("a whole number is expected")
    return value


def hash_text(value: object) -> str:
    """A SHA-256 in hexadecimal. Raises BadInput on anything else."""
    told = text(value)
    if not _HASH.fullmatch(told):
        raise BadInput("a SHA-256 is expected")
    return told


def path(value: object) -> tuple[bytes, ...]:
    """A list of SHA-256s. Raises BadInput on anything else."""
    return tuple(bytes.fromhex(hash_text(one)) for one in items(value))


def member(record: Mapping[str, object], name: str) -> object:
    """A member that has to be there. Raises BadInput."""
    try:
        return record[name]
    except KeyError as error:
        raise BadInput(f"{name} is missing", name) from error


def canonical(*parts: str | int) -> bytes:
    """The one way in which a list is written where it is hashed."""
    return json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode()


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a member is named twice")
    return made
