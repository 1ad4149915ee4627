"""Notes as small objects of a bucket, of which it keeps no version but the last."""

import threading
from contextlib import suppress

from shared.log import get_logger
from storage.objects.notes import require_note
from storage.objects.s3_versions import S3Versions
from storage.objects.s3_wire import S3Wire


class S3Notes:
    """Notes beside the objects of a bucket. A write is whole or not at all, as each of S3 is."""

    def __init__(self, wire: S3Wire) -> None:
        self._wire = wire
        self._versions = S3Versions(wire)
        self._last: dict[str, str] = {}
        self._turn = threading.Lock()
        self._log = get_logger("storage")

    def write(self, name: str, data: bytes) -> None:
        require_note(name)
        self._wire.require_ours()
        answer = self._wire.call("put_object", name, Body=data)
        version = answer.get("VersionId")
        if version is not None:
            self._forget_older(name, str(version))

    def make(self, name: str, data: bytes) -> bytes:
        require_note(name)
        self._wire.require_ours()
        with suppress(FileExistsError):
            self._wire.call("put_object", name, Body=data, IfNoneMatch="*")
        return self._wire.fetch(name)

    def read(self, name: str) -> bytes | None:
        require_note(name)
        try:
            return self._wire.fetch(name)
        except FileNotFoundError:
            return None

    def remove(self, name: str) -> None:
        require_note(name)
        self._wire.require_ours()
        with self._turn:
            self._last.pop(name, None)
        self._versions.remove(name)

    def names(self, folder: str) -> list[str]:
        require_note(folder)
        place, found = self._wire.place, list[str]()
        for page in self._wire.pages("list_objects_v2", Prefix=place.name(f"{folder}/"), Delimiter="/"):
            found += [place.key(str(one["Key"])) for one in page.get("Contents", [])]
        return sorted(found)

    def _forget_older(self, name: str, version: str) -> None:
        """A note is written anew for each segment: a bucket that keeps versions would keep them all.

        Once for each name it is looked what others left, then only what was written here goes.
        """
        with self._turn:
            before = self._last.get(name)
            self._last[name] = version
        try:
            if before is None:
                for one in self._versions.of(name):
                    if one.id != version:
                        self._wire.call("delete_object", name, **one.which)
            elif before != version:
                self._wire.call("delete_object", name, VersionId=before)
        except OSError as error:
            # The note lasts all the same: what is left of the ones before says nothing that is secret.
            self._log.warning("versions-of-note-left", note=name, reason=error.strerror)
