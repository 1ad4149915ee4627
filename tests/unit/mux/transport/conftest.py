"""Compiled cores, and a socket that receives."""

import socket
from collections.abc import Iterator

import pytest

from mux.transport.core import Core
from shared.errors import Unavailable


@pytest.fixture(scope="module", params=["libcrypto", "fastest"])
def core(request: pytest.FixtureRequest) -> Core:
    """With each library that may seal."""
    fastest = request.param == "fastest"
    try:
        loaded = Core.load(fastest=fastest)
    except Unavailable as error:
        pytest.skip(f"no compiled core here: {error.detail}")
    if fastest and loaded.sealing == "libcrypto":
        pytest.skip(
            "libIPSec_MB is not here, or its header was not at the build, or the processor is too old"
        )
    return loaded


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        made.bind(("127.0.0.1", 0))
        made.setblocking(False)
        yield made
