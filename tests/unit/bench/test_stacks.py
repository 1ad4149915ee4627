"""Sampled stacks read: whose work a sample was."""

import pytest

from tests.bench.stacks import Spent, kinds, tally

_LOOP = "thread (1): MainThread;main (shared/service.py:1);uv_run (core.c:464)"
_SEND = f"{_LOOP};Pump.send (shared/tap/pump.py:1)"
_WORKER = "thread (2): disk-1;Thread.run (threading.py:1);DiskLane._work (storage/recording/lane.py:57)"


@pytest.mark.parametrize(
    ("stack", "function", "kind"),
    [
        (_SEND, "Pump.send", "own Python"),
        (
            f"{_SEND};zmq_msg_send (libzmq-2f.so.5);0x7f (libzmq-2f.so.5);write (libc.so.6)",
            "Pump.send",
            "ZeroMQ",
        ),
        (f"{_SEND};inc (prometheus_client/metrics.py:300)", "Pump.send", "Prometheus"),
        (f"{_SEND};read (shared/tap/wire.py:97)", "read", "own Python"),
        (f"{_LOOP};Runner.run (asyncio/runners.py:86)", "main", "asyncio"),
        (f"{_LOOP};uv__read (stream.c:1063);read (libc.so.6)", "main", "system calls"),
        (f"{_LOOP};uv__io_poll (linux.c:1546)", "main", "event loop"),
        (f"{_WORKER};os_fsync (posixmodule.c:9);fsync (libc.so.6)", "DiskLane._work", "fsync"),
        (f"{_WORKER};update (_hashlib.so);EVP_DigestUpdate (libcrypto.so.3)", "DiskLane._work", "hashing"),
        (f"{_LOOP};deliver (mux/transport/core.py:9);seal (mux/transport/core.c:70)", "deliver", "own C"),
    ],
)
def test_a_sample_is_the_innermost_function_of_ours_and_of_one_kind_of_work(
    stack: str, function: str, kind: str
) -> None:
    [(spent, count)] = tally([f"{stack} 7"]).items()
    assert (spent.function, spent.kind, count) == (function, kind, 7)


@pytest.mark.parametrize(
    "stack",
    [
        f"{_LOOP};uv__io_poll (linux.c:1452);epoll_pwait (libc.so.6)",
        f"{_WORKER};PyThread_acquire_lock_timed (libpython3.11.so.1.0);0x7f0 (libc.so.6);0x7f1 (libc.so.6)",
        f"{_LOOP};zmq_msg_recv (libzmq-2f.so.5);poll (libc.so.6)",
    ],
)
def test_threads_that_wait_are_left_out(stack: str) -> None:
    assert not tally([f"{stack} 100"])


def test_samples_of_one_function_add_up_and_kinds_over_functions() -> None:
    spent = tally([f"{_SEND} 3", f"{_SEND} 4", f"{_WORKER} 5", ""])
    assert spent[Spent("Pump.send", "shared/tap/pump.py", "own Python")] == 7
    assert kinds(spent) == {"own Python": 12}
