"""Locks that the service itself keeps: whoever has the credentials cannot delete what a hold keeps."""

import io

import pytest
from botocore.exceptions import ClientError

from storage.objects.locks import LockKind
from tests.support.s3_server import LOCKED, PLAIN, S3Server, s3_store

KEY = "59350/place/main/20260701/20260701T120000.000Z-r1-aaaa.mp4"


def test_a_locked_object_is_deleted_by_nobody_in_no_version(s3: S3Server) -> None:
    place, client = s3.place(LOCKED), s3.client()
    store = s3_store(place)
    store.put(KEY, io.BytesIO(b"evidence"))
    client.put_object(Bucket=LOCKED, Key=place.name(KEY), Body=b"overwritten by another program")
    store.locks.lock(KEY)
    found = client.list_object_versions(Bucket=LOCKED, Prefix=place.name(KEY))["Versions"]
    assert len(found) == 2
    for version in found:
        for bypass in (False, True):
            with pytest.raises(ClientError, match="AccessDenied"):
                client.delete_object(
                    Bucket=LOCKED,
                    Key=place.name(KEY),
                    VersionId=version["VersionId"],
                    BypassGovernanceRetention=bypass,
                )
    with pytest.raises(PermissionError):
        store.remove(KEY)
    store.locks.unlock(KEY)
    assert store.remove(KEY) is True
    assert "Versions" not in client.list_object_versions(Bucket=LOCKED, Prefix=place.name(KEY))


def test_a_bucket_without_object_lock_says_so(s3: S3Server) -> None:
    assert s3_store(s3.place(PLAIN)).locks.kind() is LockKind.NONE
    assert s3_store(s3.place(LOCKED)).locks.kind() is LockKind.LEGAL_HOLD
