from pathlib import Path

import pytest

from deploy.cli import main
from deploy.secrets import open_secrets
from shared.evidence.verify import Finding, Verdict


def test_verify_of_something_that_is_no_export_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = open_secrets(tmp_path / "secrets")
    (tmp_path / "empty").mkdir()
    code = main(["verify", str(tmp_path / "empty"), "--key", str(keys.evidence_public)])
    assert (code, capsys.readouterr().out.split(":")[0]) == (1, "not-an-export")


def test_verify_without_a_readable_key_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["verify", str(tmp_path), "--key", str(tmp_path / "no.pem")])
    assert code == 2
    assert (
        capsys.readouterr().err
        == f"beffroi: the key {tmp_path / 'no.pem'} cannot be read: No such file or directory\n"
    )


def test_verify_of_a_missing_export_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = open_secrets(tmp_path / "secrets")
    code = main(["verify", str(tmp_path / "gone.zip"), "--key", str(keys.evidence_public)])
    assert code == 2
    assert "gone.zip cannot be read: No such file" in capsys.readouterr().err


def test_a_verdict_names_each_file_concerned() -> None:
    from deploy.verification import told

    verdict = Verdict(Finding.ALTERED_FILE, "one file was altered", altered=("a.mp4",), missing=("b.mp4",))
    assert told(verdict) == ["altered-file: one file was altered", "  altered: a.mp4", "  missing: b.mp4"]


def test_the_demo_refuses_a_port_out_of_range(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--data", str(tmp_path), "--port", "99"]) == 2
    assert "port 99 is not between" in capsys.readouterr().err


@pytest.mark.parametrize("muxes", ["0", "17"])
def test_the_demo_refuses_a_number_of_muxes_that_makes_no_sense(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], muxes: str
) -> None:
    assert main(["demo", "--data", str(tmp_path), "--muxes", muxes]) == 2
    assert f"{muxes} muxes are not between" in capsys.readouterr().err


def test_the_number_of_muxes_comes_from_the_environment_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEFFROI_MUXES", "99")
    assert main(["demo", "--data", str(tmp_path)]) == 2
    assert "99 muxes are not between" in capsys.readouterr().err
