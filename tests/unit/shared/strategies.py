"""Hypothesis strategies for the words every service uses."""

from hypothesis import strategies as st

from shared.ids import StreamId, StreamKind
from shared.units import AccessUnit, Codec, UtcSource

_DIGITS = "0123456789"
_ALNUM = "abcdefghijklmnopqrstuvwxyz0123456789"
communes = st.builds(
    "{}{}{}".format,
    st.sampled_from(_DIGITS),
    st.sampled_from(_DIGITS + "AB"),
    st.text(_DIGITS, min_size=3, max_size=3),
)
cameras = st.builds("{}{}".format, st.sampled_from(_ALNUM), st.text(_ALNUM + "-", max_size=39))
stream_ids = st.builds(StreamId, communes, cameras, st.sampled_from(StreamKind))
signed_64 = st.integers(-(2**63), 2**63 - 1)
_times = st.one_of(
    st.tuples(st.sampled_from(UtcSource), signed_64, st.none()),
    st.tuples(st.just(UtcSource.ARRIVAL), st.just(-1), signed_64),
)
access_units = st.builds(
    lambda time, **rest: AccessUnit(
        utc_source=time[0], utc_uncertainty_ns=time[1], camera_ahead_ns=time[2], **rest
    ),
    time=_times,
    stream=stream_ids,
    run=st.integers(0, 2**32 - 1),
    seq=st.integers(0, 2**64 - 1),
    pts90=signed_64,
    utc_ns=signed_64,
    key=st.booleans(),
    codec=st.sampled_from(Codec),
    data=st.binary(min_size=1, max_size=200),
    reordered=st.booleans(),
    recovery=st.integers(0, 255),
)

STREAM = StreamId("59350", "cam-test")


def unit(seq: int, *, key: bool = False, run: int = 1, data: bytes = b"\0\0\0\1\x65x") -> AccessUnit:
    """A small unit of one stream."""
    return AccessUnit(
        stream=STREAM,
        run=run,
        seq=seq,
        pts90=seq * 3600,
        utc_ns=1_763_700_000_000_000_000 + seq * 40_000_000,
        utc_source=UtcSource.ARRIVAL,
        utc_uncertainty_ns=-1,
        key=key,
        codec=Codec.H264,
        data=data,
    )
