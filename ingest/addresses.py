"""Which addresses the worker may open: cameras, never the machine's own services."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from ingest.ports import ForbiddenAddress, Unreachable
from ingest.refusals import quoted
from shared.places import HostPort, OwnPlaces, carried, is_local_name
from shared.reasons import why

RTSP_PORT = 554

Resolve = Callable[[str, int], Awaitable[list[str]]]
_BROADCAST = ipaddress.IPv4Address("255.255.255.255")


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: what to connect to is `ip`, never the name again, which may change its mind.

    `own_ports` are those of `ip` that own services have: nothing the camera names leads there.
    """

    host: str
    port: int
    ip: str
    path: str
    own_ports: frozenset[int] = frozenset()

    @property
    def place(self) -> str:
        """The camera in words: `host:port`, without path or credentials."""
        return f"{self.host}:{self.port}"

    @property
    def uri(self) -> str:
        """What requests name: the address as it was given, without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == RTSP_PORT else f":{self.port}"
        return f"rtsp://{host}{port}{self.path}"

    def sendable(self, ports: tuple[int, int] | None) -> tuple[int, int] | None:
        """The UDP ports that the camera names for packets to it, None where one is an own service's."""
        return None if ports is None or self.own_ports & set(ports) else ports

    def url(self, userinfo: str = "") -> str:
        """The RTSP address by IP; `userinfo` is empty or `user:password`, both percent-encoded."""
        host = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"rtsp://{userinfo + '@' if userinfo else ''}{host}:{self.port}{self.path}"


async def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


class AddressRules:
    """Lets through `rtsp://` addresses of other machines; with `allow_loopback` also this one's.

    `own` are services of this system, refused always, under whatever name or spelling.
    """

    def __init__(
        self, own: Iterable[HostPort] = (), *, allow_loopback: bool = False, resolve: Resolve = resolve
    ) -> None:
        self._own = OwnPlaces(own)
        self._allow_loopback = allow_loopback
        self._resolve = resolve

    async def check(self, url: str) -> Target:
        """The target of an address, to be asked anew for each connection and for each redirect.

        Raises ForbiddenAddress, Unreachable where the name is unknown.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or RTSP_PORT
        except ValueError:
            raise ForbiddenAddress(
                why("camera-address-unreadable", "the camera's address cannot be read")
            ) from None
        if parts.scheme != "rtsp":
            raise ForbiddenAddress(
                why("camera-address-scheme", "the camera's address does not start with rtsp://")
            )
        if "@" in parts.netloc:
            raise ForbiddenAddress(
                why(
                    "camera-address-credentials",
                    "the camera's address has credentials in it: they have fields of their own",
                )
            )
        if not parts.hostname or any(ord(character) <= 32 for character in url):
            raise ForbiddenAddress(
                why("camera-address-no-host", "the camera's address has no host or has blanks in it")
            )
        try:
            # Most cameras have no name, and must not wait for the names of others.
            found = [parts.hostname] if _is_ip(parts.hostname) else await self._resolve(parts.hostname, port)
        except (OSError, UnicodeError):
            raise Unreachable(
                why("camera-name-unknown", "the name {name} is not known", name=quoted(parts.hostname))
            ) from None
        if not found:
            raise Unreachable(
                why("camera-name-empty", "the name {name} has no address", name=quoted(parts.hostname))
            )
        for ip in found:
            self._check_ip(ip)
        await self._refuse_own(parts.hostname, found, port)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        own_ports = self._own.ports(ipaddress.ip_address(found[0].partition("%")[0]))
        return Target(parts.hostname, port, found[0], path, own_ports)

    async def _refuse_own(self, host: str, found: list[str], port: int) -> None:
        asked = {carried(ipaddress.ip_address(ip.partition("%")[0])) for ip in found}
        names = {name for name in self._own.hosts(port) if not _is_ip(name) and not is_local_name(name)}
        if (
            host in names
            or any(self._own.holds(ip, port) for ip in asked)
            or asked & {ip for name in names for ip in await self._own_ips(name, port)}
        ):
            raise ForbiddenAddress(
                why(
                    "camera-address-own",
                    "the camera's address leads to port {port} of one of this system's own services",
                    port=port,
                )
            )

    async def _own_ips(self, name: str, port: int) -> set[ipaddress.IPv4Address | ipaddress.IPv6Address]:
        try:
            found = await self._resolve(name, port)
        except (OSError, UnicodeError):
            return set()
        return {carried(ipaddress.ip_address(ip.partition("%")[0])) for ip in found}

    def _check_ip(self, text: str) -> None:
        address = carried(ipaddress.ip_address(text.partition("%")[0]))
        if address.is_loopback and self._allow_loopback:
            return
        if (
            address.is_loopback
            or address.is_link_local
            or address.is_multicast
            or address.is_unspecified
            or address == _BROADCAST
        ):
            raise ForbiddenAddress(
                why(
                    "camera-address-no-machine",
                    "the camera's address leads to {ip}, which is this machine or no single machine",
                    ip=str(address),
                )
            )


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
