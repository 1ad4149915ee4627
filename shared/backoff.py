"""How long to wait before the next try."""

from random import Random


class Backoff:
    """Doubling waits with full jitter: a wait is uniform between half of the step and the step.

    `first_s` is the first step and `limit_s` the largest; `random` makes a storm of clients spread out.
    """

    def __init__(self, *, first_s: float = 0.5, limit_s: float = 15.0, random: Random | None = None) -> None:
        if not 0 < first_s <= limit_s:
            raise ValueError(f"a back-off from {first_s} s to {limit_s} s makes no sense")
        self._first_s = first_s
        self._limit_s = limit_s
        self._step_s = first_s
        self._random = random if random is not None else Random()

    def next_s(self) -> float:
        """Seconds to wait now; the next answer is from a step twice as long, up to the limit."""
        step_s = self._step_s
        self._step_s = min(self._limit_s, step_s * 2)
        return step_s * (0.5 + 0.5 * self._random.random())

    def reset(self) -> None:
        """Start again from the first step: the last try went well."""
        self._step_s = self._first_s
