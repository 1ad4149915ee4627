"""Where all streams of a worker meet."""

from dataclasses import replace

from ingest.stream_hub import StreamHub
from shared.ids import StreamId
from shared.units import AccessUnit
from tests.unit.shared.strategies import STREAM, unit

OTHER = StreamId("59350", "cam-other")


def test_every_unit_reaches_the_tap_and_the_checks_in_order() -> None:
    hub, published, checked = StreamHub(), list[AccessUnit](), list[AccessUnit]()
    hub.connect(published.append)
    hub.checked(checked.append)
    units = [unit(0, key=True), unit(1)]
    for one in units:
        hub.take(one)
    assert (published, checked) == (units, units)


def test_each_stream_s_last_group_is_kept_by_itself() -> None:
    hub = StreamHub()
    for one in (unit(0, key=True), unit(1), unit(2, key=True), unit(3)):
        hub.take(one)
    hub.take(replace(unit(0, key=True), stream=OTHER))
    assert [one.seq for one in hub.recent(STREAM)] == [2, 3]
    assert len(hub.recent(OTHER)) == 1


def test_a_stream_that_is_forgotten_or_unknown_has_nothing_recent() -> None:
    hub = StreamHub()
    hub.take(unit(0, key=True))
    hub.forget(STREAM)
    hub.forget(OTHER)
    assert list(hub.recent(STREAM)) == list(hub.recent(OTHER)) == []
