from pathlib import Path

import pytest

from deploy.cli import main
from deploy.secrets import open_secrets
from shared.evidence.verify import Finding, Verdict
from tests.unit.shared.evidence.journals import KEY, Extract, chained, head_of


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


def test_a_journal_is_held_to_what_a_witness_kept_in_one_file_or_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = chained(["a", "b", "c"])
    (tmp_path / "key.pem").write_bytes(KEY.public.pem())
    (tmp_path / "heads").write_text(head_of(lines[:2]).line() + "\n{torn")
    (tmp_path / "newest").write_text(head_of(lines, 2).line())
    (tmp_path / "whole").write_bytes(b"".join(Extract(lines).text()))
    (tmp_path / "cut").write_bytes(b"".join(Extract(lines[:2]).text()))
    more = ["--key", str(tmp_path / "key.pem"), "--heads", str(tmp_path / "heads")]
    newest = ["--heads", str(tmp_path / "newest")]
    assert main(["verify", "journal", str(tmp_path / "whole"), *more, *newest]) == 0
    said = capsys.readouterr().out
    assert "witnessed: 2 heads" in said
    assert "lines of the witness's that are no heads: 1" in said
    assert main(["verify", "journal", str(tmp_path / "cut"), *more]) == 0
    assert main(["verify", "journal", str(tmp_path / "cut"), *more, *newest]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("cut: the journal ends at entry 2")


def test_an_export_is_held_to_one_file_of_heads_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = ["--heads", str(tmp_path / "a"), "--heads", str(tmp_path / "b")]
    assert main(["verify", str(tmp_path), "--key", str(tmp_path / "key.pem"), *heads]) == 2
    assert "one file of heads" in capsys.readouterr().err


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
