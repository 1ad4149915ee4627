"""What browsers can be sent as it is, and what a transcoder makes of the rest."""

from dataclasses import replace

from mux.streams.fitness import Fitness
from shared.transcoder.work import Work
from shared.transcoding.limits import Limits
from shared.units import AccessUnit
from tests.support.field_pictures import GOP as FIELD_GOP
from tests.support.field_pictures import fields
from tests.support.parameter_pictures import GOP, plain, refreshed, units_of
from tests.unit.ingest.decoded import decoded


def recovering() -> list[AccessUnit]:
    """As from a camera that was joined in the middle and sends no key picture."""
    return units_of(refreshed(6 * GOP)[2:])


def test_a_stream_of_key_pictures_is_sent_as_it_is() -> None:
    fitness = Fitness()
    assert all(fitness.take(unit) for unit in units_of(plain()))


def test_a_stream_that_begins_at_recovery_points_is_not() -> None:
    fitness = Fitness()
    assert not any(fitness.take(unit) for unit in recovering())


def test_one_key_picture_among_recovery_points_does_not_send_viewers_to_and_fro() -> None:
    fitness = Fitness()
    point, key = recovering()[0], units_of(plain())[0]
    assert [fitness.take(unit) for unit in (key, point, key, point, key)] == [True, *[False] * 4]
    assert fitness.take(key)


def test_another_run_is_judged_anew() -> None:
    fitness = Fitness()
    fitness.take(recovering()[0])
    assert fitness.take(replace(units_of(plain())[0], run=2))


def test_fields_are_not_sent_as_they_are() -> None:
    fitness = Fitness()
    assert not any(fitness.take(unit) for unit in units_of(fields(FIELD_GOP)))


def made_of(units: list[AccessUnit]) -> list[AccessUnit]:
    work = Work(Limits())
    return [made for unit in units for made in work.take(unit, behind=False)]


def test_a_transcoder_begins_at_a_recovery_point_and_shows_what_there_is_at_once() -> None:
    made = made_of(recovering())
    assert made[0].key
    assert made[0].recovery == 0
    assert made[0].pts90 == recovering()[0].pts90
    assert len(decoded(unit.data for unit in made)) == 5 * GOP


def test_a_transcoder_makes_frames_of_fields() -> None:
    made = made_of(units_of(fields(2 * FIELD_GOP)))
    assert len(made) == 2 * FIELD_GOP
    assert len(decoded(unit.data for unit in made)) == 2 * FIELD_GOP
