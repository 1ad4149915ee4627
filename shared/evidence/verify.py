"""Verifies an export offline, with nothing but the package and the public evidence key."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from shared.errors import BadInput
from shared.evidence.captured import Captured, check_captures
from shared.evidence.film_attack import Attack, attack_on
from shared.evidence.film_reading import read_film
from shared.evidence.finding import Finding, Verdict
from shared.evidence.folder_files import FolderFiles
from shared.evidence.manifest import EVIDENCE_KEY, MANIFEST, SIGNATURE
from shared.evidence.signature import EvidencePublicKey
from shared.evidence.told import Told, ToldFilm, read_fingerprint, read_told
from shared.evidence.witness import WitnessedHeads
from shared.evidence.zip_files import ZIP_FAULTS, OpenedZip, ZipFiles, begins_as_export

__all__ = ["Finding", "Verdict", "manifest_of", "verify"]

_MAX_MANIFEST = 64 << 20
_MAX_KEY = 1 << 16
_MOST_DETAILS = 5

_ENCRYPTED = bytes.fromhex("3080 0609 2a864886f70d010703")
"""How CMS EnvelopedData begins, as storage writes it: what it is, its length untold."""

_Files = ZipFiles | FolderFiles

_NO_PROOF = (
    "no proof of capture: that nothing was left out between capture and export is the centre's word alone"
)


def verify(package: Path, public_key_pem: bytes, witness: WitnessedHeads | None = None) -> Verdict:
    """Check the zip, or the folder it was unpacked to, and its heads against those of a witness.

    Raises BadInput on a key that is none, OSError.
    """
    key = EvidencePublicKey.from_pem(public_key_pem)
    try:
        with _opened(package) as files:
            verdict = _verdict(files, key, witness)
    except ZIP_FAULTS:
        verdict = _no_zip(package)
    return replace(verdict, fingerprint=key.fingerprint)


def manifest_of(package: Path) -> bytes:
    """The manifest of a package as it is, for whoever has found it sound. Raises BadInput, OSError."""
    try:
        with _opened(package) as files:
            return files.read(MANIFEST, _MAX_MANIFEST)
    except ZIP_FAULTS as error:
        raise BadInput("this is no export") from error


def _no_zip(package: Path) -> Verdict:
    if package.is_file() and begins_as_export(package):
        return Verdict(Finding.CUT_END, "the zip is cut at its end, or its directory is damaged")
    if package.is_file() and _begins(package, _ENCRYPTED):
        detail = "this is encrypted to its recipient, who decrypts it first: openssl cms -decrypt -inform DER"
        return Verdict(Finding.NOT_AN_EXPORT, detail)
    return Verdict(Finding.NOT_AN_EXPORT, "this is no export, or a zip that was cut")


def _begins(package: Path, mark: bytes) -> bool:
    with package.open("rb") as file:
        return file.read(len(mark)) == mark


def _verdict(files: _Files, key: EvidencePublicKey, witness: WitnessedHeads | None) -> Verdict:
    present = Counter(files.names)
    if not present[MANIFEST]:
        return Verdict(Finding.NOT_AN_EXPORT, f"there is no {MANIFEST}: this is not an export")
    raw = files.read(MANIFEST, _MAX_MANIFEST)
    signature = files.read(SIGNATURE, 1024) if present[SIGNATURE] else None
    if signature is None:
        detail = f"{SIGNATURE} is missing: nothing vouches for this export"
        return Verdict(Finding.MISSING_FILE, detail, missing=(SIGNATURE,))
    told = read_told(raw)
    if not key.has_signed(raw, signature):
        return _unsigned(files, raw, signature, key)
    if told is None:
        return Verdict(Finding.NOT_AN_EXPORT, "what is signed is not the manifest of an export")
    verdict = _compared(files, present, told)
    if verdict.sound and told.redacted:
        # Its pictures are in no register: those of its original are.
        return replace(verdict, notes=(told.redacted,))
    return _proven(verdict, check_captures(files, told, key, witness)) if verdict.sound else verdict


def _proven(sound: Verdict, captured: Captured) -> Verdict:
    """The verdict on an export that is as it was signed, once its register has been heard."""
    notes = tuple(captured.notes) or (_NO_PROOF,)
    if not captured.attacks:
        return replace(sound, notes=notes)
    findings = [one.finding for one in captured.attacks]
    details = list(dict.fromkeys(one.detail for one in captured.attacks))
    more = f"; and {len(details) - _MOST_DETAILS} more" if len(details) > _MOST_DETAILS else ""
    return Verdict(
        min(findings, key=list(Finding).index), "; ".join(details[:_MOST_DETAILS]) + more, notes=notes
    )


def _unsigned(files: _Files, raw: bytes, signature: bytes, key: EvidencePublicKey) -> Verdict:
    """The signature is not one of this key: it was altered, signed anew, or made by another centre."""
    claimed = read_fingerprint(raw)
    signer = _signer(files, raw, signature)
    if signer is None and claimed in (None, key.fingerprint):
        return Verdict(Finding.ALTERED_MANIFEST, f"{MANIFEST} or its signature has been altered", (MANIFEST,))
    if claimed == key.fingerprint or _sealed_under(files, key.fingerprint):
        detail = f"made under this key, and signed anew with another: {signer or claimed}"
        return Verdict(Finding.RE_SIGNED, detail, (MANIFEST, SIGNATURE))
    detail = (
        f"the export was signed with the key {claimed}, this key is {key.fingerprint}:"
        " another centre's, or everything in it was signed anew"
    )
    return Verdict(Finding.WRONG_KEY, detail)


def _signer(files: _Files, raw: bytes, signature: bytes) -> str | None:
    """The fingerprint of the key that lies in the package, where it is the one that signed."""
    if EVIDENCE_KEY not in files.names:
        return None
    try:
        enclosed = EvidencePublicKey.from_pem(files.read(EVIDENCE_KEY, _MAX_KEY))
    except BadInput:
        return None
    return enclosed.fingerprint if enclosed.has_signed(raw, signature) else None


def _sealed_under(files: _Files, fingerprint: str) -> bool:
    """Whether a film says, under its own seal, that it was exported under a key."""
    for name in files.names:
        if not name.endswith(".mp4"):
            continue
        try:
            seal = read_film(files.open(name)).seal
        except ZIP_FAULTS:
            continue
        if seal is not None and seal.identity.evidence_key == fingerprint:
            return True
    return False


def _compared(files: _Files, present: Counter[str], told: Told) -> Verdict:
    missing = tuple(sorted(name for name in told.digests if not present[name]))
    known = {*told.digests, MANIFEST, SIGNATURE}
    extra = tuple(sorted(name for name, count in present.items() if name not in known or count > 1))
    films = {film.name: film for film in told.films}
    attacks: dict[str, Attack] = {}
    for name, digest in told.digests.items():
        attack = _attack(files, name, digest, films.get(name)) if present[name] else None
        if attack is not None:
            attacks[name] = attack
    altered = tuple(sorted(attacks))
    if attacks:
        first = min(attacks.values(), key=lambda one: list(Finding).index(one.finding))
        return Verdict(
            first.finding, "; ".join(attacks[one].detail for one in altered), altered, missing, extra
        )
    for finding, names, words in (
        (Finding.MISSING_FILE, missing, "missing"),
        (Finding.EXTRA_FILE, extra, "not part of the export"),
    ):
        if names:
            return Verdict(finding, f"{words}: {', '.join(names)}", (), missing, extra)
    if files.stray_bytes is not None:
        return Verdict(Finding.EXTRA_BYTES, f"not part of the export: {files.stray_bytes}")
    return Verdict(Finding.SOUND, f"sound: {len(told.digests)} files are as they were signed")


def _attack(files: _Files, name: str, digest: str, film: ToldFilm | None) -> Attack | None:
    """What was done to a file, None where nothing was."""
    if film is None:
        same = files.digest(name) == digest
        return None if same else Attack(Finding.ALTERED_FILE, f"altered: {name}")
    try:
        read = read_film(files.open(name))
        if read.sha256 != digest:
            return attack_on(film, read, files.size(name), lambda: files.open(name))
    except ZIP_FAULTS:
        return Attack(Finding.ALTERED_FILE, f"altered: {name}")
    if read.certificate != film.certificate:
        return Attack(Finding.RE_SIGNED, f"{name} is not sealed by the certificate that the manifest names")
    return None


@contextmanager
def _opened(package: Path) -> Iterator[_Files]:
    if package.is_dir():
        yield FolderFiles(package)
        return
    # Opened here, so that a file that cannot be read is told apart from one that is no zip.
    with OpenedZip(package) as file:
        yield ZipFiles(file)
