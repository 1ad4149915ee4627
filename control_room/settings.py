"""What the control room reads from the environment."""

from pathlib import Path

from pydantic import Field, SecretStr

from shared.settings import Settings


class ControlRoomSettings(Settings):
    """See README, "Configuration"."""

    http_host: str = Field(default="127.0.0.1", description="Address the API and the page listen on.")
    http_port: int = Field(default=8080, ge=0, le=65535, description="Their port.")
    status_port: int = Field(default=9080, ge=0, le=65535, description="Port of `/healthz` and `/metrics`.")
    database_url: SecretStr = Field(
        default=SecretStr("sqlite+aiosqlite:///var/control_room.db"),
        description="SQLAlchemy URL of the database, for an asynchronous driver.",
    )
    redis_url: SecretStr = Field(description="Redis or Valkey: sessions, rate limits, revocations.")
    secret_key: SecretStr = Field(description="Fernet key that seals cameras' addresses and passwords.")
    ticket_private_key_file: Path = Field(description="Ed25519 private key (PEM) that signs tickets.")
    mux_url: str = Field(description="Base URL of the mux, as browsers reach it.")
    storage_url: str = Field(description="Base URL of storage, as browsers reach it.")
    storage_internal_url: str = Field(description="Base URL of storage, as this service reaches it.")
    recorder_token: SecretStr = Field(description="Bearer credential of storage.")
    allow_loopback: bool = Field(
        default=False, description="Let cameras be on this machine; for simulated cameras only."
    )
    web_dir: Path = Field(
        default=Path("control_room/web/dist"), description="Folder of the built page; may be absent."
    )
    session_idle_s: int = Field(
        default=1800, ge=60, description="Seconds without a request that end a session."
    )
    session_absolute_s: int = Field(default=43200, ge=300, description="Seconds after which a session ends.")
    trusted_proxies: str = Field(
        default="",
        description="Reverse proxies whose X-Forwarded-For is believed, comma separated.",
    )
    bootstrap_login: str = Field(
        default="", description="Login of the administrator made when there is nobody at all."
    )
    bootstrap_password: SecretStr | None = Field(default=None, description="Password of that administrator.")
