"""A package goes with all that lies beside it."""

from pathlib import Path

import pytest

from shared.messages.storage import ExportOrder
from storage.exports.place import destroy_package, package_path
from tests.unit.storage.packages import EXPORT, for_recipient, order


@pytest.mark.parametrize("wanted", [order(), for_recipient()])
async def test_nothing_of_a_package_is_left_and_no_other_goes(tmp_path: Path, wanted: ExportOrder) -> None:
    package = package_path(tmp_path, wanted)
    other = tmp_path / f"{EXPORT}0.zip"
    for path in (package, tmp_path / f"{EXPORT}.tsq", tmp_path / f"{EXPORT}.tsr", other):
        path.write_bytes(b"x")
    await destroy_package(tmp_path, wanted)
    assert list(tmp_path.iterdir()) == [other]
    await destroy_package(tmp_path, wanted)
