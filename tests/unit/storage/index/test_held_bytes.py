"""How much holds keep: by searches along the index, whatever overlaps."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shared.spans import Span
from storage.index.held_bytes import HeldBytes, merged
from storage.index.holds import Hold
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.workshop import units, workshop

S = 1_000_000_000
spans = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)).map(lambda one: Span(one[0], sum(one))))


@given(spans)
def test_merged_spans_cover_the_same_and_nothing_twice(asked: list[Span]) -> None:
    made = merged(sorted(asked, key=lambda span: span.start_ns))
    covered = {at for span in asked for at in range(span.start_ns, span.end_ns)}
    assert sorted(at for span in made for at in range(span.start_ns, span.end_ns)) == sorted(covered)


async def test_a_segment_between_two_holds_is_counted_once_and_its_neighbours_not_at_all(
    tmp_path: Path,
) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(500))
        rows = sorted(await shop.rows.everything(), key=lambda row: row.start_ns)
        second = rows[1]
        for number, part in enumerate((0.25, 0.75)):
            at_ns = int(second.start_ns + part * (second.end_ns - second.start_ns))
            await shop.holds.put(Hold(f"h-{number}", str(STREAM), at_ns, at_ns + 1000, "PV 1"))
        await shop.holds.put(Hold("h-9", str(STREAM), START_NS - 90 * S, START_NS - 80 * S, "PV 1"))
        held = await HeldBytes(shop.database).held()
    assert len(rows) > 3
    assert held == second.size
