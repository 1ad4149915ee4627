"""The frame around samples: `ftyp` and `moov`."""

from storage.fmp4.boxes import boxes
from storage.fmp4.description import describe
from storage.fmp4.movie import init_segment
from tests.unit.storage.cut import PICTURES
from tests.unit.storage.segments import identity_of


def test_a_segment_begins_with_its_type_its_track_and_its_identity() -> None:
    head = init_segment(describe(PICTURES[0]), identity_of(PICTURES[0]))
    assert [one.kind for one in boxes(head)] == [b"ftyp", b"moov", b"uuid"]
