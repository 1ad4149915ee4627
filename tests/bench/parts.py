"""The parts of `make bench`, each a table with the aims beside it."""

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tests.bench import (
    arrival,
    bad_network,
    bitrates,
    camera_cost,
    decode_cost,
    delay,
    export_cost,
    far_starts,
    glass,
    index_cost,
    ingest_cost,
    journal_cost,
    ledger_cost,
    mux_cost,
    mux_first_frame,
    mux_lag,
    peers,
    playback_cost,
    revocation,
    sealing_cost,
    shift_cost,
    storage_cost,
    storm,
    transcode,
    wall_cost,
)
from tests.bench.tables import Cell, Table


def machine() -> str:
    """What the figures belong to."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the start"
    )


def viewers() -> list[Table]:
    """CPU and memory of live viewers."""
    table = Table(
        "viewers",
        "Live viewers: 2 Mb/s, 25 pictures/s, mux pinned to one core, light clients on the other",
        [
            *("path", "read", "viewers", "us/packet", "floor us", "x floor", "% core", "% core/viewer"),
            *("Mb/s", "kB/viewer", "lost %", "unread %"),
        ],
        [
            [
                load.path,
                "runs" if load.runs else "packets",
                int(row["viewers"]),
                row["us_per_packet"],
                row["floor_us"],
                row["us_per_packet"] / row["floor_us"],
                row["core_percent"],
                row["core_percent_per_viewer"],
                row["megabits_per_second"],
                row["kilobytes_per_viewer"],
                row["lost_percent"],
                row["unread_percent"],
            ]
            for load, row in mux_cost.run()
        ],
        {"us/packet": "2 (Python 4)", "kB/viewer": "120"},
        "Floor: the same path seals and sends pictures in a bare loop to sockets nobody waits at, measured "
        "right before each row. "
        "Viewers who read runs spare the kernel the cutting, as a network card that cuts segments does. "
        "Unread: what the kernel threw away because the client's core was full. "
        f"Compiled: sealed by {mux_cost.sealing()}.",
    )
    return [table]


def rates() -> list[Table]:
    """CPU against viewers and bit rate."""
    return [bitrates.run()]


def walls() -> list[Table]:
    """CPU against cameras and tiles."""
    return [wall_cost.run()]


def first_frame() -> list[Table]:
    """Time to the first picture in Chromium, and how far behind a new viewer is a second later."""
    found = mux_first_frame.run()
    first = Table(
        "first-frame",
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
            for row, _ in found
        ],
        {"p95 ms": "300"},
        samples={f"GOP {row['gop_s']:.0f} s": times for row, times in found},
    )
    return [first, mux_lag.run()]


def ingested() -> list[Table]:
    """CPU and memory of ingested cameras."""
    rows = ingest_cost.run()
    cost = [row for row in rows if row["what"] == "ingested camera"]
    (floor,) = (_figure(row["cpu_percent_a_camera"]) for row in rows if row["what"] == "floor")
    (start,) = (row for row in rows if row["what"] == "wanted to first unit")
    (simulated,) = (row for row in rows if row["what"] == "simulated live camera")
    keys = ["mb_a_camera", "cpu_percent_worker", "mb_worker"]
    table = Table(
        "ingest",
        "Ingested cameras: 2 Mb/s, RTSP over TCP, above an idle worker",
        [
            *("cameras", "RTSP client", "published", "% core/camera", "x floor", "MB/camera"),
            *("worker % core", "worker MB"),
        ],
        [
            [
                _number(row["cameras"]),
                str(row["opener"]),
                "yes" if row["published"] else "no",
                _figure(row["cpu_percent_a_camera"]),
                _figure(row["cpu_percent_a_camera"]) / floor,
                *(_number(row[key]) for key in keys),
            ]
            for row in cost
        ],
        {"% core/camera": "0.2", "MB/camera": "6"},
        f"Floor: a bare loop that is woken for each picture of {ingest_cost.COMPARED} cameras and reads its "
        f"bytes, {floor} % of a core each. From wanted to the first unit at a reader: median "
        f"{start['median_ms']} ms, max {start['max_ms']} ms of {start['tries']} tries, the worker's polling "
        f"of a second included. A simulated live camera takes {simulated['cpu_percent_a_camera']} % of a "
        "core.",
    )
    return [table]


def recorded() -> list[Table]:
    """CPU and memory of recorded cameras."""
    rows = storage_cost.run()
    table = Table(
        "storage",
        "Recorded cameras: 2 Mb/s, tap to object store, above an idle storage",
        list(rows[0]),
        _cells(rows),
        note="Aim: 1 % of a core a camera ingested and recorded.",
    )
    return [table]


def camera_side() -> list[Table]:
    """What a camera costs on its whole way, with nobody watching."""
    return [camera_cost.run()]


def indexed() -> list[Table]:
    """The index at five million segments."""
    return [index_cost.run()]


def sealed() -> list[Table]:
    """Encryption at rest beside none."""
    return [sealing_cost.run()]


def played() -> list[Table]:
    """How soon playback starts."""
    return [playback_cost.run()]


def handed_over() -> list[Table]:
    """An export of an hour."""
    return [export_cost.run()]


def registered() -> list[Table]:
    """The register of captures and destructions at a million leaves."""
    return [ledger_cost.run()]


def journaled() -> list[Table]:
    """The check of a long journal."""
    return [journal_cost.run()]


def shifts() -> list[Table]:
    """A shift that signs in."""
    return [shift_cost.run()]


def sampled() -> list[Table]:
    """The decode checks."""
    return [decode_cost.run()]


def stormed() -> list[Table]:
    """A whole site that goes away and comes back."""
    rows = storm.run()
    table = Table(
        "storm",
        "300 cameras vanish and return together",
        list(rows[0]),
        _cells(rows),
        {"last s": "60", "logins a camera in 15 s, at most": "1"},
    )
    return [table]


def delays() -> list[Table]:
    """Delay between camera and viewer."""
    found = delay.run()
    table = Table(
        "delay",
        "Delay, a picture's last packet at the camera to its first SRTP packet at a viewer",
        ["RTSP client", "cameras", "viewers", "pictures", "p50 ms", "p95 ms", "max ms"],
        _cells([row for row, _ in found]),
        {"p50 ms": "5", "p95 ms": "15"},
        samples={
            f"{row['client']}, {row['cameras']} cameras, {row['viewers']} viewers": times
            for row, times in found
        },
    )
    return [table]


def seen() -> list[Table]:
    """Glass to glass."""
    return [glass.run()]


def arrivals() -> list[Table]:
    """A thousand viewers at once."""
    return [arrival.run()]


def bad_networks() -> list[Table]:
    """Starts, freezes and retransmissions behind a network that loses."""
    return [far_starts.run(), bad_network.run()]


def transcoded() -> list[Table]:
    """What a transcoder costs and adds."""
    table = Table(
        "transcode",
        "One transcoder of a camera that browsers cannot be sent as it is",
        [
            "camera",
            "% core",
            "MB",
            "start ms",
            "start with a spare ms",
            "spare MB",
            "p50 ms",
            "p95 ms",
            "kb/s out",
            "left out",
        ],
        [
            [
                row.camera,
                row.core_percent,
                row.megabytes,
                row.cold_ms,
                row.spare_ms,
                row.spare_megabytes,
                row.p50_ms,
                row.p95_ms,
                row.out_kbps,
                row.left_out,
            ]
            for row in transcode.run()
        ],
        note="From a unit given to its picture back in H.264; with B-frames a picture waits for those shown "
        "before it. Start: from a group being given to its first picture, by a new child or one that waited.",
    )
    return [table]


def beside_peers() -> list[Table]:
    """The same load on mux and its peers."""
    return [peers.run()]


def ended() -> list[Table]:
    """How soon pictures end with their right."""
    return [revocation.run()]


PARTS: Mapping[str, Callable[[], list[Table]]] = {
    "viewers": viewers,
    "peers": beside_peers,
    "bitrates": rates,
    "walls": walls,
    "arrival": arrivals,
    "first-frame": first_frame,
    "delay": delays,
    "glass": seen,
    "bad-network": bad_networks,
    "ingest": ingested,
    "storage": recorded,
    "cameras": camera_side,
    "index": indexed,
    "playback": played,
    "export": handed_over,
    "ledger": registered,
    "journal": journaled,
    "shift": shifts,
    "sealed": sealed,
    "decode-checks": sampled,
    "storm": stormed,
    "transcode": transcoded,
    "revocation": ended,
}


def measured(name: str) -> list[Table]:
    """Run a part."""
    where = machine()
    return [replace(table, machine=where) for table in PARTS[name]()]


def _cells(rows: Sequence[Mapping[str, object]]) -> list[list[Cell]]:
    return [[_number(value) for value in row.values()] for row in rows]


def _figure(value: object) -> float:
    assert isinstance(value, int | float), "measured"
    return value


def _number(value: object) -> Cell:
    return value if isinstance(value, str | int | float) else None
