"""Requests on one connection, signed in, with the errors a camera may answer as sentences."""

import asyncio
from collections.abc import Callable

from ingest import refusals
from ingest.addresses import Target
from ingest.ports import NotRtsp, Refused, SourceError
from ingest.rtsp.connection import Connection, ConnectionLost
from ingest.rtsp.digest import Answers, Credentials, best_challenge
from ingest.rtsp.messages import Header, Request, Response
from shared.causes import PEER_ASKS_ANEW
from shared.reasons import why

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, GONE = 401, 403, 404, 410
_MOVED = frozenset({301, 302, 303, 305, 307, 308})
_AGENT = ("User-Agent", "Beffroi")
_MAX_TRIES = 3


class Moved(Exception):
    """The camera sends us to another address."""

    def __init__(self, location: str) -> None:
        super().__init__("moved")
        self.location = location


class ClosedOnChallenge(Exception):
    """The camera asked for credentials and closed: `answers` are for the same request on a new connection."""

    def __init__(self, answers: Answers) -> None:
        super().__init__("closed on a challenge")
        self.answers = answers


class Dialogue:
    """Asks, and signs in when asked to: also in the middle of a session, when the camera has a new nonce.

    `answers` are those to a challenge that an earlier connection had.
    """

    def __init__(
        self,
        connection: Connection,
        target: Target,
        credentials: Credentials,
        cnonce: Callable[[], str],
        answers: Answers | None = None,
    ) -> None:
        self.connection, self._target = connection, target
        self._credentials, self._cnonce = credentials, cnonce
        self._answers = answers
        self._proven = False
        self.session = ""

    async def ask(self, method: str, uri: str, headers: list[Header] | None = None) -> Response:
        """The response, whatever its status but 401. Raises Refused, ConnectionLost, ClosedOnChallenge."""
        challenged = False
        for _ in range(_MAX_TRIES):
            used = self._answers
            try:
                answer = await self.connection.ask(method, uri, self._headers(method, uri, headers or []))
            except ConnectionLost:
                if challenged and used is not None:
                    raise ClosedOnChallenge(used) from None
                raise
            if answer.status != UNAUTHORIZED:
                self._proven = self._proven or used is not None
                return answer
            self._challenged(answer, used)
            challenged = True
        raise self._wrong()

    async def must(self, method: str, uri: str, headers: list[Header] | None = None) -> Response:
        """The response where it is a success. Raises Refused, NotRtsp, Moved, ConnectionLost."""
        answer = await self.ask(method, uri, headers)
        if answer.ok:
            return answer
        location = answer.header("location")
        if answer.status in _MOVED and location:
            raise Moved(location)
        raise self.failed(method, answer.status)

    def tell(self, method: str, uri: str) -> None:
        """Ask without waiting for the answer."""
        self.connection.tell(method, uri, self._headers(method, uri, []))

    def failed(self, method: str, status: int) -> SourceError:
        place = self._target.place
        if status == FORBIDDEN:
            return refusals.account_elsewhere(place)
        if status in (NOT_FOUND, GONE):
            return refusals.no_stream(place)
        return NotRtsp(
            why(
                "camera-answers",
                "{place} answers {status} to {asked}, which a camera must understand",
                place=place,
                status=status,
                asked=method,
            )
        )

    def _headers(self, method: str, uri: str, headers: list[Header]) -> list[Header]:
        sent = [_AGENT, *headers]
        if self.session:
            sent.append(("Session", self.session))
        if self._answers is not None:
            sent.append(("Authorization", self._answers.authorization(method, uri)))
        return sent

    def _challenged(self, answer: Response, used: Answers | None) -> None:
        """Get ready to ask again. Raises Refused where that would only repeat a wrong password."""
        if not self._credentials:
            raise refusals.account_needed(self._target.place)
        challenge = best_challenge(answer.all("www-authenticate"))
        if challenge is None:
            raise Refused(
                why(
                    "camera-sign-in-unknown",
                    "{place} asks for a way of signing in that is not known here",
                    place=self._target.place,
                )
            )
        if used is not None:
            fresh = challenge.nonce != used.challenge.nonce
            if not (challenge.stale or (self._proven and fresh)):
                raise self._wrong()
            if challenge.strength < used.challenge.strength:
                # Who could make a camera forget digest would be given the password.
                raise Refused(
                    why(
                        "camera-sign-in-weaker",
                        "{place} asks for a weaker way of signing in than before",
                        place=self._target.place,
                    )
                )
        self._answers = Answers(challenge, self._credentials, self._cnonce)

    def _wrong(self) -> Refused:
        return refusals.account_wrong(self._target.place)


def answer_to_camera(asked: Request, lost: Callable[[ConnectionLost], None]) -> tuple[int, str]:
    """The status and phrase by which a camera's own request is answered.

    Where it ends the session, `lost` is called behind the answer. Needs a running event loop.
    """
    match asked.method:
        case "OPTIONS" | "GET_PARAMETER" | "SET_PARAMETER" | "ANNOUNCE":
            return 200, "OK"
        case "TEARDOWN" | "REDIRECT":
            # Where to is found out by asking anew, with the address the commune gave.
            asyncio.get_running_loop().call_soon(lost, ConnectionLost(PEER_ASKS_ANEW))
            return 200, "OK"
    return 501, "Not Implemented"
