"""`beffroi verify`: tells in words whether an export is what the centre handed over."""

from pathlib import Path

from shared.errors import BadInput
from shared.evidence.finding import Verdict
from shared.evidence.verify import verify


def verification(export: Path, key_file: Path) -> int:
    """Print what was found; 0 when the export is sound, 1 when not. Raises BadInput on unreadable files."""
    try:
        verdict = verify(export, _readable(key_file))
    except OSError as error:
        raise BadInput(f"the export {export} cannot be read: {error.strerror}") from error
    print("\n".join(told(verdict)))
    return 0 if verdict.sound else 1


def told(verdict: Verdict) -> list[str]:
    """The verdict in lines: the finding and its sentence, each file concerned, the key where it is sound."""
    lines = [f"{verdict.finding.value}: {verdict.detail.removeprefix(verdict.finding.value + ': ')}"]
    for what, names in (("altered", verdict.altered), ("missing", verdict.missing), ("extra", verdict.extra)):
        lines.extend(f"  {what}: {name}" for name in names)
    lines.extend(f"  {note}" for note in verdict.notes)
    if verdict.sound:
        lines.append(f"  fingerprint of the key: {verdict.fingerprint}")
    return [printable(line) for line in lines]


def printable(text: str) -> str:
    """The text with what a terminal would act on, or could not print, written as an escape."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape", "surrogatepass").decode() for one in text
    )


def _readable(key_file: Path) -> bytes:
    try:
        return key_file.read_bytes()
    except OSError as error:
        raise BadInput(f"the key {key_file} cannot be read: {error.strerror}") from error
