"""Puts the object store together, as the settings have it: a folder, or a bucket of an S3 service."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shared.clock import Clock
from shared.errors import BadInput
from storage.model.segment import spool_name
from storage.objects.boot import Boot
from storage.objects.disk import Disk
from storage.objects.folder import FolderStore
from storage.objects.notes import FolderNotes, Notes
from storage.objects.sealing.commune_keys import CommuneKeys
from storage.objects.sealing.data_keys import DataKeys
from storage.objects.sealing.store import SealingStore
from storage.objects.store import ObjectStore
from storage.settings import ArchiveSettings, BucketSettings

if TYPE_CHECKING:
    from storage.objects.s3 import S3Store
    from storage.objects.s3_lease import S3Lease
    from storage.objects.s3_wire import S3Place


@dataclass(frozen=True, slots=True)
class StoreHome:
    """The store, and whatever keeps a second storage from it.

    `raw` has the objects as they lie, sealed by `keys` where there is a folder of the communes' keys.
    `folders` are those to be made and locked; `lease` is what has to be taken besides, if anything. `local`
    are notes that are to be had at once, wherever the objects are.
    """

    raw: "FolderStore | S3Store"
    store: ObjectStore
    keys: DataKeys | None
    folders: tuple[Path, ...]
    local: Notes
    lease: "S3Lease | None" = None
    writer: str = ""

    def clear_left(self, writer: str) -> int:
        """End what a process left half put that runs no more. Blocking."""
        return self.raw.clear_incoming(writer) if isinstance(self.raw, FolderStore) else 0

    def away(self) -> str | None:
        """Why the store is known not to answer; a folder is only found so by whoever uses it."""
        return None if isinstance(self.raw, FolderStore) else self.raw.away

    def clear_incoming(self, spools: Sequence[Path]) -> int:
        """End what a crash left half put and nobody goes on with. At the start only. Blocking.

        `spools` are those of all processes: what is in none of them is not gone on with.
        """
        if isinstance(self.raw, FolderStore):
            return self.raw.clear_incoming(self.writer or None)
        names = {path.name for spool in spools for path in spool.glob("*.mp4")}
        return self.raw.clear_incoming(lambda key: spool_name(key) in names)


def store_home(
    settings: ArchiveSettings, disk: Disk, clock: Clock, boot: Boot, writer: str = "", family: str = ""
) -> StoreHome:
    """Nothing is asked of a service yet. Raises BadInput. The folder of the spool must be there.

    Where several processes share the store `writer` is the name of this one, `family` that of their index.
    """
    if not settings.s3_url:
        store = FolderStore(settings.objects, disk, writer)
        keys = _data_keys(settings, store.notes, disk)
        sealing = SealingStore(store, keys, shared=bool(writer))
        return StoreHome(store, sealing, keys, (settings.objects,), store.notes, writer=writer)
    # Half a second and 18 MB that a folder does without.
    from storage.objects.s3 import S3Store
    from storage.objects.s3_lease import S3Lease
    from storage.objects.s3_wire import S3Wire

    wire = S3Wire(s3_place(settings), clock.monotonic_ns)
    lease = S3Lease(wire, clock, boot, settings.spool, family)
    bucket = S3Store(wire)
    keys = _data_keys(settings, bucket.notes, disk)
    local = FolderNotes(settings.spool, disk, writer)
    return StoreHome(bucket, SealingStore(bucket, keys, shared=bool(writer)), keys, (), local, lease, writer)


def _data_keys(settings: ArchiveSettings, notes: Notes, disk: Disk) -> DataKeys | None:
    folder = settings.footage_key_dir
    return None if folder is None else DataKeys(notes, CommuneKeys(folder, disk))


def s3_place(settings: BucketSettings) -> "S3Place":
    """Where the settings say that the bucket is. Raises BadInput."""
    if not settings.s3_bucket or settings.s3_credentials_file is None:
        raise BadInput("BEFFROI_S3_URL needs BEFFROI_S3_BUCKET and BEFFROI_S3_CREDENTIALS_FILE")
    from storage.objects.s3_wire import S3Place

    return S3Place(
        settings.s3_url,
        settings.s3_bucket,
        settings.s3_prefix,
        settings.s3_region,
        settings.s3_credentials_file,
        settings.s3_ca_file,
    )


def departure_home(folder: Path, disk: Disk) -> tuple[ObjectStore, ObjectStore, DataKeys]:
    """The store that a commune takes along: as it lies, opened, and its keys. Raises OSError."""
    objects = folder / "objects"
    objects.mkdir(exist_ok=True)
    raw = FolderStore(objects, disk)
    keys = DataKeys(raw.notes, CommuneKeys(folder / "keys", disk))
    return raw, SealingStore(raw, keys), keys
