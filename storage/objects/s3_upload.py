"""Uploads in parts that go on after a crash: what the service has of an object is not sent again."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from typing import BinaryIO

from shared.log import get_logger
from storage.objects.s3_wire import S3Wire
from storage.objects.store import StoreAway

PART_BYTES = 16 << 20
"""Of each part but the last; S3 takes none under 5 MiB and no more than 10,000. What is shorter goes at once,
as a minute of 2 Mb/s does."""


class S3Uploads:
    """Each upload of a key is found by the key, so nothing has to be kept here to go on with it."""

    def __init__(self, wire: S3Wire, part_bytes: int = PART_BYTES) -> None:
        self._wire = wire
        self._part_bytes = part_bytes
        self._log = get_logger("storage")

    def put(self, key: str, source: BinaryIO) -> None:
        """Store what `source` gives, whole or not at all.

        Raises FileExistsError, what `source` raises, and StoreAway: then the service keeps the parts that it
        has, and the next `put` of the same bytes goes on.
        """
        first = _filled(source, self._part_bytes)
        if len(first) < self._part_bytes:
            self._wire.call("put_object", key, Body=first, ContentMD5=_md5(first)[1], IfNoneMatch="*")
            return
        upload = self._begun(key)
        try:
            self._finish(key, upload, first, source)
        except StoreAway:
            raise
        except BaseException:
            # Those bytes are not what is to be stored: nothing of them may stay.
            self._abort(key, upload)
            raise

    def unfinished(self, prefix: str = "") -> list[tuple[str, str]]:
        """The key and the id of each upload begun and not ended, of the keys that begin with `prefix`."""
        place, found = self._wire.place, list[tuple[str, str]]()
        for page in self._wire.pages("list_multipart_uploads", Prefix=place.name(prefix)):
            found += [(place.key(str(one["Key"])), str(one["UploadId"])) for one in page.get("Uploads", [])]
        return sorted(found)

    def abort(self, key: str) -> int:
        """End every upload of a key: what was sent of it goes. How many."""
        ended = 0
        for found, upload in self.unfinished(key):
            if found == key:
                self._abort(key, upload)
                ended += 1
        return ended

    def _begun(self, key: str) -> str:
        left = [upload for found, upload in self.unfinished(key) if found == key]
        if left:
            for other in left[1:]:
                self._abort(key, other)
            self._log.info("upload-resumed", key=key)
            return left[0]
        return str(self._wire.call("create_multipart_upload", key)["UploadId"])

    def _finish(self, key: str, upload: str, first: bytes, source: BinaryIO) -> None:
        there = self._parts(key, upload)
        parts: list[dict[str, object]] = []
        for number, data in enumerate(self._chunks(first, source), 1):
            digest, coded = _md5(data)
            if there.get(number) != (digest, len(data)):
                self._wire.call(
                    "upload_part", key, UploadId=upload, PartNumber=number, Body=data, ContentMD5=coded
                )
            parts.append({"PartNumber": number, "ETag": f'"{digest}"'})
        # Of those of longer bytes that came to nothing, what lies beyond the end is left out by the service.
        self._wire.call(
            "complete_multipart_upload",
            key,
            UploadId=upload,
            MultipartUpload={"Parts": parts},
            IfNoneMatch="*",
        )

    def _parts(self, key: str, upload: str) -> dict[int, tuple[str, int]]:
        """What the service has of an upload: each part's MD5 and size by its number."""
        there: dict[int, tuple[str, int]] = {}
        for page in self._wire.pages("list_parts", key, UploadId=upload):
            for part in page.get("Parts", []):
                there[int(part["PartNumber"])] = str(part["ETag"]).strip('"'), int(part["Size"])
        return there

    def _chunks(self, first: bytes, source: BinaryIO) -> Iterator[bytes]:
        data = first
        while data:
            yield data
            data = _filled(source, self._part_bytes) if len(data) == self._part_bytes else b""

    def _abort(self, key: str, upload: str) -> None:
        try:
            self._wire.call("abort_multipart_upload", key, UploadId=upload)
        except FileNotFoundError:
            return


def _filled(source: BinaryIO, size: int) -> bytes:
    """`size` bytes of a source, fewer only at its end."""
    pieces, there = [], 0
    while there < size and (piece := source.read(size - there)):
        pieces.append(piece)
        there += len(piece)
    return b"".join(pieces)


def _md5(data: bytes) -> tuple[str, str]:
    """In hexadecimal, as parts are listed, and in base64, as bodies are sent."""
    digest = hashlib.md5(data, usedforsecurity=False)
    return digest.hexdigest(), b64encode(digest.digest()).decode()
