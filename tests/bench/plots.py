"""Draws what `make bench` kept: `make bench-plots`. The same figures give the same bytes.

Backgrounds are transparent and every colour is legible on white and on black.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.figures import fit, fit_plane, percentile
from tests.bench.tables import RESULTS, Table, kept

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "performance"
_GREY = "#7d7d7d"
_COLOURS = ("#2f81d6", "#d9730d", "#3f9c55", "#b455c9", "#c94a4a")
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "beffroi",
    "svg.fonttype": "none",
    "font.size": 11,
    "text.color": _GREY,
    "axes.edgecolor": _GREY,
    "axes.labelcolor": _GREY,
    "axes.titlecolor": _GREY,
    "xtick.color": _GREY,
    "ytick.color": _GREY,
    "grid.color": _GREY,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
}

Drawing = Callable[["Figure", Table], None]


def series(table: Table, group: str, x: str, y: str) -> dict[str, tuple[list[float], list[float]]]:
    """The points of each group, in order of x."""
    index = list(table.headings).index(group)
    found = {}
    for value in dict.fromkeys(row[index] for row in table.rows):
        part = table.where(group, value)
        points = sorted(zip(part.column(x), part.column(y), strict=True))
        found[f"{value:g}" if isinstance(value, float) else str(value)] = (
            [point[0] for point in points],
            [point[1] for point in points],
        )
    return found


def steps(values: Sequence[float]) -> tuple[list[float], list[float]]:
    """The distribution of values: each, and the percentage at or below it."""
    ordered = sorted(values)
    return ordered, [100 * (rank + 1) / len(ordered) for rank in range(len(ordered))]


def _line(axes: "Axes", xs: Sequence[float], ys: Sequence[float], unit: str) -> None:
    if len(set(xs)) < 2:
        return
    line = fit(xs, ys)
    ends = [0.0, max(xs)]
    label = f"{line.offset:.2f} + {line.slope:.3g} {unit}, R² {line.r_squared:.4f}"
    axes.plot(ends, [line.at(x) for x in ends], color=_GREY, linestyle="--", linewidth=1, label=label)


def _bitrates(figure: "Figure", table: Table) -> None:
    axes = figure.subplots()
    found = series(table, "Mb/s a viewer", "Mb/s", "% core")
    plane = fit_plane(table.column("viewers"), table.column("Mb/s"), table.column("% core"))
    for (name, (xs, ys)), colour in zip(found.items(), _COLOURS, strict=False):
        axes.plot(xs, ys, "o", color=colour, label=f"{name} Mb/s a viewer")
        ends = [0.0, max(xs)]
        axes.plot(
            ends, [plane.at(x / float(name), x) for x in ends], color=colour, linestyle="--", linewidth=1
        )
    _label(axes, "viewers x bit rate, Mb/s delivered", "% of a core")


def _cameras(figure: "Figure", table: Table) -> None:
    ours = table.where("published", "yes").where("RTSP client", "own")
    left, right = figure.subplots(1, 2)
    for axes, heading, unit in ((left, "worker % core", "% of a core"), (right, "worker MB", "MB")):
        axes.plot(ours.column("cameras"), ours.column(heading), "o", color=_COLOURS[0])
        _line(axes, ours.column("cameras"), ours.column(heading), "a camera")
        _label(axes, "cameras of 2 Mb/s", unit)


def _stages(figure: "Figure", table: Table) -> None:
    axes = figure.subplots()
    for (name, (xs, ys)), colour in zip(
        series(table, "stage", "cameras", "all % core").items(), _COLOURS, strict=False
    ):
        axes.plot(xs, ys, "o", color=colour, label=name)
        _line(axes, xs, ys, "% a camera")
    _label(axes, "cameras of 2 Mb/s", "% of a core, all processes")


def _walls(figure: "Figure", table: Table) -> None:
    once = [row for row in table.rows if row[0] == row[2]]
    left, right = figure.subplots(1, 2)
    for axes, rows, heading, unit in (
        (left, once, "cameras", "cameras, each in one tile"),
        (right, table.where("cameras", 36).rows, "tiles", "tiles of 36 cameras"),
    ):
        part = Table(table.name, table.title, table.headings, rows)
        axes.plot(part.column(heading), part.column("% core"), "o", color=_COLOURS[0])
        _line(axes, part.column(heading), part.column("% core"), f"a {heading[:-1]}")
        _label(axes, unit, "% of a core")


def _distribution(figure: "Figure", table: Table) -> None:
    axes = figure.subplots()
    for (name, values), colour in zip(table.samples.items(), _COLOURS, strict=False):
        xs, ys = steps(values)
        label = f"{name}: p50 {percentile(values, 50):.0f}, p95 {percentile(values, 95):.0f} ms"
        axes.step(xs, ys, where="post", color=colour, label=label)
    axes.axhline(95, color=_GREY, linewidth=0.8, linestyle=":")
    axes.set_xlim(left=0)
    _label(axes, "ms", "% at or below")


def _peers(figure: "Figure", table: Table) -> None:
    axes = figure.subplots()
    # A server is shown with its most viewers, each of whom reads packet by packet.
    table = table.where("read", "packets")
    names = list(dict.fromkeys(str(row[0]) for row in table.rows))
    values = [table.where("server", name).column("us/packet")[-1] for name in names]
    bars = axes.barh(names, values, color=_COLOURS[0])
    axes.bar_label(bars, fmt="%.1f", padding=4, color=_GREY)
    axes.invert_yaxis()
    axes.set_xlabel("µs of CPU a delivered packet")


def _label(axes: "Axes", x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.set_ylim(bottom=0)
    axes.grid(visible=True)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=9)


PLOTS: Mapping[str, Drawing] = {
    "bitrates": _bitrates,
    "walls": _walls,
    "ingest": _cameras,
    "cameras": _stages,
    "first-frame": _distribution,
    "delay": _distribution,
    "glass": _distribution,
    "arrival": _distribution,
    "peers": _peers,
}


def draw(name: str, table: Table, folder: Path = FOLDER) -> Path:
    """Draw one table's plot."""
    # Takes a second, which nobody who only reads tables should wait for.
    import matplotlib
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.svg"
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(8, 4), layout="constrained")
        PLOTS[name](figure, table)
        figure.suptitle(table.title, fontsize=11)
        figure.savefig(file, transparent=True, metadata={"Date": None, "Creator": None})
    # Matplotlib ends lines of paths with blanks, which no editor keeps.
    file.write_text("\n".join(line.rstrip() for line in file.read_text().splitlines()) + "\n")
    return file


def main() -> int:
    """Draw whatever has been measured."""
    failed = False
    for name in PLOTS:
        table = kept(name)
        if table is None:
            print(f"{name}: not measured yet (no {RESULTS.name}/{name}.json); `make bench ONLY={name}`")
            continue
        try:
            print(draw(name, table))
        except (ValueError, IndexError, KeyError) as error:
            failed = True
            print(f"{name}: cannot be drawn: {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
