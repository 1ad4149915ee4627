"""Our RTSP client on the event loop that services run on."""

import uvloop

from ingest.addresses import AddressRules
from ingest.ports import CameraAddress
from ingest.rtsp.opener import RtspOpener
from ingest.simulator.cameras import CameraPlan
from ingest.simulator.server import SimulatedCameras
from shared.clock import SystemClock


async def _first_packet() -> bool:
    async with SimulatedCameras() as cameras:
        cameras.add(CameraPlan("camera", live=False))
        opener = RtspOpener(AddressRules(allow_loopback=True), SystemClock())
        source = await opener.open(CameraAddress(cameras.url("camera")))
        try:
            return (await source.next()).key
        finally:
            source.close()


def test_a_camera_is_read_on_uvloop_as_on_asyncio_s_own_loop() -> None:
    assert uvloop.run(_first_packet())
