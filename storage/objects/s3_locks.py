"""Locks of objects in a bucket: legal holds of S3 Object Lock.

A legal hold has no date, as a hold of ours has none: a retention in governance mode would end by itself, or
outlive the hold unless its date is overruled. The right to lift one (`s3:PutObjectLegalHold`) is apart from
the right to delete.
"""

import errno

from storage.objects.locks import LockKind
from storage.objects.s3_versions import S3Versions, Version
from storage.objects.s3_wire import S3Wire
from storage.objects.store import require_key


class S3Locks:
    """Of every version of an object: an older one is footage too."""

    def __init__(self, wire: S3Wire) -> None:
        self._wire = wire
        self._versions = S3Versions(wire)
        self._kind: LockKind | None = None

    def kind(self) -> LockKind:
        """Asked once: a bucket gets Object Lock when it is made, and keeps it."""
        if self._kind is None:
            self._kind = self._asked()
        return self._kind

    def lock(self, key: str) -> None:
        self._set(key, "ON")

    def unlock(self, key: str) -> None:
        self._set(key, "OFF")

    def locked(self, key: str) -> bool:
        return any(self._is_locked(version) for version in self._of(key))

    def _set(self, key: str, status: str) -> None:
        self._wire.require_ours()
        for version in self._of(key):
            self._wire.call("put_object_legal_hold", key, LegalHold={"Status": status}, **version.which)

    def _is_locked(self, version: Version) -> bool:
        answer = self._wire.call("head_object", version.key, **version.which)
        return answer.get("ObjectLockLegalHoldStatus") == "ON"

    def _of(self, key: str) -> list[Version]:
        require_key(key)
        found = [version for version in self._versions.of(key) if not version.mark]
        if not found:
            raise FileNotFoundError(errno.ENOENT, "the object store does not have it", key)
        return found

    def _asked(self) -> LockKind:
        try:
            answer = self._wire.call("get_object_lock_configuration")
        except (FileNotFoundError, NotImplementedError):
            return LockKind.NONE
        enabled = answer.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled"
        return LockKind.LEGAL_HOLD if enabled else LockKind.NONE
