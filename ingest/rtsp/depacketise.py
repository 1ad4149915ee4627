"""What all depacketisers share: one picture being put together from RTP payloads."""

from abc import ABC, abstractmethod
from enum import Enum, auto
from typing import ClassVar

START_CODE = b"\x00\x00\x00\x01"

MAX_PICTURE_BYTES = 8 << 20
"""No camera's picture is larger; what is has lost its borders."""


class Form(Enum):
    """What payloads are like, for the compiled core, which knows only two forms."""

    OTHER = auto()
    H264 = auto()
    H265 = auto()


class Depacketiser(ABC):
    """Puts one picture together. The receiver adds its payloads, then takes it or clears it away.

    `has_picture`: there is something to decode, not parameter sets alone. `key`: decoding can start with it.
    `damaged`: a part is missing. `continues`: its first part is not the head of a picture.
    `nals` is where NAL units begin in it, behind their start codes. `malformed` counts payloads that made no
    sense.

    Payloads that are nothing but a further part of `unit` all begin with the same `middle_bytes` bytes.
    `middle` is those bytes as a big-endian number, -1 while no such payload may come. The receiver may add
    what follows them to `unit` itself.
    """

    middle_bytes: ClassVar[int] = 0
    form: Form = Form.OTHER
    extensible: ClassVar[bool] = False
    """Whether RTP's header extensions say something of pictures; they are then given to `extend`."""

    def __init__(self) -> None:
        self.unit = bytearray()
        self.nals: list[int] = []
        self.middle = -1
        self.has_picture = self.key = self.damaged = self.continues = False
        self.malformed = 0

    @abstractmethod
    def add(self, data: memoryview, start: int, end: int) -> None:
        """Take the payload `data[start:end]` in. Never raises: nonsense is counted, a hole is marked."""

    def extend(self, data: memoryview, start: int, end: int) -> None:
        """Take the header extension `data[start:end]` of the packet whose payload is added next, if it has
        any. Never raises."""
        raise NotImplementedError

    def take(self) -> bytes:
        """The picture; the next one begins."""
        data = bytes(self.unit)
        self.clear()
        return data

    def begin_nal(self) -> None:
        """What is added to `unit` next is another NAL unit."""
        self.unit += START_CODE
        self.nals.append(len(self.unit))

    def clear(self) -> None:
        self.unit = bytearray()
        self.nals = []
        self.middle = -1
        self.has_picture = self.key = self.damaged = self.continues = False
