"""`beffroi verify`: tells in words whether an export, or a receipt, is what the centre handed over."""

from pathlib import Path

from shared.errors import BadInput
from shared.evidence.receipt import read_receipt
from shared.evidence.signature import EvidencePublicKey
from shared.evidence.verify import Verdict, verify


def verification(export: Path, key_file: Path) -> int:
    """Print what was found; 0 when the export is sound, 1 when not. Raises BadInput on unreadable files.

    A file of JSON is a receipt: what it says is printed, the package's SHA-256 among it.
    """
    if export.suffix == ".json":
        return receipt_verification(export, key_file)
    try:
        verdict = verify(export, _readable(key_file))
    except OSError as error:
        raise BadInput(f"the export {export} cannot be read: {error.strerror}") from error
    print("\n".join(told(verdict)))
    return 0 if verdict.sound else 1


def receipt_verification(receipt: Path, key_file: Path) -> int:
    """The same of a receipt."""
    key = EvidencePublicKey.from_pem(_readable(key_file))
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
