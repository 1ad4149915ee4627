"""H.265 goes through as it is to who takes it, and is transcoded for who does not."""

from pathlib import Path

import av

from shared.units import Codec
from tests.integration.mux.receiving import BROWSER, decoded, timestamps, watching
from tests.integration.mux.rig import Camera, Mux, playing, running_mux
from tests.support.eventually import eventually
from tests.support.light_client import LightClient
from tests.support.light_sdp import PRIMARY_TYPE, Place, offer
from tests.support.strange_pictures import strange_units
from tests.unit.mux.rtp.test_packetise_h265 import depacketised

H264_TYPE = 120
_WITHIN_S = 40.0
_PARAMETERS = "level-id=180;profile-id=1;tier-flag=0;tx-mode=SRST"


def h265_offer(parameters: str = _PARAMETERS) -> str:
    """An offer of H.265 and, less dear to it, H.264."""
    text = offer(BROWSER.fingerprint, rtx=False, codec="H265")
    text = text.replace(f"SAVPF {PRIMARY_TYPE}", f"SAVPF {PRIMARY_TYPE} {H264_TYPE}")
    said = f"a=fmtp:{PRIMARY_TYPE} packetization-mode=1;profile-level-id=42e01f;level-asymmetry-allowed=1"
    assert said in text
    return text.replace(
        said,
        f"a=fmtp:{PRIMARY_TYPE} {parameters}\r\na=rtpmap:{H264_TYPE} H264/90000\r\n"
        f"a=fmtp:{H264_TYPE} packetization-mode=1;profile-level-id=42e01f;level-asymmetry-allowed=1",
    )


async def taking_h265(mux: Mux, parameters: str = _PARAMETERS) -> LightClient:
    answer = await mux.ask(h265_offer(parameters), ticket=mux.ticket(session="h265"))
    assert answer.status_code == 201, answer.text
    client = LightClient(BROWSER, Place.read(answer.text), keep=True)
    await client.connect()
    return client


def payload_types(rtp: list[bytes]) -> set[int]:
    return {packet[1] & 0x7F for packet in rtp}


def shown_h265(rtp: list[bytes]) -> int:
    """How many H.265 pictures FFmpeg decodes from these packets."""
    decoder = av.CodecContext.create("hevc", "r")
    nals = depacketised([packet[20:] for packet in rtp])
    stream = b"".join(b"\0\0\0\1" + nal for nal in nals)
    return sum(len(decoder.decode(packet)) for packet in [*decoder.parse(stream), *decoder.parse(b"")])


async def test_who_takes_h265_gets_the_cameras_own_pictures_and_who_does_not_gets_them_transcoded(
    tmp_path: Path,
) -> None:
    async with running_mux(tmp_path) as mux, playing(Camera(strange_units(Codec.H265), mux.tap_port)):
        taking = await taking_h265(mux)
        try:
            await eventually(lambda: len(timestamps(taking.received.rtp)) >= 20, what="twenty pictures")
            assert payload_types(taking.received.rtp) == {PRIMARY_TYPE}
            assert shown_h265(list(taking.received.rtp)) >= 15
            assert await mux.metric("mux_transcoders") == 0
            async with watching(mux) as other:
                await eventually(
                    lambda: len(timestamps(other.received.rtp)) >= 5, within_s=_WITHIN_S, what="H.264"
                )
                assert decoded(other.received.rtp) >= 4
                assert await mux.metric("mux_transcoders") == 1
                seen = len(taking.received.rtp)
                await eventually(lambda: len(taking.received.rtp) > seen + 5, what="H.265 going on")
                assert payload_types(taking.received.rtp) == {PRIMARY_TYPE}
        finally:
            taking.close()


async def test_an_offer_of_another_profile_than_cameras_send_is_no_offer_of_h265(tmp_path: Path) -> None:
    async with running_mux(tmp_path) as mux, playing(Camera(strange_units(Codec.H265), mux.tap_port)):
        client = await taking_h265(mux, "level-id=180;profile-id=2;tier-flag=0;tx-mode=SRST")
        try:
            await eventually(lambda: len(client.received.rtp) > 5, within_s=_WITHIN_S, what="packets")
            assert payload_types(client.received.rtp) == {H264_TYPE}
        finally:
            client.close()


async def test_a_camera_that_changes_its_codec_is_shown_on_without_a_new_negotiation(tmp_path: Path) -> None:
    async with running_mux(tmp_path) as mux:
        camera = Camera(strange_units(Codec.H265), mux.tap_port)
        async with playing(camera):
            client = await taking_h265(mux)
            try:
                await eventually(lambda: len(timestamps(client.received.rtp)) >= 5, what="H.265")
                camera.reconnect(strange_units(Codec.MJPEG))
                await eventually(
                    lambda: H264_TYPE in payload_types(client.received.rtp), within_s=_WITHIN_S, what="H.264"
                )
                assert await mux.metric("mux_transcoders") == 1
                camera.reconnect(strange_units(Codec.H265))
                await eventually(
                    lambda: client.received.rtp[-1][1] & 0x7F == PRIMARY_TYPE,
                    within_s=_WITHIN_S,
                    what="H.265",
                )
                assert await mux.metric("mux_transcoders") == 0
                sources = {packet[8:12] for packet in client.received.rtp}
                assert len(sources) == 1
            finally:
                client.close()
