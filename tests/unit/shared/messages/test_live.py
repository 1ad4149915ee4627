"""The JSON between a mux, control_room and the page, to the byte: each may be of another version."""

import pytest

from shared.errors import BadInput
from shared.messages.codec import decode, encode
from shared.messages.live import (
    MuxLoad,
    NamedViewer,
    NamedViewers,
    Stale,
    TileStatistics,
    ViewerStatistics,
)
from shared.reasons import why

LOST = why("tile-packets-lost", "{percent} % of the packets are lost on their way", percent="12")
SHOWN = TileStatistics(
    mid="0",
    camera="59350/cam-1",
    kind="sub",
    codec="h264",
    transcoded=True,
    bitrate_kbps=180.5,
    loss=0.01,
    stale=Stale.LINK,
    reason=str(LOST),
    first_packet_ms=31.0,
    first_frame_ms=90.0,
    freezes=2,
    freeze_ms=400.0,
    dropped=3,
    why=LOST.wire(),
    incomplete=True,
)
NAMED = NamedViewers(
    (
        NamedViewer(
            rtt_ms=21.5,
            jitter_ms=2.0,
            loss=0.01,
            bitrate_kbps=180.5,
            delay_ms=(0, 100),
            tiles=(SHOWN,),
            id="v-1",
            session="s-1",
            subject="p-1",
            wall=True,
        ),
    )
)
NAMED_JSON = (
    b'{"viewers":[{"rtt_ms":21.5,"jitter_ms":2.0,"loss":0.01,"bitrate_kbps":180.5,'
    b'"available_kbps":null,"delay_ms":[0,100],"tiles":[{"mid":"0","camera":"59350/cam-1",'
    b'"kind":"sub","codec":"h264","transcoded":true,"bitrate_kbps":180.5,"loss":0.01,"stale":"link",'
    b'"reason":"12 % of the packets are lost on their way","first_packet_ms":31.0,'
    b'"first_frame_ms":90.0,"freezes":2,"freeze_ms":400.0,"dropped":3,'
    b'"why":{"code":"tile-packets-lost","params":{"percent":"12"}},"incomplete":true}],"id":"v-1",'
    b'"session":"s-1","subject":"p-1","wall":true}]}'
)
EMPTY = ViewerStatistics(delay_ms=(0, 100), tiles=(TileStatistics("0", freezes=0, freeze_ms=0.0, dropped=0),))
EMPTY_JSON = (
    b'{"rtt_ms":null,"jitter_ms":null,"loss":null,"bitrate_kbps":null,"available_kbps":null,'
    b'"delay_ms":[0,100],"tiles":[{"mid":"0","camera":null,"kind":null,"codec":null,'
    b'"transcoded":false,"bitrate_kbps":null,"loss":null,"stale":null,"reason":"",'
    b'"first_packet_ms":null,"first_frame_ms":null,"freezes":0,"freeze_ms":0.0,"dropped":0,'
    b'"why":null,"incomplete":false}]}'
)
LOAD = MuxLoad(viewers=1, most_viewers=2, sessions=3, tiles=4)
LOAD_JSON = b'{"viewers":1,"most_viewers":2,"sessions":3,"tiles":4}'


@pytest.mark.parametrize(
    ("message", "body"),
    [(NAMED, NAMED_JSON), (EMPTY, EMPTY_JSON), (LOAD, LOAD_JSON)],
    ids=["named", "empty", "load"],
)
def test_a_live_message_is_these_bytes_and_is_read_back_from_them(message: object, body: bytes) -> None:
    assert encode(message) == body
    assert decode(type(message), body) == message


def test_a_mux_of_another_version_may_tell_less_and_other_causes() -> None:
    tiles = b'[{"mid":"0","stale":"weather","more":1}]'
    body = b'{"viewers":[{"id":"v","session":"s","subject":"p","tiles":' + tiles + b"}]}"
    (viewer,) = decode(NamedViewers, body).viewers
    assert viewer == NamedViewer(
        id="v", session="s", subject="p", tiles=(TileStatistics("0", stale="weather"),)
    )


def test_a_tile_names_its_camera_and_why_it_is_stale() -> None:
    assert (SHOWN.commune, SHOWN.camera_id, SHOWN.told) == ("59350", "cam-1", LOST)
    empty = TileStatistics("0", why={"code": 7})
    assert (empty.commune, empty.camera_id, empty.told) == ("", "", None)


def test_a_load_that_no_mux_can_have_is_refused_by_its_field() -> None:
    with pytest.raises(BadInput, match="viewers"):
        decode(MuxLoad, b'{"viewers":-1,"most_viewers":500}')
    with pytest.raises(BadInput, match="most_viewers"):
        decode(MuxLoad, b'{"viewers":1,"most_viewers":0}')
