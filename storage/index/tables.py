"""The tables. Instants are UTC nanoseconds since 1970 in 64-bit integers, exact on every database."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

KEPT = "due_ns IS NULL"
CONDEMNED = "state = 'garbage'"
WAITING = "state = 'closed'"
OPEN = "end_ns IS NULL"
"""Conditions of partial indexes: a database uses one only where a query says the very same."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

segments = Table(
    "segments",
    metadata,
    Column("key", Text, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("run", BigInteger, nullable=False),
    Column("start_ns", BigInteger, nullable=False),
    Column("end_ns", BigInteger, nullable=False),
    # One calendar month after the start: the ceiling of its life, whatever is authorised.
    Column("month_ns", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("codec", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    # The fewest that were authorised at its capture or at any time since: never raised.
    Column("days", Integer, nullable=False),
    Column("state", Text, nullable=False),
    # When it must be destroyed; null while a hold keeps it beyond that, and once it is condemned.
    Column("due_ns", BigInteger, nullable=True),
    # How many of its first pictures are incomplete.
    Column("incomplete", Integer, nullable=False, server_default="0"),
    # Of a condemned row whose object a leader is about to remove: in which term. It cannot be taken back.
    Column("removing", BigInteger, nullable=True),
    Index("ix_segments_stream_start_ns", "stream", "start_ns"),
    Index("ix_segments_due_ns", "due_ns"),
)
# Few rows of many: those that holds keep, those condemned. Found without reading any other.
Index(
    "ix_segments_kept",
    segments.c.stream,
    segments.c.start_ns,
    sqlite_where=text(KEPT),
    postgresql_where=text(KEPT),
)
Index(
    "ix_segments_garbage",
    segments.c.state,
    segments.c.start_ns,
    sqlite_where=text(CONDEMNED),
    postgresql_where=text(CONDEMNED),
)
Index(
    "ix_segments_waiting",
    segments.c.state,
    segments.c.start_ns,
    sqlite_where=text(WAITING),
    postgresql_where=text(WAITING),
)

# The objects that the store itself keeps from being removed, and whether it was seen to do so.
locks = Table(
    "locks",
    metadata,
    Column("key", Text, primary_key=True),
    Column("done", Boolean, nullable=False),
)

# The processes that share this index. `beat` grows as long as one lives, `run` is another for each start, and
# `told` is how its recordings are.
processes = Table(
    "processes",
    metadata,
    Column("name", Text, primary_key=True),
    Column("run", Text, nullable=False),
    Column("beat", BigInteger, nullable=False),
    Column("told", Text, nullable=False),
)

# Who may do what only one may. `term` grows with each change of holder; nobody holds it where that is empty.
leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("term", BigInteger, nullable=False),
)

# How many segments and bytes there are by state, kept in the transactions that change them.
tallies = Table(
    "tallies",
    metadata,
    Column("state", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
)

# What bounds a search for footage: no segment of the stream was ever longer.
streams = Table(
    "streams",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("longest_ns", BigInteger, nullable=False),
)

# The fewest days that applied since: what was captured up to `until_ns` never gets more than `days`.
ceilings = Table(
    "ceilings",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("until_ns", BigInteger, primary_key=True),
    Column("days", Integer, nullable=False),
)

# Work not done yet: rows of the stream behind `cursor_ns`, up to `until_ns`, are to get at most `days`.
lowerings = Table(
    "lowerings",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("until_ns", BigInteger, primary_key=True),
    Column("days", Integer, nullable=False),
    Column("cursor_ns", BigInteger, nullable=False),
)

# The ranges whose holds have kept due segments: once none of `holds` equals one, those are looked at again.
kept = Table(
    "kept",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("start_ns", BigInteger, primary_key=True),
    Column("end_ns", BigInteger, primary_key=True),
)

policies = Table(
    "policies",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("recorded", Boolean, nullable=False),
    Column("days", Integer, nullable=False),
    # From then on nothing is recorded, whoever can be asked; null where no end is known.
    Column("until_ns", BigInteger, nullable=True),
)

holds = Table(
    "holds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("start_ns", BigInteger, nullable=False),
    Column("end_ns", BigInteger, nullable=False),
    Column("reference", Text, nullable=False),
    Index("ix_holds_stream", "stream", "start_ns"),
)

exports = Table(
    "exports",
    metadata,
    Column("id", Text, primary_key=True),
    Column("made", BigInteger, nullable=False),
    Column("order", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("progress", Float, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("coverage", Float, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # The reason's code and parameters, empty where it has none.
    Column("why", Text, nullable=False, server_default=""),
    Column("finished", BigInteger, nullable=False),
    Index("ix_exports_status", "status"),
)

# Footage in a package: a stretch of one stream under one number of days. `from_ns` is `start_ns` or where
# the order begins, if later.
export_parts = Table(
    "export_parts",
    metadata,
    Column("export", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("start_ns", BigInteger, primary_key=True),
    Column("from_ns", BigInteger, nullable=False),
    Column("end_ns", BigInteger, nullable=False),
    Column("days", Integer, nullable=False),
    Index("ix_export_parts_stream", "stream"),
)


# Of the register of captures and destructions (`shared.evidence.ledger`). `tree` is `stream/YYYYMMDD`. A key
# that comes back after its destruction is another leaf, `again` counting. `number` is its place among the
# captures of its tree, null until a head has it; `died_ns` and `ground` are there once it is destroyed.
leaves = Table(
    "leaves",
    metadata,
    Column("tree", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("again", Integer, primary_key=True),
    Column("start_ns", BigInteger, nullable=False),
    Column("end_ns", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("number", BigInteger, nullable=True),
    Column("died_ns", BigInteger, nullable=True),
    Column("ground", Text, nullable=True),
    Column("died_number", BigInteger, nullable=True),
    sqlite_with_rowid=False,
)

# What no head has yet, in order: a leaf's capture or its end.
entries = Table(
    "entries",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("tree", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("again", Integer, nullable=False),
    Column("ended", Boolean, nullable=False),
)

# The trees as of the newest head, by their peaks (`shared.evidence.merkle.Frontier`).
camera_days = Table(
    "camera_days",
    metadata,
    Column("day", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("captured", BigInteger, nullable=False),
    Column("captured_peaks", LargeBinary, nullable=False),
    Column("destroyed", BigInteger, nullable=False),
    Column("destroyed_peaks", LargeBinary, nullable=False),
)

days = Table(
    "days",
    metadata,
    Column("day", Text, primary_key=True),
    Column("cameras", BigInteger, nullable=False),
    Column("root", Text, nullable=False),
    # Whether the single leaves of the day are no longer kept.
    Column("thinned", Boolean, nullable=False),
)

# The newest head, and those before it that are not beside the objects yet. `update` is what is written there
# (`shared.evidence.ledger_news.LedgerUpdate`, compressed), empty once it is.
heads = Table(
    "heads",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("update", LargeBinary, nullable=False),
)

# What kept a stream, or all where `stream` is empty, from being recorded; without an end while it lasts.
# `owner` is the storage process that tells it, empty where there is one only.
interruptions = Table(
    "interruptions",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("stream", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("start_ns", BigInteger, nullable=False),
    Column("end_ns", BigInteger, nullable=True),
    Column("due_ns", BigInteger, nullable=False),
    Index("ix_interruptions_start", "stream", "start_ns"),
    Index("ix_interruptions_open", "owner", "end_ns", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
    Index("ix_interruptions_due_ns", "due_ns"),
)
