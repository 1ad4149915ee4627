"""Whatever the bytes are, reading a film ends in its hash."""

import hashlib
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.evidence.film_reading import read_film

_box = st.tuples(st.sampled_from([b"meta", b"moof", b"mdat", b"free"]), st.binary(max_size=60)).map(
    lambda one: (8 + len(one[1])).to_bytes(4, "big") + one[0] + one[1]
)


@settings(max_examples=40)
@given(st.lists(_box, max_size=6).map(b"".join), st.binary(max_size=30))
def test_any_bytes_are_hashed_whole_and_have_no_seal(boxes: bytes, behind: bytes) -> None:
    read = read_film(io.BytesIO(boxes + behind))
    assert (read.sha256, read.certificate) == (hashlib.sha256(boxes + behind).hexdigest(), None)
