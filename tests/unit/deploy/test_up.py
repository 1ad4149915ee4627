"""`beffroi up`: what it refuses before it starts."""

from pathlib import Path

import pytest

from deploy.cli import main


def test_up_refuses_an_address_that_is_no_origin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    urls = ["--public-url", "cmsu.example", "--mux-url", "https://m", "--storage-url", "https://s"]
    assert main(["up", "--data", str(tmp_path), *urls]) == 2
    assert "'cmsu.example' is not of the form" in capsys.readouterr().err
