"""Which cameras to pull: asked of control_room, kept encrypted for when it is away."""

from collections.abc import Callable
from pathlib import Path

import httpx
from cryptography.fernet import Fernet, InvalidToken

from ingest.runs import replace_file
from shared.clock import Clock
from shared.errors import BadInput
from shared.log import get_logger
from shared.messages.codec import decode, encode
from shared.messages.ingest import WantedCameras

POLL_S = 1.0
REFUSALS_UNTIL_MEANT = 5
_UNKNOWN_CREDENTIAL = "urn:beffroi:problem:unauthenticated"
_PATH = "/api/v1/worker/cameras"


class WantedCache:
    """The last answer, in a file that only the holder of the key can read."""

    def __init__(self, file: Path, key: str) -> None:
        """`key` is a Fernet key. Raises BadInput where it is none."""
        try:
            self._fernet = Fernet(key)
        except ValueError:
            raise BadInput("BEFFROI_CACHE_KEY is not a Fernet key (32 bytes in URL-safe base64)") from None
        self._file = file
        self._log = get_logger("ingest.wanted")

    def load(self) -> WantedCameras | None:
        """What was kept, None where there is nothing or nothing readable."""
        try:
            return decode(WantedCameras, self._fernet.decrypt(self._file.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, InvalidToken, BadInput) as error:
            self._log.error("kept-cameras-unreadable", file=str(self._file), cause=type(error).__name__)
            return None

    def save(self, wanted: WantedCameras) -> None:
        """Keep an answer in the place of the one before. A disk that refuses is logged, and no more."""
        try:
            replace_file(self._file, self._fernet.encrypt(encode(wanted)))
        except OSError as error:
            self._log.error("cameras-not-kept", file=str(self._file), cause=error.strerror or "")


class WantedPoller:
    """Asks control_room every POLL_S and gives `apply` each answer that is another one."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        commune: str,
        cache: WantedCache,
        apply: Callable[[WantedCameras], None],
        clock: Clock,
    ) -> None:
        self._client, self._commune, self._cache = client, commune, cache
        self._apply, self._clock = apply, clock
        self._log = get_logger("ingest.wanted")
        self._etag: str | None = None
        self._refused = 0
        self.trouble: str | None = "control_room has not been asked yet"

    async def run(self) -> None:
        """Start from what was kept, then ask for ever."""
        kept = self._cache.load()
        if kept is not None and kept.commune == self._commune:
            self._log.info("started-from-kept-cameras", cameras=len(kept.cameras))
            self._apply(kept)
        while True:
            self._note(await self.poll_once())
            await self._clock.sleep(POLL_S)

    async def poll_once(self) -> str | None:
        """Ask once and apply what is new; what went wrong, in a sentence, None where nothing did."""
        headers = {} if self._etag is None else {"If-None-Match": self._etag}
        try:
            answer = await self._client.get(_PATH, headers=headers)
        except httpx.HTTPError as error:
            return f"control_room does not answer ({type(error).__name__}): going on with the cameras known"
        refused = answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)
        self._refused = self._refused + 1 if refused and _UNKNOWN_CREDENTIAL in answer.text else 0
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return None
        if refused:
            self._stop_where_meant()
            return f"control_room refuses the credential of this worker ({answer.status_code})"
        if answer.status_code != httpx.codes.OK:
            return f"control_room answers {answer.status_code} when asked for cameras"
        try:
            wanted = decode(WantedCameras, answer.content)
        except BadInput as error:
            return f"control_room's answer cannot be read: {error.detail}"
        if wanted.commune != self._commune:
            return f"the credential is of commune {wanted.commune}, this worker is of {self._commune}"
        self._etag = answer.headers.get("ETag")
        self._apply(wanted)
        self._cache.save(wanted)
        return None

    def _stop_where_meant(self) -> None:
        """A credential that was taken back pulls no camera, not after a restart either.

        Only control_room's own word counts, said again: neither a proxy before it nor a moment's fault may
        stop a recording.
        """
        if self._refused == REFUSALS_UNTIL_MEANT:
            self._log.error("credential-taken-back", reason="no camera is pulled any more")
            self._etag = None
            nothing = WantedCameras(self._commune, "", ())
            self._apply(nothing)
            self._cache.save(nothing)

    def _note(self, trouble: str | None) -> None:
        if trouble != self.trouble:
            if trouble is None:
                self._log.info("control-room-answers")
            else:
                self._log.warning("control-room-trouble", reason=trouble)
        self.trouble = trouble
