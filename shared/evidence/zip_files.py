"""The files of a zip that may be damaged or forged, and the bytes in it that belong to none."""

import errno
import hashlib
import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

from shared.evidence.film_reading import Stream

_CHUNK = 1 << 20
_LOCAL_HEAD = struct.Struct("<4s5H3I2H")
_LOCAL_MARK = b"PK\x03\x04"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_HAS_DESCRIPTOR = 0x08
_DESCRIPTORS = (12, 16, 20, 24)
_END = struct.Struct("<4s4H2IH")
_END_MARK = b"PK\x05\x06"
_UTF8 = 0x800
_ENCRYPTED = 0x01
_IN_ZIP64_16, _IN_ZIP64 = 0xFFFF, 0xFFFFFFFF
_ZIP64 = b"\x01\x00\x10\x00"

ZIP_FAULTS = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError),
    *(ValueError, KeyError, IndexError, OverflowError),
)
"""What reading a damaged or forged zip raises. OSError is not among them: it is the disk's."""


class OpenedZip(io.BufferedReader):
    """A file opened for ZipFiles: one that cannot be read is told apart from one that is no zip.

    A forged directory sends its reader to where no file can be, which a disk calls an invalid argument.
    """

    def __init__(self, source: Path | io.RawIOBase) -> None:
        super().__init__(io.FileIO(source) if isinstance(source, Path) else source)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        try:
            return super().seek(offset, whence)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            raise zipfile.BadZipFile("the directory points outside the file") from error


class ZipFiles:
    """Reads what is there. Raises one of ZIP_FAULTS where there is no zip at all, OSError."""

    def __init__(self, file: OpenedZip) -> None:
        self._file = file
        self._archive = zipfile.ZipFile(file)
        infos = self._archive.infolist()
        # A folder's entry has no bytes: one that has is a file under a folder's name.
        self.names = [info.filename for info in infos if not info.is_dir() or info.compress_size]
        self.stray_bytes = self._stray(infos)

    def read(self, name: str, limit: int) -> bytes:
        """The first bytes of a file, none where it is damaged: its seal then says so."""
        try:
            with self._archive.open(self._known(name)) as file:
                return file.read(limit)
        except ZIP_FAULTS:
            return b""

    def digest(self, name: str) -> str | None:
        """SHA-256 of a file, None where its bytes cannot even be read."""
        digest = hashlib.sha256()
        try:
            with self._archive.open(self._known(name)) as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
        except ZIP_FAULTS:
            return None
        return digest.hexdigest()

    def size(self, name: str) -> int:
        return self._archive.getinfo(name).file_size

    def open(self, name: str) -> Stream:
        """A file from its start; what is stored as it is, without a look at the zip's own sum of it."""
        info = self._known(name)
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & _ENCRYPTED:
            return self._archive.open(info)
        self._file.seek(info.header_offset)
        *_, name_size, extra_size = _LOCAL_HEAD.unpack(self._file.read(_LOCAL_HEAD.size))
        start = info.header_offset + _LOCAL_HEAD.size + name_size + extra_size
        return _Stored(self._file, start, info.file_size)

    def _known(self, name: str) -> zipfile.ZipInfo:
        info = self._archive.getinfo(name)
        if info.compress_type not in _METHODS:
            raise NotImplementedError(f"compressed by method {info.compress_type}")
        return info

    def _stray(self, infos: list[zipfile.ZipInfo]) -> str | None:
        """Where there are bytes of no file: files must follow each other from the first byte to the last."""
        at = 0
        for info in sorted(infos, key=lambda one: one.header_offset):
            if info.header_offset != at:
                return _told(at, info.header_offset)
            self._file.seek(at)
            head = self._file.read(_LOCAL_HEAD.size)
            if len(head) < _LOCAL_HEAD.size or not head.startswith(_LOCAL_MARK):
                return f"a file's head at byte {at} is damaged"
            *_, name_size, extra_size = _LOCAL_HEAD.unpack(head)
            if not _agrees(head, self._file.read(name_size + extra_size), info):
                return f"the file's head at byte {at} is not what the directory says"
            at += _LOCAL_HEAD.size + name_size + extra_size + info.compress_size
            if info.flag_bits & _HAS_DESCRIPTOR:
                at = self._behind_descriptor(at, info, infos)
        return self._stray_end(at)

    def _behind_descriptor(self, at: int, info: zipfile.ZipInfo, infos: list[zipfile.ZipInfo]) -> int:
        """Where a file ends that tells its size behind itself, as one written to a pipe does."""
        next_at = min(
            (one.header_offset for one in infos if one.header_offset > info.header_offset),
            default=self._archive.start_dir,
        )
        return next_at if next_at - at in _DESCRIPTORS else at

    def _stray_end(self, at: int) -> str | None:
        if self._archive.start_dir != at:
            return _told(at, self._archive.start_dir)
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(max(0, size - _END.size))
        mark, *disks, here, count, _, _, comment = _END.unpack(self._file.read(_END.size))
        if mark != _END_MARK or comment:
            return "bytes behind the archive"
        if any(disks) or {here, count} - {_IN_ZIP64_16, len(self._archive.infolist())}:
            return "an end that is not what the directory says"
        return None


class _Stored:
    """The bytes [start, start + size) of a file, in order."""

    def __init__(self, file: OpenedZip, start: int, size: int) -> None:
        self._file = file
        self._at = start
        self._left = size

    def read(self, size: int, /) -> bytes:
        self._file.seek(self._at)
        data = self._file.read(min(size, self._left))
        self._at += len(data)
        self._left -= len(data)
        return data


def begins_as_export(path: Path) -> bool:
    """Whether a file that is no zip starts as an export does: its end was cut off. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_LOCAL_HEAD.size)
        if len(head) < _LOCAL_HEAD.size or not head.startswith(_LOCAL_MARK):
            return False
        *_, name_size, _ = _LOCAL_HEAD.unpack(head)
        name = file.read(name_size)
    return len(name) == name_size and name.endswith(b".mp4") and name.isascii()


def _agrees(head: bytes, names: bytes, info: zipfile.ZipInfo) -> bool:
    """Whether a file's own head says what the directory does (APPNOTE 6.3, sections 4.3.7 and 4.5.3)."""
    _, _, flags, method, time, date, crc, packed, plain, name_size, _ = _LOCAL_HEAD.unpack(head)
    year, month, day, hour, minute, second = info.date_time
    told_date, told_time = (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2
    name, extra = names[:name_size], names[name_size:]
    encoding = "utf-8" if flags & _UTF8 else "cp437"
    if packed == plain == _IN_ZIP64 and extra[:4] == _ZIP64:
        plain, packed = struct.unpack("<QQ", extra[4:20])
    sealed = (info.CRC, info.compress_size, info.file_size)
    return (
        (flags, method, date, time) == (info.flag_bits, info.compress_type, told_date, told_time)
        and name == info.orig_filename.encode(encoding, "replace")
        and (bool(flags & _HAS_DESCRIPTOR) or (crc, packed, plain) == sealed)
    )


def _told(expected: int, found: int) -> str:
    if expected == 0:
        return f"{found} bytes before the archive"
    return f"bytes between its files, at byte {min(expected, found)}"
