"""The report of an export, in French: a PDF/A that typst sets and the films' key signs (PAdES). Blocking."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import typst
from asn1crypto import keys, pem, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, fields, sign_pdf
from pyhanko.sign.general import SigningError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from shared.causes import technical
from shared.errors import Conflict
from shared.evidence.manifest import CameraPart, Requisition, SealedFile, exact
from shared.evidence.seal_key import SealKey
from shared.reasons import why
from shared.spans import Span
from shared.utc import instant_of
from storage.model.ranges import coverage

_MOST_LINES = 200
_CAUSES = {
    "camera": "la caméra n'envoyait pas d'images utilisables",
    "link": "liaison avec la commune interrompue",
    "disk": "le disque n'acceptait plus d'images",
    "authorisation": "enregistrement non autorisé ou non demandé",
    "maintenance": "service d'enregistrement arrêté volontairement",
    "recorder": "panne du service d'enregistrement",
    "unreadable": "enregistrement illisible",
    "unknown": "cause inconnue : jamais enregistrées, ou détruites à leur échéance",
}
_SOURCES = {
    "sender_report": "horloge de la caméra (rapports RTCP)",
    "arrival": "heure d'arrivée au centre",
}
_FIELDS = {
    "reference": "Référence",
    "authority": "Autorité requérante",
    "requested_by": "Demandé par",
    "redacted_copy": "Images",
}
_REASON = "Remise sur réquisition"
_ALSO = "–—‘’“”…•€"


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What a report tells, beside what it finds in the parts."""

    requisition: Requisition
    parts: Sequence[CameraPart]
    files: Sequence[SealedFile]
    made_ns: int
    software: str
    key_fingerprint: str
    certificate_fingerprint: str


def report(facts: ReportFacts, key: SealKey) -> bytes:
    """The signed PDF. Raises Conflict where it cannot be made."""
    try:
        return _signed(_set(facts), key)
    except (typst.TypstError, PdfError, SigningError) as error:
        raise Conflict(why("export-trouble", "{cause}", cause=technical(str(error)))) from error


def _set(facts: ReportFacts) -> bytes:
    """The PDF as typst makes it. What is told goes in as data: none of it is read as markup."""
    template = files("storage.exports").joinpath("assets/report.typ").read_bytes()
    told = json.dumps(_shown(_told(facts)), ensure_ascii=False)
    pdf = typst.compile(template, sys_inputs={"d": told}, pdf_standards="a-2b", ignore_system_fonts=True)
    assert isinstance(pdf, bytes)
    return pdf


def _signed(pdf: bytes, key: SealKey) -> bytes:
    certificate = x509.Certificate.load(key.certificate.der)
    signer = SimpleSigner(
        signing_cert=certificate,
        signing_key=keys.PrivateKeyInfo.load(pem.unarmor(key.key_pem())[2]),
        cert_registry=_store(certificate),
        prefer_pss=True,
    )
    told = PdfSignatureMetadata(
        field_name="Beffroi",
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=_REASON,
    )
    out = io.BytesIO()
    sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), told, signer=signer, output=out)
    return out.getvalue()


def _store(certificate: x509.Certificate) -> SimpleCertificateStore:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # its constructor has no types
    store.register(certificate)
    return store


def _shown(value: object) -> object:
    """The same with every character told by its number that the fonts may lack: PDF/A wants all shown."""
    if isinstance(value, str):
        return "".join(
            one if " " <= one <= "~" or "\u00a0" <= one <= "\u017f" or one in _ALSO else f"[U+{ord(one):04X}]"
            for one in value
        )
    if isinstance(value, Mapping):
        return {name: _shown(inner) for name, inner in value.items()}
    return [_shown(inner) for inner in value] if isinstance(value, list) else value


def _told(facts: ReportFacts) -> dict[str, object]:
    asked, requisition = facts.requisition.asked, facts.requisition
    plain = {
        "reference": requisition.reference,
        "authority": requisition.authority,
        "requested_by": requisition.requested_by,
        **requisition.more,
    }
    return {
        "export": requisition.export,
        "requisition": [[_FIELDS.get(name, name), str(value)] for name, value in plain.items()],
        "asked": {"start": exact(asked.start_ns), "end": exact(asked.end_ns)},
        "made": exact(facts.made_ns),
        "when": list(instant_of(facts.made_ns).timetuple()[:6]),
        "software": facts.software,
        "cameras": [_camera(part, asked) for part in facts.parts],
        "files": [[file.name, str(file.size), file.sha256] for file in facts.files],
        "key": facts.key_fingerprint,
        "certificate": facts.certificate_fingerprint,
    }


def _camera(part: CameraPart, asked: Span) -> Mapping[str, object]:
    present = [[exact(one.span.start_ns), exact(one.span.end_ns)] for one in part.present]
    gaps = [[exact(one.span.start_ns), exact(one.span.end_ns), _CAUSES[one.cause.value]] for one in part.gaps]
    sources = ", ".join(_SOURCES.get(one, one) for one in part.wall_sources)
    wrong = (
        "incertitude inconnue"
        if part.wrong_ns is None
        else f"à {-(-part.wrong_ns // 1_000_000)} ms près au plus"
    )
    return {
        "name": part.camera.name,
        "place": part.camera.place,
        "authorisation": part.camera.authorisation,
        "stream": part.camera.stream,
        "coverage": f"{coverage(part.present, asked) * 100:.1f} %".replace(".", ","),
        "clock": f"{sources} ; {wrong}" if sources else "aucune image",
        "proof": f"jointe : {part.proofs['register']}" if part.proofs else "aucune",
        "present": present[:_MOST_LINES],
        "gaps": gaps[:_MOST_LINES],
        "more": max(0, len(present) - _MOST_LINES) + max(0, len(gaps) - _MOST_LINES),
    }
