"""Where a tap socket binds or dials. Either side may do either."""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from shared.errors import BadInput
from shared.redact import redact


class Way(StrEnum):
    BIND = "bind"
    CONNECT = "connect"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One `bind:tcp://host:port` or `connect:tcp://host:port`."""

    way: Way
    address: str

    @classmethod
    def parse(cls, text: str) -> "Endpoint":
        """Read an endpoint. Raises BadInput."""
        way, _, address = text.strip().partition(":")
        if way not in ("bind", "connect") or not _is_tcp(address):
            raise BadInput(
                f"tap endpoint {redact(text)!r} is not of the form bind:tcp://host:port "
                "or connect:tcp://host:port"
            )
        return cls(Way(way), address)

    @classmethod
    def parse_list(cls, text: str) -> tuple["Endpoint", ...]:
        """Read endpoints separated by commas. Raises BadInput, also when there is none."""
        endpoints = tuple(cls.parse(part) for part in text.split(",") if part.strip())
        if not endpoints:
            raise BadInput("no tap endpoint is given")
        return endpoints

    @property
    def is_loopback(self) -> bool:
        """Whether nothing but this machine can be on the other side."""
        host = urlsplit(self.address).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def is_ipv6(self) -> bool:
        return "[" in self.address


@dataclass(frozen=True, slots=True)
class Beside:
    """One more reader that a publisher dials, by a key of that reader's own: an edge recorder. Without one it
    is on this machine."""

    endpoint: Endpoint
    server_public: bytes | None = None


def _is_tcp(address: str) -> bool:
    """Whether it is `tcp://host:port` and nothing more."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    alone = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc or address.endswith("#"))
    return parts.scheme == "tcp" and bool(parts.hostname) and bool(port) and alone
