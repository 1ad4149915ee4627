"""The store's own name, in a note that marks it: an unmounted disk is not taken for an empty store."""

from shared.causes import cause_of
from shared.errors import Unavailable
from shared.reasons import why
from storage.objects.notes import Notes

_MARKER = ".beffroi-store"


def store_name(notes: Notes) -> str | None:
    """The store's own name, None where this is no store. Raises Unavailable. Blocking."""
    try:
        return (notes.read(_MARKER) or b"").decode(errors="replace").strip() or None
    except OSError as error:
        raise Unavailable(
            why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
        ) from error


def require_store(notes: Notes) -> None:
    """Raise Unavailable where this is no store: what is written there would be lost with it. Blocking."""
    if store_name(notes) is None:
        raise Unavailable(
            why("store-unmarked", "the object store's folder has no marker: is its disk mounted?")
        )


def found_store(notes: Notes, name: str) -> None:
    """Make this a store of that name. Raises Unavailable. Blocking."""
    try:
        notes.write(_MARKER, f"{name}\n".encode())
    except OSError as error:
        raise Unavailable(f"the object store cannot be made: {error.strerror}") from error
