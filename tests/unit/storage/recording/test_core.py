"""The compiled core builds the fragments of its reference, byte for byte, whatever pictures hold."""

import itertools
import shutil
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import storage.recording.core as core_module
from shared.errors import Unavailable
from shared.log import get_logger
from shared.tap.gathered import read_usual
from shared.tap.wire import gathered
from shared.units import AccessUnit, Codec, UtcSource
from storage.fmp4.avc import AvcDescription
from storage.fmp4.elementary import JpegDescription
from storage.fmp4.entry import Description
from storage.fmp4.hevc import HevcDescription
from storage.recording.core import Core, FragmentBuilder, core_of
from storage.recording.pending import PendingFragment, Piece
from storage.settings import CoreChoice
from tests.support.recording_core import built_core
from tests.unit.shared.strategies import STREAM
from tests.unit.storage.segments import reading

DESCRIPTIONS: dict[Codec, Description] = {
    Codec.H264: AvcDescription((b"\x67\x42\x00\x1e\x01",), (b"\x68\x01", b"\x68\x02")),
    Codec.H265: HevcDescription((b"\x40\x01\x01",), (b"\x42\x01\x01",), (b"\x44\x01\x01",)),
    Codec.MJPEG: JpegDescription(16, 16),
}
# What starts, ends and pads NAL units; heads of slices, of parameter sets, known ones and others; anything.
BITS = st.sampled_from(
    [
        *(b"\0", b"\0\0\1", b"\0\0\0\1", b"\1", b"\0\0"),
        *(b"\x65ab", b"\x41cd", b"\x06", b"\x67\x42\x00\x1e\x01", b"\x68\x01", b"\x68\x02", b"\x68\x03"),
        *(b"\x26\x01", b"\x02\x01", b"\x40\x01\x01", b"\x42\x01\x01", b"\x44\x01\x01", b"\x44\x01\x02"),
    ]
)
PICTURES = st.lists(st.one_of(BITS, st.binary(max_size=6)), min_size=1, max_size=14).map(b"".join)


@pytest.fixture(scope="module")
def core() -> Core:
    return built_core()


def unit(codec: Codec, seq: int, data: bytes, *, key: bool) -> AccessUnit:
    return AccessUnit(STREAM, 1, seq, seq * 3600, 10**18 + seq, UtcSource.ARRIVAL, -1, key, codec, data)


def fragment_of(
    codec: Codec, pictures: list[bytes], cuts: set[int], steps90: list[int], *, joined: bool = False
) -> PendingFragment:
    """A key picture by itself or `joined` with those behind it, then others, cut into pieces."""
    units = [unit(codec, seq, data or b"x", key=seq == 0) for seq, data in enumerate(pictures)]
    pieces: list[Piece] = [] if joined else [units[0]]
    borders = [0 if joined else 1, *sorted(cut for cut in cuts if 1 < cut < len(units)), len(units)]
    for first, end in itertools.pairwise(borders):
        if first < end:
            header, data = gathered(units[first:end])
            several = read_usual(header, memoryview(bytearray(data)))
            assert several is not None
            pieces.append(several)
    times90 = [0]
    for number in range(len(units)):
        times90.append(times90[-1] + steps90[number % len(steps90)])
    return PendingFragment(7, tuple(pieces), tuple(times90[:-1]), times90[-1])


@settings(max_examples=300)
@given(
    st.sampled_from(list(DESCRIPTIONS)),
    st.lists(PICTURES, min_size=1, max_size=8),
    st.sets(st.integers(2, 7)),
    st.lists(st.integers(1, 100_000), min_size=1, max_size=4),
    st.booleans(),
    st.booleans(),
)
def test_a_fragment_is_that_of_the_reference(
    core: Core,
    codec: Codec,
    pictures: list[bytes],
    cuts: set[int],
    steps90: list[int],
    whole: bool,
    joined: bool,
) -> None:
    fragment = fragment_of(codec, pictures, cuts, steps90, joined=joined)
    description = DESCRIPTIONS[codec]
    compiled, changed = FragmentBuilder(core).build(fragment, description, whole=whole)
    expected, expected_changed = FragmentBuilder().build(fragment, description, whole=whole)
    assert (bytes(compiled), changed) == (bytes(expected), expected_changed)


def test_usual_pictures_are_built_by_the_core(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    fragment = fragment_of(Codec.H264, [b"\0\0\1\x65x", b"\0\0\1\x41y"], set(), [3600])
    monkeypatch.setattr(PendingFragment, "build", None)
    data, changed = FragmentBuilder(core).build(fragment, DESCRIPTIONS[Codec.H264])
    assert (bytes(data)[-12:], changed) == (b"\0\0\0\2\x65x\0\0\0\2\x41y", False)


def test_a_fragment_too_long_for_the_core_is_built_all_the_same(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_module, "_ROOM_BYTES", 4096)
    fragment = fragment_of(Codec.H264, [b"\0\0\1\x65x", *[b"\0\0\1\x41" + b"y" * 3000] * 2], set(), [3600])
    data, _ = FragmentBuilder(core).build(fragment, DESCRIPTIONS[Codec.H264])
    assert bytes(data) == fragment.build(DESCRIPTIONS[Codec.H264])
    assert reading(bytes(data))(0, 8)[4:] == b"prft"


def test_without_a_compiler_python_builds_them(tmp_path: Path) -> None:
    log = get_logger("tests")
    assert core_of(CoreChoice.AUTO, log, tmp_path) is None
    with pytest.raises(Unavailable, match="compiler"):
        core_of(CoreChoice.COMPILED, log, tmp_path)


def test_a_library_that_is_none_of_ours_is_not_used(tmp_path: Path) -> None:
    (tmp_path / f"_core{EXTENSION_SUFFIXES[0]}").write_bytes(b"no library")
    with pytest.raises(Unavailable, match="cannot be loaded"):
        Core.load(tmp_path)


def test_a_core_built_from_an_older_source_is_not_used(
    core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(core_module.__file__).parent
    for suffix in EXTENSION_SUFFIXES:
        if (file := folder / f"_core{suffix}").exists():
            shutil.copy(file, tmp_path)
    monkeypatch.setattr(core_module, "_VERSION", 0)
    with pytest.raises(Unavailable, match="another"):
        Core.load(tmp_path)
