"""What lies in a package beside its films and its manifest, each document under its name."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.evidence.manifest import (
    CERTIFICATE,
    EVIDENCE_KEY,
    PLAYER,
    READ_ME,
    REPORT,
    CameraPart,
    NamedCamera,
    Requisition,
)
from shared.evidence.seal_key import SealKey
from shared.evidence.signature import EvidenceKey
from shared.messages.storage import ExportedCamera, ExportOrder
from shared.spans import Span
from shared.utc import ns_of
from storage.exports.leaflet import leaflet
from storage.exports.player import player
from storage.exports.report import ReportFacts, report


@dataclass(frozen=True, slots=True)
class Seals:
    """What an export is signed with: the evidence key its manifest, the other its films and its report."""

    evidence: EvidenceKey
    films: SealKey


def documents(
    order: ExportOrder, parts: Sequence[CameraPart], seals: Seals, *, made_ns: int, software: str
) -> list[tuple[str, bytes]]:
    """Name and contents of each. Blocking."""
    evidence, certificate = seals.evidence.public, seals.films.certificate
    facts = ReportFacts(
        requisition_of(order),
        parts,
        [video.file for part in parts for video in part.videos],
        made_ns,
        software,
        evidence.fingerprint,
        certificate.fingerprint,
    )
    return [
        (READ_ME, leaflet(order, evidence.fingerprint, certificate.fingerprint)),
        (REPORT, report(facts, seals.films)),
        (PLAYER, player(order.id, parts)),
        (EVIDENCE_KEY, evidence.pem()),
        (CERTIFICATE, certificate.pem),
    ]


def requisition_of(order: ExportOrder) -> Requisition:
    """What an order says of why it was made."""
    asked = Span(ns_of(order.start), ns_of(order.end))
    more = {"redacted_copy": redaction_told(order)} if order.masks else {}
    return Requisition(order.id, order.reference, order.authority, order.requested_by, asked, more)


def redaction_told(order: ExportOrder) -> str:
    """In French, for the report: that these are not the recorded pictures, and how many masks cover them."""
    of = f"de l'export {order.original}" if order.original else "d'enregistrements"
    return f"copie occultée {of}, réencodée : {len(order.masks)} masque(s) noir(s)"


def named(camera: ExportedCamera) -> NamedCamera:
    """A camera as the manifest has it."""
    return NamedCamera(camera.stream, camera.name, camera.place, camera.authorisation)
