"""Cameras, as values."""

from control_room.model.territory import Camera, CameraAccess
from shared.messages.ingest import CameraOpener, CameraTransport


def test_a_cameras_streams_are_its_main_and_its_sub_one() -> None:
    camera = Camera(
        id="cam-1",
        commune="59350",
        name="",
        place="",
        lat=None,
        lon=None,
        recorded=True,
        enabled=True,
        authorisation=None,
        address_host="",
        has_credentials=False,
        has_sub=True,
        opener=CameraOpener.OWN,
        transport=CameraTransport.TCP,
        sealed=b"Zq81",
    )
    assert (str(camera.stream), str(camera.sub_stream)) == ("59350/cam-1/main", "59350/cam-1/sub")
    assert "Zq81" not in repr(camera)


def test_how_to_reach_a_camera_is_in_no_text_of_it() -> None:
    assert "Zq81" not in repr(CameraAccess("rtsp://Zq81", "Zq81", "Zq81", "rtsp://Zq81/sub"))
