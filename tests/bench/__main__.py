"""`make bench`: every figure of this machine, beside its aim and the figure of the design.

The design's figures were read on another machine: compare orders of magnitude only.
"""

import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.bench import delay, floor, ingest_cost, mux_cost, mux_first_frame, storage_cost

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Table:
    """What one bench found: headings, rows, and what to read it against."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Row]
    note: str = ""

    def text(self) -> str:
        """The table in aligned columns."""
        cells = [list(self.headings)] + [[_cell(value) for value in row] for row in self.rows]
        widths = [max(len(line[column]) for line in cells) for column in range(len(self.headings))]
        lines = [
            "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells
        ]
        lines.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([self.title, *lines, *([self.note] if self.note else []), ""])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
    return "-" if value is None else str(value)


def viewers() -> Table:
    """CPU and memory of live viewers."""
    floor_us = floor.us_per_packet()
    rows = mux_cost.run()
    return Table(
        "Live viewers: 2 Mb/s, 25 pictures/s, mux pinned to one core, light clients on the other",
        ["viewers", "us/packet", "x floor", "% core", "% core/viewer", "Mb/s", "kB/viewer"],
        [
            [
                int(row["viewers"]),
                row["us_per_packet"],
                row["us_per_packet"] / floor_us,
                row["core_percent"],
                row["core_percent_per_viewer"],
                row["megabits_per_second"],
                row["kilobytes_per_viewer"],
            ]
            for row in rows
        ],
        f"Floor of this run: {floor_us:.2f} us a packet (AES-GCM, one GSO send a picture, a bare loop).\n"
        "Aim: 5 us a packet, 150 kB a viewer. Design: 3.8-4.5 us, 115 kB, 0.085-0.1 % of a core a viewer;\n"
        "Janus 19-22 us and 0.4 MB, stock aiortc 36-56 us.",
    )


def first_frame() -> Table:
    """Time to the first picture in Chromium."""
    return Table(
        "First decoded picture in Chromium, from the click",
        ["GOP s", "tries", "median ms", "p95 ms", "max ms", "key-frame requests", "packets lost"],
        [
            [
                int(row["gop_s"]),
                int(row["tries"]),
                row["median_ms"],
                row["p95_ms"],
                row["max_ms"],
                int(row["key_frame_requests"]),
                int(row["packets_lost"]),
            ]
            for row in mux_first_frame.run()
        ],
        "Aim: 300 ms at p95 whatever the GOP. Design: median 46-54 ms, p95 81-115 ms.",
    )


def ingested() -> Table:
    """CPU and memory of ingested cameras."""
    rows = ingest_cost.run()
    cost = [row for row in rows if row["what"] == "ingested camera"]
    start = next(row for row in rows if row["what"] != "ingested camera")
    return Table(
        "Ingested cameras: 2 Mb/s, RTSP over TCP, above an idle worker",
        ["cameras", "published", "% core/camera", "MB/camera", "worker % core", "worker MB"],
        [
            [
                row["cameras"],
                "yes" if row["published"] else "no",
                row["cpu_percent_a_camera"],
                row["mb_a_camera"],
                row["cpu_percent_worker"],
                row["mb_worker"],
            ]
            for row in cost
        ],
        "Aim: 1 % of a core a camera ingested and recorded. Design: 0.32 % and 5 MB a camera (40 cameras).\n"
        f"From wanted to the first unit at a reader: median {start['median_ms']} ms, max {start['max_ms']} "
        f"ms of {start['tries']} tries, the worker's polling of a second included.",
    )


def recorded() -> Table:
    """CPU and memory of recorded cameras."""
    rows = storage_cost.run()
    return Table(
        "Recorded cameras: 2 Mb/s, tap to object store, above an idle storage",
        list(rows[0]),
        [list(row.values()) for row in rows],
        "Aim: 1 % of a core a camera ingested and recorded.",
    )


def delays() -> Table:
    """Delay between camera and viewer."""
    return Table(
        "Delay, a picture's last packet at the camera to its first SRTP packet at a viewer",
        ["cameras", "pictures", "p50 ms", "p95 ms", "max ms"],
        [list(row.values()) for row in delay.run()],
        "Design: libavformat adds exactly one frame (80 ms at 12.5 pictures/s): it waits for the next.",
    )


BENCHES: dict[str, Callable[[], Table]] = {
    "viewers": viewers,
    "first-frame": first_frame,
    "ingest": ingested,
    "storage": recorded,
    "delay": delays,
}


def main(names: Sequence[str]) -> int:
    """Run the named benches, or all."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no bench is called {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    machine = f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores"
    print(f"{machine}, load {os.getloadavg()[0]:.1f}\n")
    for name in names or BENCHES:
        began_s = time.monotonic()
        print(BENCHES[name]().text(), flush=True)
        print(f"({name}: {time.monotonic() - began_s:.0f} s)\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
