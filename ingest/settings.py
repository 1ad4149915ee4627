"""Settings of an ingest worker."""

from pathlib import Path

from pydantic import Field, SecretStr

from ingest.rtsp.core import CoreChoice
from shared.settings import Settings


class IngestSettings(Settings):
    """What one commune's worker reads from its environment."""

    commune: str = Field(default="", description="INSEE code of the commune; `--commune` overrides it.")
    control_url: str = Field(description="Base address of control_room, such as `https://video.example.org`.")
    worker_token: SecretStr = Field(description="The commune's worker credential, from control_room.")
    cache_key: SecretStr = Field(description="Fernet key for the cameras kept on disk.")
    tap_endpoints: str = Field(
        description="Where mux and storage take units: `connect:tcp://host:port`, separated by commas."
    )
    tap_key_file: Path | None = Field(
        default=None, description="File of the worker's secret tap key; only a loopback tap may do without."
    )
    tap_server_key_file: Path | None = Field(
        default=None, description="File of the public tap key of mux and storage."
    )
    tap_edge_endpoint: str = Field(
        default="", description="Where an edge recorder beside it is: `connect:tcp://127.0.0.1:7012`."
    )
    tap_edge_key_file: Path | None = Field(
        default=None,
        description="File of the edge's public tap key; only one on this machine may do without.",
    )
    status_host: str = Field(default="127.0.0.1", description="Address of `/healthz` and `/metrics`.")
    status_port: int = Field(default=9101, description="Port of `/healthz` and `/metrics`.")
    ingest_core: CoreChoice = Field(
        default=CoreChoice.AUTO,
        description="What makes pictures of a camera's packets: `compiled`, `python`, or `auto`, compiled "
        "where it was built.",
    )
    connects_at_once: int = Field(
        default=32,
        ge=1,
        description="Logins to cameras under way at the same time, when a whole site returns.",
    )
    allow_loopback: bool = Field(
        default=False, description="Let cameras be on this machine itself: for demos and tests only."
    )
    own_places: str = Field(
        default="",
        description="Own services no camera may be, `host:port`, comma separated; those it asks are known.",
    )
    cards: str = Field(
        default="",
        description="Cameras whose own cards (ONVIF Profile G) are offered to the edge recorder: `CAMERA`, "
        "`CAMERA=PORT` or `CAMERA=PORT/RECORDING`, comma separated, `*` for all others; empty: none.",
    )
    card_secret: SecretStr | None = Field(
        default=None, description="Secret shared with the edge recorder, 32 characters or more."
    )
    card_host: str = Field(default="127.0.0.1", description="Address on which cards are offered.")
    card_port: int = Field(default=9111, description="Port on which cards are offered.")
