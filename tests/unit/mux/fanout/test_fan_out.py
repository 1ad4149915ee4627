"""Who has just come, beside who was there before: a second later both are sent the same at once."""

from random import Random

import pytest

from mux.counts import Counts
from mux.fanout.fan_out import FanOut
from mux.fanout.pacer import STEP_S, Pacer
from mux.fanout.sender import Sender
from mux.fanout.token_bucket import NEAR, TokenBucket
from mux.rtp.header import RtpFormat
from mux.rtp.picture import Picture
from mux.transport.stun import Address
from tests.unit.mux.fakes import KEYS, RecordingTransport, Timers, picture, timestamp

FPS = 25
GROUP = 10 * FPS
STEPS_A_PICTURE = round(1 / FPS / STEP_S)
KEY_BYTES, BYTES = 80_000, 10_000
THERE: Address = ("192.0.2.1", 1000)
NEW: Address = ("192.0.2.2", 1000)


class Stream:
    """A camera of 2 Mb/s and its viewers on the same network as mux, in simulated time."""

    def __init__(self) -> None:
        self.transport, self.timers, self.random = RecordingTransport(), Timers(), Random(3)
        self.now_ns = 0
        self.pacer = Pacer(self.timers.later, lambda: self.now_ns)
        self.fan_out = FanOut(self.transport, self.pacer, Counts())
        self.group: list[Picture] = []
        self._number = 0

    def start(self, address: Address) -> Sender:
        sender = Sender(
            keys=KEYS,
            primary=RtpFormat(0x1000, 102, 5),
            rtx=RtpFormat(0x2000, 103, 5),
            transport=self.transport,
            address=address,
            pacer=self.pacer,
            bucket=TokenBucket(NEAR),
            counts=Counts(),
            random=self.random,
        )
        self.fan_out.add(sender)
        sender.start(self.group, self.now_ns)
        return sender

    def play(self, pictures: int) -> None:
        for _ in range(pictures):
            self.give()
            for _ in range(STEPS_A_PICTURE):
                self.now_ns += int(STEP_S * 1e9)
                self.timers.run()

    def give(self) -> None:
        key = self._number % GROUP == 0
        shown = picture(self._number, key=key, size=KEY_BYTES if key else BYTES)
        self._number += 1
        self.group = [shown] if key else [*self.group, shown]
        self.fan_out.give(shown, self.now_ns)

    def sent_of_next(self, *senders: Sender) -> list[list[int]]:
        """The times of the packets that leave for each before any time passes, on the stream's timeline."""
        before = len(self.transport.sent)
        self.give()
        now = self.transport.sent[before:]
        for _ in range(STEPS_A_PICTURE):
            self.now_ns += int(STEP_S * 1e9)
            self.timers.run()
        return [
            [
                (timestamp(sent) - sender.time_base) % 2**32
                for sent, to in now
                if to == sender.destination.address
            ]
            for sender in senders
        ]


@pytest.mark.parametrize("passed", [1, 125, GROUP - 5])
def test_a_second_after_its_start_a_viewer_gets_each_picture_when_the_others_do(passed: int) -> None:
    stream = Stream()
    there = stream.start(THERE)
    stream.play(passed)
    new = stream.start(NEW)
    stream.play(FPS)
    for _ in range(FPS):
        for_there, for_new = stream.sent_of_next(there, new)
        assert for_new == for_there
        assert len(for_there) > 8, "a picture that waits tells nothing"
