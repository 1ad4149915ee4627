"""What mux takes at each number of viewers and each bit rate: so much a viewer, and so much a bit."""

import asyncio
from collections.abc import Sequence

from tests.bench.figures import fit_plane
from tests.bench.peers import measured, mux_with
from tests.bench.tables import Cell, Table

# The light clients' own core is full at about 25,000 packets a second.
LOADS: Sequence[tuple[int, Sequence[int]]] = (
    (500_000, (20, 60, 120)),
    (1_000_000, (20, 60, 120)),
    (2_000_000, (20, 50, 90)),
    (4_000_000, (10, 25, 45)),
)


def run(seconds: float = 5.0) -> Table:
    """One mux a bit rate, its viewers growing in number."""
    rows: list[list[Cell]] = []
    for bits_per_second, counts in LOADS:
        for cost in asyncio.run(measured(mux_with(bits_per_second), counts, seconds)):
            rows.append(
                [
                    bits_per_second / 1e6,
                    cost.viewers,
                    cost.megabits_per_second,
                    cost.core_percent,
                    cost.us_per_packet,
                ]
            )
    return table(rows)


def table(rows: Sequence[Sequence[Cell]]) -> Table:
    """The rows with their plane in the note."""
    found = Table(
        "bitrates",
        "CPU of mux against viewers and bit rate: pinned to one core, light clients on the other",
        ["Mb/s a viewer", "viewers", "Mb/s", "% core", "us/packet"],
        rows,
    )
    plane = fit_plane(found.column("viewers"), found.column("Mb/s"), found.column("% core"))
    note = (
        f"Least squares: {plane.offset:.2f} % + {plane.first:.4f} % of a core a viewer "
        f"+ {plane.second:.4f} % a Mb/s, R² {plane.r_squared:.4f}."
    )
    return Table(found.name, found.title, found.headings, rows, note=note)
