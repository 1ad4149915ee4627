"""A package gets its key and its name only from whoever is still to make it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.exports.closing import Closing
from storage.exports.package import Stopped
from storage.exports.safe import PackageSafe
from tests.support.sealed_store import sealed_store, spool_keys


def test_who_lost_an_export_while_it_sealed_leaves_the_other_s_package_and_key(tmp_path: Path) -> None:
    sealed_store(tmp_path)
    safe, target = PackageSafe(spool_keys(tmp_path)), tmp_path / "x-1.zip"

    def close(name: str, data: bytes) -> None:
        def check() -> None:
            # Another process gets it while the first one is at work.
            if name == "slow":
                close("other", b"other")
                raise Stopped

        plain = tmp_path / f"{name}.plain"
        plain.write_bytes(data)
        Closing("", safe, check).close(plain, tmp_path / f"{name}.part", target, pool)

    with ThreadPoolExecutor(1) as pool, pytest.raises(Stopped):
        close("slow", b"slow")
    with safe.opened(target) as package:
        assert package.read(100) == b"other"
