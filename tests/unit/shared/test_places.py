"""Where own services listen, however an address spells it."""

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.places import HostPort, IpAddress, OwnPlaces, carried, is_local_name, listed_places, own_service


def here(ip: IpAddress) -> bool:
    return ip in (ip_address("10.0.0.5"), ip_address("127.0.0.1"), ip_address("::1"))


OWN = OwnPlaces([HostPort("10.0.0.5", 6379), HostPort("192.0.2.9", 443), HostPort("mux.example", 80)], here)


@settings(max_examples=40)
@given(st.ip_addresses(v=4))
def test_every_way_to_write_an_ipv4_address_as_ipv6_is_seen_through(ip: IpAddress) -> None:
    low = f"{int(ip) >> 16:x}:{int(ip) & 0xFFFF:x}"
    for text in (f"::ffff:{low}", f"64:ff9b::{low}", f"2002:{low}::1", f"fe80::5efe:{low}"):
        assert carried(ip_address(text)) == ip


def test_an_own_service_is_meant_under_every_address_of_this_machine() -> None:
    assert OWN.holds(ip_address("127.0.0.1"), 6379)
    assert OWN.holds(ip_address("::ffff:10.0.0.5"), 6379)
    assert OWN.ports(ip_address("::1")) == {6379}


def test_another_machine_or_port_is_none_of_ours() -> None:
    assert not OWN.holds(ip_address("10.0.0.6"), 6379)
    assert not OWN.holds(ip_address("10.0.0.5"), 443)
    assert OWN.holds(ip_address("192.0.2.9"), 443)
    assert OWN.hosts(80) == {"mux.example"}


@pytest.mark.parametrize("name", ["localhost", "camera.localhost.", "ip6-loopback"])
def test_names_of_the_machine_itself_are_known(name: str) -> None:
    assert is_local_name(name)
    assert not is_local_name(f"{name.rstrip('.')}.example")


def test_a_service_s_place_is_read_from_its_url_with_its_usual_port() -> None:
    assert own_service("redis://:secret@Cache/0") == HostPort("cache", 6379)
    assert own_service("https://[2001:db8::1]/x") == HostPort("2001:db8::1", 443)
    assert own_service("sqlite:///var/x.db") is None


def test_listed_places_are_read_and_wrong_ones_named() -> None:
    assert [str(place) for place in listed_places(" db:5432, [::1]:80 ,")] == ["db:5432", "[::1]:80"]
    for wrong in ("db", "db:99999", "[::1"):
        with pytest.raises(BadInput, match="host:port"):
            listed_places(wrong)
