"""Where segments end: at instants of the stream's own, whatever it began at."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.ids import StreamId
from storage.recording.borders import border_after, hash_of

_SEGMENT_NS = 60_000_000_000
_NAMES = st.from_regex(r"[a-z]{1,12}", fullmatch=True)


@settings(max_examples=40)
@given(_NAMES, st.integers(0, 1 << 61), st.integers(0, 1 << 61))
def test_the_borders_of_a_stream_are_whole_segments_apart(name: str, first_ns: int, other_ns: int) -> None:
    stream = StreamId("59350", name)
    first, other = (border_after(stream, start_ns, _SEGMENT_NS) for start_ns in (first_ns, other_ns))
    assert first_ns < first <= first_ns + _SEGMENT_NS
    assert (first - other) % _SEGMENT_NS == 0
    assert border_after(stream, first, _SEGMENT_NS) == first + _SEGMENT_NS


def test_the_streams_of_a_commune_do_not_end_together() -> None:
    streams = [StreamId("59350", f"gate-{number}") for number in range(60)]
    seconds = {border_after(stream, 0, _SEGMENT_NS) // 1_000_000_000 for stream in streams}
    assert len(seconds) > 20
    assert len({hash_of(stream) for stream in streams}) == len(streams)
