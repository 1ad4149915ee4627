"""What the worker and its decoding child say to each other."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.decoding.wire import CODECS, SAMPLE, UNIT, VERDICT, sample, verdict
from shared.units import Codec


@settings(max_examples=40)
@given(st.sampled_from(Codec), st.lists(st.binary(max_size=50), max_size=5))
def test_a_sample_is_its_codec_its_count_and_each_unit_behind_its_length(
    codec: Codec, units: list[bytes]
) -> None:
    told = sample(codec, units)
    index, count = SAMPLE.unpack_from(told)
    at, found = SAMPLE.size, []
    for _ in range(count):
        (size,) = UNIT.unpack_from(told, at)
        at += UNIT.size
        found.append(told[at : at + size])
        at += size
    assert (CODECS[index], found, at) == (codec, units, len(told))


@settings(max_examples=40)
@given(st.text(max_size=600), st.integers(0, 1 << 62))
def test_a_verdict_says_how_long_it_is_whatever_the_sentence(said: str, cpu_ns: int) -> None:
    told = verdict(said, cpu_ns)
    size, cpu_told_ns = VERDICT.unpack_from(told)
    assert (VERDICT.size + size, cpu_told_ns) == (len(told), cpu_ns)
    assert said.encode("utf-8", "replace").startswith(told[VERDICT.size :])
