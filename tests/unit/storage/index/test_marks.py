"""Small facts about the index as a whole."""

from storage.index.marks import Marks
from tests.unit.storage.rows import index_in_memory


async def test_a_mark_says_what_was_set_last_until_it_is_cleared() -> None:
    async with index_in_memory() as database:
        marks = Marks(database)
        assert await marks.get("cursor") is None
        await marks.set("cursor", "a")
        await marks.set("cursor", "b")
        await marks.set("other", "c")
        assert await marks.get("cursor") == "b"
        await marks.clear("cursor")
        await marks.clear("cursor")
        assert (await marks.get("cursor"), await marks.get("other")) == (None, "c")
