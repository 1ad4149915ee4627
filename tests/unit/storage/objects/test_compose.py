"""Which object store the settings choose."""

from pathlib import Path

import pytest

from shared.clock import SimulatedClock
from shared.errors import BadInput
from storage.objects.boot import since_boot
from storage.objects.compose import StoreHome, store_home
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.objects.s3 import S3Store
from storage.settings import StorageSettings
from tests.support.s3_server import S3Server


def home(folder: Path, **chosen: object) -> StoreHome:
    told = {
        "data_dir": folder,
        "spool_dir": folder,
        "control_url": "http://control",
        "ticket_public_key_file": folder / "none",
        "evidence_key_file": folder / "none",
        "recorder_token": "a-recorder-credential",
    }
    settings = StorageSettings.model_validate(told | chosen)
    return store_home(settings, RealDisk(), SimulatedClock(), since_boot)


def test_without_a_bucket_a_folder_keeps_the_objects_and_is_locked(tmp_path: Path) -> None:
    found = home(tmp_path)
    assert isinstance(found.raw, FolderStore)
    assert (found.folders, found.lease, found.away()) == ((tmp_path / "objects",), None, None)
    assert found.local is found.store.notes


def test_a_bucket_has_a_lease_and_notes_that_are_to_be_had_at_once(tmp_path: Path, s3: S3Server) -> None:
    place = s3.place()
    found = home(
        tmp_path,
        s3_url=place.url,
        s3_bucket=place.bucket,
        s3_prefix=place.prefix,
        s3_credentials_file=place.credentials_file,
    )
    assert isinstance(found.raw, S3Store)
    assert found.lease is not None
    assert (found.folders, found.away()) == ((), None)
    found.local.write(".a", b"here")
    assert (tmp_path / ".a").read_bytes() == b"here"
    assert found.clear_incoming([tmp_path]) == 0


@pytest.mark.parametrize("chosen", [{"s3_bucket": "b"}, {"s3_credentials_file": Path("c")}])
def test_an_address_alone_is_no_bucket(tmp_path: Path, chosen: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="BEFFROI_S3_URL needs"):
        home(tmp_path, s3_url="https://s3.test", **chosen)
