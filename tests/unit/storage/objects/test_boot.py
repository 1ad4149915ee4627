"""The machine's own run as a clock."""

from pathlib import Path

import pytest

from storage.objects.boot import since_boot


def test_a_run_has_one_name_and_goes_on() -> None:
    first, second = since_boot(), since_boot()
    assert first.id == second.id
    assert 0 < first.ns < second.ns


def test_a_machine_that_does_not_name_its_run_has_none_that_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.objects.boot._BOOT_ID", tmp_path / "gone")
    assert since_boot().id == ""
