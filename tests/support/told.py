"""Reasons for tests that only look at what becomes of them."""

from shared.reasons import Reason


def said(text: str) -> Reason:
    """A reason of this sentence, with a code that no page words."""
    return Reason("said-by-a-test", text)
