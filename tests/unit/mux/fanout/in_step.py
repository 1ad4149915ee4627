"""Some viewers of one stream, and what is done to them between its pictures."""

from random import Random

from hypothesis import strategies as st

from mux.counts import Counts
from mux.fanout.fan_out import FanOut
from mux.fanout.pacer import Pacer
from mux.fanout.sender import Sender
from mux.fanout.token_bucket import CAREFUL, NEAR, Pace, TokenBucket
from mux.rtp.header import PlayoutDelay, RtpFormat
from mux.rtp.picture import Picture
from mux.rtp.srtp import AES_128_CM_SHA1_80, Keys
from mux.transport.media_transport import MediaTransport
from mux.transport.stun import Address
from tests.unit.mux.fakes import KEYS, RecordingTransport, Timers, picture

CM_KEYS = Keys(AES_128_CM_SHA1_80, bytes(30), bytes(range(30)))
VIEWERS = 3
PICTURE_NS = 40_000_000
# Odd ones are far too long for the pace of a viewer that is far away.
SIZES = (300, 2_000, 9_000, 60_000)
ACTS = st.tuples(
    st.sampled_from(["retransmit", "key", "pace", "slow", "reformat", "tidy", "nothing", "nothing"]),
    st.integers(0, VIEWERS - 1),
    st.sampled_from(SIZES[:3]) | st.sampled_from(SIZES),
    st.booleans(),
)


class Rig:
    """Some viewers of one stream on a transport; `alone` keeps each from stepping in."""

    def __init__(self, transport: MediaTransport, addresses: list[Address], *, alone: bool = False) -> None:
        self.timers, self.counts, self.now_ns = Timers(), Counts(), 0
        pacer, random = Pacer(self.timers.later, lambda: self.now_ns), Random(5)
        self.fan_out = FanOut(transport, pacer, self.counts)
        if alone:
            self.fan_out._lockstep = {}
        self.senders = [
            Sender(
                keys=CM_KEYS if number == VIEWERS - 1 else KEYS,
                primary=RtpFormat(0x1000 + number, 102, 5),
                rtx=RtpFormat(0x2000 + number, 103, 5),
                transport=transport,
                address=address,
                pacer=pacer,
                bucket=TokenBucket(CAREFUL if number == 0 else NEAR),
                counts=self.counts,
                random=random,
            )
            for number, address in enumerate(addresses)
        ]
        for sender in self.senders:
            self.fan_out.add(sender)
        self.group: list[Picture] = []

    def play(self, acts: list[tuple[str, int, int, bool]]) -> None:
        for number, (act, viewer, size, key) in enumerate(acts):
            self.now_ns += PICTURE_NS
            shown = picture(number, key=key or number == 0, size=size)
            self.group = [shown] if shown.key else [*self.group, shown]
            self.fan_out.give(shown, self.now_ns)
            self.act(act, viewer, number)
            self.timers.run()
        for _ in range(200):
            self.now_ns += PICTURE_NS
            self.timers.run()

    def act(self, act: str, viewer: int, number: int) -> None:
        sender = self.senders[viewer]
        if act == "retransmit":
            sender.step_out()
            sender.retransmit(
                [(sender.destination.index - back) & 0xFFFF for back in (1, 3, 12, 400)], self.now_ns
            )
        elif act == "key":
            sender.key_picture_wanted(self.group, self.now_ns)
        elif act == "pace":
            sender.step_out()
            sender.bucket.pace = NEAR if sender.bucket.pace == CAREFUL else CAREFUL
        elif act == "tidy":
            sender.tidy()
        elif act == "slow":
            sender.step_out()
            sender.bucket.pace = Pace(600, 40)
        elif act == "reformat":
            delay = PlayoutDelay(number % 50, number % 50 + 1)
            sender.reformat(
                RtpFormat(0x1000 + viewer, 102, 5, delay), RtpFormat(0x2000 + viewer, 103, 5, delay)
            )


def recorded(
    addresses: list[Address], acts: list[tuple[str, int, int, bool]], *, alone: bool
) -> list[list[bytes]]:
    transport = RecordingTransport()
    rig = Rig(transport, addresses, alone=alone)
    rig.play(acts)
    return [[sent for sent, to in transport.sent if to == address] for address in addresses]


def steady(rig: Rig, pictures: int) -> None:
    rig.play([("nothing", 0, 500, False)] * pictures)


def alone(rig: Rig) -> list[Sender]:
    return [sender for sender in rig.senders if sender.membership is None]
