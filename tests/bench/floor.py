"""The floor under a delivered packet in Python on this machine: encrypt and send, nothing else.

`python -m tests.bench.floor` prints microseconds of CPU a packet: AES-128-GCM by `encrypt_into` with
a nonce each, and one `sendmsg` with UDP_SEGMENT a picture of nine packets, over loopback
into a socket that is drained. The kernel cuts the picture for a receiver that reads packets, and hands it over
whole to one that reads runs (UDP_GRO): the floor of either is another.
"""

import contextlib
import os
import socket
import struct
import time

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PACKETS = 9
PAYLOAD_BYTES = 1172
HEADER_BYTES = 12
TAG_BYTES = 16
PICTURES = 4000
_UDP_SEGMENT, _UDP_GRO = 103, 104
_SIZE = HEADER_BYTES + PAYLOAD_BYTES + TAG_BYTES


def us_per_packet(pictures: int = PICTURES, *, runs: bool = False) -> float:
    """Microseconds of this thread's CPU for each packet, to a receiver that reads packets, or `runs`."""
    seal = AESGCM(os.urandom(16)).encrypt_into
    payload, header = os.urandom(PAYLOAD_BYTES), os.urandom(HEADER_BYTES)
    buffer = bytearray(PACKETS * _SIZE)
    view = memoryview(buffer)
    slots = [view[n * _SIZE + HEADER_BYTES : (n + 1) * _SIZE] for n in range(PACKETS)]
    segment = [(socket.IPPROTO_UDP, _UDP_SEGMENT, struct.pack("=H", _SIZE))]
    index = 0
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)
        receiver.setsockopt(socket.IPPROTO_UDP, _UDP_GRO, int(runs))
        address = receiver.getsockname()
        spent_ns = 0
        for _ in range(pictures):
            began_ns = time.thread_time_ns()
            for slot in slots:
                index += 1
                seal(index.to_bytes(12, "big"), payload, header, slot)
            sender.sendmsg([buffer], segment, 0, address)
            spent_ns += time.thread_time_ns() - began_ns
            with contextlib.suppress(BlockingIOError):
                while True:
                    receiver.recv(65536)
    return spent_ns / pictures / PACKETS / 1000


if __name__ == "__main__":
    print(f"{us_per_packet():.2f} us a packet, {us_per_packet(runs=True):.2f} where runs are read")
