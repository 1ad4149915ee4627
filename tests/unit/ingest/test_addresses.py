"""Which addresses a worker opens."""

import asyncio
import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.addresses import AddressRules
from ingest.ports import ForbiddenAddress, Unreachable
from shared.places import HostPort, is_here


def rules(*found: str, allow_loopback: bool = False) -> AddressRules:
    async def resolve(host: str, port: int) -> list[str]:
        return list(found) or [host]

    return AddressRules(allow_loopback=allow_loopback, resolve=resolve)


async def test_a_camera_is_opened_by_ip_so_that_its_name_cannot_change_meanwhile() -> None:
    target = await rules("192.0.2.7").check("rtsp://camera.example:8554/a/b?c=1")
    assert target.url() == "rtsp://192.0.2.7:8554/a/b?c=1"
    assert target.place == "camera.example:8554"


async def test_the_usual_port_is_554() -> None:
    assert (await rules("192.0.2.7").check("rtsp://camera/x")).port == 554


async def test_an_ipv6_address_gets_its_brackets() -> None:
    assert (await rules("2001:db8::1").check("rtsp://camera/x")).url() == "rtsp://[2001:db8::1]:554/x"


@pytest.mark.parametrize(
    "ip",
    ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "169.254.1.1", "fe80::1", "fe80::1%eth0",
     "224.0.0.1", "64:ff9b::127.0.0.1", "::7f00:1", "255.255.255.255", "ff02::1", "0.0.0.0", "::"],
)  # fmt: skip
async def test_an_address_of_the_machine_itself_or_of_no_machine_is_refused(ip: str) -> None:
    with pytest.raises(ForbiddenAddress):
        await rules(ip).check("rtsp://camera.example/x")


async def test_one_forbidden_address_among_good_ones_is_refused() -> None:
    with pytest.raises(ForbiddenAddress):
        await rules("192.0.2.7", "127.0.0.1").check("rtsp://camera.example/x")


async def test_loopback_is_let_through_where_the_setting_says_so() -> None:
    assert (await rules("127.0.0.1", allow_loopback=True).check("rtsp://localhost/x")).ip == "127.0.0.1"


async def test_link_local_is_refused_even_where_loopback_is_allowed() -> None:
    with pytest.raises(ForbiddenAddress):
        await rules("169.254.169.254", allow_loopback=True).check("rtsp://camera/x")


@pytest.mark.parametrize(
    "url",
    ["http://192.0.2.7/x", "file:///etc/passwd", "rtsps://192.0.2.7/x", "192.0.2.7", "rtsp:///x",
     "rtsp://user:pw@192.0.2.7/x", "rtsp://192.0.2.7:99999/x", "rtsp://192.0.2.7/a\r\nb", "rtsp://[::1/x"],
)  # fmt: skip
async def test_anything_but_a_plain_rtsp_address_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        await rules().check(url)


async def test_a_refused_address_is_not_quoted_with_its_password() -> None:
    with pytest.raises(ForbiddenAddress) as raised:
        await rules().check("rtsp://user:hunter2@192.0.2.7/x")
    assert "hunter2" not in raised.value.detail


async def test_an_unknown_name_is_unreachable() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(Unreachable, match="not known"):
        await AddressRules(resolve=resolve).check("rtsp://nowhere.example/x")


@settings(deadline=None)
@given(st.ip_addresses())
def test_no_loopback_or_special_address_ever_passes(address: object) -> None:
    ip = ipaddress.ip_address(str(address))
    try:
        asyncio.run(rules(str(ip)).check("rtsp://camera/x"))
    except ForbiddenAddress:
        return
    assert not any((ip.is_loopback, ip.is_multicast, ip.is_link_local, ip.is_unspecified))


OWN = (HostPort("127.0.0.1", 7001), HostPort("redis.internal", 6379))


@pytest.mark.parametrize(
    "ip",
    ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1",
     "::7f00:1", "0.0.0.0", "::"],
)  # fmt: skip
async def test_an_own_port_is_refused_after_resolution_also_where_cameras_may_be_on_this_machine(
    ip: str,
) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return [ip]

    checked = AddressRules(OWN, allow_loopback=True, resolve=resolve)
    with pytest.raises(ForbiddenAddress):
        await checked.check("rtsp://camera.example:7001/x")


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"])
async def test_an_own_port_is_refused_however_the_resolver_reads_the_host(host: str) -> None:
    with pytest.raises(ForbiddenAddress):
        await AddressRules(OWN, allow_loopback=True).check(f"rtsp://{host}:7001/x")


async def test_an_own_service_elsewhere_is_refused_under_its_name_another_name_and_its_address() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["10.0.0.5"]

    checked = AddressRules(OWN, resolve=resolve)
    for host in ("redis.internal", "alias.example", "10.0.0.5", "[::ffff:10.0.0.5]"):
        with pytest.raises(ForbiddenAddress):
            await checked.check(f"rtsp://{host}:6379/")
    assert (await checked.check("rtsp://alias.example:554/")).ip == "10.0.0.5"


async def test_a_name_that_resolves_differently_later_is_judged_anew_and_the_checked_address_is_opened() -> (
    None
):
    answers = iter((["192.0.2.7"], ["127.0.0.1"]))

    async def resolve(host: str, port: int) -> list[str]:
        return next(answers)

    checked = AddressRules(OWN, resolve=resolve)
    assert (await checked.check("rtsp://camera.example/x")).ip == "192.0.2.7"
    with pytest.raises(ForbiddenAddress):
        await checked.check("rtsp://camera.example/x")


def test_an_address_of_an_interface_is_this_machine_and_one_of_others_is_not() -> None:
    assert is_here(ipaddress.ip_address("127.0.0.2"))
    assert not is_here(ipaddress.ip_address("192.0.2.7"))


async def test_packets_go_to_no_port_of_an_own_service_whatever_the_camera_names() -> None:
    here = await AddressRules(OWN, allow_loopback=True).check("rtsp://127.0.0.1:8554/x")
    assert here.sendable((7000, 7001)) is None
    assert here.sendable((6000, 6001)) == (6000, 6001)
    assert (await AddressRules(OWN).check("rtsp://192.0.2.7/x")).sendable((7000, 7001)) == (7000, 7001)
