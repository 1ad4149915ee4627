"""Removes what a bucket keeps of a name: every version of it and every mark of a deletion."""

from collections.abc import Iterator
from dataclasses import dataclass

from storage.objects.s3_wire import S3Wire


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a key; `id` is None where the service knows none. `mark`: it only says "deleted"."""

    key: str
    id: str | None
    mark: bool

    @property
    def which(self) -> dict[str, object]:
        """What names it in a call."""
        return {} if self.id is None else {"VersionId": self.id}


class S3Versions:
    """A bucket that never kept versions has one of each object, named "null"."""

    def __init__(self, wire: S3Wire) -> None:
        self._wire = wire

    def of(self, key: str) -> list[Version]:
        """All there are of one key."""
        return [one for one in self.below(key) if one.key == key]

    def below(self, prefix: str) -> Iterator[Version]:
        """All there are of the keys that begin with `prefix`."""
        place = self._wire.place
        try:
            for page in self._wire.pages("list_object_versions", Prefix=place.name(prefix)):
                for kind in ("Versions", "DeleteMarkers"):
                    for one in page.get(kind, []):
                        key, id = place.key(str(one["Key"])), str(one["VersionId"])
                        yield Version(key, id, mark=kind != "Versions")
        except NotImplementedError:
            # A service without versions: there is what there is.
            for page in self._wire.pages("list_objects_v2", Prefix=place.name(prefix)):
                for one in page.get("Contents", []):
                    yield Version(place.key(str(one["Key"])), None, mark=False)

    def remove(self, key: str) -> bool:
        """Remove them all; whether any held bytes. Raises PermissionError where the store has one locked.

        The marks go last: without them an older version would be shown meanwhile.
        """
        found = sorted(self.of(key), key=lambda one: one.mark)
        for version in found:
            self._wire.call("delete_object", key, **version.which)
        return any(not version.mark for version in found)
