"""What a segment file says of itself."""

from hypothesis import given
from hypothesis import strategies as st

from shared.ids import StreamId
from storage.fmp4.boxes import header_at
from storage.fmp4.identity import CardClock, Identity
from storage.fmp4.reader import read_layout
from tests.unit.storage.cut import PICTURES, SEGMENT
from tests.unit.storage.segments import identity_of, reading


def test_a_segment_tells_who_and_when_it_is() -> None:
    layout = read_layout(reading(SEGMENT), len(SEGMENT))
    assert layout.identity == identity_of(PICTURES[0])


identities = st.builds(
    Identity,
    st.just(StreamId("59350", "cam-1")),
    st.integers(0, 2**40),
    st.integers(0, 2**62),
    st.text(max_size=80).filter(lambda text: text.isprintable()),
    st.integers(1, 31),
    st.sampled_from(["arrival", "sender_report", "card"]),
    card=st.none() | st.builds(CardClock, st.integers(-(2**60), 2**60), st.integers(0, 2**60)),
)


@given(identities)
def test_an_identity_reads_as_written(identity: Identity) -> None:
    data = identity.write()
    found = header_at(data, 0)
    assert found is not None
    assert Identity.read(data, found) == identity
