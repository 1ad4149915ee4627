"""Time-stamps of exports: asked of an authority once a package is done, again while it is away, for a time.

What is still to be asked is in files beside the packages, so that a restart forgets nothing: `ID.tsq` has the
manifest's hash and how often it was asked, `ID.tsr` is the token.
"""

import asyncio
import json
import secrets
from pathlib import Path

import httpx

from shared.clock import Clock
from shared.errors import BadInput
from shared.evidence.timestamp import ask, taken
from shared.log import get_logger

ASKED, TOKEN = ".tsq", ".tsr"
MOST_TRIES = 200
_EVERY_S = 60.0
_TIMEOUT_S = 10.0
_MOST_ANSWER = 1 << 16


class Stamps:
    """Bounded: as many files as there are packages, `MOST_TRIES` for each, which is over three hours."""

    def __init__(self, url: str, folder: Path, client: httpx.AsyncClient, clock: Clock) -> None:
        self._url = url
        self._folder = folder
        self._client = client
        self._clock = clock
        self._log = get_logger("storage")

    async def want(self, id: str, manifest_sha256: str) -> None:
        """Remember that an export's manifest is to be stamped; nothing where there is no authority."""
        if not self._url:
            return
        try:
            await asyncio.to_thread(self._write, id, manifest_sha256, 0)
        except OSError as error:
            # The export is whole without: it is not to fail by this.
            self._log.error("stamp-not-wanted", export=id, reason=error.strerror)

    async def run(self) -> None:
        """Ask for what is wanted, for ever."""
        while True:
            await self.run_once()
            await self._clock.sleep(_EVERY_S)

    async def run_once(self) -> int:
        """Ask once for each that is wanted. How many tokens came."""
        if not self._url:
            return 0
        found = await asyncio.to_thread(lambda: sorted(self._folder.glob(f"*{ASKED}")))
        return sum([await self._try(path) for path in found])

    async def _try(self, path: Path) -> bool:
        wanted = await asyncio.to_thread(_read, path)
        if wanted is None:
            await asyncio.to_thread(path.unlink, missing_ok=True)
            return False
        digest, tries = wanted
        try:
            token = await self._token(digest)
            await asyncio.to_thread(_put, path.with_suffix(TOKEN), token)
            await asyncio.to_thread(path.unlink, missing_ok=True)
        except (httpx.HTTPError, httpx.InvalidURL, BadInput, OSError) as error:
            self._log.warning(
                "export-not-stamped", export=path.stem, tries=tries + 1, reason=type(error).__name__
            )
            if tries + 1 >= MOST_TRIES:
                await asyncio.to_thread(path.unlink, missing_ok=True)
            else:
                await asyncio.to_thread(self._write, path.stem, digest.hex(), tries + 1)
            return False
        self._log.info("export-stamped", export=path.stem)
        return True

    async def _token(self, digest: bytes) -> bytes:
        """A token of the authority. Raises httpx.HTTPError, BadInput."""
        nonce = secrets.randbits(63)
        headers = {"Content-Type": "application/timestamp-query"}
        async with self._client.stream(
            "POST", self._url, content=ask(digest, nonce), headers=headers, timeout=_TIMEOUT_S
        ) as answer:
            answer.raise_for_status()
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _MOST_ANSWER:
                    raise BadInput("the authority's answer is longer than one can be")
        return taken(bytes(body), digest, nonce)

    def _write(self, id: str, sha256: str, tries: int) -> None:
        _put(self._folder / f"{id}{ASKED}", json.dumps({"sha256": sha256, "tries": tries}).encode())


def _read(path: Path) -> tuple[bytes, int] | None:
    """The hash to be stamped and how often it was asked, None where the file is broken."""
    try:
        told = json.loads(path.read_bytes())
        return bytes.fromhex(told["sha256"]), int(told["tries"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _put(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f"{path.name}.new")
    part.write_bytes(data)
    part.replace(path)
