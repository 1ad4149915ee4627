"""The proof that a segment was there when it was captured, and each way to bend it."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.evidence.capture_proof import CaptureProof, Step
from shared.evidence.ledger import camera_leaf
from shared.evidence.merkle import inclusion
from tests.unit.shared.evidence.registers import (
    CAMERA,
    DAY_NS,
    KEY,
    MINUTE_NS,
    NOON_NS,
    OTHER,
    OTHER_KEY,
    Register,
)


def step(hashes: list[bytes], number: int) -> Step:
    return Step(number, tuple(inclusion(hashes, number)))


def proven(made: Register, stream: str = CAMERA, number: int = 3) -> CaptureProof:
    """The proof of a segment of the first day."""
    days = made.days()
    cameras = sorted((one.name, one.body) for one in made.cameras()[days[0].day])
    own = made.camera_day(stream, days[0].day)
    captures, _ = made.of_day(stream, days[0].day)
    return CaptureProof(
        captures[number],
        own,
        days[0],
        step([one.leaf(stream) for one in captures], number),
        step([camera_leaf(*one) for one in cameras], cameras.index((own.name, own.body))),
        step([one.leaf() for one in days], 0),
        made.head(),
    )


def filled() -> Register:
    made = Register()
    for stream in (CAMERA, OTHER):
        made.record(stream, NOON_NS, 9)
        made.record(stream, NOON_NS + DAY_NS, 2)
    return made


def test_a_proof_survives_being_written_and_proves_its_segment() -> None:
    proof = proven(filled())
    again = CaptureProof.of(json.loads(json.dumps(proof.told())))
    assert again == proof
    assert again.fault(KEY.public) is None
    assert again.fault(OTHER_KEY.public) == "the head is not signed with this key"


def test_whatever_is_changed_is_found_at_its_step() -> None:
    proof, theirs = proven(filled()), proven(filled(), OTHER)
    changed = {
        "segment": [
            replace(proof, capture=replace(proof.capture, sha256="f" * 64)),
            replace(proof, capture=replace(proof.capture, start_ns=proof.capture.start_ns + MINUTE_NS)),
            replace(proof, capture=theirs.capture, in_camera_day=theirs.in_camera_day),
            replace(proof, camera_day=replace(proof.camera_day, stream="59350/cam-z/main")),
        ],
        "camera": [
            replace(proof, day=replace(proof.day, root="1" * 64)),
            replace(proof, in_day=theirs.in_day),
            replace(proof, day=replace(proof.day, day="20251109")),
        ],
        "day": [
            replace(proof, in_head=Step(1, proof.in_head.path)),
            replace(proof, day=replace(proof.day, cameras=3), in_day=proof.in_day),
        ],
    }
    for noun, forgeries in changed.items():
        for forged in forgeries:
            fault = forged.fault(KEY.public)
            assert fault is not None
            assert noun in fault or noun == "day"
    assert replace(proof, head=proven(filled()).head).fault(KEY.public) is None


@given(st.data())
def test_no_other_leaf_or_number_is_proven_by_a_path(data: st.DataObject) -> None:
    made = filled()
    number, other = data.draw(st.integers(0, 8)), data.draw(st.integers(0, 8))
    proof, second = proven(made, number=number), proven(made, number=other)
    mixed = replace(proof, capture=second.capture)
    assert (mixed.fault(KEY.public) is None) == (number == other)


@pytest.mark.parametrize("told", [None, [], {}, {"capture": {}}, "text"])
def test_what_is_no_proof_is_bad_input(told: object) -> None:
    with pytest.raises(BadInput):
        CaptureProof.of(told)
