"""What no recorder of a camera can do without, each by itself in a bare loop with warm caches.

`python -m tests.bench.recorder_floor` prints it.
"""

import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import zmq

from tests.bench.spent import cpu_ns_by_thread

KBPS = 2000
_PIECE_BYTES = 100_000
"""What a turn of such a camera brings."""

_PIECES = 400


@dataclass(frozen=True, slots=True)
class RecorderFloor:
    """% of a core for a camera of KBPS: to hash its bytes, write them to the page cache, receive them."""

    hash: float
    write: float
    receive: float

    @property
    def all(self) -> float:
        return self.hash + self.write + self.receive

    def __str__(self) -> str:
        return (
            f"Floor of a recorder, each in a bare loop with warm caches: SHA-256 {self.hash:.3f}, writing "
            f"to the page cache {self.write:.3f}, ZeroMQ's receive {self.receive:.3f}, together "
            f"{self.all:.3f} % of a core a camera."
        )


def recorder_floor() -> RecorderFloor:
    """Measured now."""
    return RecorderFloor(_hashing(), _writing(), _receiving())


def _hashing() -> float:
    digest, piece = hashlib.sha256(), os.urandom(_PIECE_BYTES)
    return _percent(lambda: digest.update(piece))


def _writing() -> float:
    piece = os.urandom(_PIECE_BYTES)
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "film").open("wb", buffering=0) as file:
        return _percent(lambda: file.write(piece))


def _percent(work: Callable[[], object]) -> float:
    began_ns = time.thread_time_ns()
    for _ in range(_PIECES):
        work()
    return _of_a_camera(time.thread_time_ns() - began_ns)


def _of_a_camera(spent_ns: int) -> float:
    pieces_a_second = KBPS * 1000 / 8 / _PIECE_BYTES
    return spent_ns / _PIECES * pieces_a_second / 1e7


def _receiving() -> float:
    """What the reader's thread takes, and half of what the threads of both ends take: one copies what the
    other does."""
    sending, receiving = zmq.Context[zmq.Socket[bytes]](), zmq.Context[zmq.Socket[bytes]]()
    with sending, receiving, sending.socket(zmq.PUSH) as sender, receiving.socket(zmq.PULL) as reader:
        port, piece = reader.bind_to_random_port("tcp://127.0.0.1"), os.urandom(_PIECE_BYTES)
        sender.connect(f"tcp://127.0.0.1:{port}")
        feeding = threading.Thread(target=lambda: [sender.send(piece, copy=False) for _ in range(_PIECES)])
        threads_ns, began_ns = _threads_ns(), time.thread_time_ns()
        feeding.start()
        for _ in range(_PIECES):
            reader.recv(copy=False)
        spent_ns = time.thread_time_ns() - began_ns
        feeding.join()
        return _of_a_camera(spent_ns + (_threads_ns() - threads_ns) // 2)


def _threads_ns() -> int:
    spent = cpu_ns_by_thread(os.getpid())
    return sum(ns for name, ns in spent.items() if name.startswith("ZMQbg/IO"))


if __name__ == "__main__":
    print(recorder_floor())
