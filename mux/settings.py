"""The settings of mux."""

from pathlib import Path

from pydantic import Field, SecretStr

from shared.settings import Settings


class MuxSettings(Settings):
    """Read from BEFFROI_* once, at the start."""

    http_host: str = Field("127.0.0.1", description="Address WHEP listens on.")
    http_port: int = Field(8081, ge=0, le=65535, description="Port WHEP listens on.")
    udp_host: str = Field(
        "auto",
        description="Address of the media socket and of its ICE candidate; `auto` is the default route's.",
    )
    udp_port: int = Field(8081, ge=0, le=65535, description="UDP port all viewers share.")
    udp_segmentation: bool = Field(True, description="Let the kernel cut a picture into packets (UDP GSO).")
    most_viewers: int = Field(500, ge=1, description="Viewers served at a time; more are refused.")
    playout_least_ms: int = Field(
        0, ge=0, le=40_000, description="Least time a browser holds a picture back: more evens out bad links."
    )
    playout_most_ms: int = Field(0, ge=0, le=40_000, description="Most time a browser holds a picture back.")
    tap_endpoints: str = Field(
        "bind:tcp://127.0.0.1:7001",
        description="Where units come from: `bind:` or `connect:`, comma separated.",
    )
    tap_key_file: Path | None = Field(None, description="File with this service's secret key of the tap.")
    tap_server_key_file: Path | None = Field(
        None, description="File with the public key of the worker, where this service connects."
    )
    tap_peers_dir: Path | None = Field(
        None, description="Folder of the allowed workers' public keys, `<commune>.pub`."
    )
    ticket_public_key_file: Path = Field(description="PEM file of control_room's public ticket key.")
    allowed_origins: str = Field("", description="Web origins whose pages may ask, comma separated.")
    redis_url: SecretStr | None = Field(None, description="Redis for revocations; without it none are heard.")
    status_port: int = Field(9102, ge=0, le=65535, description="Port of /healthz and /metrics.")

    @property
    def origins(self) -> list[str]:
        return [origin.strip().rstrip("/") for origin in self.allowed_origins.split(",") if origin.strip()]
