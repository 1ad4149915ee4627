"""A document with the signature over it."""

import pytest

from shared.errors import BadInput
from shared.evidence.signed_text import SignedText
from tests.unit.shared.evidence.journals import KEY

TEXT = SignedText("{}", KEY.sign(b"{}").hex())


def test_what_was_told_is_read_again_and_signed() -> None:
    assert SignedText.of(TEXT.told()) == TEXT
    assert TEXT.is_signed_with(KEY.public)


@pytest.mark.parametrize("signature", ["", "zz", "00" * 64, TEXT.signature[:-2]])
def test_another_signature_is_none(signature: str) -> None:
    assert not SignedText(TEXT.document, signature).is_signed_with(KEY.public)


@pytest.mark.parametrize("told", [None, [], {}, {"document": "x"}, {"document": "\ud800", "signature": ""}])
def test_what_is_no_signed_text_is_refused(told: object) -> None:
    with pytest.raises(BadInput):
        SignedText.of(told)
