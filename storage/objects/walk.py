"""Goes through a store's keys in the order of their text, folder by folder, reading only what is asked."""

from collections.abc import Callable, Iterator

from storage.objects.store import is_key

Entries = Callable[[str], list[str]]
"""The keys in a folder, and the folders in it with a "/" behind them, in the order of their text."""

_LONGEST_NAME = f"{'n' * 251}.mp4"


def walk(entries: Entries, prefix: str, after: str, folder: str = "") -> Iterator[str]:
    """The keys below `folder` that begin with `prefix` and come after `after`."""
    for name in entries(folder):
        if not name.endswith("/"):
            if name > after and name.startswith(prefix):
                yield name
        elif (name.startswith(prefix) or prefix.startswith(name)) and (
            name > after or after.startswith(name)
        ):
            yield from walk(entries, prefix, after, name)


def all_fit(folder: str) -> bool:
    """Whether every key in a folder is short enough: asked once a folder, there may be very many."""
    return is_key(f"{folder}{_LONGEST_NAME}")
