"""`beffroi storage fsck` and `rebuild`: what an operator does about recordings while storage is stopped."""

import asyncio
from pathlib import Path

from deploy.layout import kept_by_storage
from deploy.verification import printable
from shared.errors import BadInput
from shared.log import configure
from shared.settings import load
from storage.commands import rebuild_index, scrub_all
from storage.lifecycle.reindex import Reindexed
from storage.lifecycle.scrub import Fault, Found
from storage.settings import ArchiveSettings

_NAMED = 20
_WORDS = {
    Fault.UNLISTED: "objects without a row in the index",
    Fault.UNREADABLE: "objects that are no recording",
    Fault.MISSING: "rows whose object is gone",
    Fault.DAMAGED: "objects whose bytes are not those that were recorded",
}


def fsck(data_dir: Path | None, *, repair: bool) -> int:
    """Print what is wrong between index and objects; 0 where nothing is, or all of it was mended, else 1.

    Raises BeffroiError where it could not be told.
    """
    found, done = asyncio.run(scrub_all(_settings(data_dir), repair=repair))
    print("\n".join(told(found)))
    if done is None:
        return 0 if found.is_sound else 1
    print(told_of(done))
    return 1 if done.unreadable or found.count(Fault.DAMAGED) else 0


def rebuild(data_dir: Path | None) -> int:
    """Make the index anew and print what was found; 1 where an object cannot be read. Raises BeffroiError."""
    done = asyncio.run(rebuild_index(_settings(data_dir)))
    print(told_of(done))
    return 1 if done.unreadable else 0


def told(found: Found) -> list[str]:
    """The faults in lines: how many of each kind, and the first of them by name."""
    if found.is_sound:
        return ["sound: every row has its object, every object its row, and the bytes that were recorded"]
    lines: list[str] = []
    for fault in Fault:
        count, keys = found.count(fault), list(found.keys[fault])[:_NAMED]
        if count:
            lines.append(f"{fault}: {count} {_WORDS[fault]}")
            lines.extend(f"  {printable(key)}" for key in keys)
        if count > len(keys):
            lines.append(f"  and {count - len(keys)} more")
    return lines


def told_of(done: Reindexed) -> str:
    return (
        f"index made: {done.known + done.added} recordings, {done.added} of them added; "
        f"{done.forgotten} rows without object dropped, {done.holds} holds kept, {done.unreadable} objects "
        "unreadable"
    )


def _settings(data_dir: Path | None) -> ArchiveSettings:
    if data_dir is not None and not (data_dir / "storage").is_dir():
        # An empty one would be sound.
        raise BadInput(f"{data_dir} is no folder of an installation: it has no recordings")
    settings = load(ArchiveSettings, None if data_dir is None else kept_by_storage(data_dir.resolve()))
    configure("storage", json=settings.log_json)
    return settings
