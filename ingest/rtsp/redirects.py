"""Opens a camera wherever it sends us: each address is checked, only the first one gets the password."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from ingest.addresses import AddressRules, Target
from ingest.ports import NotRtsp, Refused
from ingest.rtsp.dialogue import ClosedOnChallenge, Moved
from ingest.rtsp.digest import Answers, Credentials
from shared.reasons import why

MAX_REDIRECTS = 3

S = TypeVar("S")


async def follow(
    rules: AddressRules,
    first: Target,
    credentials: Credentials,
    at: Callable[[Target, Credentials, Answers | None], Awaitable[S]],
) -> S:
    """What `at` gives for the target that does not send us on. Raises SourceError.

    `at` raises Moved and ClosedOnChallenge; it connects anew at each call.
    """
    target = first
    answers: Answers | None = None
    for _ in range(MAX_REDIRECTS + 1):
        try:
            return await at(target, credentials if target.ip == first.ip else Credentials(), answers)
        except Moved as moved:
            target, answers = await rules.check(moved.location), None
        except ClosedOnChallenge as closed:
            if answers is not None:
                raise Refused(
                    why(
                        "camera-sign-in-anew",
                        "{place} asks for the password anew on each connection",
                        place=target.place,
                    )
                ) from None
            answers = closed.answers
        except Refused:
            if target.ip == first.ip or not credentials:
                raise
            raise Refused(
                why(
                    "camera-account-first",
                    "{place} sends us to {name}, which asks for a name and a password: "
                    "those are for the first address only",
                    place=first.place,
                    name=target.place,
                )
            ) from None
    raise NotRtsp(
        why(
            "camera-redirects-endless",
            "{place} sends us from one address to another without an end",
            place=first.place,
        )
    )
