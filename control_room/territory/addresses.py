"""Checks the addresses of cameras: none is one of this platform's own services or its own machine.

This service resolves no name. The ingest worker does when it connects, and checks what the name points to.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from shared.errors import BadInput
from shared.places import DEFAULT_PORTS, HostPort, OwnPlaces, carried, is_local_name
from shared.reasons import why

_FIELD = "address"
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PLAIN = re.compile(r"[\x21-\x7e]+")
_MAX_NAME = 253


class AddressPolicy:
    """Says whether a camera may have an address.

    `own` are this platform's services, refused always; `allow_loopback` lets simulated cameras be on this
    machine.
    """

    def __init__(self, own: Iterable[HostPort] = (), *, allow_loopback: bool = False) -> None:
        self._own = OwnPlaces(own)
        self._allow_loopback = allow_loopback

    def check(self, address: str) -> HostPort:
        """The host and port of a camera's address. Raises BadInput that names the field, not the value."""
        if not _PLAIN.fullmatch(address):
            raise BadInput(
                why("address-characters", "the address holds blanks or characters other than plain ASCII"),
                _FIELD,
            )
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError as error:
            raise BadInput(
                why("address-not-url", "the address is not a URL with a valid host and port"), _FIELD
            ) from error
        if parts.scheme != "rtsp":
            raise BadInput(why("address-scheme", "the address must start with rtsp://"), _FIELD)
        if "@" in parts.netloc or "\\" in address:
            raise BadInput(
                why(
                    "address-credentials",
                    "the address must hold no user name or password: they have fields of their own",
                ),
                _FIELD,
            )
        if parts.fragment or port == 0:
            raise BadInput(why("address-fragment", "the address has a fragment or the port 0"), _FIELD)
        place = HostPort(self._host(parts.hostname or ""), port or DEFAULT_PORTS["rtsp"])
        if self._is_own(place):
            raise BadInput(
                why("address-own", "the address is that of one of this platform's own services"), _FIELD
            )
        return place

    def _is_own(self, place: HostPort) -> bool:
        if place.host in self._own.hosts(place.port):
            return True
        try:
            ip = ip_address("127.0.0.1" if is_local_name(place.host) else place.host)
        except ValueError:
            return False
        return self._own.holds(ip, place.port)

    def _host(self, host: str) -> str:
        if not host:
            raise BadInput(why("address-no-host", "the address has no host"), _FIELD)
        if ":" in host:
            return str(self._checked_ip(_ipv6(host)))
        labels = host.rstrip(".").lower().split(".")
        if _NUMBER.fullmatch(labels[-1]):
            return str(self._checked_ip(_ipv4(host)))
        if len(host) > _MAX_NAME or not all(_LABEL.fullmatch(label) for label in labels):
            raise BadInput(why("address-name", "the address's host is no valid name"), _FIELD)
        if is_local_name(labels[-1]) and not self._allow_loopback:
            raise BadInput(why("address-loopback", "the address points to the machine itself"), _FIELD)
        return ".".join(labels)

    def _checked_ip(self, ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
        inner = carried(ip)
        if inner.is_loopback and self._allow_loopback:
            return inner
        for wrong, reason in (
            (inner.is_loopback, why("address-loopback", "the address points to the machine itself")),
            (inner.is_unspecified, why("address-unspecified", "the address points to no machine")),
            (inner.is_link_local, why("address-link-local", "the address points to a link-local address")),
            (inner.is_multicast, why("address-multicast", "the address points to a multicast group")),
            (_reserved(inner), why("address-reserved", "the address points to a reserved range")),
        ):
            if wrong:
                raise BadInput(reason, _FIELD)
        return inner


def _ipv4(host: str) -> IPv4Address:
    """A dotted quad. Decimal, hexadecimal, octal and short spellings of IPv4 are refused, not translated."""
    try:
        return IPv4Address(host)
    except ValueError as error:
        raise BadInput(
            why("address-number", "the address's host is a number, but no dotted IPv4 address"), _FIELD
        ) from error


def _ipv6(host: str) -> IPv6Address:
    try:
        ip = ip_address(host)
    except ValueError as error:
        raise BadInput(why("address-ipv6", "the address's host is no valid IPv6 address"), _FIELD) from error
    if not isinstance(ip, IPv6Address) or ip.scope_id is not None:
        raise BadInput(why("address-ipv6", "the address's host is no valid IPv6 address"), _FIELD)
    return ip


def _reserved(ip: IPv4Address | IPv6Address) -> bool:
    # 0.0.0.0/8 reaches the machine itself on Linux; site-local is gone since RFC 3879.
    if isinstance(ip, IPv4Address):
        return ip.is_reserved or int(ip) >> 24 == 0
    return ip.is_site_local
