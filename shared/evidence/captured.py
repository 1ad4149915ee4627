"""Checks an export against the register that was signed when its pictures were captured: that its segments
are in it, that they are those very files, and that nothing else of the range is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.errors import BadInput
from shared.evidence.destruction_proof import DestructionProof
from shared.evidence.film_attack import Attack
from shared.evidence.film_reading import Stream
from shared.evidence.finding import Finding
from shared.evidence.gone import Entered, Listed, Question, Refuted, listed
from shared.evidence.manifest import exact
from shared.evidence.remade import remade
from shared.evidence.signature import EvidencePublicKey
from shared.evidence.told import Told, ToldCamera, ToldFilm, ToldSegment
from shared.evidence.witness import WitnessedHeads
from shared.spans import Span
from shared.utc import instant_of, ns_from_text

MOST_REGISTER_BYTES = 64 << 20
_MOST_LINES = 20
_SLACK_NS = 1_000_000_000


class Files(Protocol):
    """What lies in a package."""

    def read(self, name: str, limit: int) -> bytes: ...

    def open(self, name: str) -> Stream: ...


@dataclass(slots=True)
class Captured:
    """What was found: attacks, and what else must be known, each a line."""

    attacks: list[Attack] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def false(self, detail: str) -> None:
        self.attacks.append(Attack(Finding.FALSE_PROOF, detail))


def check_captures(
    files: Files, told: Told, key: EvidencePublicKey, witness: WitnessedHeads | None
) -> Captured:
    """`told` is what the manifest says, whose files are as it seals them."""
    found = Captured()
    for camera in told.cameras:
        films = [film for film in told.films if film.stream == camera.stream]
        if not camera.register:
            found.notes.append(_no_proof(camera))
            continue
        if camera.register not in told.digests:
            found.false(f"the register of {camera.name} is not part of the export")
            continue
        try:
            proof = DestructionProof.read(files.read(camera.register, MOST_REGISTER_BYTES))
            register = listed(proof, key, Question(camera.stream, told.asked))
        except (BadInput, Refuted) as error:
            found.false(f"the register of {camera.name} proves nothing: {error}")
            continue
        if witness is not None:
            _witnessed(found, proof, witness)
        # The newest entry of a key: a file that came back is entered again.
        entered = {one.capture.key: one for one in register.entered}
        _check_segments(found, _Camera(camera, films, entered, register), files)
        _check_range(found, _Camera(camera, films, entered, register), told.asked)
    return found


@dataclass(frozen=True, slots=True)
class _Camera:
    told: ToldCamera
    films: Sequence[ToldFilm]
    entered: Mapping[str, Entered]
    register: Listed

    @property
    def segments(self) -> list[ToldSegment]:
        return [one for film in self.films for one in film.segments]


def _no_proof(camera: ToldCamera) -> str:
    return (
        f"no proof of capture of {camera.name}:"
        " that nothing was left out between capture and export is the centre's word alone"
    )


def _witnessed(found: Captured, proof: DestructionProof, witness: WitnessedHeads) -> None:
    fault = witness.fault(proof.head)
    if fault is not None:
        found.attacks.append(Attack(Finding.UNWITNESSED, fault))
        return
    line = f"the head {proof.head.digest} follows from those that the witness keeps"
    if line not in found.notes:
        found.notes.append(line)


def _check_segments(found: Captured, camera: _Camera, files: Files) -> None:
    """Each segment against its entry, and against the hash of it where its file can be made again."""
    proven, not_yet = 0, 0
    for one in camera.segments:
        said, entry = camera.told.recorded.get(one.recorded), camera.entered.get(one.recorded)
        if entry is None and said is None:
            not_yet += 1
        elif entry is None:
            found.false(f"{one.recorded} is said to be in the register, and is not")
        elif said != entry.capture.sha256:
            found.false(f"{one.recorded} is said to have another hash than the one signed at its capture")
        elif not _within(one, entry):
            found.false(f"{one.recorded} was not captured between {one.start} and {one.end}")
        else:
            proven += 1
    shown = _shown(found, camera, files)
    name, head = camera.told.name, camera.register
    found.notes.append(
        f"captured ({name}): {proven} of {len(camera.segments)} segments proven by the head {head.digest}"
        f" of {exact(head.head.at_ns)}, {shown} of them shown to be these very pictures"
    )
    if proven > shown:
        found.notes.append(
            f"captured ({name}): of {proven - shown} the film has a part, or cannot give them back:"
            " proven is that they were captured then, not that these are their pictures"
        )
    if not_yet:
        found.notes.append(f"captured ({name}): {not_yet} segments are not in a signed head yet")


def _within(one: ToldSegment, entry: Entered) -> bool:
    capture = entry.capture
    try:
        start_ns, end_ns = ns_from_text(one.start), ns_from_text(one.end)
    except (ValueError, TypeError):
        return False
    return capture.start_ns - _SLACK_NS <= start_ns and end_ns <= capture.end_ns + _SLACK_NS


def _shown(found: Captured, camera: _Camera, files: Files) -> int:
    """How many segments are made again from the film, and are the file whose hash was signed."""
    shown = 0
    for film in camera.films:
        if not any(one.head and one.recorded in camera.entered for one in film.segments):
            continue
        for one, sha256 in remade(files.open(film.name), film.segments):
            entry = camera.entered.get(one.recorded)
            if entry is None:
                continue
            if sha256 == entry.capture.sha256:
                shown += 1
                continue
            detail = f"the pictures of {film.name} between {one.start} and {one.end} are not those captured"
            found.attacks.append(Attack(Finding.NOT_AS_CAPTURED, detail))
    return shown


def _check_range(found: Captured, camera: _Camera, asked: Span) -> None:
    """What was captured of the range and is in no film, each with its fate."""
    name, used = camera.told.name, {one.recorded for one in camera.segments}
    lines: list[str] = []
    for key, entry in camera.entered.items():
        capture = entry.capture
        if key in used or capture.start_ns >= asked.end_ns or capture.end_ns <= asked.start_ns:
            continue
        where = f"{exact(capture.start_ns)} to {exact(capture.end_ns)}"
        cause = camera.told.left_out.get(key)
        if entry.end is not None:
            fate = f"destroyed {exact(entry.end.at_ns)} ({entry.end.ground.value})"
        elif cause is not None:
            fate = f"kept, and said to be {cause}"
        else:
            detail = f"captured and kept, and left out without a word: {name}, {where}"
            found.attacks.append(Attack(Finding.LEFT_OUT, detail))
            continue
        lines.append(f"captured, not in the film ({name}): {where}: {fate}")
    found.notes += lines[:_MOST_LINES]
    if len(lines) > _MOST_LINES:
        found.notes.append(f"captured, not in the film ({name}): {len(lines) - _MOST_LINES} more")
    found.notes += [
        f"untold ({name}): the register may lack something of {_words(one)}"
        for one in camera.register.untold[:_MOST_LINES]
    ]
    if not lines and not camera.register.untold:
        found.notes.append(f"nothing was left out ({name}) between {_words(asked, 'and')}")


def _words(span: Span, between: str = "to") -> str:
    return f"{instant_of(span.start_ns).isoformat()} {between} {instant_of(span.end_ns).isoformat()}"
