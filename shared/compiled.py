"""Compiled cores, each a library that was built beside the module that calls it, where a compiler was."""

import ctypes
from collections.abc import Callable
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import TypeVar

from shared.errors import Unavailable
from shared.log import Logger

Library = TypeVar("Library", bound=ctypes.CDLL)
Built = TypeVar("Built")


def library_beside(
    folder: Path, kind: Callable[[str], Library], source: str, version_function: str, version: int
) -> Library:
    """The library `_core` of a folder, built of `source`; a call of a `PyDLL` keeps the interpreter's lock,
    one of a `CDLL` lets go of it. Raises Unavailable, saying why there is none of this version."""
    files = (folder / f"_core{suffix}" for suffix in EXTENSION_SUFFIXES)
    file = next((file for file in files if file.exists()), None)
    if file is None:
        raise Unavailable(f"{source} was not built: a C compiler was missing at the installation")
    try:
        library = kind(str(file))
        built = library[version_function]()
    except (OSError, AttributeError) as error:
        raise Unavailable(f"{file.name} cannot be loaded: {error}") from error
    if built != version:
        raise Unavailable(f"{file.name} was built from another {source}: install again")
    return library


def built_or_none(
    load: Callable[[], Built], log: Logger, *, demanded: bool, consequence: str
) -> Built | None:
    """What `load` gives; None, which is Python, where that is unavailable, said in the log with what comes of
    it. Raises Unavailable where it is `demanded`."""
    try:
        return load()
    except Unavailable as error:
        if demanded:
            raise
        log.warning("no-compiled-core", why=error.detail, consequence=consequence)
        return None
