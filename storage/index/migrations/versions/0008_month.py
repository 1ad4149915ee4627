"""A month is over as soon as it is in UTC or at the centre: rows that lived by UTC alone are lowered."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from storage.model.deadline import HOUR_NS, month_later_ns, month_later_utc_ns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SEGMENTS = sa.table(
    "segments", *(sa.column(name, sa.BigInteger) for name in ("start_ns", "month_ns", "due_ns"))
)


def upgrade() -> None:
    start_ns, month_ns, due_ns = SEGMENTS.c.start_ns, SEGMENTS.c.month_ns, SEGMENTS.c.due_ns
    connection = op.get_bind()
    first_ns, last_ns = connection.execute(sa.select(sa.func.min(start_ns), sa.func.max(start_ns))).one()
    if first_ns is None:
        return
    for from_ns, past_ns, less_ns in shorter(first_ns, last_ns):
        earlier_ns = month_ns - sa.literal(less_ns, sa.BigInteger)
        connection.execute(
            sa.update(SEGMENTS)
            .where(start_ns >= from_ns, start_ns < past_ns)
            .values(
                month_ns=earlier_ns,
                # None where a hold keeps it, or it is condemned: that stays.
                due_ns=sa.case((due_ns > earlier_ns, earlier_ns), else_=due_ns),
            )
        )


def shorter(first_ns: int, last_ns: int) -> Iterator[tuple[int, int, int]]:
    """Ranges of captures whose month ends before that of UTC, and by how much: whole hours make it change."""
    from_ns, less_ns = first_ns, 0
    for at_ns in range(first_ns - first_ns % HOUR_NS, last_ns + HOUR_NS, HOUR_NS):
        here_ns = month_later_utc_ns(at_ns) - month_later_ns(at_ns)
        if here_ns != less_ns:
            if less_ns:
                yield from_ns, at_ns, less_ns
            from_ns, less_ns = at_ns, here_ns
    if less_ns:
        yield from_ns, last_ns + 1, less_ns


def downgrade() -> None:
    """Deadlines only fall."""
