"""A tap in the test's hand; `tests/contract/test_tap.py` holds it to what the real one promises."""

from collections.abc import Callable

from shared.ids import StreamId
from shared.tap import Gap
from shared.tap.gathered import Gathered
from shared.units import AccessUnit

Sink = Callable[[AccessUnit | Gap], None]
Answering = Callable[[bool], None]


def _nobody(_coming: bool) -> None:
    """For readers who do not ask where recent units begin and end."""


class FakeTap:
    """Subscriptions as the tap gives them (`shared.tap.TapSubscriber`)."""

    def __init__(self) -> None:
        self.sinks: dict[StreamId, Sink] = {}
        self.answering: dict[StreamId, Answering] = {}
        self.together: dict[StreamId, Callable[[Gathered], None] | None] = {}
        self._open: dict[StreamId, FakeSubscription] = {}

    def subscribe(
        self,
        stream: StreamId,
        sink: Sink,
        answering: Answering = _nobody,
        *,
        together: Callable[[Gathered], None] | None = None,
    ) -> "FakeSubscription":
        """Give `sink` what the test puts in. Raises ValueError when the stream has a sink already."""
        if stream in self._open:
            raise ValueError(f"{stream} is subscribed already")
        self.sinks[stream] = sink
        self.answering[stream] = answering
        self.together[stream] = together
        self._open[stream] = FakeSubscription(self, stream)
        return self._open[stream]

    def leave(self, subscription: "FakeSubscription") -> None:
        """End a subscription, unless it has ended."""
        stream = subscription.stream
        if self._open.get(stream) is subscription:
            del self._open[stream], self.sinks[stream], self.answering[stream], self.together[stream]

    def give(self, *items: AccessUnit | Gap, stream: StreamId | None = None) -> None:
        """What comes live, to the sink of `stream`, else to that of each item's own."""
        for item in items:
            sink = self.sinks.get(stream or item.stream)
            if sink is not None:
                sink(item)

    def give_together(self, several: Gathered) -> None:
        """What comes live and together."""
        together = self.together.get(several.stream)
        if together is not None:
            together(several)
        else:
            self.give(*several.units())

    def answer(self, stream: StreamId, *units: AccessUnit) -> None:
        """Recent units of a stream, between the word that they come and the word that these were all."""
        if stream in self._open:
            self.answering[stream](True)
            self.give(*units, stream=stream)
        if stream in self._open:
            self.answering[stream](False)


class FakeSubscription:
    """One reader's interest in one stream."""

    def __init__(self, tap: FakeTap, stream: StreamId) -> None:
        self._tap = tap
        self.stream = stream

    def close(self) -> None:
        """Give nothing more to the sink. Twice is no error."""
        self._tap.leave(self)
