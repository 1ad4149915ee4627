"""Every ground to refuse destruction is asked, each time."""

from shared.reasons import Reason, why
from storage.lifecycle.refusals import Ground, Grounds


def ground(told: str | Reason | None, asked: list[object]) -> Ground:
    async def say() -> str | Reason | None:
        asked.append(told)
        return told

    return say


async def test_each_ground_is_asked_although_one_stands_and_what_two_say_is_told_once() -> None:
    asked: list[object] = []
    gone = why("index-gone", "the file of the index is gone")
    grounds = Grounds([ground(told, asked) for told in (None, gone, "in words", gone)])
    assert [one.text for one in await grounds.reasons()] == [gone.text, "in words"]
    await grounds.reasons()
    assert asked == [None, gone, "in words", gone] * 2


async def test_where_no_ground_stands_destruction_goes_on() -> None:
    assert await Grounds([ground(None, [])]).reasons() == ()
