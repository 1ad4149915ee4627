"""A manifest that is none of ours tells nothing, and breaks nothing."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.evidence.told import read_fingerprint, read_told

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
_FILM = {"name": "a.mp4", "size": 1, "sha256": "ab", "stream": "s", "certificate": "c", "segments": []}


def manifest(**changed: object) -> dict[str, object]:
    return {"format": "beffroi-export-2", "files": [_FILM], "documents": [], "cameras": []} | changed


@settings(max_examples=40)
@given(st.sampled_from(["format", "files", "documents", "cameras"]), _json)
def test_a_manifest_with_anything_in_it_is_told_or_none(name: str, value: object) -> None:
    raw = json.dumps(manifest(**{name: value})).encode()
    told = read_told(raw)
    assert told is None or isinstance(told.films, tuple)
    assert read_fingerprint(raw) is None


@settings(max_examples=40)
@given(st.sampled_from(sorted(_FILM)), _json)
def test_a_film_with_anything_in_it_is_told_or_none(name: str, value: object) -> None:
    told = read_told(json.dumps(manifest(files=[_FILM | {name: value}])).encode())
    assert told is None or len(told.films) == 1


def test_bytes_that_are_no_json_tell_nothing() -> None:
    assert read_told(b"\xff") is None
    assert read_fingerprint(b"[" * 100_000) is None
