"""Who is recorded: what control_room said last, over its silence and over restarts."""

from pathlib import Path

from shared.messages.storage import Publishers
from storage.objects.disk import RealDisk
from storage.objects.notes import FolderNotes
from storage.recording.publishers import KnownPublishers

LILLE, ROUBAIX = "59350", "59512"
KEY = "k" * 40


class Heard:
    """What the newest lease says."""

    def __init__(self, *communes: str) -> None:
        self.communes: frozenset[str] | None = frozenset(communes) or None
        self.ended_keys: dict[str, frozenset[str]] = {}

    def __call__(self) -> Publishers | None:
        return None if self.communes is None else Publishers(self.communes, self.ended_keys)


def known(folder: Path, heard: Heard) -> KnownPublishers:
    return KnownPublishers(FolderNotes(folder, RealDisk()), heard)


def test_before_control_room_ever_spoke_a_key_is_enough(tmp_path: Path) -> None:
    assert known(tmp_path, Heard()).records(LILLE, KEY)


async def test_what_was_taken_back_stays_so_over_a_restart_without_control_room(tmp_path: Path) -> None:
    before = known(tmp_path, Heard(LILLE))
    assert not before.records(ROUBAIX, KEY)
    await before.keep()
    after = known(tmp_path, Heard())
    assert after.records(LILLE, KEY)
    assert not after.records(ROUBAIX, KEY)


async def test_a_right_that_is_given_again_holds_at_once(tmp_path: Path) -> None:
    heard = Heard(LILLE)
    publishers = known(tmp_path, heard)
    await publishers.keep()
    heard.communes = frozenset({LILLE, ROUBAIX})
    assert publishers.records(ROUBAIX, KEY)


async def test_the_last_right_of_all_that_is_taken_back_is_kept_too(tmp_path: Path) -> None:
    heard = Heard(LILLE)
    publishers = known(tmp_path, heard)
    await publishers.keep()
    heard.communes = frozenset()
    await publishers.keep()
    assert not known(tmp_path, Heard()).records(LILLE, KEY)


async def test_a_disk_that_takes_nothing_lets_nobody_back(tmp_path: Path) -> None:
    publishers = known(tmp_path / "gone", Heard(LILLE))
    await publishers.keep()
    assert not publishers.records(ROUBAIX, KEY)


def test_a_damaged_file_stops_no_recording(tmp_path: Path) -> None:
    (tmp_path / ".beffroi-publishers").write_text("{")
    assert known(tmp_path, Heard()).records(LILLE, KEY)


async def test_a_key_that_has_ended_stays_so_over_a_restart_without_control_room(tmp_path: Path) -> None:
    heard = Heard(LILLE, ROUBAIX)
    heard.ended_keys = {LILLE: frozenset({KEY})}
    await known(tmp_path, heard).keep()
    after = known(tmp_path, Heard())
    assert not after.records(LILLE, KEY)
    assert after.records(LILLE, "n" * 40)
    assert after.records(ROUBAIX, KEY)


def test_what_an_earlier_version_wrote_down_is_read(tmp_path: Path) -> None:
    (tmp_path / ".beffroi-publishers").write_text('{"communes":["59350"]}')
    assert known(tmp_path, Heard()).records(LILLE, KEY)
    assert not known(tmp_path, Heard()).records(ROUBAIX, KEY)
