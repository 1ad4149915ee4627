"""Rows of policies: the last known one of every stream ever recorded."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, select, update

from shared.messages.storage import RecordingPolicy
from shared.utc import instant_of, ns_of
from storage.index.ceilings import lower
from storage.index.database import Database
from storage.index.tables import policies
from storage.model.deadline import MAX_DAYS


class PolicyRows:
    """A stream that control_room no longer names keeps its row: its footage must still die on time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def replace(self, known: Sequence[RecordingPolicy], now_ns: int = 0) -> None:
        """Take over what control_room says; streams it does not name are recorded no longer.

        Fewer days than before apply to what is recorded already; more apply to what is recorded from now on.
        `now_ns` tells up to when footage may be that waits for its row.
        """
        async with self._database.write() as connection:
            before = dict((await connection.execute(select(policies.c.stream, policies.c.days))).all())
            await connection.execute(update(policies).values(recorded=False))
            for policy in known:
                row = {
                    "name": policy.name,
                    "place": policy.place,
                    "recorded": policy.recorded,
                    "days": policy.days,
                    "until_ns": None if policy.until is None else ns_of(policy.until),
                }
                insert = self._database.insert(policies).values(stream=policy.stream, **row)
                await connection.execute(insert.on_conflict_do_update(index_elements=["stream"], set_=row))
                if policy.days < before.get(policy.stream, MAX_DAYS + 1):
                    await lower(self._database, connection, policy.stream, policy.days, now_ns)

    async def all(self) -> tuple[RecordingPolicy, ...]:
        async with self._database.read() as connection:
            rows = (await connection.execute(select(policies).order_by(policies.c.stream))).mappings()
            return tuple(_policy(row) for row in rows)


def _policy(row: RowMapping) -> RecordingPolicy:
    until = None if row["until_ns"] is None else instant_of(row["until_ns"])
    return RecordingPolicy(
        row["stream"], row["name"], row["place"], row["recorded"], row["days"], until=until
    )
