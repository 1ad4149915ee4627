"""What is known of the muxes from what they answer."""

from control_room.live.mux_client import MuxLate, MuxUntold
from control_room.live.muxes import Muxes, MuxPlace
from control_room.live.placement import MuxHealth
from shared.errors import Unavailable
from shared.log import get_logger
from shared.messages.live import MuxLoad

A, B = "https://a.test", "https://b.test"
Answers = dict[str, MuxLoad | Unavailable]


class Told:
    """Muxes that answer what they are told to."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers

    async def load(self, url: str) -> MuxLoad:
        answer = self.answers[url]
        if isinstance(answer, Unavailable):
            raise answer
        return answer


def muxes(answers: Answers) -> Muxes:
    places = [MuxPlace(url, url) for url in answers]
    return Muxes(places, Told(answers), get_logger("test"))


async def test_viewers_that_come_between_two_questions_are_spread() -> None:
    both = muxes({A: MuxLoad(0, 500), B: MuxLoad(0, 500)})
    await both.look()
    placed = [both.place() for _ in range(10)]
    assert (placed.count(A), placed.count(B)) == (5, 5)


async def test_a_wall_weighs_as_many_pictures_as_it_shows() -> None:
    both = muxes({A: MuxLoad(0, 500), B: MuxLoad(0, 500)})
    await both.look()
    assert both.place(tiles=16) == A
    assert {both.place() for _ in range(16)} == {B}


async def test_a_mux_that_tells_of_its_tiles_is_weighed_by_them() -> None:
    both = muxes({A: MuxLoad(2, 500, tiles=72), B: MuxLoad(10, 500, tiles=10)})
    await both.look()
    assert both.place() == B


async def test_who_was_placed_counts_until_the_mux_counts_them_itself() -> None:
    answers: Answers = {A: MuxLoad(0, 500), B: MuxLoad(3, 500)}
    both = muxes(answers)
    await both.look()
    assert [both.place(), both.place(), both.place()] == [A, A, A]
    # The first answer may have been given before those viewers had come; by the second one they have.
    await both.look()
    assert both.place(tiles=4) == A
    await both.look()
    await both.look()
    assert both.place() == A


async def test_a_mux_that_refuses_is_dead_at_once_and_alive_when_it_answers() -> None:
    answers: Answers = {A: MuxLoad(0, 500), B: MuxLoad(400, 500)}
    both = muxes(answers)
    await both.look()
    answers[A] = Unavailable("it cannot be reached: ConnectError")
    await both.look()
    assert both.statuses[0].health is MuxHealth.DEAD
    assert both.place() == B
    answers[A] = MuxLoad(0, 500)
    await both.look()
    assert (both.statuses[0].health, both.place()) == (MuxHealth.LIVING, A)


async def test_a_busy_mux_gets_nobody_new_where_another_answers_and_is_dead_when_it_stays_silent() -> None:
    answers: Answers = {A: MuxLoad(0, 500), B: MuxLoad(400, 500)}
    both = muxes(answers)
    await both.look()
    answers[A] = answers[B] = MuxLate("it has not answered within 0.5 s")
    await both.look()
    assert both.place() in (A, B)
    answers[B] = MuxLoad(400, 500)
    await both.look()
    assert both.place() == B
    await both.look()
    assert both.statuses[0].health is MuxHealth.DEAD


async def test_muxes_of_an_older_version_serve_in_turn_where_no_newer_one_does() -> None:
    answers: Answers = {A: MuxUntold("another version"), B: MuxUntold("another version")}
    both = muxes(answers)
    for _ in range(5):
        await both.look()
    assert [both.place() for _ in range(4)] == [A, B, A, B]
    answers[B] = MuxLoad(400, 500)
    await both.look()
    assert both.place() == B


async def test_a_mux_may_serve_before_it_was_asked() -> None:
    assert muxes({A: MuxLoad(0, 1)}).place(avoid=A) == A


async def test_the_mux_just_lost_is_avoided_however_its_url_is_written() -> None:
    both = muxes({A: MuxLoad(0, 500), B: MuxLoad(499, 500)})
    await both.look()
    assert both.place(avoid=f"{A}/") == B
