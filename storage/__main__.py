"""`python -m storage` serves; beside it, while it is stopped, `reindex`, `scrub [--repair]`, `proof`,
`capture`, `rewrap` and `depart`."""

import asyncio
import sys
from pathlib import Path

from shared.errors import BeffroiError
from shared.ids import StreamId
from shared.log import configure
from shared.service import main
from shared.settings import load
from shared.spans import Span
from storage.commands import (
    erase,
    hand_over,
    prove_capture,
    prove_destruction,
    rebuild_index,
    rewrap_keys,
    scrub_all,
    unseal,
)
from storage.lifecycle.reindex import Reindexed
from storage.lifecycle.scrub import Fault
from storage.model.instants import ns_from_text
from storage.service import build
from storage.settings import StorageSettings


def _settings() -> StorageSettings:
    settings = load(StorageSettings)
    configure("storage", json=settings.log_json)
    return settings


def _reindex() -> int:
    done = asyncio.run(rebuild_index(_settings()))
    _say(done)
    return 1 if done.unreadable else 0


def _scrub(*, repair: bool) -> int:
    found, done = asyncio.run(scrub_all(_settings(), repair=repair))
    print(", ".join(f"{found.count(fault)} {fault}" for fault in Fault))
    if done is not None:
        _say(done)
        return 1 if done.unreadable or found.count(Fault.DAMAGED) else 0
    return 0 if found.is_sound else 1


def _proof(stream: str, start: str, end: str) -> int:
    span = Span(ns_from_text(start, "from"), ns_from_text(end, "to"))
    return _written(asyncio.run(prove_destruction(_settings(), StreamId.parse(stream), span)))


def _written(file: bytes) -> int:
    sys.stdout.buffer.write(file)
    return 0


def _hand_over(commune: str, folder: Path) -> int:
    done = asyncio.run(hand_over(_settings(), commune, folder))
    print(
        f"{done.objects} recordings of commune {commune} handed over and read back, {done.in_the_clear} of "
        f"them never encrypted, with {len(done.data_keys)} data keys; what opens them: {folder / 'keys'}"
    )
    return 0


def _say(done: Reindexed) -> None:
    print(
        f"{done.known} segments known, {done.added} added, {done.forgotten} rows without object forgotten, "
        f"{done.unreadable} files unreadable"
    )


def run(arguments: list[str]) -> int:
    """The exit code of the process."""
    if not arguments:
        return main("storage", build)
    try:
        match arguments:
            case ["reindex"]:
                return _reindex()
            case ["scrub"] | ["scrub", "--repair"]:
                return _scrub(repair="--repair" in arguments)
            case ["proof", stream, start, end]:
                return _proof(stream, start, end)
            case ["rewrap", commune]:
                count = asyncio.run(rewrap_keys(_settings(), commune))
                print(f"{count} data keys of commune {commune} are wrapped by a new key")
                return 0
            case ["depart", commune, "--to", folder]:
                return _hand_over(commune, Path(folder))
            case ["depart", commune, "--to", folder, "--erase"]:
                proof = asyncio.run(erase(_settings(), commune, Path(folder)))
                print(f"0 recordings of commune {commune} are left here; signed proof: {proof}")
                return 0
            case ["unseal", file]:
                for part in unseal(_settings(), Path(file)):
                    sys.stdout.buffer.write(part)
                return 0
            case ["capture", key]:
                return _written(asyncio.run(prove_capture(_settings(), key)))
    except BeffroiError as error:
        print(f"beffroi storage: {error.detail}", file=sys.stderr)
        return 2
    print(
        "usage: python -m storage [reindex | scrub [--repair] | proof STREAM FROM TO | capture KEY | "
        "rewrap COMMUNE | unseal FILE | depart COMMUNE --to FOLDER [--erase]]",
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
