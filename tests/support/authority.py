"""A time-stamping authority for tests: answers RFC 3161 requests by HTTP, and can be away."""

from datetime import UTC, datetime, timedelta

import httpx
from asn1crypto import keys, pem, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper


class Authority:
    """Its certificate is its own; `away` makes it answer 503."""

    def __init__(self) -> None:
        key = generate_private_key(65_537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .sign(key, SHA256())
        )
        self.pem = certificate.public_bytes(Encoding.PEM)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.away = False
        self.asked = 0
        self._stamper = DummyTimeStamper(
            asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
            keys.PrivateKeyInfo.load(pem.unarmor(private)[2]),
        )

    def answer(self, request: bytes) -> bytes:
        """The answer to a request."""
        encoded: bytes = self._stamper.request_tsa_response(tsp.TimeStampReq.load(request)).dump()
        return encoded

    def client(self) -> httpx.AsyncClient:
        """A client whose every request comes here."""

        def handle(request: httpx.Request) -> httpx.Response:
            self.asked += 1
            if self.away:
                return httpx.Response(503)
            return httpx.Response(200, content=self.answer(request.content))

        return httpx.AsyncClient(transport=httpx.MockTransport(handle))
