"""The floor under a delivered packet on this machine: encrypt and send in a bare loop, nothing else.

`python -m tests.bench.floor` prints microseconds of CPU a packet, over loopback into sockets that are
drained: in Python, AES-128-GCM by `encrypt_into` with a nonce each and one `sendmsg` with UDP_SEGMENT a
picture of nine packets; and by the compiled core, a call for a picture of so many viewers. The kernel cuts
pictures for a receiver that reads packets, and hands them over whole to one that reads runs (UDP_GRO).
"""

import contextlib
import os
import socket
import struct
import time
from collections.abc import Iterator

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mux.counts import Counts
from mux.rtp.header import RtpFormat
from mux.rtp.picture import Chunk
from mux.rtp.srtp import AES_128_GCM, Keys
from mux.transport.core import Core
from mux.transport.destination import Destination
from mux.transport.udp import UdpTransport
from shared.clock import SystemClock
from shared.log import Trouble, get_logger

PACKETS = 9
PAYLOAD_BYTES = 1160
HEADER_BYTES = 12
TAG_BYTES = 16
PICTURES = 4000
VIEWERS = 100
_UDP_SEGMENT, _UDP_GRO = 103, 104
_SIZE = HEADER_BYTES + PAYLOAD_BYTES + TAG_BYTES
_LONGEST_RUN_BYTES = 65536


@contextlib.contextmanager
def _receivers(count: int, *, runs: bool) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        made = []
        for _ in range(count):
            receiver = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            receiver.bind(("127.0.0.1", 0))
            receiver.setblocking(False)
            receiver.setsockopt(socket.IPPROTO_UDP, _UDP_GRO, int(runs))
            made.append(receiver)
        yield made


def _drain(receiver: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        while True:
            receiver.recv(_LONGEST_RUN_BYTES)


def us_per_packet(pictures: int = PICTURES, *, runs: bool = False) -> float:
    """Microseconds of this thread's CPU for each packet, in Python."""
    seal = AESGCM(os.urandom(16)).encrypt_into
    payload, header = os.urandom(PAYLOAD_BYTES), os.urandom(HEADER_BYTES)
    buffer = bytearray(PACKETS * _SIZE)
    view = memoryview(buffer)
    slots = [view[n * _SIZE + HEADER_BYTES : (n + 1) * _SIZE] for n in range(PACKETS)]
    segment = [(socket.IPPROTO_UDP, _UDP_SEGMENT, struct.pack("=H", _SIZE))]
    index = 0
    with (
        _receivers(1, runs=runs) as (receiver,),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        address = receiver.getsockname()
        spent_ns = 0
        for _ in range(pictures):
            began_ns = time.thread_time_ns()
            for slot in slots:
                index += 1
                seal(index.to_bytes(12, "big"), payload, header, slot)
            sender.sendmsg([buffer], segment, 0, address)
            spent_ns += time.thread_time_ns() - began_ns
            _drain(receiver)
    return spent_ns / pictures / PACKETS / 1000


def compiled_us_per_packet(
    pictures: int = PICTURES // VIEWERS,
    *,
    viewers: int = VIEWERS,
    runs: bool = False,
    fastest: bool = True,
) -> float:
    """Microseconds of this thread's CPU for each packet, by the compiled core. Raises Unavailable."""
    trouble = Trouble(get_logger("bench"), "udp-trouble", SystemClock())
    transport = UdpTransport(
        "127.0.0.1", 0, counts=Counts(), trouble=trouble, core=Core.load(fastest=fastest)
    )
    lockstep = transport.lockstep()
    payloads = [os.urandom(PAYLOAD_BYTES) for _ in range(PACKETS)]
    chunk = Chunk.of([(0, payload) for payload in payloads])
    with contextlib.closing(transport), _receivers(viewers, runs=runs) as receivers:
        for number, receiver in enumerate(receivers):
            rtp = RtpFormat(number + 1, 102)
            keys = Keys(AES_128_GCM, os.urandom(28), os.urandom(28))
            destination = Destination(transport.sealer(keys, rtp), rtp, TAG_BYTES, receiver.getsockname(), 0)
            lockstep.join(destination, number)
        spent_ns = 0
        for number in range(pictures):
            began_ns = time.thread_time_ns()
            unsent = lockstep.deliver(chunk, number, 0, viewers)
            spent_ns += time.thread_time_ns() - began_ns
            assert not unsent, "the socket has no room"
            for receiver in receivers:
                _drain(receiver)
    return spent_ns / pictures / viewers / PACKETS / 1000


if __name__ == "__main__":
    for reads_runs in (False, True):
        told = "runs" if reads_runs else "packets"
        python_us, compiled_us = us_per_packet(runs=reads_runs), compiled_us_per_packet(runs=reads_runs)
        print(f"{told} read: {python_us:.2f} us a packet in Python, {compiled_us:.2f} compiled")
