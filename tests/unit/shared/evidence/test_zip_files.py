"""The files of a zip that may be damaged or forged; every byte changed: test_verify.py."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from shared.evidence.zip_files import ZIP_FAULTS, OpenedZip, ZipFiles


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A zip of two files."""
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as made:
        made.writestr("a.txt", b"one")
        made.writestr("b.txt", b"two")
    return path


def test_files_are_read_up_to_the_limit_and_digested_whole(package: Path) -> None:
    with OpenedZip(package) as file:
        files = ZipFiles(file)
        assert (files.names, files.stray_bytes) == (["a.txt", "b.txt"], None)
        assert files.read("a.txt", 2) == b"on"
        assert files.digest("b.txt") == hashlib.sha256(b"two").hexdigest()


def test_a_damaged_file_has_no_digest_and_leaves_the_other_readable(package: Path) -> None:
    package.write_bytes(package.read_bytes().replace(b"one", b"0ne", 1))
    with OpenedZip(package) as file:
        files = ZipFiles(file)
        assert (files.digest("a.txt"), files.read("a.txt", 10)) == (None, b"")
        assert files.read("b.txt", 10) == b"two"


def test_bytes_that_belong_to_no_file_are_told(package: Path) -> None:
    package.write_bytes(package.read_bytes() + b"more")
    with OpenedZip(package) as file:
        assert ZipFiles(file).stray_bytes is not None


def test_what_is_no_zip_is_one_of_the_faults_and_what_cannot_be_read_is_not(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no zip")
    with OpenedZip(tmp_path / "x") as file, pytest.raises(ZIP_FAULTS):
        ZipFiles(file)
    with pytest.raises(FileNotFoundError):
        OpenedZip(tmp_path / "none")
