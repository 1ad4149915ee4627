"""Where a tap may bind or dial."""

import pytest

from shared.errors import BadInput
from shared.tap import Endpoint


@pytest.mark.parametrize(
    "text",
    [
        "", "tcp://127.0.0.1:1", "bind:udp://127.0.0.1:1", "bind:tcp://x", "bind:tcp://x:y", "bind:tcp://[::1",
        "bind:tcp://x:0", "bind:tcp://x:70000", "bind:tcp://u:p@x:1", "bind:tcp://x:1/path", "bind:tcp://x:1?q",
        "bind:tcp://:1",
    ],
)  # fmt: skip
def test_an_endpoint_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not of the form"):
        Endpoint.parse(text)


def test_no_endpoint_at_all_is_refused() -> None:
    with pytest.raises(BadInput, match="no tap endpoint"):
        Endpoint.parse_list(" , ")


def test_endpoints_are_separated_by_commas() -> None:
    assert len(Endpoint.parse_list("bind:tcp://127.0.0.1:1, connect:tcp://[::1]:2")) == 2
