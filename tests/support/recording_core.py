"""The compiled core of recording, which every environment of ours has built."""

import pytest

from shared.errors import Unavailable
from storage.recording.core import Core


def built_core() -> Core:
    """The core; where no compiler was at the installation the test is left out."""
    try:
        return Core.load()
    except Unavailable as error:
        pytest.skip(error.detail)
