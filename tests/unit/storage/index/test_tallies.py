"""How many segments there are, uncounted."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from storage.index.tallies import Tally, totals
from tests.unit.storage.rows import index_in_memory

STATES = st.sampled_from(["closed", "stored", "garbage"])


@given(st.lists(st.lists(st.tuples(STATES, st.integers(0, 10**12)), max_size=5), max_size=4))
async def test_tallies_are_what_counting_would_give(batches: list[list[tuple[str, int]]]) -> None:
    entered = [one for batch in batches for one in batch]
    gone, left = entered[::2], entered[1::2]
    async with index_in_memory() as database:
        for batch in batches:
            tally = Tally()
            for state, size in batch:
                tally.enter(state, size)
            async with database.write() as connection:
                await tally.keep(database, connection)
        tally = Tally()
        tally.leave_all(gone)
        async with database.write() as connection:
            await tally.keep(database, connection)
        async with database.read() as connection:
            told = await totals(connection)
    counts = Counter(state for state, _ in left)
    sizes = {state: sum(size for one, size in left if one == state) for state in counts}
    assert told == {state: (count, sizes[state]) for state, count in counts.items()}
