"""What one tile gets of a stream: the stream itself, or what is derived for a browser that cannot show it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from mux.streams.channel import Channel
from shared.errors import BeffroiError, Unsupported
from shared.ids import StreamId
from shared.reasons import Reason, why
from shared.tap import Gap
from shared.units import AccessUnit, Codec


@dataclass(slots=True, eq=False)
class Feed:
    """A stream for a viewer who takes `codecs`; `told` is called when any other field changes.

    `channel` is where pictures come from. Where `refused` says why there are none, it is the stream's own.
    """

    stream: StreamId
    codecs: frozenset[Codec]
    channel: Channel
    told: Callable[[], None]
    derived: "Derived | None" = None
    refused: BeffroiError | None = None

    @property
    def transcoded(self) -> bool:
        return self.derived is not None

    @property
    def trouble(self) -> str | Reason:
        """Why the derivation gives nothing; empty where there is none or all is well."""
        if self.refused is not None:
            return self.refused.told
        return "" if self.derived is None else self.derived.trouble

    @property
    def incomplete(self) -> bool:
        """Whether the pictures are, of a camera without key pictures that was joined a moment ago."""
        return self.derived is not None and self.derived.incomplete

    @property
    def has_group(self) -> bool:
        """Whether a viewer could start now."""
        return self.refused is None and self.channel.has_group


class Derived(Protocol):
    """A channel of H.264 that is made from a stream nobody, or not everybody, can be shown as it is."""

    @property
    def channel(self) -> Channel: ...

    @property
    def trouble(self) -> str | Reason:
        """Why nothing comes; empty where all is well."""
        ...

    @property
    def incomplete(self) -> bool:
        """Whether its newest picture is incomplete."""
        ...

    def take(self, item: AccessUnit | Gap) -> None:
        """The sink of the stream's units: the recent ones from a key unit on, then the live ones."""
        ...

    def close(self) -> None:
        """Nobody watches it any more."""
        ...


Derive = Callable[[Channel], Derived]
"""Begins to derive from a stream's channel. Raises BeffroiError where it cannot: too many, or unknown."""


def no_derivation(source: Channel) -> Derived:
    """The derivation of a server that has none."""
    # Of H.264 in order, what is derived is a stream without key pictures, or of fields.
    if source.reordered:
        raise Unsupported(
            why(
                "pictures-out-of-order",
                "the camera sends pictures out of order, which is not shown yet: H.264 in order is",
            )
        )
    raise Unsupported(
        why(
            "codec-not-shown",
            "the camera sends {codec}, which is not shown yet: H.264 in order is",
            codec=str(source.codec),
        )
    )
