"""What the register of captures says of a camera and range, for the manifest of an export."""

import asyncio
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from shared.errors import Conflict, NotFound
from shared.evidence.destruction_proof import DestructionProof, days_of
from shared.ids import StreamId
from shared.spans import Span
from storage.lifecycle.proofs import Proofs

MOST_DAYS = 35
"""Of a range and camera: at minute segments that is a register of 20 MB."""
_WITHIN_S = 60.0

RegisterOf = Callable[[str, Span], DestructionProof | None]
"""All that is in the newest head of a stream and range, None where nothing is. Blocking."""


def no_register(stream: str, asked: Span) -> DestructionProof | None:
    """For a centre that signs nothing at capture."""
    return None


def registers_of(proofs: Proofs | None) -> RegisterOf:
    """Asks the register, from a thread beside the loop that this is called in."""
    if proofs is None:
        return no_register
    loop = asyncio.get_running_loop()

    def register_of(stream: str, asked: Span) -> DestructionProof | None:
        if len(days_of(asked)) > MOST_DAYS:
            return None
        asking = asyncio.run_coroutine_threadsafe(proofs.destruction(StreamId.parse(stream), asked), loop)
        try:
            return asking.result(_WITHIN_S)
        except (NotFound, Conflict, TimeoutError):
            asking.cancel()
            return None

    return register_of


@dataclass(frozen=True, slots=True)
class Offered:
    """The keys of what the index had to show of a range, and of those what could not be read."""

    keys: Set[str]
    unread: Set[str]


def proofs_told(
    name: str, register: DestructionProof, asked: Span, used: Set[str], offered: Offered
) -> Mapping[str, object]:
    """Members of the manifest: the register's file, the recorded hash of each segment used that is in it, and
    why what is in it of the range and not destroyed is in no film."""
    recorded: dict[str, str] = {}
    kept: dict[str, bool] = {}
    for shown in register.shown:
        ended = {one.number for one in shown.destroyed or ()}
        for number, one in enumerate(shown.captures or ()):
            meets = one.start_ns < asked.end_ns and one.end_ns > asked.start_ns
            kept[one.key] = meets and number not in ended
            if one.key in used:
                recorded[one.key] = one.sha256
    if not kept:
        return {}
    left_out = {key: _why(key, offered) for key, there in kept.items() if there and key not in used}
    return {
        "register": name,
        "head": register.head.digest,
        "recorded": recorded,
        "left_out": left_out,
    }


def _why(key: str, offered: Offered) -> str:
    if key in offered.unread:
        return "unreadable"
    return "without a picture in the range" if key in offered.keys else "past its deadline, or come later"
