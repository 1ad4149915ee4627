"""`beffroi verify`: tells in words whether an export, or a receipt, is what the centre handed over, and
whether the images of a camera and time are gone, and whether a journal is as it was written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shared.errors import BadInput
from shared.evidence.departure import check_departure
from shared.evidence.destruction_proof import DestructionProof
from shared.evidence.finding import Verdict
from shared.evidence.gone import Answer, Question, ask
from shared.evidence.journal_file import JournalVerdict, check_journal
from shared.evidence.journal_head import WitnessedJournal
from shared.evidence.manifest import exact
from shared.evidence.receipt import read_receipt
from shared.evidence.signature import EvidencePublicKey
from shared.evidence.verify import manifest_of, verify
from shared.evidence.witness import WitnessedHeads
from shared.spans import Span
from shared.utc import ns_of


@dataclass(frozen=True, slots=True)
class Stamp:
    """Files of a time-stamp: the token, and the certificate of the authority that is trusted for it."""

    token: Path
    authority: Path


def verification(export: Path, key_file: Path, stamp: Stamp | None = None, heads: Path | None = None) -> int:
    """Print what was found; 0 when the export is sound, and its time-stamp if there is one, 1 when not.

    `heads` are those of the register as control_room gave them.
    A file of JSON is a receipt: what it says is printed, the package's SHA-256 among it.
    Raises BadInput on unreadable files, and where a receipt is given a time-stamp or heads.
    """
    if export.suffix == ".json":
        if stamp is not None:
            raise BadInput("a receipt has no time-stamp: give the package it is of")
        if heads is not None:
            raise BadInput("a receipt rests on no head: give the package it is of")
        return receipt_verification(export, key_file)
    try:
        witness = None if heads is None else WitnessedHeads.read(_readable(heads, "file of heads"))
        verdict = verify(export, _readable(key_file, "key"), witness)
        lines, holds = told(verdict), verdict.sound
        if stamp is not None and verdict.sound:
            said, holds = _stamped(export, stamp)
            lines.append(printable(said))
    except OSError as error:
        raise BadInput(f"the export {export} cannot be read: {error.strerror}") from error
    print("\n".join(lines))
    return 0 if holds else 1


def _stamped(export: Path, stamp: Stamp) -> tuple[str, bool]:
    """What the time-stamp proves, in a line, and whether it proves anything."""
    # Only who has a token needs what reads it.
    from shared.evidence.timestamp import check

    token, authority = _readable(stamp.token, "time-stamp"), _readable(stamp.authority, "certificate")
    try:
        found = check(token, manifest_of(export), authority)
    except BadInput as error:
        return f"bad-timestamp: {error}", False
    return f"  time-stamp: {found.at.isoformat()} by {found.authority}", True


def receipt_verification(receipt: Path, key_file: Path) -> int:
    """The same of a receipt."""
    key = EvidencePublicKey.from_pem(_readable(key_file, "key"))
    try:
        said = read_receipt(receipt.read_bytes(), key)
    except OSError as error:
        raise BadInput(f"the receipt {receipt} cannot be read: {error.strerror}") from error
    except BadInput as error:
        print(printable(f"not-sound: {error.detail}"))
        return 1
    words = [f"  {name}: {value}" for name, value in said.items()]
    lines = ["sound: the receipt is as it was signed", *words, f"  fingerprint of the key: {key.fingerprint}"]
    print("\n".join(printable(line) for line in lines))
    return 0


def told(verdict: Verdict) -> list[str]:
    """The verdict in lines: the finding and its sentence, each file concerned, the key where it is sound."""
    lines = [f"{verdict.finding.value}: {verdict.detail.removeprefix(verdict.finding.value + ': ')}"]
    for what, names in (("altered", verdict.altered), ("missing", verdict.missing), ("extra", verdict.extra)):
        lines.extend(f"  {what}: {name}" for name in names)
    lines.extend(f"  {note}" for note in verdict.notes)
    if verdict.sound:
        lines.append(f"  fingerprint of the key: {verdict.fingerprint}")
    return [printable(line) for line in lines]


def destruction(
    proof: Path, key_file: Path, stream: str | None = None, start: str | None = None, end: str | None = None
) -> int:
    """Print what became of the images; 0 when there are none, 1 when there are or it cannot be told.

    Asked is what the proof is about, but for what is given. Raises BadInput on unreadable files and times.
    """
    try:
        body = proof.read_bytes()
    except OSError as error:
        raise BadInput(f"the proof {proof} cannot be read: {error.strerror}") from error
    answer = ask(body, _readable(key_file, "key"), _question(body, stream, start, end))
    print("\n".join(destruction_told(answer)))
    return 0 if answer.proven else 1


def departure(folder: Path, key_file: Path) -> int:
    """Print what a commune that left was given, and whether it was erased; 0 where all is as it was signed.

    Raises BadInput on unreadable files.
    """
    key = EvidencePublicKey.from_pem(_readable(key_file, "key"))
    try:
        checked = check_departure(folder, key)
    except OSError as error:
        raise BadInput(f"the departure {folder} cannot be read: {error.strerror}") from error
    lines = [f"{checked.found.value}: {checked.detail}", *(f"  destroyed: {one}" for one in checked.keys)]
    print("\n".join(printable(line) for line in lines))
    return 0 if checked.sound else 1


def journal(extract: Path, key_file: Path, heads: Sequence[Path]) -> int:
    """Print how a journal stands, beside the heads that witnesses kept; 0 where it is sound, 1 where not.

    Raises BadInput on unreadable files.
    """
    key = EvidencePublicKey.from_pem(_readable(key_file, "key"))
    kept = [WitnessedJournal.read(_readable(file, "file of heads").split(b"\n")) for file in heads]
    witnessed = [head for one in kept for head in one.heads]
    try:
        with extract.open("rb") as lines:
            verdict = check_journal(lines, key, witnessed)
    except OSError as error:
        raise BadInput(f"the journal {extract} cannot be read: {error.strerror}") from error
    damaged = sum(len(one.damaged) for one in kept)
    print("\n".join(printable(line) for line in journal_told(verdict, damaged)))
    return 0 if verdict.sound else 1


def journal_told(verdict: JournalVerdict, damaged: int) -> list[str]:
    """The verdict in lines: the finding and its sentence, what it covers, and what it rests on."""
    lines = [f"{verdict.found.value}: {verdict.detail}"]
    if not verdict.sound:
        return lines
    lines.append(f"  entries: {verdict.entries}, of which {verdict.erased} were erased in their time")
    if verdict.signed_at_ns is None:
        lines.append("  no head of it is signed")
    else:
        lines.append(f"  signed: the first {verdict.signed}, at {exact(verdict.signed_at_ns)}")
    if verdict.witnessed_at_ns is None:
        lines.append("  no witness: that its end was not cut off is not shown")
    else:
        lines.append(
            f"  witnessed: {verdict.witnessed} heads, the newest of {exact(verdict.witnessed_at_ns)}"
        )
    if damaged:
        lines.append(f"  lines of the witness's that are no heads: {damaged}")
    return lines


def destruction_told(answer: Answer) -> list[str]:
    """The answer in lines: the finding and its sentence, each part of the range, what it rests on."""
    lines = [f"{answer.found.value}: {answer.detail}"]
    lines += [
        f"  {one.fate.value}: {exact(one.span.start_ns)} to {exact(one.span.end_ns)}" for one in answer.parts
    ]
    if answer.parts:
        lines.append(f"  as of {exact(answer.at_ns)}, by the head {answer.head}")
    return [printable(line) for line in lines]


def _question(body: bytes, stream: str | None, start: str | None, end: str | None) -> Question | None:
    """What is asked where it is not just what the proof is about."""
    if (stream, start, end) == (None, None, None):
        return None
    try:
        told = DestructionProof.read(body)
    except BadInput:
        # Which `ask` answers.
        return None
    span = Span(
        told.span.start_ns if start is None else _instant(start),
        told.span.end_ns if end is None else _instant(end),
    )
    return Question(stream or told.stream, span)


def _instant(text: str) -> int:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text} is not an instant such as 2026-10-01T21:00:00Z") from error
    if instant.tzinfo is None:
        raise BadInput(f"{text} has no time zone: write it as 2026-10-01T21:00:00Z")
    return ns_of(instant)


def printable(text: str) -> str:
    """The text with what a terminal would act on, or could not print, written as an escape."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape", "surrogatepass").decode() for one in text
    )


def _readable(file: Path, what: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"the {what} {file} cannot be read: {error.strerror}") from error
