"""A site of 300 cameras goes away and comes back: how soon all are back, how often each was logged in to.

`python -m tests.bench.storm` prints the rows. Cameras and fleet are in this one process, each camera at a
loopback address of its own; what is measured is the pace of logins, which is waiting and no work.
"""

import asyncio
import logging
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

import structlog

from ingest.meters import Meters
from ingest.simulator.server import SimulatedCameras
from tests.integration.ingest.storm import Site, Worker
from tests.support.eventually import eventually

CAMERAS = 300
OUTAGES_S = (5.0, 45.0)

Row = dict[str, object]


async def _measure(outages_s: Sequence[float], cameras: int) -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        async with SimulatedCameras("0.0.0.0") as server:
            site = Site(server, "59350", cameras)
            worker = Worker("59350", Path(folder), Meters())
            try:
                with worker.timed() as first_s:
                    worker.fleet.apply(site.wanted())
                    await eventually(lambda: len(worker.first_s) == cameras, within_s=120)
                rows.append(_row("started", first_s, site))
                for outage_s in outages_s:
                    await server.close()
                    await eventually(lambda: worker.live() == 0, within_s=30)
                    await asyncio.sleep(outage_s)
                    with worker.timed() as back_s:
                        await server.start()
                        await eventually(lambda: len(worker.first_s) == cameras, within_s=120)
                    rows.append(_row(f"away for {outage_s:.0f} s", back_s, site))
            finally:
                await worker.fleet.close()
    return rows


def _row(what: str, times_s: Sequence[float], site: Site) -> Row:
    return {
        "cameras": len(times_s),
        "what": what,
        "p50 s": statistics.median(times_s),
        "last s": times_s[-1],
        "logins a camera in 15 s, at most": site.most_logins(),
    }


def run(outages_s: Sequence[float] = OUTAGES_S, cameras: int = CAMERAS) -> list[Row]:
    """One row for the start and one for each outage."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    return asyncio.run(_measure(outages_s, cameras))


if __name__ == "__main__":
    for row in run():
        print(row)
