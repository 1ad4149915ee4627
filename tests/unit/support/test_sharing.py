"""Which tests stay together in one worker."""

import pytest

from tests.support.sharing import together


@pytest.mark.parametrize(
    ("nodeid", "group"),
    [
        ("tests/unit/mux/sdp/test_answer.py::test_any[a::b]", "tests/unit/mux/sdp/test_answer.py"),
        ("tests/integration/whole/test_chain.py::test_live[street]", "whole"),
        ("tests/browser/test_story.py::test_watches", "whole"),
        ("tests/integration/whole/test_restart.py::test_ctrl_c", "tests/integration/whole/test_restart.py"),
    ],
)
def test_a_file_stays_together_and_so_does_all_that_uses_the_whole_system(nodeid: str, group: str) -> None:
    assert together(nodeid) == group
