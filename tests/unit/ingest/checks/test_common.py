"""What every codec's checks have in common."""

from ingest.checks.common import advice_of, heads, sound_nals
from shared.codecs.h264 import annex_b


def test_nal_units_of_other_types_are_left_out_and_counted() -> None:
    idr, noise, forbidden = b"\x65slice", b"\x7enoise", b"\xe5slice"
    sound, others = sound_nals(annex_b([idr, noise, forbidden]), frozenset({5}), 0, 0x1F)
    assert (list(map(bytes, sound)), others) == ([idr], 2)


def test_heads_are_the_first_bytes_of_the_types_without_the_forbidden_bit() -> None:
    assert heads(frozenset({5}), 0, 0x1F) == {0x05, 0x25, 0x45, 0x65}


def test_advice_leaves_out_what_has_no_words() -> None:
    assert advice_of(("One.", "", "Two.")) == "One. Two."
