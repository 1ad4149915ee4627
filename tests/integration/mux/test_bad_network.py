"""Light clients behind a bad network."""

from pathlib import Path

from tests.integration.mux.network import bad_network, padded
from tests.integration.mux.receiving import missing, timestamps
from tests.support.eventually import eventually
from tests.support.pictures import units
from tests.support.relay import Link

DOWNLINK = Link(delay_ms=10, rate_bps=20_000_000, queue_bytes=64_000)
FAR = Link(delay_ms=10)


async def come(rtp: list[bytes], pictures: int) -> None:
    """Wait until so many pictures have come."""
    await eventually(lambda: len(timestamps(rtp)) >= pictures, within_s=20, what=f"{pictures} pictures")


async def test_key_pictures_of_300_kb_lose_nothing_on_a_downlink_of_20_mbit(tmp_path: Path) -> None:
    large = padded(units(50), key_bytes=300_000, other_bytes=8000)
    async with (
        bad_network(tmp_path, large, up=FAR, down=DOWNLINK) as network,
        network.light_client() as client,
    ):
        rtp = client.received.rtp
        await eventually(lambda: len(timestamps(rtp)) >= 100, within_s=30, what="four seconds of pictures")
        assert network.network.down_passed.overflowed == 0
        assert missing(rtp) == []


async def test_goes_on_from_another_address_and_with_the_sequence_it_had(tmp_path: Path) -> None:
    async with bad_network(tmp_path, units(50)) as network, network.light_client() as client:
        rtp = client.received.rtp
        await eventually(lambda: len(timestamps(rtp)) >= 30, what="pictures before")
        await network.network.rebind()
        count = len(rtp)
        client.check()
        await eventually(lambda: len(timestamps(rtp[count:])) >= 30, what="pictures at the new address")
        # What was sent to the address that was gone is lost, and may be asked for.
        assert len(missing(rtp)) < 30
        assert await network.mux.metric("mux_viewers") == 1


async def test_handshakes_come_about_and_pictures_come_however_bad_the_network(tmp_path: Path) -> None:
    worst = Link(loss=0.05, delay_ms=30, jitter_ms=30, reordered=0.05)
    async with bad_network(tmp_path, units(50), up=worst, down=worst) as network:
        for _ in range(3):
            async with network.light_client() as client:
                await come(client.received.rtp, 40)
