"""What is due by the clock."""

import asyncio
from contextlib import suppress

from mux.observe.metrics import MuxMetrics
from mux.observe.stream_metrics import StreamMetrics
from mux.sessions.viewer import CONSENT_S, End
from mux.ticker import Ticker
from tests.unit.mux.worlds import World


async def test_a_silent_viewer_is_let_go_and_a_ticker_that_stands_still_is_told() -> None:
    world = World()
    ticker = Ticker(
        world.registry, world.channels, MuxMetrics(world.counts), StreamMetrics(), world.lag, world.clock
    )
    world.watch()
    running = asyncio.create_task(ticker.run())
    for _ in range(int(CONSENT_S * 10) + 15):
        await world.clock.advance(0.1)
        world.confirm()
    assert world.ended == [End.SILENT]
    assert ticker.late() is None
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await world.clock.advance(6)
    assert ticker.late() == "no tick for 6.0 s"
