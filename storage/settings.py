"""What the environment tells storage."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr

from shared.ids import COMMUNE_PATTERN
from shared.settings import Settings


class CoreChoice(StrEnum):
    """What builds fragments: `auto` is compiled where that can be had."""

    AUTO = "auto"
    PYTHON = "python"
    COMPILED = "compiled"


class BucketSettings(Settings):
    """Where the objects are kept, if not in a folder."""

    s3_url: str = Field(
        default="", description="Address of an S3 service that keeps the objects; empty: a folder does."
    )
    s3_bucket: str = Field(default="", description="Its bucket.")
    s3_prefix: str = Field(
        default="", pattern=r"^[a-z0-9-]{0,20}$", description="Folder in the bucket, empty: all of it."
    )
    s3_region: str = Field(default="us-east-1", description="Its region.")
    s3_credentials_file: Path | None = Field(
        default=None, description="File with `aws_access_key_id` and `aws_secret_access_key` in `[default]`."
    )
    s3_ca_file: Path | None = Field(default=None, description="PEM of the authority that it is signed by.")


class ArchiveSettings(BucketSettings):
    """Where everything is that was recorded. Folders left out are in the data folder."""

    spool_dir: Path | None = Field(default=None, description="Folder of segments being written.")
    object_dir: Path | None = Field(default=None, description="Folder of the object store.")
    footage_key_dir: Path | None = Field(
        default=None,
        description="Folder of the communes' footage keys; empty: new recordings are not encrypted.",
    )
    database_url: str = Field(default="", description="SQLAlchemy address of the index; empty: SQLite.")

    @property
    def spool(self) -> Path:
        return self.spool_dir or self.data_dir / "spool"

    @property
    def objects(self) -> Path:
        return self.object_dir or self.data_dir / "objects"

    @property
    def index_url(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{(self.data_dir / 'storage.db').absolute()}"


class StorageSettings(ArchiveSettings):
    """`BEFFROI_*` of `python -m storage`. Folders left out are made in the data folder."""

    storage_name: str = Field(
        default="",
        pattern=r"^([a-z0-9][a-z0-9-]{0,31})?$",
        description="Name of this process where several share a database and an object store; empty: alone.",
    )
    http_host: str = Field(default="127.0.0.1", description="Address that serves playback and exports.")
    http_port: int = Field(default=8003, ge=0, le=65535, description="Port that serves them.")
    status_port: int = Field(default=9103, ge=0, le=65535, description="Port of /healthz and /metrics.")
    spool_limit_mb: int = Field(
        default=51_200,
        ge=64,
        description="Megabytes that may wait in the spool while the object store is away.",
    )
    export_dir: Path | None = Field(default=None, description="Folder of export packages.")
    control_url: str = Field(description="Base address of control_room, such as `https://video.example.org`.")
    recorder_token: SecretStr = Field(
        default=SecretStr(""), description="Credential of the recorder at control_room."
    )
    tap_endpoints: str = Field(
        default="bind:tcp://127.0.0.1:7002", description="Where ingest workers reach the recorder."
    )
    tap_key_file: Path | None = Field(default=None, description="Own secret key of the tap (Z85).")
    tap_peers_dir: Path | None = Field(default=None, description="Folder of the workers' <commune>.pub.")
    ticket_public_key_file: Path = Field(description="PEM of the public key that checks tickets.")
    evidence_key_file: Path = Field(description="PEM of the private key that signs exports.")
    seal_key_file: Path | None = Field(
        default=None, description="PEM of the RSA key that seals films and signs reports; made if missing."
    )
    seal_certificate_file: Path | None = Field(default=None, description="PEM of its X.509 certificate.")
    seal_name: str = Field(
        default="Beffroi", description="Whom the certificate names when it is made: the centre."
    )
    tsa_url: str = Field(
        default="", description="Time-stamping authority (RFC 3161) asked for each export; empty: none."
    )
    allowed_origins: str = Field(default="", description="Web origins that may ask, separated by commas.")
    recording_core: CoreChoice = Field(
        default=CoreChoice.AUTO,
        description="What builds fragments: `compiled`, `python`, or `auto`, compiled where it was built.",
    )
    segment_s: float = Field(default=60.0, ge=2.0, le=600.0, description="Length of a segment in seconds.")
    sync_s: float = Field(
        default=5.0,
        ge=1.0,
        le=60.0,
        description="Seconds between two syncs of what is being recorded: what a power cut may take.",
    )
    disk_reserve_mb: int = Field(
        default=256, ge=0, description="Megabytes that recording leaves free, so that the index can work."
    )
    export_days: int = Field(default=7, ge=1, le=31, description="Days an export package is kept at most.")
    held_alarm_percent: int = Field(
        default=50,
        ge=1,
        le=100,
        description="Percent of what recordings may fill that holds keep, from which storage says so.",
    )
    proof_days: int = Field(
        default=120,
        ge=62,
        le=3660,
        description="Days that each single destruction can be proven; later those of a day as a whole.",
    )
    playback_transcoders: int = Field(
        default=2,
        ge=0,
        le=16,
        description="Recordings transcoded at a time for browsers that cannot play them as they are.",
    )
    scrub_mb_s: float = Field(
        default=4.0,
        ge=0.0,
        le=1000.0,
        description="Megabytes read a second to hash recordings anew; 0: none.",
    )
    exports_at_once: int = Field(default=1, ge=1, le=8, description="Exports made at the same time.")

    @property
    def exports(self) -> Path:
        return self.export_dir or self.data_dir / "exports"

    @property
    def seal_key(self) -> Path:
        return self.seal_key_file or self.data_dir / "seal.pem"

    @property
    def seal_certificate(self) -> Path:
        return self.seal_certificate_file or self.data_dir / "seal-certificate.pem"


class EdgeSettings(Settings):
    """`BEFFROI_*` of `python -m storage --edge`, beside an ingest worker, whose own keep their names."""

    commune: str = Field(pattern=f"^{COMMUNE_PATTERN}$", description="INSEE code of the edge's commune.")
    control_url: str = Field(description="Base address of control_room, such as `https://video.example.org`.")
    worker_token: SecretStr = Field(description="The commune's worker credential, from control_room.")
    edge_tap_endpoints: str = Field(
        default="bind:tcp://127.0.0.1:7012", description="Where the ingest worker beside it dials the edge."
    )
    edge_tap_key_file: Path | None = Field(
        default=None, description="The edge's secret key of the tap; only a loopback tap may do without."
    )
    edge_tap_peers_dir: Path | None = Field(
        default=None, description="Folder of the workers' <commune>.pub that may publish to the edge."
    )
    edge_status_port: int = Field(
        default=9105, ge=0, le=65535, description="Port of the edge's /healthz and /metrics."
    )
    edge_days: int = Field(default=7, ge=1, le=31, description="Days that the edge keeps recordings at most.")
    edge_limit_mb: int = Field(
        default=102_400, ge=64, description="Megabytes that the edge keeps at most, the newest."
    )
    edge_rate_kbps: int = Field(
        default=4000, ge=64, description="Kilobits a second that the edge sends to the centre at most."
    )
    recording_core: CoreChoice = Field(
        default=CoreChoice.AUTO,
        description="What builds fragments: `compiled`, `python`, or `auto`, compiled where it was built.",
    )
    segment_s: float = Field(default=60.0, ge=2.0, le=600.0, description="Length of a segment in seconds.")
    sync_s: float = Field(
        default=5.0,
        ge=1.0,
        le=60.0,
        description="Seconds between two syncs of what is being recorded: what a power cut may take.",
    )
    disk_reserve_mb: int = Field(
        default=256, ge=0, description="Megabytes that recording leaves free, so that the index can work."
    )

    card_url: str = Field(
        default="",
        description="Where the worker beside it offers cameras' cards, such as `http://127.0.0.1:9111`; "
        "empty: no card is read.",
    )
    card_secret: SecretStr | None = Field(
        default=None, description="Secret shared with that worker, 32 characters or more."
    )

    @property
    def folder(self) -> Path:
        return self.data_dir / "edge" / self.commune

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    @property
    def cards(self) -> Path:
        return self.folder / "cards"

    @property
    def objects(self) -> Path:
        return self.folder / "objects"

    @property
    def index_url(self) -> str:
        return f"sqlite+aiosqlite:///{(self.folder / 'edge.db').absolute()}"
