"""Trusted time-stamps (RFC 3161) of a manifest: asked for, taken, and checked offline.

Only whoever has a token needs asn1crypto: an export without one is verified with cryptography alone.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import algos, cms, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID

from shared.errors import BadInput
from shared.evidence.certificate import certificate_of_der, certificate_of_pem

_HASHES: dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_GRANTED = ("granted", "granted_with_mods")
_BROKEN = (
    *(ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError),
    *(UnsupportedAlgorithm, x509.ExtensionNotFound),
)


@dataclass(frozen=True, slots=True)
class Stamped:
    """When an authority saw the manifest, and what its certificate calls it."""

    at: datetime
    authority: str


def ask(digest: bytes, nonce: int) -> bytes:
    """The request for a token of what has this SHA-256."""
    imprint = tsp.MessageImprint(
        {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": digest}
    )
    request = tsp.TimeStampReq(
        {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    )
    encoded: bytes = request.dump()
    return encoded


def taken(answer: bytes, digest: bytes, nonce: int) -> bytes:
    """The token of an answer. Raises BadInput where it is refused, or is of something else."""
    try:
        response = tsp.TimeStampResp.load(answer)
        status = response["status"]["status"].native
        if status not in _GRANTED:
            raise BadInput(f"the authority refused: {status}")
        info = _info(response["time_stamp_token"])
        if info["nonce"].native != nonce or info["message_imprint"]["hashed_message"].native != digest:
            raise BadInput("the authority's answer is to another request")
        token: bytes = response["time_stamp_token"].dump()
        return token
    except _BROKEN as error:
        raise BadInput("the authority's answer cannot be read") from error


def check(token: bytes, manifest: bytes, trusted_pem: bytes) -> Stamped:
    """When a manifest was stamped, by an authority that a certificate vouches for: its own, or its issuer's.

    Raises BadInput, a sentence, where the token proves nothing of this manifest.
    """
    try:
        trusted = certificate_of_pem(trusted_pem)
    except ValueError as error:
        raise BadInput("the authority's certificate is not a PEM certificate") from error
    try:
        return _checked(token, manifest, trusted)
    except _BROKEN as error:
        raise BadInput("the time-stamp cannot be read") from error


def _checked(token: bytes, manifest: bytes, trusted: x509.Certificate) -> Stamped:
    content = cms.ContentInfo.load(token)
    info, signed = _info(content), content["content"]
    imprint = info["message_imprint"]
    name = imprint["hash_algorithm"]["algorithm"].native
    if name not in _HASHES or hashlib.new(name, manifest).digest() != imprint["hashed_message"].native:
        raise BadInput("the time-stamp is of another manifest")
    (signer,) = signed["signer_infos"]
    certificate = _signer(signed, signer, trusted)
    attributes = {one["type"].native: one["values"][0] for one in signer["signed_attrs"]}
    method = signer["digest_algorithm"]["algorithm"].native
    inside = signed["encap_content_info"]["content"].contents
    if attributes["message_digest"].native != hashlib.new(method, inside).digest():
        raise BadInput("the time-stamp has been altered")
    _verify(certificate, signer["signature"].native, signer["signed_attrs"].untag().dump(), _HASHES[method]())
    at = info["gen_time"].native
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise BadInput("the time-stamp was made when its authority's certificate was not valid")
    return Stamped(at, certificate.subject.rfc4514_string())


def _info(content: cms.ContentInfo) -> tsp.TSTInfo:
    info = content["content"]["encap_content_info"]["content"].parsed
    if not isinstance(info, tsp.TSTInfo):
        raise ValueError("no time-stamp")
    return info


def _signer(signed: cms.SignedData, signer: cms.SignerInfo, trusted: x509.Certificate) -> x509.Certificate:
    """The certificate that signed, once it is the trusted one or issued by it, and made for time-stamps."""
    sid = signer["sid"].chosen
    enclosed = [certificate_of_der(one.chosen.dump()) for one in signed["certificates"] or ()]
    for one in (trusted, *enclosed):
        if one.serial_number != sid["serial_number"].native:
            continue
        if one != trusted:
            try:
                one.verify_directly_issued_by(trusted)
            except (InvalidSignature, ValueError, TypeError) as error:
                raise BadInput("the time-stamp is of an authority that is not the trusted one") from error
        usage = one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        if ExtendedKeyUsageOID.TIME_STAMPING not in usage:
            raise BadInput("the certificate of the time-stamp is not one for time-stamps")
        return one
    raise BadInput("the time-stamp is of an authority that is not the trusted one")


def _verify(
    certificate: x509.Certificate, signature: bytes, data: bytes, method: hashes.HashAlgorithm
) -> None:
    key = certificate.public_key()
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, data, PKCS1v15(), method)
        elif isinstance(key, EllipticCurvePublicKey):
            key.verify(signature, data, ECDSA(method))
        else:
            raise BadInput("the time-stamp is signed in a way that is not known here")
    except InvalidSignature as error:
        raise BadInput("the time-stamp has been altered") from error
