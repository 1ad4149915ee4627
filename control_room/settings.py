"""What the control room reads from the environment."""

from pathlib import Path

from pydantic import Field, SecretStr, field_validator, model_validator

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
    redis_url: SecretStr = Field(description="Redis or Valkey: the counts that slow guessing of passwords.")
    secret_key: SecretStr = Field(description="Fernet key that seals cameras' addresses and passwords.")
    ticket_private_key_file: Path = Field(description="Ed25519 private key (PEM) that signs tickets.")
    journal_key_file: Path = Field(description="Ed25519 private key (PEM) that signs the journal.")
    journal_witness_file: Path | None = Field(
        default=None, description="File that every signed head of the journal is appended to."
    )
    journal_years: int = Field(
        default=3, ge=1, le=50, description="Years after which an entry of the journal is erased."
    )
    mux_urls: str = Field(
        default="", description="Base URLs of the muxes, as browsers reach them, comma separated; required."
    )
    mux_url: str = Field(default="", description="The same where there is one mux only.")
    mux_internal_urls: str = Field(
        default="",
        description="Base URLs of the same muxes as this service reaches them, where they are others.",
    )
    stun_urls: str = Field(default="", description="STUN servers for browsers, comma separated: `stun:host`.")
    turn_urls: str = Field(
        default="",
        description="TURN servers for browsers, comma separated: `turn:host:3478?transport=udp`.",
    )
    turn_secret: SecretStr | None = Field(
        default=None,
        description="Secret shared with the TURN servers, coturn's `static-auth-secret`; credentials are made"
        " from it for each person and end by themselves.",
    )
    storage_url: str = Field(description="Base URL of storage, as browsers reach it.")
    storage_internal_url: str = Field(description="Base URL of storage, as this service reaches it.")
    recorder_token: SecretStr = Field(description="Bearer credential of storage.")
    allow_loopback: bool = Field(
        default=False, description="Let cameras be on this machine; for simulated cameras only."
    )
    own_places: str = Field(
        default="",
        description="Own services no camera may be, `host:port`, comma separated; those it asks are known.",
    )
    web_dir: Path = Field(
        default=Path("control_room/web/dist"), description="Folder of the built page; may be absent."
    )
    session_idle_s: int = Field(
        default=1800, ge=60, description="Seconds without a request that end a session."
    )
    session_absolute_s: int = Field(default=43200, ge=300, description="Seconds after which a session ends.")
    direct_exports: bool = Field(
        default=False,
        description="Let one legal officer order an export alone, without a requisition a second approved.",
    )
    collect_days: int = Field(
        default=7, ge=1, le=31, description="Days after which an export that nobody was given expires."
    )
    hold_review_days: int = Field(
        default=30, ge=1, le=366, description="Days until a hold is to be reviewed, unless its placing says."
    )
    trusted_proxies: str = Field(
        default="",
        description="Reverse proxies whose X-Forwarded-For is believed, comma separated.",
    )
    bootstrap_login: str = Field(
        default="", description="Login of the administrator made when there is nobody at all."
    )
    bootstrap_password: SecretStr | None = Field(default=None, description="Password of that administrator.")

    @field_validator("stun_urls", "turn_urls")
    @classmethod
    def _ice_urls(cls, value: str) -> str:
        for url in listed(value):
            if not url.startswith(("stun:", "stuns:", "turn:", "turns:")):
                raise ValueError("each must start with stun:, stuns:, turn: or turns:")
        return value

    @model_validator(mode="after")
    def _muxes_and_turn(self) -> "ControlRoomSettings":
        urls = listed(self.mux_urls) or listed(self.mux_url)
        if not urls:
            raise ValueError("BEFFROI_MUX_URLS is not set")
        if len(set(urls)) != len(urls):
            raise ValueError("BEFFROI_MUX_URLS names a mux twice")
        if self.mux_internal_urls and len(listed(self.mux_internal_urls)) != len(urls):
            raise ValueError("BEFFROI_MUX_INTERNAL_URLS must name as many muxes as BEFFROI_MUX_URLS")
        if not all(url.startswith(("http://", "https://")) for pair in self.mux_places for url in pair):
            raise ValueError(
                "BEFFROI_MUX_URLS and BEFFROI_MUX_INTERNAL_URLS must be of the form http(s)://host"
            )
        if self.turn_urls and self.turn_secret is None:
            raise ValueError("BEFFROI_TURN_URLS needs BEFFROI_TURN_SECRET")
        return self

    @property
    def mux_places(self) -> list[tuple[str, str]]:
        """Each mux as browsers reach it and as this service does."""
        urls = listed(self.mux_urls) or listed(self.mux_url)
        return list(zip(urls, listed(self.mux_internal_urls) or urls, strict=True))


def listed(text: str) -> list[str]:
    """What a comma-separated setting names; base URLs lose the slash at their end."""
    return [part.strip().rstrip("/") for part in text.split(",") if part.strip()]
