"""What a run of destruction leaves to the next is counted."""

from storage.index.backlog import BacklogRows, Left
from storage.index.holds import Hold
from storage.model.deadline import DAY_NS
from tests.support.pictures import STREAM
from tests.unit.storage.account import STREAMS
from tests.unit.storage.bounded import LEAST, due, retention
from tests.unit.storage.rows import BASE_NS, index_in_memory, segment
from tests.unit.storage.workshop import policy


async def test_what_a_run_leaves_is_counted_and_how_late_it_is_told() -> None:
    async with index_in_memory() as database:
        trial = await due(database, 5)
        other = [segment(20 + number, STREAMS[0]) for number in range(3)]
        for one in other:
            await trial.rows.add(one)
        hold = Hold("h-1", str(STREAMS[0]), BASE_NS, BASE_NS + DAY_NS, "PV 1")
        await trial.holds.put(hold)
        while await trial.dues.condemn(trial.account.now_ns):
            pass
        await trial.holds.remove("h-1")
        backlog = BacklogRows(database)
        before = await backlog.left(trial.account.now_ns), await backlog.overdue_ns(trial.account.now_ns)
        late = segment(60, STREAM, start_ns=BASE_NS + 25 * DAY_NS)
        while (await retention(trial, LEAST).run_once()).left:
            pass
        await trial.rows.add(late)
        await trial.policies.replace([policy(STREAM, days=30)], trial.account.now_ns)
        await trial.policies.replace([policy(STREAM, days=9)], trial.account.now_ns)
        after = await backlog.left(trial.account.now_ns), await backlog.overdue_ns(trial.account.now_ns)
    assert before == (Left(to_destroy=5, to_redate=3), 10 * DAY_NS)
    # 40 - (25 + 9) days: told before its row says so.
    assert after == (Left(to_redate=1), 6 * DAY_NS)
