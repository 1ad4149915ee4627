"""The viewers who are here, by each name they can be called by, and why the last ones have left."""

from collections.abc import Iterator
from itertools import islice

from mux.sessions.viewer import End, Viewer
from mux.transport.stun import Address
from shared.errors import NotFound
from shared.reasons import why

REMEMBERED_ENDS = 10_000
_YOUNG_NS = 3_000_000_000


class Roster:
    """The viewers of this process."""

    def __init__(self, remembered_ends: int = REMEMBERED_ENDS) -> None:
        self._remembered_ends = remembered_ends
        self._by_id: dict[str, Viewer] = {}
        self._by_ufrag: dict[str, Viewer] = {}
        self._by_address: dict[Address, Viewer] = {}
        self._by_ticket: dict[str, dict[Viewer, None]] = {}
        self._young: dict[Viewer, None] = {}
        self._ended: dict[str, End] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Viewer]:
        return iter(list(self._by_id.values()))

    def share(self, part: int, parts: int) -> list[Viewer]:
        """One of `parts` equal shares of the viewers."""
        return list(islice(self._by_id.values(), part, None, parts))

    def young(self, now_ns: int) -> list[Viewer]:
        """The viewers that shake hands or have just done so."""
        young = list(self._young)
        for viewer in young:
            if not viewer.handshaking and now_ns - viewer.began_ns > _YOUNG_NS:
                del self._young[viewer]
        return young

    def __contains__(self, viewer: Viewer) -> bool:
        return self._by_id.get(viewer.identity.id) is viewer

    def named(self, id: str) -> Viewer:
        """The viewer of a WHEP session. Raises NotFound, with the reason where it has ended lately."""
        viewer = self._by_id.get(id)
        if viewer is not None:
            return viewer
        end = self._ended.get(id)
        if end is None:
            raise NotFound(why("view-gone", "no such WHEP session: it may have ended already"))
        raise NotFound(why("view-ended", "this WHEP session has ended: {end}", end=end.value), end.value)

    def called(self, ufrag: str) -> Viewer | None:
        """The viewer of an ICE user name fragment."""
        return self._by_ufrag.get(ufrag)

    def at(self, address: Address) -> Viewer | None:
        """The viewer that has proven this address its own."""
        return self._by_address.get(address)

    def with_ticket(self, ticket: str) -> list[Viewer]:
        """The viewers let in with a ticket, the oldest first."""
        return list(self._by_ticket.get(ticket, ()))

    def add(self, viewer: Viewer) -> None:
        identity = viewer.identity
        self._by_id[identity.id] = viewer
        self._young[viewer] = None
        self._by_ticket.setdefault(identity.ticket, {})[viewer] = None
        self.rename(viewer, ())

    def rename(self, viewer: Viewer, before: tuple[str, ...]) -> None:
        """The viewer's user name fragments are others than `before`."""
        for ufrag in before:
            self._by_ufrag.pop(ufrag, None)
        for ufrag in viewer.ufrags:
            self._by_ufrag[ufrag] = viewer

    def is_settled(self, viewer: Viewer, source: Address) -> bool:
        """Whether another proof from `source` changes nothing here."""
        known = self._by_address.get(source) is viewer
        return known and viewer.address == source and viewer.renewed is None

    def move(
        self, viewer: Viewer, before: tuple[Address, ...], source: Address, ufrags: tuple[str, ...]
    ) -> None:
        """The viewer has proven `source` its own; it had the addresses `before`, and was called `ufrags`."""
        for address in before:
            if address not in viewer.addresses and self._by_address.get(address) is viewer:
                del self._by_address[address]
        self._by_address[source] = viewer
        if viewer.ufrags != ufrags:
            self.rename(viewer, ufrags)

    def remove(self, viewer: Viewer, why: End) -> bool:
        """Forget a viewer but for its end; whether it was here."""
        identity = viewer.identity
        if self._by_id.pop(identity.id, None) is None:
            return False
        self._young.pop(viewer, None)
        for ufrag in viewer.ufrags:
            self._by_ufrag.pop(ufrag, None)
        for address in viewer.addresses:
            if self._by_address.get(address) is viewer:
                del self._by_address[address]
        same = self._by_ticket[identity.ticket]
        same.pop(viewer)
        if not same:
            del self._by_ticket[identity.ticket]
        self._ended[identity.id] = why
        if len(self._ended) > self._remembered_ends:
            del self._ended[next(iter(self._ended))]
        return True
