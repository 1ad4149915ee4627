"""What a commune's worker is told of the journal, to keep it as a witness."""

from control_room.db.transaction import Transaction
from control_room.journal.room import JournalRoom
from control_room.model.signed_journal import KeptJournalHead
from shared.errors import NotFound
from shared.evidence.journal_head import journal_leaf
from shared.evidence.merkle import HASH_BYTES, Frontier
from shared.messages.ingest import JournalNews
from shared.reasons import why

MOST_LEAVES = 1000
"""So many entries are told at once, more only where one minute had more."""


async def journal_news(room: JournalRoom, size: int | None) -> JournalNews:
    """A head behind the one of `size` entries that the asker keeps, with the way to it; else the newest.

    Raises NotFound before anything is signed.
    """
    async with room.access.db.snapshot() as tx:
        newest = await tx.journal_heads.newest()
        if newest is None:
            raise NotFound(why("journal-unsigned", "no head of the journal is signed yet"))
        tree = None if size is None else await _tree(tx, size, newest)
        if size is None or tree is None:
            return _news(room, newest, known=False)
        head = await tx.journal_heads.longer_than(size, size + MOST_LEAVES) or newest
        leaves = await tx.journal.hashes(size, head.head.size)
        return _news(room, head, known=True, tree=tree, leaves=leaves)


async def _tree(tx: Transaction, size: int, newest: KeptJournalHead) -> Frontier | None:
    """The tree over the first entries; None where they are gone, or were never there."""
    past = await tx.journal_heads.past()
    if past is None or not past.start.tree.size <= size <= newest.head.size:
        return None
    base = await tx.journal_heads.up_to(size)
    tree = past.start.tree if base is None else base.tree
    return tree.grown(journal_leaf(one) for one in await tx.journal.hashes(tree.size, size))


def _news(
    room: JournalRoom,
    head: KeptJournalHead,
    *,
    known: bool,
    tree: Frontier | None = None,
    leaves: list[str] | None = None,
) -> JournalNews:
    peaks = b"" if tree is None else tree.packed()
    return JournalNews(
        document=head.signed.document,
        signature=head.signed.signature,
        public_key=room.public_key,
        known=known,
        peaks=tuple(peaks[at : at + HASH_BYTES].hex() for at in range(0, len(peaks), HASH_BYTES)),
        leaves=tuple(journal_leaf(one).hex() for one in leaves or ()),
    )
