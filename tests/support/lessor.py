"""Says which rights hold, as control_room does, for services that run without one."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import httpx

from shared.leases import EVERY_S, Lease, LeaseSigner, Revocation
from shared.tickets import Ticket, TicketSigner

FAR_S = 1 << 40


class Lessor:
    """Confirms every session and camera it was told of, but those that ended."""

    def __init__(self, signer: TicketSigner, utc_ns: Callable[[], int] = time.time_ns) -> None:
        self._tickets = signer
        self._signer = LeaseSigner(signer.key)
        self._utc_ns = utc_ns
        self._known_sessions: set[str] = set()
        self._known_cameras: set[str] = set()
        self.until_s: dict[str, int] = {}
        """Sessions that end by themselves."""
        self.ended_sessions: set[str] = set()
        self.ended_cameras: set[str] = set()
        self.publishers: set[str] | None = None
        self.ended_keys: dict[str, frozenset[str]] = {}
        self.revoked: list[Revocation] = []

    def knows(self, ticket: Ticket) -> Ticket:
        """Confirm what a ticket is for from now on."""
        self._known_sessions.add(ticket.session)
        self._known_cameras.update(ticket.cameras)
        if ":" not in ticket.resource and ticket.resource.count("/") == 2:
            self._known_cameras.add(ticket.resource.rpartition("/")[0])
        return ticket

    def sign(self, ticket: Ticket) -> str:
        """The token of a ticket given now, which is confirmed from now on."""
        return self._tickets.sign(replace(self.knows(ticket), issued_ms=self._utc_ns() // 1_000_000))

    def revoke_camera(self, path: str) -> None:
        """No ticket given so far opens a camera."""
        self.revoked.append(Revocation(path, self._utc_ns() // 1_000_000))

    def lease(self) -> str:
        """What holds now."""
        sessions = self._known_sessions - self.ended_sessions
        return self._signer.sign(
            Lease(
                at_ms=self._utc_ns() // 1_000_000,
                sessions={session: self.until_s.get(session, FAR_S) for session in sessions},
                cameras=frozenset(self._known_cameras - self.ended_cameras),
                revoked=tuple(self.revoked),
                publishers=None if self.publishers is None else frozenset(self.publishers),
                ended_keys=self.ended_keys,
            )
        )

    def tell(self, url: str) -> int:
        """Give a service a lease; the status it answers with."""
        with httpx.Client(trust_env=False) as client:
            return self.put(client, url)

    def put(self, client: httpx.Client, url: str) -> int:
        """The same, by a client that is there."""
        headers = {"content-type": "text/plain"}
        return client.put(f"{url}/lease", content=self.lease(), headers=headers, timeout=5).status_code


class Renewing:
    """Gives a service a lease each second, from a thread: whoever measures may keep the loop busy."""

    def __init__(self, lessor: Lessor, url: str) -> None:
        self._lessor = lessor
        self._url = url
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="lessor", daemon=True)

    def __enter__(self) -> "Renewing":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(10)

    def _renew(self) -> None:
        with httpx.Client(trust_env=False) as client:
            while not self._over.is_set():
                with suppress(httpx.HTTPError):
                    self._lessor.put(client, self._url)
                self._over.wait(EVERY_S)
