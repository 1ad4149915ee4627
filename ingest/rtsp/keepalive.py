"""Chooses the request that keeps a camera's session alive, by trying which one the camera takes."""

from enum import StrEnum

from ingest.rtsp.messages import Response


class Verb(StrEnum):
    GET_PARAMETER = "GET_PARAMETER"
    OPTIONS = "OPTIONS"
    SET_PARAMETER = "SET_PARAMETER"


class KeepAlive:
    """Chooses the verb: the first the camera lists, then the next one each time a verb is refused.

    When all are refused the first one goes on: such cameras count any word, or none, and still send.
    """

    def __init__(self) -> None:
        self._verbs = list(Verb)
        self._index = 0

    @property
    def verb(self) -> Verb:
        return self._verbs[self._index]

    def listed(self, public: str) -> None:
        """Note the Public header of an OPTIONS response."""
        named = {word.strip().upper() for word in public.split(",")}
        # The camera's own words first, in our order; what it leaves out is still worth a try.
        self._verbs.sort(key=lambda verb: verb.value not in named)
        self._index = 0

    def answered(self, answer: Response) -> None:
        """Note what the camera said to the verb: 405, 501, 454 and the like mean another one next time."""
        if not answer.ok:
            self._index = (self._index + 1) % len(self._verbs)
