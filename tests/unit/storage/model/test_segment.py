"""Names of segments."""

from hypothesis import given
from hypothesis import strategies as st

from storage.model.segment import capture_of_spool_name, object_key, spool_name
from tests.support.pictures import STREAM


@given(st.integers(0, 4_000_000_000_000), st.integers(1, 10**9))
def test_a_name_in_the_spool_tells_stream_and_start(start_ms: int, run: int) -> None:
    key = object_key(STREAM, start_ms * 10**6, run, "aaaa")
    assert capture_of_spool_name(f"{spool_name(key)}.from-77") == (STREAM, start_ms * 10**6)


@given(st.text("0123456789~TZ.-camin", max_size=60))
def test_any_other_name_tells_nothing(name: str) -> None:
    assert capture_of_spool_name(name) is None
