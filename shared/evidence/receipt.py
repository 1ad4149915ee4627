"""The receipt of a package handed over: who got which bytes when, signed with the evidence key.

The file is JSON of three members: `receipt`, `signature` (Ed25519, base64) and `fingerprint` of the key.
Signed is `receipt` as canonical JSON: members sorted, no blanks, ASCII. All its values are texts and
integers, so that any JSON library gives the same bytes. `type` keeps it apart from all else the key signs.
"""

import base64
import binascii
import json
from collections.abc import Mapping

from shared.errors import BadInput, BeffroiError
from shared.evidence.signature import EvidenceKey, EvidencePublicKey
from shared.json_text import check_json
from shared.reasons import why

TYPE = "beffroi-receipt-1"
_MAX_BYTES = 1 << 16

Told = Mapping[str, str | int]
"""What a receipt says, `type` being TYPE."""


def signed_file(told: Told, key: EvidenceKey) -> str:
    """The file of a receipt."""
    signature = base64.b64encode(key.sign(_canonical(told))).decode()
    whole = {"receipt": dict(told), "signature": signature, "fingerprint": key.public.fingerprint}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def read_receipt(file: bytes, key: EvidencePublicKey) -> dict[str, str | int]:
    """What a receipt says, where `key` has signed it. Raises BadInput for anything else."""
    try:
        if len(file) > _MAX_BYTES:
            raise ValueError
        check_json(file)
        whole = json.loads(file)
        told, signature = whole["receipt"], base64.b64decode(whole["signature"], validate=True)
        plain = all(type(value) in (str, int) for value in told.values())
        if told["type"] != TYPE or not plain:
            raise ValueError
        signed = key.has_signed(_canonical(told), signature)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, BeffroiError) as error:
        raise BadInput(why("receipt-unreadable", "this is no receipt of a package")) from error
    if not signed:
        raise BadInput(why("receipt-not-signed", "the receipt was altered, or another key signed it"))
    return dict(told)


def _canonical(told: Told) -> bytes:
    return json.dumps(told, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()
