"""An object store that seals, over a folder or another store, with its keys beside it."""

from pathlib import Path

from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.objects.marker import found_store, store_name
from storage.objects.sealing.commune_keys import CommuneKeys
from storage.objects.sealing.data_keys import DataKeys
from storage.objects.sealing.store import SealingStore
from storage.objects.store import ObjectStore


def sealed_store(folder: Path, inner: ObjectStore | None = None) -> SealingStore:
    """Over `folder / "objects"`, or over `inner`; the communes' keys are in `folder / "keys"`."""
    if inner is None:
        (folder / "objects").mkdir(exist_ok=True)
        inner = FolderStore(folder / "objects", RealDisk())
    if store_name(inner.notes) is None:
        found_store(inner.notes, "a-store")
    return SealingStore(inner, data_keys(folder, inner))


def data_keys(folder: Path, inner: ObjectStore) -> DataKeys:
    return DataKeys(inner.notes, CommuneKeys(folder / "keys", RealDisk()))


def spool_keys(folder: Path) -> DataKeys:
    """The same keys, for what seals the spool and packages beside a sealed store."""
    return data_keys(folder, FolderStore(folder / "objects", RealDisk()))
