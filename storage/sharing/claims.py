"""What several processes agree on: which makes an export, and who removes what is condemned."""

from collections.abc import Sequence

from storage.index.leases import RemovalRows
from storage.model.segment import Segment
from storage.sharing.leadership import Leadership
from storage.sharing.member import Member

_EXPORT = "export:"


class ExportClaims:
    """An export is made by whoever holds its lease; one of a process that died goes on elsewhere."""

    def __init__(self, member: Member) -> None:
        self._member = member

    async def take(self, id: str) -> bool:
        return not self.elsewhere(id) and await self._member.take(_EXPORT + id)

    async def leave(self, id: str) -> None:
        await self._member.leave(_EXPORT + id)

    def is_mine(self, id: str) -> bool:
        return _EXPORT + id in self._member.held.terms and self._member.is_sure()

    def elsewhere(self, id: str) -> bool:
        """Whether another living process makes an export, as of the last look."""
        return self._member.elsewhere(_EXPORT + id)


class LeaderRemoval:
    """Removal by the leader alone, each batch marked first in the index under its term."""

    def __init__(self, rows: RemovalRows, member: Member, leadership: Leadership) -> None:
        self._rows = rows
        self._member = member
        self._leadership = leadership

    async def claim(self, limit: int) -> Sequence[Segment]:
        term = self._leadership.term
        return [] if term is None else await self._rows.claim(limit, self._member.name, term)

    async def let_go(self) -> None:
        term = self._leadership.term
        if term is not None:
            await self._rows.let_go(self._member.name, term)

    def is_sure(self) -> bool:
        return self._leadership.is_sure()
