"""What goes wrong with clocks and timestamps."""

from ingest.simulator.cards.card import Card
from ingest.simulator.faults import Fault

CLOCKS = (
    Card(
        Fault.TIME_JUMPS,
        "Its timestamps jump by hours.",
        "A camera whose clock is set.",
        "A new run on the same connection, from the next key picture on.",
    ),
    Card(
        Fault.TIME_GOES_BACK,
        "Some timestamps go back by half a second.",
        "Firmware that mixes two clocks.",
        "Drops these pictures and those that depend on them, up to the next key picture; same run.",
    ),
    Card(
        Fault.TIME_STALLS,
        "Its timestamps stand still for a second, then catch up.",
        "Overloaded encoders.",
        "Takes the pictures as they are timed; no new run.",
    ),
    Card(
        Fault.TIME_STANDS,
        "All its pictures have one timestamp.",
        "Cheap firmware.",
        "After 2 s a new run, timed by arrival.",
    ),
    Card(
        Fault.TIME_RUNS_FAST,
        "Its media clock runs 2 % fast.",
        "Cheap oscillators; a set picture rate that is not the real one.",
        "Media time is passed on as it is, UTC comes from arrival: drift never cuts a recording.",
    ),
    Card(
        Fault.REPORT_OF_1970,
        "Its sender reports tell the time since power-on.",
        "Cameras without a clock.",
        "Does not believe a clock that is days away: UTC of arrival. Storage is told how far away it is, "
        "unless it was never set.",
    ),
    Card(
        Fault.REPORT_OF_2036,
        "Its sender reports are years ahead.",
        "Cameras set by hand.",
        "Does not believe it: UTC of arrival.",
    ),
)
