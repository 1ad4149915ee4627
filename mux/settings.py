"""The settings of mux."""

from pathlib import Path

from pydantic import Field

from mux.transport.core import CoreChoice
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
    most_transcoders: int = Field(
        4,
        ge=0,
        description="Streams transcoded for browsers at a time (H.265, MJPEG, MPEG-4, H.264 with B-frames); "
        "more are refused. Each is a process of about 10 to 40 % of a core; one more waits once needed.",
    )
    transcoded_longest_side: int = Field(
        1280, ge=160, le=4096, description="Longest side of a transcoded picture, in pixels."
    )
    transcoded_fps: int = Field(25, ge=1, le=60, description="Most pictures a second of a transcoded stream.")
    transcoded_kbps: int = Field(
        2000, ge=100, le=50_000, description="Most kilobits a second of a transcoded stream."
    )
    mux_core: CoreChoice = Field(
        CoreChoice.AUTO,
        description="What seals and sends: `compiled` by the fastest library there is, `libcrypto` (compiled "
        "too), `python`, or `auto`, compiled where it was built.",
    )
    most_viewers: int = Field(1000, ge=1, description="Viewers served at a time; more are refused.")
    playout_least_ms: int = Field(
        0, ge=0, le=40_000, description="Least time every browser holds pictures back, on good links too."
    )
    playout_most_ms: int = Field(
        500,
        ge=0,
        le=40_000,
        description="Most time a browser holds pictures back on a bad link; what it needs is chosen by mux.",
    )
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
    status_port: int = Field(9102, ge=0, le=65535, description="Port of /healthz and /metrics.")

    @property
    def origins(self) -> list[str]:
        return [origin.strip().rstrip("/") for origin in self.allowed_origins.split(",") if origin.strip()]
