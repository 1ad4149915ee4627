"""Programs that some tests use as a second reader, where the machine has them."""

import shutil

import pytest


def needs(program: str) -> pytest.MarkDecorator:
    """Skip a test, saying so, where `program` is not installed."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed here")
