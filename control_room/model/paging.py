"""Pages by key: a cursor is the key of the last item, so that pages stay right while rows come and go."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.errors import BadInput
from shared.reasons import why

T = TypeVar("T")
Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """Some items in order, and the cursor of what follows, None where nothing does."""

    items: tuple[T, ...]
    next: str | None


_UNKNOWN = why("cursor-unknown", "the cursor is none that this list gave")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page is wanted: at most `limit` items after `cursor`."""

    cursor: str | None = None
    limit: int = 50

    def after(self, *kinds: type[str] | type[int]) -> Key | None:
        """The key to go on from. Raises BadInput when the cursor is none of ours."""
        if self.cursor is None:
            return None
        try:
            key = json.loads(base64.urlsafe_b64decode(self.cursor.encode()))
            json.dumps(key, ensure_ascii=False).encode()
        except (ValueError, binascii.Error, RecursionError) as error:
            raise BadInput(_UNKNOWN, "cursor") from error
        if (
            not isinstance(key, list)
            or len(key) != len(kinds)
            or not all(type(part) is kind for part, kind in zip(key, kinds, strict=True))
            or any(isinstance(part, int) and not 0 <= part < 1 << 63 for part in key)
        ):
            raise BadInput(_UNKNOWN, "cursor")
        return tuple(key)

    def cut(self, found: Sequence[T], keys: Sequence[Key]) -> Slice[T]:
        """The page out of `limit` + 1 items and their keys."""
        if len(found) <= self.limit:
            return Slice(tuple(found), None)
        cursor = base64.urlsafe_b64encode(json.dumps(keys[self.limit - 1]).encode()).decode()
        return Slice(tuple(found[: self.limit]), cursor)
