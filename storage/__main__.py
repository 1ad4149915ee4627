"""`python -m storage` serves; `python -m storage reindex` makes the index again from the files."""

import asyncio
import sys

from shared.errors import BeffroiError
from shared.log import configure
from shared.service import main
from shared.settings import load
from storage.service import build, rebuild_index
from storage.settings import StorageSettings


def _reindex() -> int:
    try:
        settings = load(StorageSettings)
        configure("storage", json=settings.log_json)
        done = asyncio.run(rebuild_index(settings))
    except BeffroiError as error:
        print(f"beffroi storage: {error.detail}", file=sys.stderr)
        return 2
    print(
        f"{done.known} segments known, {done.added} added, {done.forgotten} rows without object forgotten, "
        f"{done.unreadable} files unreadable"
    )
    return 1 if done.unreadable else 0


def run(arguments: list[str]) -> int:
    """The exit code of the process."""
    if not arguments:
        return main("storage", build)
    if arguments == ["reindex"]:
        return _reindex()
    print("usage: python -m storage [reindex]", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
