"""Who is recorded: what control_room said last, over its silence and over restarts."""

from pathlib import Path

from storage.objects.disk import RealDisk
from storage.recording.publishers import KnownPublishers

LILLE, ROUBAIX = "59350", "59512"


class Heard:
    """What the newest lease says."""

    def __init__(self, *communes: str) -> None:
        self.communes: frozenset[str] | None = frozenset(communes) or None

    def __call__(self) -> frozenset[str] | None:
        return self.communes


def known(folder: Path, heard: Heard) -> KnownPublishers:
    return KnownPublishers(folder, RealDisk(), heard)


def test_before_control_room_ever_spoke_a_key_is_enough(tmp_path: Path) -> None:
    assert known(tmp_path, Heard()).holds(LILLE)


async def test_what_was_taken_back_stays_so_over_a_restart_without_control_room(tmp_path: Path) -> None:
    before = known(tmp_path, Heard(LILLE))
    assert not before.holds(ROUBAIX)
    await before.keep()
    after = known(tmp_path, Heard())
    assert after.holds(LILLE)
    assert not after.holds(ROUBAIX)


async def test_a_right_that_is_given_again_holds_at_once(tmp_path: Path) -> None:
    heard = Heard(LILLE)
    publishers = known(tmp_path, heard)
    await publishers.keep()
    heard.communes = frozenset({LILLE, ROUBAIX})
    assert publishers.holds(ROUBAIX)


async def test_the_last_right_of_all_that_is_taken_back_is_kept_too(tmp_path: Path) -> None:
    heard = Heard(LILLE)
    publishers = known(tmp_path, heard)
    await publishers.keep()
    heard.communes = frozenset()
    await publishers.keep()
    assert not known(tmp_path, Heard()).holds(LILLE)


async def test_a_disk_that_takes_nothing_lets_nobody_back(tmp_path: Path) -> None:
    publishers = known(tmp_path / "gone", Heard(LILLE))
    await publishers.keep()
    assert not publishers.holds(ROUBAIX)


def test_a_damaged_file_stops_no_recording(tmp_path: Path) -> None:
    (tmp_path / ".beffroi-publishers").write_text("{")
    assert known(tmp_path, Heard()).holds(LILLE)
