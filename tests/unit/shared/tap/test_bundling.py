"""What waits at the publisher for a reader of bundles: how long, how much, in which order, for whom."""

import asyncio
from collections.abc import Sequence

from shared.clock import SimulatedClock
from shared.ids import StreamId
from shared.tap.bundle import bundle_topic, bundled_topic, is_bundle, read_bundle
from shared.tap.bundling import BUNDLED_BYTES, BUNDLED_PARTS, CREDIT, EARN_S, Bundles, Bundling
from tests.support.eventually import eventually

READER, OTHER = bytes(16), bytes([1]) * 16
ONE, TWO = StreamId("59350", "cam-one"), StreamId("59350", "cam-two")
BURST = int(CREDIT)


class Sent:
    """What was sent: the parts of each message, and how many units it was said to have."""

    def __init__(self) -> None:
        self.topics: list[bytes] = []
        self.messages: list[list[bytes]] = []
        self.units: list[int] = []

    def __call__(self, frames: Sequence[bytes], units: int) -> None:
        topic, header, *datas = frames
        self.topics.append(topic)
        assert len(read_bundle(header, len(datas)) if is_bundle(header) else [header]) == len(datas)
        self.messages.append(datas)
        self.units.append(units)


def heard(sent: Sent, clock: SimulatedClock) -> Bundling:
    bundling = Bundling(READER, sent, clock)
    bundling.heard = True
    return bundling


async def test_a_unit_for_who_was_sent_little_leaves_at_once() -> None:
    sent, clock = Sent(), SimulatedClock()
    bundling = heard(sent, clock)
    for number in range(20):
        bundling.add_at_once(b"h", b"%d" % number)
        assert sent.messages[number:] == [[b"%d" % number]]
        await clock.advance(EARN_S)
    assert sent.topics == [bundle_topic(READER)] * 20


async def test_without_credit_what_comes_within_a_span_leaves_together_in_order() -> None:
    sent, clock = Sent(), SimulatedClock()
    bundling = heard(sent, clock)
    for number in range(BURST + 3):
        bundling.add_at_once(b"h", b"%d" % number)
    assert len(sent.messages) == BURST
    await eventually(lambda: len(sent.messages) > BURST, what="the bundle")
    assert sent.messages[BURST:] == [[b"%d" % number for number in range(BURST, BURST + 3)]]
    assert sent.units[BURST:] == [3]


async def test_what_may_wait_leaves_when_the_turn_is_over_with_what_went_before_it_first() -> None:
    sent, clock = Sent(), SimulatedClock()
    bundling = heard(sent, clock)
    bundling.add(b"h", b"one", 5)
    bundling.add(b"h", b"two", 7)
    assert not sent.messages
    await asyncio.sleep(0)
    assert (sent.messages, sent.units) == ([[b"one", b"two"]], [12])
    bundling.add(b"h", b"three", 1)
    bundling.add_at_once(b"h", b"four")
    assert sent.messages[1:] == [[b"three", b"four"]]
    await asyncio.sleep(0)
    assert len(sent.messages) == 2


async def test_what_waits_has_a_bound_of_parts_and_one_of_bytes() -> None:
    sent, clock = Sent(), SimulatedClock()
    bundling = heard(sent, clock)
    for _ in range(BUNDLED_PARTS):
        bundling.add(b"h", b"x", 1)
    assert sent.units == [BUNDLED_PARTS]
    bundling.add(b"h", b"small", 1)
    bundling.add(b"h", bytes(BUNDLED_BYTES), 1)
    assert [len(message) for message in sent.messages[1:]] == [1, 1]
    await asyncio.sleep(0)
    assert len(sent.messages) == 3


async def test_nothing_waits_for_a_reader_that_has_not_asked_for_its_topic() -> None:
    sent = Sent()
    bundling = Bundling(READER, sent, SimulatedClock())
    bundling.add(b"h", b"x", 1)
    bundling.add_at_once(b"h", b"x")
    bundling.flush()
    assert not sent.messages


async def test_a_stream_has_the_readers_whose_topics_name_it_until_they_leave() -> None:
    sent = Sent()
    bundles = Bundles(sent, SimulatedClock())
    topics = [
        bundled_topic(READER, ONE, patient=False),
        bundled_topic(OTHER, ONE, patient=True),
        bundled_topic(READER, TWO, patient=False),
    ]
    assert [bundles.told(topic, True) for topic in topics] == [ONE, ONE, TWO]
    # Twice is no error: ZeroMQ may say it again.
    assert bundles.told(topics[0], True) == ONE
    readers = bundles.of(ONE)
    assert readers is not None
    assert (len(readers.at_once), len(readers.patient)) == (1, 1)
    assert bundles.told(topics[0], False) == ONE
    assert (len(readers.at_once), len(readers.patient)) == (0, 1)
    assert bundles.told(topics[1], False) == ONE
    assert bundles.of(ONE) is None
    assert bundles.of(TWO) is not None


async def test_a_reader_that_left_is_forgotten_and_one_that_comes_again_begins_anew() -> None:
    sent = Sent()
    bundles = Bundles(sent, SimulatedClock())
    topic = bundled_topic(READER, ONE, patient=True)
    for _ in range(2):
        assert bundles.told(bundle_topic(READER), True) is None
        bundles.told(topic, True)
        assert len(bundles._bundlings) == 1
        bundles.told(bundle_topic(READER), False)
        bundles.told(topic, False)
        assert not bundles._bundlings
    # Left without having been asked for.
    bundles.told(topic, False)
    assert not bundles._bundlings


async def test_topics_of_other_kinds_are_nobody_s() -> None:
    bundles = Bundles(Sent(), SimulatedClock())
    for topic in (b"", b"u59350/cam-one/main\0", b"w", b"p" + bytes(16) + b"\0", b"w" + bytes(16) + b"no\0"):
        assert bundles.told(topic, True) is None
    assert not bundles._streams
