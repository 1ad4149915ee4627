"""Boxes of MP4, written and read."""

from hypothesis import given
from hypothesis import strategies as st

from storage.fmp4.boxes import box, boxes


@given(st.lists(st.tuples(st.binary(min_size=4, max_size=4), st.binary(max_size=40))))
def test_boxes_read_as_written(written: list[tuple[bytes, bytes]]) -> None:
    data = b"".join(box(kind, body) for kind, body in written)
    assert [(found.kind, data[found.body : found.end]) for found in boxes(data)] == written
