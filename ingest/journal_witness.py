"""Keeps the signed heads of control_room's journal, as a witness that is not of the centre.

Once a minute the next head is asked for, with what shows that the journal only grew since the one kept.
A head that does not is not taken, and told: the journal was altered, cut, or put back from a backup.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import httpx

from ingest.runs import replace_file
from shared.clock import Clock
from shared.errors import BadInput
from shared.evidence import fields
from shared.evidence.journal_head import JournalHead, SignedJournalHead
from shared.evidence.merkle import Frontier
from shared.evidence.signature import EvidencePublicKey
from shared.log import get_logger
from shared.messages.codec import decode
from shared.messages.ingest import JournalNews

EVERY_S = 60.0
_PATH = "/api/v1/worker/journal-head"
_AT_ONCE = 50
_HOUR_NS = 3_600_000_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest head that was taken, and the key (PEM) that the first one was signed with."""

    signed: SignedJournalHead
    public_key: str

    @property
    def head(self) -> JournalHead:
        return self.signed.read()


def grown(kept: Kept | None, news: JournalNews) -> Kept:
    """What is kept once a head is taken. Raises BadInput where it does not go on from the one that is kept.

    The first head is taken as it is, if it is signed: its key is the one that all others need.
    """
    signed = SignedJournalHead(news.document, news.signature)
    head = signed.read()
    pem = news.public_key if kept is None else kept.public_key
    key = EvidencePublicKey.from_pem(pem.encode())
    if not signed.is_signed_with(key) or head.fingerprint != key.fingerprint:
        raise BadInput(f"its head {head.number} is not signed with the key of the first one")
    if kept is None:
        return Kept(signed, pem)
    before = kept.head
    if signed.digest == kept.signed.digest:
        return kept
    if head.journal != before.journal:
        raise BadInput(f"it is another journal, {head.journal}, not {before.journal}")
    if head.number <= before.number or head.size < before.size or head.at_ns < before.at_ns:
        raise BadInput(
            f"its head {head.number} of {head.size} entries is behind head {before.number} of {before.size}"
        )
    if not news.known:
        raise BadInput(f"it does not know the head {before.number} of {before.size} entries any more")
    tree = _tree(before.size, news)
    if tree.root.hex() != before.root:
        raise BadInput(f"its first {before.size} entries are not those of head {before.number}")
    tree = tree.grown(bytes.fromhex(fields.hash_text(leaf)) for leaf in news.leaves)
    if (tree.size, tree.root.hex()) != (head.size, head.root):
        raise BadInput(f"its head {head.number} is not of the {head.size} entries it tells")
    return Kept(signed, pem)


def _tree(size: int, news: JournalNews) -> Frontier:
    packed = b"".join(bytes.fromhex(fields.hash_text(peak)) for peak in news.peaks)
    try:
        return Frontier.unpacked(size, packed)
    except ValueError as error:
        raise BadInput("what it tells of the entries before is no tree") from error


class JournalWitness:
    """Asks, checks, keeps: the newest head in `journal-head`, one an hour in `journal-heads.jsonl`.

    `beffroi verify journal --heads` reads both. Who puts the journal back on purpose removes `journal-head`.
    """

    def __init__(self, client: httpx.AsyncClient, folder: Path, clock: Clock) -> None:
        self._client = client
        self._newest, self._hourly = folder / "journal-head", folder / "journal-heads.jsonl"
        self._clock = clock
        self._log = get_logger("ingest.journal_witness")
        self.trouble: str | None = None
        """What is wrong with the journal, None where it only grew."""

    async def run(self) -> None:
        """Ask for ever."""
        while True:
            await self.round()
            await self._clock.sleep(EVERY_S)

    async def round(self) -> None:
        """Take what is new. Where control_room does not answer, nothing is known and nothing told."""
        try:
            kept = self._load()
            for _ in range(_AT_ONCE):
                news = await self._ask(kept)
                if news is None:
                    return
                taken = grown(kept, news)
                if taken == kept:
                    break
                self._keep(kept, taken)
                kept = taken
        except BadInput as error:
            self._tell(f"control_room's journal is not the one that was signed: {error.detail}")
        except OSError as error:
            self._tell(f"heads of control_room's journal cannot be kept: {error.strerror}")
        else:
            self._tell(None)

    async def _ask(self, kept: Kept | None) -> JournalNews | None:
        asked = {} if kept is None else {"size": str(kept.head.size)}
        try:
            answer = await self._client.get(_PATH, params=asked)
        except httpx.HTTPError:
            return None
        if answer.status_code == httpx.codes.NOT_FOUND and kept is not None:
            raise BadInput("it has no head any more")
        return decode(JournalNews, answer.content) if answer.status_code == httpx.codes.OK else None

    def _load(self) -> Kept | None:
        try:
            told = fields.parsed(self._newest.read_bytes())
        except FileNotFoundError:
            return None
        return Kept(SignedJournalHead.of(told), fields.text(fields.member(told, "public_key")))

    def _keep(self, before: Kept | None, kept: Kept) -> None:
        if before is None or before.head.at_ns // _HOUR_NS != kept.head.at_ns // _HOUR_NS:
            with self._hourly.open("a") as file:
                file.write(kept.signed.line() + "\n")
        told = {**kept.signed.told(), "public_key": kept.public_key}
        replace_file(self._newest, json.dumps(told).encode())

    def _tell(self, trouble: str | None) -> None:
        if trouble is not None and trouble != self.trouble:
            self._log.error("journal-not-witnessed", reason=trouble)
        self.trouble = trouble
