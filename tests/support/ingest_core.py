"""The compiled core of ingest for tests."""

import os

import pytest

from ingest.ports import Pace
from ingest.rtsp.core import Core, CoreChoice, core_of
from shared.errors import Unavailable
from shared.log import get_logger


def built_core() -> Core:
    """Skips the test where it was not built."""
    try:
        return Core.load()
    except Unavailable as error:
        pytest.skip(f"no compiled core here: {error.detail}")


def chosen_core() -> Core | None:
    """As BEFFROI_INGEST_CORE says, as a worker reads it: `python` holds the same tests to the Python path."""
    choice = CoreChoice(os.environ.get("BEFFROI_INGEST_CORE", CoreChoice.AUTO))
    return core_of(choice, get_logger("tests"))


def chosen_pace() -> Pace:
    """As TESTS_PACE says (`at_once`, `soon`, `later`): how long who reads the cameras can wait.

    As most cameras are read where nothing is said: recorded, and watched by nobody."""
    return Pace[os.environ.get("TESTS_PACE", Pace.SOON.name).upper()]
