from pathlib import Path

import pytest

from deploy.installation import held, refuse_full_disk
from shared.errors import Conflict, Unavailable


def test_a_folder_in_use_says_who_holds_it_and_where_it_answers(tmp_path: Path) -> None:
    second = held(tmp_path, "http://127.0.0.1:9090")
    with (
        held(tmp_path, "http://127.0.0.1:8080"),
        pytest.raises(Conflict, match=r"already runs.*process \d+, http://127\.0\.0\.1:8080"),
    ):
        second.__enter__()


def test_a_folder_is_free_again_after_its_holder(tmp_path: Path) -> None:
    with held(tmp_path, "http://a"):
        pass
    with held(tmp_path, "http://b"):
        assert "http://b" in (tmp_path / "running").read_text()


def test_a_disk_without_room_is_refused_with_both_figures(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"is full: \d+ MB are free, and recording needs"):
        refuse_full_disk(tmp_path, needed_bytes=1 << 60)


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be used"), held(tmp_path / "file" / "data", "http://a"):
        pass


def test_an_installation_that_others_could_read_is_closed_when_it_starts(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "control_room").mkdir(parents=True)
    database = data / "control_room" / "control_room.sqlite"
    database.touch()
    for path, wide in ((data, 0o755), (data / "control_room", 0o755), (database, 0o644)):
        path.chmod(wide)
    with held(data, "http://127.0.0.1"):
        modes = [path.stat().st_mode & 0o777 for path in (data, data / "control_room", database)]
    assert modes == [0o700, 0o700, 0o600]
