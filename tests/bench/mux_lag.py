"""Whether a viewer who came later stays further behind live than one who was there before.

They play in one page, from pictures that carry their number. From one second after the newcomer's first
picture on, each picture's time at the newcomer less its time at the other is the lag. A third viewer is the
control: it was there before too and only gets a new video element as the newcomer comes, so that what it
lags by is the browser's and not the start's.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page

from tests.bench.figures import percentile
from tests.bench.mux_process import MuxProcess
from tests.bench.strip_page import Painted, certain, painted, play, read_strips, renew, stop, strip_page
from tests.bench.tables import Cell, Table
from tests.integration.mux.page import chromium
from tests.integration.mux.rig import Camera, playing
from tests.support.mux_stream import FPS, STREAM, street

TRIES = 12
AFTER_MS = 1000.0
NEWCOMER, CONTROL = "newcomer", "control"
_FIRST = "first"
_SETTLE_S = 4.0
_WATCH_S = 2.2
_STEP_S = 0.37
_READ_STEP_S = 0.2
_READ_STEPS = 15
# Fewer pictures in common may be those of a catch-up, whose timestamps are not the camera's.
_AGREEING = 5
# Numbers come round again with the loop of the camera.
_RECENT_MS = 5000.0


@dataclass(frozen=True, slots=True)
class Lag:
    """How much later one picture was at a viewer than at another: its last packet, its handing to the
    compositor once decoded, its expected time on the screen."""

    received_ms: float
    decoded_ms: float
    shown_ms: float


def clock_lead(one: Sequence[Painted], other: Sequence[Painted]) -> int | None:
    """By how much the RTP timestamps at one viewer are ahead of those of the same pictures at the other.

    The viewers' newest pictures whose strips were read tell; None where too few did.
    """
    since_ms = max((picture.displayed_ms for picture in one), default=0.0) - _RECENT_MS
    at = {picture.said: picture.rtp for picture in certain(other) if picture.displayed_ms > since_ms}
    leads = Counter(
        (picture.rtp - there) % 2**32
        for picture in certain(one)
        if picture.rtp is not None
        and picture.displayed_ms > since_ms
        and (there := at.get(picture.said)) is not None
    )
    lead, agreeing = max(leads.items(), key=lambda item: item[1], default=(0, 0))
    return lead if agreeing >= _AGREEING else None


def lags(one: Sequence[Painted], other: Sequence[Painted], lead: int, from_ms: float) -> list[Lag]:
    """How much later the one has each picture it shows from a time on, of those both have."""
    at = {picture.rtp: picture for picture in other}
    found = []
    for picture in one:
        if picture.displayed_ms < from_ms or picture.rtp is None or picture.received_ms is None:
            continue
        there = at.get((picture.rtp - lead) % 2**32)
        if there is not None and there.received_ms is not None:
            found.append(
                Lag(
                    picture.received_ms - there.received_ms,
                    picture.presented_ms - there.presented_ms,
                    picture.displayed_ms - there.displayed_ms,
                )
            )
    return found


async def _try(page: Page) -> dict[str, list[Lag]]:
    """The lags of the newcomer, who has just come, and of the control. Nothing is read meanwhile."""
    await asyncio.sleep(_WATCH_S)
    seen = {name: await painted(page, name) for name in (_FIRST, CONTROL, NEWCOMER)}
    from_ms = seen[NEWCOMER][0].displayed_ms + AFTER_MS
    found: dict[str, list[Lag]] = {}
    await read_strips(page, True)
    for _ in range(_READ_STEPS):
        await asyncio.sleep(_READ_STEP_S)
        first = await painted(page, _FIRST)
        for name in (NEWCOMER, CONTROL):
            lead = clock_lead(await painted(page, name), first)
            if lead is not None:
                found[name] = lags(seen[name], seen[_FIRST], lead, from_ms)
        if len(found) == 2:
            break
    await read_strips(page, False)
    if len(found) < 2:
        raise RuntimeError("too few pictures were legible at all viewers")
    return found


async def _measure(gop_s: int, tries: int) -> dict[str, list[Lag]]:
    gop = gop_s * FPS
    units = street(gop, max(gop, 10 * FPS), numbered=True)
    found: dict[str, list[Lag]] = {NEWCOMER: [], CONTROL: []}
    with tempfile.TemporaryDirectory() as folder:
        async with MuxProcess(Path(folder)) as mux:
            camera = Camera(units, mux.tap_port, FPS)
            async with (
                playing(camera, head_start=gop // 2),
                chromium() as browser,
                strip_page(browser, mux.origin) as page,
            ):
                await read_strips(page, False)
                for name in (_FIRST, CONTROL):
                    await play(page, name, mux.url(STREAM), mux.ticket(STREAM))
                await asyncio.sleep(_SETTLE_S)
                for number in range(tries):
                    # Tries meet different places of the group.
                    await asyncio.sleep(number % 4 * _STEP_S)
                    await renew(page, CONTROL)
                    await play(page, NEWCOMER, mux.url(STREAM), mux.ticket(STREAM))
                    for name, more in (await _try(page)).items():
                        found[name] += more
                    await stop(page, NEWCOMER)
    if not all(found.values()):
        raise RuntimeError("no picture was seen by all viewers")
    return found


def _row(gop_s: int, name: str, tries: int, found: Sequence[Lag]) -> list[Cell]:
    received = [lag.received_ms for lag in found]
    decoded = [lag.decoded_ms for lag in found]
    shown = [lag.shown_ms for lag in found]
    return [
        *(gop_s, name, tries, len(found)),
        *(percentile(received, 50), percentile(received, 95)),
        *(percentile(decoded, 50), percentile(decoded, 95)),
        *(percentile(shown, 5), percentile(shown, 50), percentile(shown, 95), sum(shown) / len(shown)),
    ]


def run(gop_seconds: Sequence[int] = (2, 10), tries: int = TRIES) -> Table:
    """Two rows for each length of group: the newcomer, and the control."""
    rows: list[list[Cell]] = []
    for gop_s in gop_seconds:
        found = asyncio.run(_measure(gop_s, tries))
        rows += [_row(gop_s, name, tries, found[name]) for name in (NEWCOMER, CONTROL)]
    return Table(
        "lag",
        "Behind a viewer who was there before, from one second after the first picture",
        [
            *("GOP s", "viewer", "tries", "pictures"),
            *("received p50 ms", "received p95 ms", "decoded p50 ms", "decoded p95 ms"),
            *("shown p5 ms", "shown p50 ms", "shown p95 ms", "shown mean ms"),
        ],
        rows,
        dict.fromkeys(("decoded p95 ms", "shown p50 ms", "shown p95 ms", "shown mean ms"), "the control's"),
        "All in one page of Chromium; the control was there before too and is given a new video element as "
        "the newcomer comes. A picture is received with its last packet, decoded when it is handed to the "
        "compositor, shown when the compositor expects it on the screen. The compositor, in software here, "
        "shows 25 pictures a second at refreshes 33 ms apart: of a picture that is decoded close to one, a "
        "millisecond between two decoders makes 33 ms, either way, and some new video elements stay a "
        "refresh behind for seconds.",
    )
