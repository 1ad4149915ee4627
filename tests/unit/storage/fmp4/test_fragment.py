"""The MP4 writer and reader, on real pictures and on arbitrary ones."""

import contextlib
import subprocess
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codecs.h264 import annex_b, nal_units
from shared.errors import BadInput
from shared.ids import StreamId
from storage.fmp4.avc import AvcDescription
from storage.fmp4.boxes import box, boxes, header_at
from storage.fmp4.fragment import (
    MovieFragment,
    Sample,
    movie_fragment,
    ns_from_ntp,
    ntp_from_ns,
    read_movie_fragment,
)
from storage.fmp4.identity import Identity
from storage.fmp4.nal_description import length_prefixed
from storage.fmp4.plain import SampleTables
from storage.fmp4.reader import read_layout
from tests.support.pictures import START_NS, units
from tests.support.programs import needs
from tests.unit.storage.segments import PARAMETER_KINDS, buffer, identity_of, reading, segment_bytes

PICTURES = units(30, gop=10)
SEGMENT = segment_bytes(PICTURES)


def ffmpeg_complaints(path: Path) -> str:
    """What ffmpeg says is wrong with a file when it decodes all of it."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stderr + (f"exit {done.returncode}" if done.returncode else "")


def decoded(data: bytes) -> list[float]:
    """The times in seconds of all pictures that PyAV decodes."""
    with av.open(buffer(data), "r", format="mp4") as container:
        return [float(frame.time or 0.0) for frame in container.decode(video=0)]


def plain_file(data: bytes) -> bytes:
    """The plain MP4 of a segment's samples."""
    layout = read_layout(reading(data), len(data))
    tables = SampleTables()
    for fragment in layout.fragments:
        for sample in fragment.moof.samples:
            tables.add(sample.size, sample.duration90, key=sample.key, offset90=sample.offset90)
    pictures = b"".join(data[fragment.data : fragment.end] for fragment in layout.fragments)
    return tables.head(layout.description, layout.identity.start_ns) + pictures


@needs("ffmpeg")
def test_ffmpeg_decodes_a_segment_without_complaint(tmp_path: Path) -> None:
    path = tmp_path / "segment.mp4"
    path.write_bytes(SEGMENT)
    assert ffmpeg_complaints(path) == ""


def test_every_picture_of_a_segment_decodes_at_its_time() -> None:
    assert decoded(SEGMENT) == pytest.approx([number / 25 for number in range(30)])


@needs("ffmpeg")
def test_ffmpeg_decodes_a_plain_file_without_complaint(tmp_path: Path) -> None:
    path = tmp_path / "plain.mp4"
    path.write_bytes(plain_file(SEGMENT))
    assert ffmpeg_complaints(path) == ""


@pytest.mark.parametrize("count", [1, 63, 64, 65, 128, 150])
def test_every_picture_of_a_plain_file_decodes_at_its_time(count: int) -> None:
    data = plain_file(segment_bytes(units(count, gop=10)))
    assert decoded(data) == pytest.approx([number / 25 for number in range(count)])


def test_a_segment_tells_who_and_when_it_is() -> None:
    layout = read_layout(reading(SEGMENT), len(SEGMENT))
    assert layout.identity == identity_of(PICTURES[0])


def test_a_segment_tells_its_parameter_sets() -> None:
    layout = read_layout(reading(SEGMENT), len(SEGMENT))
    assert layout.description == AvcDescription.of_unit(PICTURES[0].data)


def test_each_fragment_tells_its_utc() -> None:
    layout = read_layout(reading(SEGMENT), len(SEGMENT))
    assert [fragment.utc_ns - START_NS for fragment in layout.fragments] == pytest.approx(
        [number * 200_000_000 for number in range(6)], abs=1
    )


def test_samples_hold_every_nal_unit_but_known_parameter_sets() -> None:
    unit = PICTURES[0]
    known = AvcDescription.of_unit(unit.data).nals
    kept = [bytes(part) for part in length_prefixed(unit.data, known)[1::2]]
    assert kept == [bytes(nal) for nal in nal_units(unit.data) if bytes(nal) not in known]


def test_an_unknown_parameter_set_stays_in_its_sample() -> None:
    sets = AvcDescription.of_unit(PICTURES[0].data)
    other = bytes((0x68, 1, 2, 3))
    parts = length_prefixed(annex_b([*sets.pps, other, b"\x65abc"]), sets.nals)
    assert [bytes(part) for part in parts[1::2]] == [other, b"\x65abc"]


def test_a_unit_without_parameter_sets_starts_no_file() -> None:
    with pytest.raises(BadInput, match="without parameter sets"):
        AvcDescription.of_unit(annex_b([b"\x65abc"]))


parameter_nals = st.binary(min_size=3, max_size=30).map(lambda body: b"\x67" + body)


@given(st.lists(parameter_nals, min_size=1, max_size=5), st.lists(parameter_nals, min_size=1, max_size=5))
def test_avcc_gives_back_the_parameter_sets(sps: list[bytes], pps: list[bytes]) -> None:
    # A baseline profile number: higher ones need a real picture format behind it.
    sets = AvcDescription(tuple(b"\x67\x42" + nal for nal in sps), tuple(pps))
    assert AvcDescription.from_avcc(sets.configuration()) == sets


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_parameter_sets_or_bad_input(payload: bytes) -> None:
    with contextlib.suppress(BadInput):
        AvcDescription.from_avcc(b"\x01\x42\x00\x1f\xff" + payload)


samples = st.builds(
    Sample,
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.booleans(),
    st.just(0) | st.integers(-(2**31), 2**31 - 1),
)
fragments = st.builds(
    MovieFragment,
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**64 - 1),
    st.lists(samples, min_size=1, max_size=30).map(tuple),
)


@given(fragments)
def test_a_moof_reads_as_written(fragment: MovieFragment) -> None:
    data = movie_fragment(fragment)
    found = header_at(data, 0)
    assert found is not None
    assert read_movie_fragment(data, found) == fragment


@given(fragments, st.data())
def test_a_moof_with_a_changed_byte_is_read_or_refused(fragment: MovieFragment, data: st.DataObject) -> None:
    written = bytearray(movie_fragment(fragment))
    written[data.draw(st.integers(8, len(written) - 1))] ^= data.draw(st.integers(1, 255))
    found = header_at(bytes(written), 0)
    assert found is not None
    with contextlib.suppress(BadInput):
        read_movie_fragment(bytes(written), found)


@given(st.integers(0, 4_000_000_000_000_000_000))
def test_ntp_keeps_utc_to_the_nanosecond(utc_ns: int) -> None:
    assert abs(ns_from_ntp(ntp_from_ns(utc_ns)) - utc_ns) <= 1


@given(st.lists(st.tuples(st.binary(min_size=4, max_size=4), st.binary(max_size=40))))
def test_boxes_read_as_written(written: list[tuple[bytes, bytes]]) -> None:
    data = b"".join(box(kind, body) for kind, body in written)
    assert [(found.kind, data[found.body : found.end]) for found in boxes(data)] == written


identities = st.builds(
    Identity,
    st.just(StreamId("59350", "cam-1")),
    st.integers(0, 2**40),
    st.integers(0, 2**62),
    st.text(max_size=80).filter(lambda text: text.isprintable()),
    st.integers(1, 31),
    st.sampled_from(["arrival", "sender_report"]),
)


@given(identities)
def test_an_identity_reads_as_written(identity: Identity) -> None:
    data = identity.write()
    found = header_at(data, 0)
    assert found is not None
    assert Identity.read(data, found) == identity


def test_a_torn_segment_gives_its_whole_fragments_at_every_byte() -> None:
    whole = read_layout(reading(SEGMENT), len(SEGMENT)).fragments
    last = whole[-1]
    for size in range(last.offset, last.end):
        assert read_layout(reading(SEGMENT[:size]), size).fragments == whole[:-1]


@given(st.binary(min_size=1, max_size=200))
def test_foreign_bytes_behind_the_last_fragment_are_left_out(tail: bytes) -> None:
    data = SEGMENT + tail
    assert read_layout(reading(data), len(data)).end == len(SEGMENT)


@given(st.integers(0, 500))
def test_a_file_cut_in_its_head_is_refused(size: int) -> None:
    with pytest.raises(BadInput):
        read_layout(reading(SEGMENT[:size]), size)


def test_no_sample_of_a_segment_starts_with_a_known_parameter_set() -> None:
    layout = read_layout(reading(SEGMENT), len(SEGMENT))
    firsts = {SEGMENT[fragment.data + 4] & 0x1F for fragment in layout.fragments}
    assert not firsts & set(PARAMETER_KINDS)
