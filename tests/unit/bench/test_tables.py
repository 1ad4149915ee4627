"""Tables of the benches: printed, kept, put into the document, drawn."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.load import Cost
from tests.bench.parts import PARTS
from tests.bench.peers import Entry, mux_with
from tests.bench.peers import janus as janus_server
from tests.bench.peers import table as peers_table
from tests.bench.performance import DOCUMENT, with_tables
from tests.bench.plots import PLOTS, draw, series, steps
from tests.bench.tables import Table, keep, kept
from tests.bench.wall_cost import table as walls_table

WALLS = ((4, 4), (36, 36), (72, 72), (36, 144), (36, 288))

TABLE = Table(
    "viewers",
    "Live viewers",
    ["viewers", "us/packet", "note"],
    [[1, 2.345, "a|b"], [100, 1234.5, None]],
    {"us/packet": "2"},
    "A note.",
    "a machine",
    {"one": [1.0, 2.0]},
)


def test_a_table_is_printed_in_columns_with_its_aims_last() -> None:
    assert TABLE.text().splitlines() == [
        "Live viewers",
        "viewers  us/packet  note",
        "-------  ---------  ----",
        "      1       2.35   a|b",
        "    100       1234     -",
        "    aim          2      ",
        "A note.",
    ]


def test_a_kept_table_comes_back_the_same(tmp_path: Path) -> None:
    keep(TABLE, tmp_path)
    again = kept("viewers", tmp_path)
    assert again == TABLE
    assert kept("delay", tmp_path) is None


def test_a_column_holds_its_numbers() -> None:
    assert TABLE.column("us/packet") == [2.345, 1234.5]
    assert TABLE.where("viewers", 100).column("us/packet") == [1234.5]


def test_each_part_of_the_bench_has_its_place_in_the_document() -> None:
    places: list[str] = []
    with_tables(DOCUMENT.read_text(), lambda name: places.append(name))
    assert set(PARTS) <= set(places), set(PARTS) - set(places)


def test_the_document_gets_new_tables_and_keeps_its_text() -> None:
    delay = "<!-- bench:delay -->\nold\n<!-- /bench -->\n"
    text = f"before\n<!-- bench:viewers -->\nold\n<!-- /bench -->\nbetween\n{delay}"
    new = with_tables(text, lambda name: TABLE if name == "viewers" else None)
    assert new.startswith(
        "before\n<!-- bench:viewers -->\n**Live viewers**\n\n| viewers | us/packet | note |\n"
    )
    assert "| 1 | 2.35 | a/b |" in new
    assert "Measured on: a machine." in new
    assert new.endswith(f"between\n{delay}")
    assert with_tables(new, lambda name: TABLE if name == "viewers" else None) == new


def test_the_document_has_a_place_for_each_plot() -> None:
    text = DOCUMENT.read_text()
    assert [name for name in PLOTS if f"<!-- bench:{name} -->" not in text] == []


def test_a_drawn_table_has_its_plot_below_it() -> None:
    block = "<!-- bench:glass -->\n<!-- /bench -->\n"
    assert "![Live viewers](performance/glass.svg)" in with_tables(block, lambda name: TABLE)


def test_ratios_are_to_the_floor_and_to_mux_with_viewers_who_read_alike() -> None:
    mux = [Cost(20, 4.0, 1.0, 40.0, 100.0), Cost(100, 2.0, 5.0, 200.0, 100.0)]
    janus = [Cost(100, 20.0, 50.0, 200.0, 400.0)]
    ours, theirs = Entry("mux", mux_with()), Entry("Janus", janus_server)
    found = [
        (ours, mux),
        (theirs, janus),
        (replace(ours, runs=True), mux[:1]),
        (replace(theirs, runs=True), janus),
    ]
    table = peers_table(found, 1.0, ["aiortc is away."])
    ratios = {tuple(row[:3]): (row[4], row[5]) for row in table.rows}
    assert ratios["Janus", "packets", 100] == (20.0, 10.0)
    assert ratios["mux", "packets", 20] == (4.0, 1.0)
    assert ratios["Janus", "runs", 100] == (20.0, 5.0)
    assert table.note == "aiortc is away."


def test_points_are_grouped_and_in_order() -> None:
    table = Table("t", "t", ["rate", "x", "y"], [[0.5, 2, 20], [0.5, 1, 10], [2.0, 3, 30]])
    assert series(table, "rate", "x", "y") == {"0.5": ([1.0, 2.0], [10.0, 20.0]), "2": ([3.0], [30.0])}


def test_a_distribution_ends_at_a_hundred_percent() -> None:
    assert steps([3.0, 1.0]) == ([1.0, 3.0], [50.0, 100.0])


def test_walls_are_told_by_what_a_camera_and_a_tile_cost() -> None:
    rows = [[cameras, 1, tiles, 5 + 0.4 * cameras + 0.05 * tiles, 1.0, 60.0, 9.0] for cameras, tiles in WALLS]
    table = walls_table(rows)
    told = "5.00 % + 0.400 % of a core a camera that somebody watches + 0.050 % a tile, R² 1.0000"
    assert told in table.note


@pytest.mark.slow
def test_walls_are_drawn_against_cameras_and_tiles(tmp_path: Path) -> None:
    rows = [[cameras, 1, tiles, 5 + 0.4 * cameras + 0.05 * tiles, 1.0, 60.0, 9.0] for cameras, tiles in WALLS]
    drawn = draw("walls", walls_table(rows), tmp_path).read_text()
    assert "0.45 a camera" in drawn
    assert "0.05 a tile" in drawn


@pytest.mark.slow
def test_the_same_figures_give_the_same_plot(tmp_path: Path) -> None:
    table = replace(TABLE, samples={"own": [3.0, 1.0, 2.0]})
    first, second = draw("glass", table, tmp_path / "a"), draw("glass", table, tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()
    assert b"<dc:date>" not in first.read_bytes()
