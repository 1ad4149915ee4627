"""Only decodable H.265 gets through."""

import pytest

from ingest.checks.common import NotDecodable
from ingest.simulator.encoder import Encoding
from shared.codecs.h264 import annex_b, nal_units
from shared.codecs.h265 import Nal, nal_type
from tests.unit.ingest.checks.test_choice import checks, pictures


def test_garbage_between_good_h265_nal_units_is_cut_out_and_counted() -> None:
    tested = checks(Encoding.H265)
    nals = [bytes(nal) for nal in nal_units(pictures(Encoding.H265)[0])]
    checked = tested.check(annex_b([b"\xff\x01\x02", *nals, b"\x7c\x01\x02"]))
    assert tested.garbage == 2
    assert list(map(bytes, nal_units(checked.data))) == nals


def _as_type(data: bytes, kind: int) -> bytes:
    """A unit whose slices claim another type."""
    return annex_b(
        [
            bytes(nal) if nal_type(nal) >= Nal.VPS else bytes((kind << 1, nal[1])) + bytes(nal[2:])
            for nal in nal_units(data)
        ]
    )


def test_leading_pictures_are_dropped_only_where_decoding_starts_at_their_key_picture() -> None:
    tested = checks(Encoding.H265)
    first, second = pictures(Encoding.H265)[:2]
    opening, leading = _as_type(first, Nal.CRA), _as_type(second, Nal.RASL_R)
    assert tested.check(opening).key
    with pytest.raises(NotDecodable, match="before the first one"):
        tested.check(leading)
    tested.check(second)
    assert tested.check(opening).key
    assert not tested.check(leading).key
