"""The tables of the requisition desk: requisitions with all their versions, and what was handed over."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from control_room.db.tables import Base, Code, Hash, Id, Number


class RequisitionRow(Base):
    """`body` is the newest version's, as in its row: what lists and decisions need without another look."""

    __tablename__ = "requisitions"

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(Id, unique=True)
    file: Mapped[str] = mapped_column(String(120), index=True)
    status: Mapped[str] = mapped_column(String(16), index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    decided_by: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(Text)
    export: Mapped[str] = mapped_column(Id, index=True)


class RequisitionVersionRow(Base):
    """A version of a requisition: never changed, never removed."""

    __tablename__ = "requisition_versions"

    requisition: Mapped[int] = mapped_column(
        ForeignKey("requisitions.number", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person: Mapped[str] = mapped_column(Id)
    login: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    body: Mapped[bytes] = mapped_column(LargeBinary)


class RequisitionCommuneRow(Base):
    """The communes of every version: whoever may see a requisition may see all that it ever asked for."""

    __tablename__ = "requisition_communes"

    requisition: Mapped[int] = mapped_column(
        ForeignKey("requisitions.number", ondelete="CASCADE"), primary_key=True
    )
    commune: Mapped[str] = mapped_column(Code, primary_key=True, index=True)


class DeliveryRow(Base):
    """A line of the register of transmissions."""

    __tablename__ = "deliveries"

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    requisition: Mapped[int] = mapped_column(ForeignKey("requisitions.number"), index=True)
    export: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(Hash)
    # The Delivery as JSON, with the signed receipt in it.
    body: Mapped[bytes] = mapped_column(LargeBinary)


class AccessRequestRow(Base):
    """A request of somebody who was filmed; `body` is the AccessRequest as JSON."""

    __tablename__ = "access_requests"

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(Id, unique=True)
    commune: Mapped[str] = mapped_column(Code, index=True)
    status: Mapped[str] = mapped_column(String(16), index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
