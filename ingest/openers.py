"""Opens each camera with the client the commune chose for it: our own, or FFmpeg's."""

from collections.abc import Mapping

from ingest.ports import CameraAddress, Opener, Source
from shared.messages.ingest import CameraOpener


class ChosenOpener:
    """The Opener that gives each camera to the one its address names."""

    def __init__(self, openers: Mapping[CameraOpener, Opener]) -> None:
        self._openers = openers

    async def open(self, address: CameraAddress) -> Source:
        return await self._openers[address.opener].open(address)
