"""Another implementation of WebRTC as the viewer."""

import asyncio
from pathlib import Path

import av
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack

from tests.integration.mux.rig import Camera, playing, running_mux
from tests.support.pictures import units


async def test_aiortc_decodes_the_stream(tmp_path: Path) -> None:
    async with running_mux(tmp_path) as mux, playing(Camera(units(50), mux.tap_port), head_start=5):
        connection = RTCPeerConnection()
        tracks: list[MediaStreamTrack] = []
        connection.on("track", tracks.append)
        connection.addTransceiver("video", direction="recvonly")
        await connection.setLocalDescription(await connection.createOffer())
        answer = await mux.ask(connection.localDescription.sdp)
        assert answer.status_code == 201, answer.text
        await connection.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
        pictures = [await asyncio.wait_for(tracks[0].recv(), 10) for _ in range(30)]
        await connection.close()
    last = pictures[-1]
    assert isinstance(last, av.VideoFrame)
    assert (last.width, last.height) == (320, 240)
