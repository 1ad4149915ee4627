"""The tables. Constraint names are fixed, so that a migration can find them on any database."""

from datetime import UTC, date, datetime
from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept and given back in UTC, also where the database forgets the zone (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Number = BigInteger().with_variant(Integer, "sqlite")
Id = String(40)
Code = String(5)
Hash = String(64)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcDateTime()}


class CommuneRow(Base):
    __tablename__ = "communes"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    population: Mapped[int]
    has_csu: Mapped[bool]
    # Grows with every change of the commune's cameras, so that a worker's poll costs one look.
    revision: Mapped[int] = mapped_column(Number)


class PersonRow(Base):
    __tablename__ = "people"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16))
    enabled: Mapped[bool]
    rights_version: Mapped[int]
    password_hash: Mapped[str] = mapped_column(Text)


class PersonCommuneRow(Base):
    __tablename__ = "person_communes"

    person: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    commune: Mapped[str] = mapped_column(
        ForeignKey("communes.code", ondelete="CASCADE"), primary_key=True, index=True
    )


class WorkerRow(Base):
    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    commune: Mapped[str] = mapped_column(ForeignKey("communes.code", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    token_hash: Mapped[str] = mapped_column(Hash, unique=True)


class WorkerKeyRow(Base):
    """A tap key that a credential was used with. It outlives the credential: that is when it ends."""

    __tablename__ = "worker_keys"

    worker: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(Id, primary_key=True)
    commune: Mapped[str] = mapped_column(Code)


class CameraRow(Base):
    __tablename__ = "cameras"
    __table_args__ = (Index(None, "commune", "name", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    commune: Mapped[str] = mapped_column(ForeignKey("communes.code"))
    name: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(200))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    recorded: Mapped[bool]
    enabled: Mapped[bool]
    permit_number: Mapped[str | None] = mapped_column(String(120))
    permit_granted_on: Mapped[date | None]
    permit_valid_until: Mapped[date | None]
    permit_days: Mapped[int | None]
    permit_least_days: Mapped[int] = mapped_column(server_default="0")
    address_host: Mapped[str] = mapped_column(String(300))
    has_credentials: Mapped[bool]
    has_sub: Mapped[bool] = mapped_column(server_default=false())
    opener: Mapped[str] = mapped_column(String(8), server_default="own")
    transport: Mapped[str] = mapped_column(String(8), server_default="tcp")
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class JournalRow(Base):
    """Append only. `camera` and `person` are no foreign keys: the journal outlives what it tells of."""

    __tablename__ = "journal"

    seq: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    person: Mapped[str] = mapped_column(Id, index=True)
    login: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    session: Mapped[str] = mapped_column(Id)
    client: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(32))
    outcome: Mapped[str] = mapped_column(String(16))
    commune: Mapped[str] = mapped_column(Code, index=True)
    camera: Mapped[str] = mapped_column(Id, index=True)
    resource: Mapped[str] = mapped_column(String(80))
    detail: Mapped[str] = mapped_column(Text)
    motive: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text, server_default="")
    previous: Mapped[str] = mapped_column(Hash)
    hash: Mapped[str] = mapped_column(Hash)


class JournalHeadRow(Base):
    """One row: where the journal ends. It makes a cut end visible, and writers take turns on it."""

    __tablename__ = "journal_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(Number)
    hash: Mapped[str] = mapped_column(Hash)


class JournalSignedRow(Base):
    """A signed head of the journal, with the peaks of its tree."""

    __tablename__ = "journal_heads"

    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(Number, index=True)
    at_ns: Mapped[int] = mapped_column(BigInteger, index=True)
    document: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(128))
    peaks: Mapped[bytes] = mapped_column(LargeBinary)


class JournalPastRow(Base):
    """One row: the journal's name, and what stands for the entries erased when their years were over.

    `trusted` is the time that erasing believes in; see `control_room.journal.eraser`.
    """

    __tablename__ = "journal_past"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    journal: Mapped[str] = mapped_column(Id)
    size: Mapped[int] = mapped_column(Number)
    peaks: Mapped[bytes] = mapped_column(LargeBinary)
    last: Mapped[str] = mapped_column(Hash)
    trusted: Mapped[datetime | None]


class ExportRow(Base):
    __tablename__ = "exports"

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(Id, unique=True)
    person: Mapped[str] = mapped_column(Id)
    session: Mapped[str] = mapped_column(Id)
    motive: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime]
    # The ExportOrder as JSON: ordered again it must be the same, whatever became of the cameras.
    body: Mapped[bytes] = mapped_column(LargeBinary)
    ordered: Mapped[bool]
    status: Mapped[str] = mapped_column(String(16), index=True)
    progress: Mapped[float]
    bytes: Mapped[int] = mapped_column(BigInteger)
    coverage: Mapped[float]
    sha256: Mapped[str] = mapped_column(Hash)
    reason: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text, server_default="")
    phase: Mapped[str] = mapped_column(String(16), server_default="")
    # Why it is to end before its time; storage is asked until it has.
    ending: Mapped[str] = mapped_column(String(16), server_default="")
    requisition: Mapped[str] = mapped_column(Id, server_default="")
    finished_at: Mapped[datetime | None]


class ExportCommuneRow(Base):
    __tablename__ = "export_communes"

    export: Mapped[int] = mapped_column(ForeignKey("exports.number", ondelete="CASCADE"), primary_key=True)
    commune: Mapped[str] = mapped_column(Code, primary_key=True, index=True)


class HoldRow(Base):
    __tablename__ = "holds"

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(Id, unique=True)
    commune: Mapped[str] = mapped_column(Code, index=True)
    camera: Mapped[str] = mapped_column(Id)
    start: Mapped[datetime]
    end: Mapped[datetime]
    reference: Mapped[str] = mapped_column(String(120))
    motive: Mapped[str] = mapped_column(Text)
    placed_by: Mapped[str] = mapped_column(String(64))
    person: Mapped[str] = mapped_column(Id)
    session: Mapped[str] = mapped_column(Id)
    placed_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text, server_default="")
    kind: Mapped[str] = mapped_column(String(16), server_default="procedure")
    basis: Mapped[str] = mapped_column(String(16), server_default="unstated")
    review_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    confirmed_by: Mapped[str] = mapped_column(String(64), server_default="")
    confirmed_at: Mapped[datetime | None]
    requisition: Mapped[str] = mapped_column(Id, server_default="", index=True)


class RevocationRow(Base):
    """The end of rights to a camera; `camera` is `commune/camera`, which may be gone."""

    __tablename__ = "revocations"

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    camera: Mapped[str] = mapped_column(String(80))
    at_ms: Mapped[int] = mapped_column(Number)


class SessionRow(Base):
    """A session. With its person it goes; once their rights have changed it is worth nothing."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(Hash, unique=True)
    person: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    rights_version: Mapped[int]
    until_s: Mapped[int] = mapped_column(Number)
    renewed_s: Mapped[int] = mapped_column(Number)


class LedgerRow(Base):
    """A register of captures and destructions that storage signs, and its newest head."""

    __tablename__ = "ledgers"

    ledger: Mapped[str] = mapped_column(Id, primary_key=True)
    public_key: Mapped[str] = mapped_column(Text)
    began_ns: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(Hash)
    at_ns: Mapped[int] = mapped_column(BigInteger)


class LedgerHeadRow(Base):
    """Append only: every head that was kept."""

    __tablename__ = "ledger_heads"

    ledger: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    document: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(128))
    digest: Mapped[str] = mapped_column(Hash)
    kept_at: Mapped[datetime]


class LedgerCameraRow(Base):
    """The trees of a stream and UTC day (`YYYYMMDD`) as of the newest head, by their peaks."""

    __tablename__ = "ledger_cameras"

    ledger: Mapped[str] = mapped_column(Id, primary_key=True)
    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    stream: Mapped[str] = mapped_column(String(80), primary_key=True)
    captured: Mapped[int] = mapped_column(BigInteger)
    captured_peaks: Mapped[bytes] = mapped_column(LargeBinary)
    destroyed: Mapped[int] = mapped_column(BigInteger)
    destroyed_peaks: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerDayRow(Base):
    __tablename__ = "ledger_days"

    ledger: Mapped[str] = mapped_column(Id, primary_key=True)
    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    cameras: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[str] = mapped_column(Hash)


class DestructionRow(Base):
    """The register of destructions: a line for each camera, kind of stream, day of capture and ground."""

    __tablename__ = "destructions"
    __table_args__ = (
        UniqueConstraint("commune", "camera", "kind", "day", "ground"),
        Index("ix_destructions_day", "day", "number"),
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    commune: Mapped[str] = mapped_column(Code)
    camera: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(8))
    day: Mapped[str] = mapped_column(String(8))
    ground: Mapped[str] = mapped_column(String(16))
    segments: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)
    start: Mapped[datetime]
    end: Mapped[datetime]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
