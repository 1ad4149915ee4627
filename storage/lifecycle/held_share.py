"""How much of the disk is kept by holds: a disk full of held footage leaves nothing to record on."""

from collections.abc import Callable

from shared.clock import Clock
from shared.errors import BeffroiError
from shared.log import get_logger
from shared.messages.storage import HeldShare
from shared.reasons import Reason, why
from storage.index.held_bytes import HeldBytes
from storage.metrics import HoldMetrics

_EVERY_S = 30.0


class HeldWatch:
    """Measures every 30 s. `share` is None until it was measured once."""

    def __init__(
        self,
        held: HeldBytes,
        free_bytes: Callable[[], int],
        clock: Clock,
        metrics: HoldMetrics,
        *,
        alarm_percent: int,
    ) -> None:
        self._held = held
        self._free_bytes = free_bytes
        self._clock = clock
        self._metrics = metrics
        self._alarm_percent = alarm_percent
        self._log = get_logger("storage")
        self.share: HeldShare | None = None

    async def run(self) -> None:
        """Measure for ever."""
        while True:
            try:
                await self.measure()
            except (BeffroiError, OSError) as error:
                self._log.warning("held-share-unmeasured", reason=str(error))
            await self._clock.sleep(_EVERY_S)

    async def measure(self) -> HeldShare:
        """Measure once. Raises Unavailable, OSError."""
        held, recorded = await self._held.held(), await self._held.recorded()
        usable = max(recorded, held) + self._free_bytes()
        share = HeldShare(held, usable, self._alarm(held, usable))
        self._metrics.held_bytes.set(held)
        self._metrics.held_share.set(held / usable if usable else 0.0)
        self.share = share
        return share

    def health(self) -> str | None:
        """Why somebody must look at the holds."""
        alarm = None if self.share is None else self.share.alarm
        return None if alarm is None else alarm.text

    def _alarm(self, held: int, usable: int) -> Reason | None:
        if not usable or held * 100 < usable * self._alarm_percent:
            return None
        return why(
            "disk-held",
            "holds keep {percent} % of what recordings may fill: once it is full nothing more is recorded",
            percent=held * 100 // usable,
        )
