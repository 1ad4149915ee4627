"""Which cameras' cards are offered, and where: what BEFFROI_CARDS says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import BadInput
from shared.ids import CAMERA_PATTERN

HTTP_PORT = 80
_ALL = "*"
_ITEM = re.compile(
    rf"(?P<camera>\*|{CAMERA_PATTERN})(?:=(?P<port>\d{{1,5}})(?:/(?P<recording>[^,\s]{{1,64}}))?)?"
)


@dataclass(frozen=True, slots=True)
class CardPlace:
    """The port of a camera's ONVIF services, on its own host; `recording` is the token of the one meant, ""
    for the only one there is."""

    port: int = HTTP_PORT
    recording: str = ""


class CardChoice:
    """The cameras whose cards are offered."""

    def __init__(self, places: Mapping[str, CardPlace]) -> None:
        self._places = places

    @classmethod
    def read(cls, text: str) -> "CardChoice":
        """`CAMERA`, `CAMERA=PORT` or `CAMERA=PORT/RECORDING`, comma separated; `*` is every other camera.

        Raises BadInput.
        """
        places: dict[str, CardPlace] = {}
        for item in filter(None, (part.strip() for part in text.split(","))):
            found = _ITEM.fullmatch(item)
            port = int(found["port"] or HTTP_PORT) if found else 0
            if found is None or not 0 < port < 65536:
                raise BadInput(
                    f"BEFFROI_CARDS is wrong at {item[:80]!r}: CAMERA, CAMERA=PORT or CAMERA=PORT/RECORDING"
                )
            if found["camera"] == _ALL and found["recording"]:
                raise BadInput("BEFFROI_CARDS names one recording for all cameras")
            places[found["camera"]] = CardPlace(port, found["recording"] or "")
        return cls(places)

    def __bool__(self) -> bool:
        return bool(self._places)

    def place(self, camera: str) -> CardPlace | None:
        """Where the card of a camera (its id within the commune) is asked, None where it is not offered."""
        return self._places.get(camera) or self._places.get(_ALL)
