"""Camera addresses cannot be used to reach the platform's own services."""

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_room.territory.addresses import AddressPolicy
from shared.errors import BadInput
from shared.places import HostPort, own_service

STRICT = AddressPolicy([HostPort("10.0.0.5", 6379), HostPort("storage.internal", 9000)])
DEMO = AddressPolicy([HostPort("127.0.0.1", 6379)], allow_loopback=True)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("rtsp://10.1.4.20/stream1", "10.1.4.20:554"),
        ("rtsp://10.1.4.20:8554/stream1?channel=1", "10.1.4.20:8554"),
        ("rtsp://Camera-3.Ville.example/", "camera-3.ville.example:554"),
        ("rtsp://[2001:db8::4]:8554/s", "[2001:db8::4]:8554"),
        ("rtsp://[::ffff:10.1.4.20]/s", "10.1.4.20:554"),
        ("RTSP://10.1.4.20/s", "10.1.4.20:554"),
    ],
)
def test_an_ordinary_camera_is_accepted(address: str, place: str) -> None:
    assert str(STRICT.check(address)) == place


@pytest.mark.parametrize(
    "address",
    [
        "http://10.1.4.20/",
        "file:///etc/passwd",
        "rtsps://10.1.4.20/",
        "10.1.4.20",
        "rtsp:///path",
        "rtsp://",
        "rtsp://127.0.0.1/s",
        "rtsp://127.1/s",
        "rtsp://127.0.0.1./s",
        "rtsp://2130706433/s",
        "rtsp://0x7f000001/s",
        "rtsp://0x7f.0.0.1/s",
        "rtsp://0177.0.0.1/s",
        "rtsp://017700000001/s",
        "rtsp://0/s",
        "rtsp://0.0.0.0/s",
        "rtsp://0.1.2.3/s",
        "rtsp://10.1.4/s",
        "rtsp://10.1.4.0x14/s",
        "rtsp://10.1.4.256/s",
        "rtsp://169.254.169.254/latest/meta-data",
        "rtsp://224.0.0.1/s",
        "rtsp://255.255.255.255/s",
        "rtsp://240.0.0.1/s",
        "rtsp://[::1]/s",
        "rtsp://[::]/s",
        "rtsp://[0:0:0:0:0:0:0:1]/s",
        "rtsp://[::ffff:127.0.0.1]/s",
        "rtsp://[::ffff:7f00:1]/s",
        "rtsp://[::127.0.0.1]/s",
        "rtsp://[64:ff9b::7f00:1]/s",
        "rtsp://[2002:7f00:1::]/s",
        "rtsp://[fe80::1]/s",
        "rtsp://[fe80::1%25eth0]/s",
        "rtsp://[ff02::1]/s",
        "rtsp://localhost/s",
        "rtsp://LOCALHOST./s",
        "rtsp://a.localhost/s",
        "rtsp://ip6-loopback/s",
        "rtsp://127.0.0.1%2f@10.1.4.20/s",
        "rtsp://10.1.4.20@127.0.0.1/s",
        "rtsp://user:pass@10.1.4.20/s",
        "rtsp://10.1.4.20\\@127.0.0.1/s",
        "rtsp://①②⑦.⓪.⓪.①/s",
        "rtsp://ｌｏｃａｌｈｏｓｔ/s",
        "rtsp://10.1.4.20 /s",
        "rtsp://10.1.4.20/s\r\nX: y",
        "rtsp://10.1.4.20:0/s",
        "rtsp://10.1.4.20:65536/s",
        "rtsp://10.1.4.20:port/s",
        "rtsp://10.1.4.20/s#fragment",
        "rtsp://-bad-.example/s",
        "rtsp://a..b/s",
        "rtsp://" + "a" * 64 + ".example/s",
        "rtsp://[/s",
        "rtsp://10.0.0.5:6379/",
        "rtsp://storage.internal:9000/",
        "rtsp://STORAGE.internal.:9000/",
    ],
)
def test_what_is_no_camera_is_refused(address: str) -> None:
    with pytest.raises(BadInput) as caught:
        STRICT.check(address)
    assert caught.value.field == "address"


@given(st.integers(0x7F000000, 0x7FFFFFFF), st.sampled_from(["{0}", "{0:#x}", "{0:#o}"]))
def test_no_spelling_of_a_loopback_address_passes(number: int, form: str) -> None:
    ip = IPv4Address(number)
    low = f"{number >> 16:x}:{number & 0xFFFF:x}"
    spellings = [
        form.format(number).replace("0o", "0"),
        str(ip),
        f"{number >> 24}.{number & 0xFFFFFF}",
        f"[::ffff:{low}]",
        f"[::ffff:{ip}]",
        f"[64:ff9b::{low}]",
        f"[2002:{low}::]",
    ]
    for spelling in spellings:
        with pytest.raises(BadInput):
            STRICT.check(f"rtsp://{spelling}/s")


@given(st.text())
def test_any_text_is_refused_or_understood_and_never_quoted(text: str) -> None:
    told = ""
    try:
        place = STRICT.check(f"rtsp://{text}")
    except BadInput as error:
        told = error.detail
    else:
        assert place.host
        assert 0 < place.port < 65536
    assert len(text) < 12 or text not in told


@pytest.mark.parametrize(
    "address", ["rtsp://127.0.0.1:8554/street", "rtsp://localhost:8554/s", "rtsp://[::1]:8554/s"]
)
def test_the_demo_may_have_cameras_on_this_machine(address: str) -> None:
    assert DEMO.check(address).port == 8554


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://127.0.0.1:6379/",
        "rtsp://[::ffff:127.0.0.1]:6379/",
        "rtsp://169.254.1.1/",
        "rtsp://0x7f000001/",
    ],
)
def test_even_the_demo_may_not_reach_its_own_services(address: str) -> None:
    with pytest.raises(BadInput):
        DEMO.check(address)


def test_own_services_are_read_from_their_urls() -> None:
    assert own_service("redis://:secret@10.0.0.5/0") == HostPort("10.0.0.5", 6379)
    assert own_service("postgresql+asyncpg://u:p@db/x") == HostPort("db", 5432)
    assert own_service("sqlite+aiosqlite:///var/x.db") is None


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST.", "a.localhost", "ip6-localhost", "127.0.0.1", "127.255.0.9", "[::1]",
     "[::ffff:127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::127.0.0.1]",
     "[::127.0.0.1]",
     "[2002:7f00:1::]", "[fe80::5efe:127.0.0.1]", "[::]", "0.0.0.0",
     "2130706433", "0x7f000001", "0177.0.0.1", "127.1"],
)  # fmt: skip
def test_an_own_port_is_refused_under_every_name_of_the_machine_also_where_cameras_may_be_on_it(
    host: str,
) -> None:
    policy = AddressPolicy([HostPort("0.0.0.0", 6379)], allow_loopback=True)
    with pytest.raises(BadInput):
        policy.check(f"rtsp://{host}:6379/")
