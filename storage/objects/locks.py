"""Locks of the store itself as a port: while one is on an object, nobody removes it through the store."""

from enum import StrEnum
from typing import Protocol


class LockKind(StrEnum):
    """What a store does of an object that is locked."""

    LEGAL_HOLD = "legal hold"
    """S3 Object Lock: the service refuses to delete any version, whoever asks."""

    IMMUTABLE = "immutable"
    """The file system refuses to write, rename and remove the file, to the superuser too."""

    READ_ONLY = "read-only"
    """The file's mode alone: it is not written by mistake. Whoever may write to its folder can remove it."""

    NONE = "none"


class Locks(Protocol):
    """Every call blocks, may be repeated, and raises FileNotFoundError of an object, or another OSError."""

    def kind(self) -> LockKind:
        """What this store has."""
        ...

    def lock(self, key: str) -> None:
        """Keep an object from being removed: `remove` raises PermissionError from then on, where the kind of
        lock does that."""
        ...

    def unlock(self, key: str) -> None:
        """Let it be removed again."""
        ...

    def locked(self, key: str) -> bool:
        """Whether an object is locked."""
        ...
