"""Which tests stay together where several run side by side."""

from xdist.scheduler import LoadScopeScheduling

_OF_THE_WHOLE = ("tests/integration/whole/", "tests/browser/")
_WITH_THEIR_OWN = ("tests/integration/whole/test_restart.py",)


def together(nodeid: str) -> str:
    """The name of what a test stays together with: its file, or all that use the one whole system."""
    file = nodeid.partition("::")[0]
    return "whole" if file.startswith(_OF_THE_WHOLE) and file not in _WITH_THEIR_OWN else file


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands groups of tests to workers. xdist's own groups by marker do nothing under pytest 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)
