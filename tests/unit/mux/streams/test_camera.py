"""A camera by its name."""

import pytest

from mux.streams.camera import Camera
from shared.errors import BadInput
from shared.ids import StreamId, StreamKind


def test_a_path_names_a_camera_and_its_two_streams() -> None:
    camera = Camera.at("59350/cam-1")
    assert camera.path == "59350/cam-1"
    assert [camera.stream(kind) for kind in camera.kinds] == [
        StreamId("59350", "cam-1"),
        StreamId("59350", "cam-1", StreamKind.SUB),
    ]


@pytest.mark.parametrize("path", ["", "59350", "59350/cam-1/sub", "../cam-1", "59350/"])
def test_what_names_no_camera_is_refused(path: str) -> None:
    with pytest.raises(BadInput):
        Camera.at(path)
