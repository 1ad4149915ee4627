"""Where this system's own services listen, however an address spells it: no camera may be there."""

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from shared.errors import BadInput

IpAddress = IPv4Address | IPv6Address
DEFAULT_PORTS = {"rtsp": 554, "http": 80, "https": 443, "redis": 6379, "rediss": 6379, "postgresql": 5432}
# All carry an IPv4 address in their lower 32 bits: NAT64 (RFC 6052, RFC 8215), IPv4-compatible (RFC 4291),
# IPv4-translated (RFC 2765).
_CARRIERS = (
    IPv6Network("64:ff9b::/96"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("::/96"),
    IPv6Network("::ffff:0:0:0/96"),
)
_ISATAP = 0x5EFE
_LOCAL_NAMES = frozenset(
    {"localhost", "localdomain", "local-loopback", "loopback", "ip6-localhost", "ip6-loopback"}
)


@dataclass(frozen=True, slots=True, order=True)
class HostPort:
    """Where somebody listens. `host` is lower case, IPv6 without brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def carried(ip: IpAddress) -> IpAddress:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    low = int(ip) & 0xFFFF_FFFF
    isatap = (int(ip) >> 32) & 0xFDFF_FFFF == _ISATAP
    if isatap or ((low > 1 or int(ip) >> 32) and any(ip in carrier for carrier in _CARRIERS)):
        return IPv4Address(low)
    return ip


def is_local_name(name: str) -> bool:
    """Whether a name means the machine itself wherever it is looked up (RFC 6761)."""
    return name.rstrip(".").rpartition(".")[2] in _LOCAL_NAMES


def is_here(ip: IpAddress) -> bool:
    """Whether an address is this machine's: loopback, or one of an interface."""
    # 0.0.0.0/8 reaches the machine itself on Linux.
    if ip.is_loopback or ip.is_unspecified or (ip.version == 4 and int(ip) >> 24 == 0):
        return True
    family = socket.AF_INET if ip.version == 4 else socket.AF_INET6
    try:
        # Nothing can be bound but to an own address.
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(ip), 0))
    except OSError:
        return False
    return True


class OwnPlaces:
    """This system's own services. One on an address of this machine is meant on all its addresses."""

    def __init__(self, places: Iterable[HostPort], here: Callable[[IpAddress], bool] = is_here) -> None:
        self._places = frozenset(places)
        self._here = here

    def hosts(self, port: int) -> frozenset[str]:
        """The names and addresses of those that listen on a port."""
        return frozenset(place.host for place in self._places if place.port == port)

    def ports(self, ip: IpAddress) -> frozenset[int]:
        """The ports that own services have at an address."""
        return frozenset(place.port for place in self._places if self.holds(ip, place.port))

    def holds(self, ip: IpAddress, port: int) -> bool:
        """Whether an address and port are those of an own service, names of services left aside."""
        ip = carried(ip)
        for host in self.hosts(port):
            own = _ip(host)
            if own is not None and (own == ip or (self._here(own) and self._here(ip))):
                return True
        return False


def _ip(host: str) -> IpAddress | None:
    if is_local_name(host):
        return IPv4Address("127.0.0.1")
    try:
        return carried(ip_address(host.partition("%")[0]))
    except ValueError:
        return None


def own_service(url: str) -> HostPort | None:
    """Where the service behind a URL of our own settings listens, None for one that is only a file."""
    parts = urlsplit(url)
    if not parts.hostname:
        return None
    port = parts.port or DEFAULT_PORTS.get(parts.scheme.partition("+")[0], 0)
    return HostPort(parts.hostname.lower(), port)


def listed_places(text: str) -> list[HostPort]:
    """The places of a setting, `host:port` separated by commas. Raises BadInput."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        try:
            place = own_service(f"//{part}")
        except ValueError as error:
            raise BadInput(f"{part!r} is not of the form host:port") from error
        if place is None or not place.port:
            raise BadInput(f"{part!r} is not of the form host:port")
        found.append(place)
    return found
