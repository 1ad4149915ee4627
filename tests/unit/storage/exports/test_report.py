"""The report is a PDF that its reader can hold against the films' certificate."""

import io
from dataclasses import replace

import pytest
from asn1crypto import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from shared.evidence.manifest import CameraPart, Gap, NamedCamera, Requisition, SealedFile
from shared.gap_causes import GapCause
from shared.spans import Present, Span
from storage.exports.report import ReportFacts, _set, report
from tests.support.pictures import START_NS
from tests.unit.storage.workshop import seal_key

HOUR_NS = 3_600_000_000_000
ASKED = Span(START_NS, START_NS + HOUR_NS)
PART = CameraPart(
    NamedCamera("59350/gate/main", "Porte de Paris", "Lille", "2026-59-001"),
    [Present(Span(START_NS, START_NS + HOUR_NS // 2), 1)],
    [Gap(Span(START_NS + HOUR_NS // 2, START_NS + HOUR_NS), GapCause.LINK)],
    [],
    ["sender_report"],
)
FACTS = ReportFacts(
    Requisition("x-1", "PV 1/2026", "Parquet de Lille", "p-1", ASKED, {"article": "77-1-1 CPP"}),
    [PART],
    [SealedFile("gate.mp4", 12, "ab" * 32)],
    START_NS,
    "Beffroi 0.1",
    "cd" * 32,
    "ef" * 32,
)


@pytest.fixture(scope="module")
def signed() -> bytes:
    """One report, made once."""
    return report(FACTS, seal_key())


def judged(pdf: bytes) -> tuple[bool, bool]:
    """Whether the signature's bytes are those signed, and whether the films' certificate vouches for them."""
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    root = x509.Certificate.load(seal_key().certificate.der)
    trusted = ValidationContext(trust_roots=[root], allow_fetching=False)
    status = validate_pdf_signature(signature, trusted)
    return status.intact, status.trusted


def test_the_report_is_signed_with_the_films_certificate(signed: bytes) -> None:
    assert judged(signed) == (True, True)


def test_a_changed_report_is_no_longer_signed(signed: bytes) -> None:
    at = signed.index(b"stream") + 40
    assert not judged(signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :])[0]


def test_the_report_claims_to_be_kept_for_long(signed: bytes) -> None:
    assert signed.startswith(b"%PDF-1.7")
    assert b"pdfaid:part>2<" in signed


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40), st.sampled_from(["#panic()", "*", "$x", "\\", "]]", '#include "/etc/passwd"']))
def test_what_a_requisition_says_is_never_read_as_markup(text: str, markup: str) -> None:
    said = replace(FACTS.requisition, reference=markup + text, more={markup: text})
    assert _set(replace(FACTS, requisition=said)).startswith(b"%PDF")


def test_a_long_list_of_gaps_is_cut_and_says_so() -> None:
    many = [Gap(Span(START_NS + n, START_NS + n + 1), GapCause.UNREADABLE) for n in range(1000)]
    assert len(_set(replace(FACTS, parts=[replace(PART, gaps=many)]))) < 300_000
