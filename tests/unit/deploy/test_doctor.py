"""`beffroi doctor`: each finding with its verdict."""

from pathlib import Path

import pytest

from deploy.cli import main
from deploy.secrets import open_secrets
from tests.support.s3_server import LOCKED, PLAIN, S3Server


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


def doctored(
    s3: S3Server,
    bucket: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    folder: Path,
) -> list[str]:
    """What doctor says of a bucket."""
    monkeypatch.setenv("BEFFROI_S3_URL", s3.url)
    monkeypatch.setenv("BEFFROI_S3_BUCKET", bucket)
    monkeypatch.setenv("BEFFROI_S3_CREDENTIALS_FILE", str(s3.credentials))
    capsys.readouterr()
    main(["doctor", "--data", str(folder), "--port", "21000"])
    lines = capsys.readouterr().out.splitlines()
    return [" ".join(line.split()) for line in lines if "object store" in line]


def test_doctor_says_what_a_bucket_can(
    s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctored(s3, LOCKED, monkeypatch, capsys, tmp_path) == [
        "ok object store: the bucket locked answers",
        "ok object store: conditional writes: nothing is overwritten unseen",
        "ok object store: versions: all of an object are removed with it",
        "ok object store: Object Lock: what is held is under legal hold",
    ]
    assert [line.split()[0] for line in doctored(s3, PLAIN, monkeypatch, capsys, tmp_path)] == [
        "ok",
        "ok",
        "warning",
        "warning",
    ]


def test_doctor_tells_of_rules_that_delete_and_of_retention_that_keeps(
    s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = s3.client()
    client.create_bucket(Bucket="ruled", ObjectLockEnabledForBucket=True)
    client.put_object_lock_configuration(
        Bucket="ruled",
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 400}},
        },
    )
    rule = {"ID": "tidy", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 7}}
    client.put_bucket_lifecycle_configuration(Bucket="ruled", LifecycleConfiguration={"Rules": [rule]})
    wrong = [
        line for line in doctored(s3, "ruled", monkeypatch, capsys, tmp_path) if line.startswith("wrong")
    ]
    assert len(wrong) == 2
    assert "default retention" in wrong[0]
    assert "lifecycle rule tidy (Expiration)" in wrong[1]


def test_doctor_tells_of_a_bucket_that_is_not_there_or_not_ours(
    s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctored(s3, "nobodys", monkeypatch, capsys, tmp_path)[-1].startswith("wrong object store")
    open_to_all = tmp_path / "credentials"
    open_to_all.write_text(s3.credentials.read_text())
    open_to_all.chmod(0o644)
    with monkeypatch.context() as open_file:
        open_file.setattr(s3, "credentials", open_to_all)
        assert "others may read" in doctored(s3, LOCKED, monkeypatch, capsys, tmp_path)[0]
    monkeypatch.setattr(s3, "credentials", tmp_path / "none")
    told = doctored(s3, LOCKED, monkeypatch, capsys, tmp_path)
    assert "cannot be read" in told[-1]


def test_doctor_says_whether_a_folder_can_lock(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "storage" / "objects").mkdir(parents=True)
    main(["doctor", "--data", str(tmp_path), "--port", "21000"])
    assert "object store: a folder" in capsys.readouterr().out
