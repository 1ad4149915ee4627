"""Whether images are gone, told offline. Each way to lie is tried, and found out."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.evidence.destruction_proof import DestructionProof, day_at
from shared.evidence.gone import Answer, Fate, Gone, Question, ask, parts_of
from shared.evidence.ledger import Capture, SignedHead
from shared.evidence.signature import EvidenceKey
from shared.spans import Span
from tests.unit.shared.evidence.registers import (
    CAMERA,
    DAY_NS,
    HOUR,
    KEY,
    MINUTE_NS,
    NOON_NS,
    OTHER,
    OTHER_KEY,
    Register,
)


def asked(proof: DestructionProof, question: Question | None = None, key: EvidenceKey = KEY) -> Answer:
    return ask(proof.written(), key.public.pem(), question)


def filled() -> Register:
    """Both cameras recorded the hour and a little around it; all of it is gone."""
    made = Register()
    for stream in (CAMERA, OTHER):
        made.record(stream, NOON_NS - 5 * MINUTE_NS, 70)
    return made


def test_a_range_whose_segments_were_all_destroyed_is_gone() -> None:
    answer = asked(filled().proof())
    assert (answer.found, answer.segments) == (Gone.GONE, 60)
    assert [part.fate for part in answer.parts] == [Fate.GONE]
    assert answer.proven


def test_a_range_of_which_nothing_was_recorded_is_told_so_also_where_others_recorded() -> None:
    made = Register()
    made.record(OTHER, NOON_NS, 60)
    assert asked(made.proof()).found is Gone.NEVER_RECORDED
    assert asked(Register().proof()).found is Gone.NEVER_RECORDED


def test_gaps_of_what_is_gone_are_named() -> None:
    made = Register()
    made.record(CAMERA, NOON_NS, 10)
    made.record(CAMERA, NOON_NS + 20 * MINUTE_NS, 40)
    answer = asked(made.proof())
    assert answer.found is Gone.GONE
    assert parts_of(answer, [Fate.NEVER]) == [Span(NOON_NS + 10 * MINUTE_NS, NOON_NS + 20 * MINUTE_NS)]


def test_one_segment_that_is_still_there_is_named() -> None:
    made = filled()
    made.gone[CAMERA].discard(NOON_NS + 7 * MINUTE_NS)
    answer = asked(made.proof())
    assert answer.found is Gone.STILL_PRESENT
    assert parts_of(answer, [Fate.PRESENT]) == [Span(NOON_NS + 7 * MINUTE_NS, NOON_NS + 8 * MINUTE_NS)]
    assert not answer.proven


def test_a_segment_that_began_the_day_before_counts() -> None:
    midnight_ns = NOON_NS + DAY_NS // 2
    made = Register()
    made.record(CAMERA, midnight_ns - MINUTE_NS // 2, 1, gone=False)
    span = Span(midnight_ns, midnight_ns + MINUTE_NS)
    assert asked(made.proof(span=span)).found is Gone.STILL_PRESENT


def test_what_the_head_is_too_early_or_too_late_to_know_is_covered_in_part() -> None:
    made = filled()
    made.at_ns = HOUR.end_ns + 3600 * 10**9
    answer = asked(made.proof())
    assert answer.found is Gone.COVERED_IN_PART
    made.at_ns, made.began_ns = NOON_NS + 31 * DAY_NS, NOON_NS + 10 * MINUTE_NS
    answer = asked(made.proof())
    assert answer.found is Gone.COVERED_IN_PART
    assert parts_of(answer, [Fate.UNKNOWN]) == [Span(NOON_NS, NOON_NS + 10 * MINUTE_NS)]


def test_a_proof_of_a_shorter_range_covers_a_longer_one_in_part() -> None:
    made = filled()
    made.record(CAMERA, NOON_NS + 3 * DAY_NS, 5)
    longer = Span(HOUR.start_ns, NOON_NS + 3 * DAY_NS + MINUTE_NS)
    answer = asked(made.proof(), Question(CAMERA, longer))
    assert answer.found is Gone.COVERED_IN_PART


def test_days_without_single_leaves_are_gone_by_their_count_and_unknown_where_anything_is_left() -> None:
    made = filled()
    proof = made.proof()
    thinned = replace(proof, shown=tuple(replace(one, captures=None, destroyed=None) for one in proof.shown))
    assert asked(thinned).found is Gone.GONE
    made.gone[CAMERA].discard(NOON_NS)
    proof = made.proof()
    thinned = replace(proof, shown=tuple(replace(one, captures=None, destroyed=None) for one in proof.shown))
    assert asked(thinned).found is Gone.COVERED_IN_PART


# Attacks: a centre that kept something, or somebody who wants it to seem so.


def test_another_key_and_a_head_signed_by_somebody_else_are_told_apart() -> None:
    proof = filled().proof()
    assert asked(proof, key=OTHER_KEY).found is Gone.WRONG_KEY
    told = json.loads(proof.head.document) | {"number": 8}
    forged = SignedHead(json.dumps(told), proof.head.signature)
    assert asked(replace(proof, head=forged)).found is Gone.HEAD_NOT_SIGNED
    for signature in ("", "zz", "00" * 64, "00" * 63):
        unsigned = replace(proof, head=replace(proof.head, signature=signature))
        assert asked(unsigned).found is Gone.HEAD_NOT_SIGNED
    stolen = filled().head(OTHER_KEY)
    named = json.loads(stolen.document) | {"fingerprint": KEY.public.fingerprint}
    impostor = SignedHead(json.dumps(named), stolen.signature)
    assert asked(replace(proof, head=impostor)).found is Gone.HEAD_NOT_SIGNED


def leaves_a_segment_out(made: Register) -> DestructionProof:
    """A kept segment is not listed, and the sizes are made to fit."""
    made.gone[CAMERA].discard(NOON_NS)
    proof = made.proof()
    shown = proof.shown[-1]
    assert shown.captures is not None
    assert shown.destroyed is not None
    kept = next(number for number, one in enumerate(shown.captures) if one.start_ns == NOON_NS)
    captures = shown.captures[:kept] + shown.captures[kept + 1 :]
    ends = tuple(replace(one, number=one.number - (one.number > kept)) for one in shown.destroyed)
    return replace(proof, shown=(replace(shown, captures=captures, destroyed=ends),))


def calls_a_kept_segment_destroyed(made: Register) -> DestructionProof:
    made.gone[CAMERA].discard(NOON_NS)
    proof, lie = made.proof(), filled().proof()
    return replace(proof, shown=(replace(proof.shown[-1], destroyed=lie.shown[-1].destroyed),))


def counts_one_destruction_twice(made: Register) -> DestructionProof:
    made.gone[CAMERA].discard(NOON_NS)
    proof = made.proof()
    shown = proof.shown[-1]
    assert shown.destroyed is not None
    return replace(proof, shown=(replace(shown, destroyed=(*shown.destroyed, shown.destroyed[0])),))


def tells_another_camera_day(made: Register) -> DestructionProof:
    """What the head fixes of the camera is replaced by a friendlier one."""
    made.gone[CAMERA].discard(NOON_NS)
    proof, lie = made.proof(), filled().proof()
    return replace(proof, shown=(replace(lie.shown[-1], cameras=proof.shown[-1].cameras),))


def tells_another_day(made: Register) -> DestructionProof:
    made.gone[CAMERA].discard(NOON_NS)
    return replace(filled().proof(), head=made.head())


def tells_other_cameras_of_the_day(made: Register) -> DestructionProof:
    made.gone[CAMERA].discard(NOON_NS)
    proof = made.proof()
    return replace(proof, shown=filled().proof().shown)


def leaves_the_camera_out(made: Register) -> DestructionProof:
    proof = made.proof()
    alone = Register()
    alone.record(OTHER, NOON_NS - 5 * MINUTE_NS, 70)
    return replace(proof, shown=alone.proof().shown)


def hides_what_the_head_fixes(made: Register) -> DestructionProof:
    proof = made.proof()
    return replace(proof, shown=(replace(proof.shown[-1], camera_day=None),))


def drops_a_day(made: Register) -> DestructionProof:
    made.record(CAMERA, NOON_NS - DAY_NS // 2 - MINUTE_NS, 2, gone=False)
    proof = made.proof()
    return replace(proof, days=proof.days[1:], shown=proof.shown[1:])


def moves_a_segment_to_a_later_time(made: Register) -> DestructionProof:
    made.gone[CAMERA].discard(NOON_NS)
    proof = made.proof()
    shown = proof.shown[-1]
    assert shown.captures is not None
    later = tuple(
        replace(one, start_ns=one.start_ns + DAY_NS // 4, end_ns=one.end_ns + DAY_NS // 4)
        if one.start_ns == NOON_NS
        else one
        for one in shown.captures
    )
    return replace(proof, shown=(replace(shown, captures=later),))


ATTACKS: list[Callable[[Register], DestructionProof]] = [
    leaves_a_segment_out,
    calls_a_kept_segment_destroyed,
    counts_one_destruction_twice,
    tells_another_camera_day,
    tells_another_day,
    tells_other_cameras_of_the_day,
    leaves_the_camera_out,
    hides_what_the_head_fixes,
    drops_a_day,
    moves_a_segment_to_a_later_time,
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_does_not_fit_the_head_is_altered(attack: Callable[[Register], DestructionProof]) -> None:
    assert asked(attack(filled())).found is Gone.ALTERED


class Misfiling(Register):
    """A register of which the signer files every segment under the day before, where nobody looks for it."""

    def filed(self, one: Capture) -> str:
        return day_at(one.start_ns - DAY_NS)


def test_a_segment_that_the_signer_itself_filed_under_another_day_is_found_out() -> None:
    made = Misfiling()
    made.record(CAMERA, NOON_NS, 5, gone=False)
    assert asked(made.proof()).found is Gone.ALTERED


def test_leaves_of_another_camera_prove_nothing_of_this_one() -> None:
    made = filled()
    made.gone[CAMERA].clear()
    theirs = made.proof(OTHER)
    assert asked(theirs, Question(CAMERA, HOUR)).found is Gone.OTHER_CAMERA
    assert asked(replace(theirs, stream=CAMERA)).found is Gone.OTHER_CAMERA
    own = made.proof()
    mixed = replace(own, shown=(replace(own.shown[-1], camera_day=theirs.shown[-1].camera_day),))
    assert asked(mixed).found is Gone.OTHER_CAMERA
    grafted = replace(
        own,
        shown=(
            replace(own.shown[-1], captures=theirs.shown[-1].captures, destroyed=theirs.shown[-1].destroyed),
        ),
    )
    assert asked(grafted).found is Gone.ALTERED


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"\xff", b'{"format":"beffroi-destruction-1"}', b"[" * 100_000]
)
def test_what_is_no_proof_is_told_so(body: bytes) -> None:
    assert ask(body, KEY.public.pem()).found is Gone.NOT_A_PROOF


def test_an_empty_range_is_no_question() -> None:
    proof = filled().proof()
    assert asked(proof, Question(CAMERA, Span(NOON_NS, NOON_NS))).found is Gone.NOT_A_PROOF


@given(st.data())
def test_no_change_of_a_proof_makes_it_say_gone_of_what_is_there(data: st.DataObject) -> None:
    made = Register()
    made.record(CAMERA, NOON_NS, 4)
    made.record(OTHER, NOON_NS, 2)
    made.gone[CAMERA].discard(NOON_NS + MINUTE_NS)
    body = bytearray(made.proof().written())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        if data.draw(st.booleans()):
            body[at] = data.draw(st.integers(32, 126))
        else:
            del body[at : at + data.draw(st.integers(1, 40))]
    answer = ask(bytes(body), KEY.public.pem(), Question(CAMERA, HOUR))
    assert not answer.proven


@given(
    st.lists(st.tuples(st.integers(-90, 150), st.integers(1, 30), st.booleans()), max_size=6),
    st.integers(-60, 120),
    st.integers(1, 90),
)
def test_the_answer_is_that_of_looking_at_every_segment(
    stretches: list[tuple[int, int, bool]], first: int, length: int
) -> None:
    made = Register()
    for start, minutes, gone in stretches:
        made.record(CAMERA, NOON_NS + start * MINUTE_NS, minutes, gone=gone)
    span = Span(NOON_NS + first * MINUTE_NS, NOON_NS + (first + length) * MINUTE_NS)
    inside = [
        one
        for one in made.captures.get(CAMERA, ())
        if one.start_ns < span.end_ns and one.end_ns > span.start_ns
    ]
    there = [one for one in inside if one.start_ns not in made.gone.get(CAMERA, ())]
    expected = Gone.STILL_PRESENT if there else Gone.GONE if inside else Gone.NEVER_RECORDED
    answer = asked(made.proof(span=span))
    assert answer.found is expected
    assert answer.parts[0].span.start_ns == span.start_ns
    assert answer.parts[-1].span.end_ns == span.end_ns
