"""Sets up one side of the tap as a service's settings name it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shared.tap.endpoint import Endpoint
from shared.tap.keys import TapKeys


@dataclass(frozen=True, slots=True)
class TapSetup:
    """Where a side of the tap binds or dials, and its keys; without keys it may not leave the machine."""

    endpoints: tuple[Endpoint, ...]
    keys: TapKeys | None

    @classmethod
    def read(
        cls,
        endpoints: str,
        key_file: Path | None,
        *,
        server_key_file: Path | None = None,
        peers_dir: Path | None = None,
    ) -> "TapSetup":
        """The set-up of `BEFFROI_TAP_ENDPOINTS`, `BEFFROI_TAP_KEY_FILE` and those beside it.

        Raises BadInput on an endpoint that is none, and on a key file, naming it, that cannot be read.
        """
        places = Endpoint.parse_list(endpoints)
        if key_file is None:
            return cls(places, None)
        return cls(places, TapKeys.load(key_file, server_key_file=server_key_file, peers_dir=peers_dir))


class TapSide(Protocol):
    """A publisher or a subscriber of the tap."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...


class Stopping(Protocol):
    """Closes at its stop what it was given; see `shared.service.Service`."""

    def on_stop(self, close: Callable[[], Awaitable[None]], /) -> None: ...


async def open_tap(side: TapSide, service: Stopping) -> None:
    """Open a side of the tap until the service stops. Raises Unavailable when an address cannot be bound."""
    await side.start()
    service.on_stop(side.close)
