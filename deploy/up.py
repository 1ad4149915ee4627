"""`beffroi up`: an installation for real use on one machine, behind the site's own TLS proxy."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from deploy.centre import Centre, say
from deploy.installation import held
from deploy.layout import Layout
from deploy.ports import Ports, refuse_taken
from deploy.secrets import open_secrets
from shared.errors import BadInput


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where browsers reach page, muxes and storage; where services listen; the address of media.

    There are as many muxes as there are URLs of them. `stun_urls` and `turn_urls` are what browsers are told.
    """

    page_url: str
    mux_urls: tuple[str, ...]
    storage_url: str
    host: str
    media_host: str
    stun_urls: tuple[str, ...] = ()
    turn_urls: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for url in (self.page_url, *self.mux_urls, self.storage_url):
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
                raise BadInput(f"{url!r} is not of the form https://host[:port]")


def run_up(data_dir: Path, base_port: int, addresses: Addresses) -> None:
    """Serve until a signal. Raises a BeffroiError whose sentence says what stands in the way."""
    ports = Ports.from_base(base_port, len(addresses.mux_urls))
    with held(data_dir, addresses.page_url):
        refuse_taken(ports, host=addresses.host)
        layout = Layout(
            data_dir=data_dir,
            ports=ports,
            secrets=open_secrets(data_dir / "secrets"),
            host=addresses.host,
            public_url=addresses.page_url.rstrip("/"),
            demo=False,
            media_host=addresses.media_host,
            mux_urls=tuple(url.rstrip("/") for url in addresses.mux_urls),
            storage_url=addresses.storage_url.rstrip("/"),
            stun_urls=addresses.stun_urls,
            turn_urls=addresses.turn_urls,
        )
        asyncio.run(_serve(layout))


async def _serve(layout: Layout) -> None:
    centre = Centre(layout)

    async def ready() -> None:
        password_file = layout.secrets.folder / "first-admin-password"
        say("beffroi", f"running at {layout.public_url}; first login: admin, password in {password_file}")
        if layout.turn_urls:
            secret_file = layout.secrets.folder / "turn-secret"
            say("beffroi", f"give the TURN servers the secret in {secret_file} (coturn: static-auth-secret)")
        say("beffroi", f"put each commune's worker credential in {centre.workers_dir}/COMMUNE.token")

    await centre.run(ready)
