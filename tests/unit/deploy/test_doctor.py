"""`beffroi doctor`: each finding with its verdict."""

from pathlib import Path

import pytest

from deploy.cli import main
from deploy.secrets import open_secrets


def test_doctor_gives_each_finding_with_its_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["doctor", "--data", str(tmp_path / "none"), "--port", "21000"])
    verdicts = {line.split()[0] for line in capsys.readouterr().out.splitlines()}
    assert verdicts <= {"ok", "warning", "wrong"}


def test_doctor_tells_of_secrets_that_others_may_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = open_secrets(tmp_path / "secrets")
    keys.ticket_private.chmod(0o644)
    assert main(["doctor", "--data", str(tmp_path), "--port", "21000"]) == 1
    assert "others may read ticket.pem" in capsys.readouterr().out
