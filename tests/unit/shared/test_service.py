import asyncio
import json
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from shared import metrics
from shared.backoff import Backoff
from shared.clock import SimulatedClock
from shared.errors import NotFound, Unavailable
from shared.service import Service
from tests.support.eventually import eventually
from tests.support.ports import free_port

ROOT = Path(__file__).parents[3]
Work = Callable[[], Awaitable[None]]


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[None]:
    task = asyncio.create_task(service.run())
    try:
        yield
    finally:
        service.stopping.set()
        await asyncio.wait_for(task, 10)


async def asked(port: int, request: bytes) -> tuple[bytes, bytes]:
    """The head and body of an answer; the request goes out in two pieces, as it may."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request[:7])
    await writer.drain()
    await asyncio.sleep(0)
    writer.write(request[7:])
    head, _, body = (await asyncio.wait_for(reader.read(), 5)).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return head, body


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nUser-Agent: test\r\n\r\n".encode()


async def listening(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


@asynccontextmanager
async def served(service: Service, port: int) -> AsyncIterator[None]:
    async with running(service):
        await eventually(lambda: listening(port), what="the status port")
        yield


async def test_a_service_that_is_well_says_so() -> None:
    port = free_port()
    service = Service("some", status_port=port)
    service.check("disk", lambda: None)
    async with served(service, port):
        head, body = await asked(port, get("/healthz"))
    assert head.startswith(b"HTTP/1.1 200 ")
    assert json.loads(body) == {"service": "some", "ok": True, "wrong": {}}


async def test_a_service_that_is_not_well_says_what_is_wrong() -> None:
    port = free_port()
    service = Service("some", status_port=port)
    service.check("disk", lambda: "the disk is full")
    service.check("tap", lambda: None)
    async with served(service, port):
        head, body = await asked(port, get("/healthz?verbose"))
    assert head.startswith(b"HTTP/1.1 503 ")
    assert json.loads(body)["wrong"] == {"disk": "the disk is full"}


async def test_a_check_that_fails_hides_no_other() -> None:
    service = Service("some", status_port=0)
    service.check("broken", lambda: f"{1 // 0}")
    service.check("disk", lambda: "the disk is full")
    assert service.health()["disk"] == "the disk is full"
    assert "ZeroDivisionError" in service.health()["broken"]


async def test_health_shows_no_password() -> None:
    service = Service("some", status_port=0)
    service.check("redis", lambda: "redis://:hunter2@host does not answer")
    assert "hunter2" not in str(service.health())


async def test_metrics_are_served() -> None:
    port = free_port()
    metrics.counter("test_served_total", "x").inc()
    async with served(Service("some", status_port=port), port):
        head, body = await asked(port, get("/metrics"))
    assert b"text/plain" in head
    assert b"test_served_total 1.0" in body


async def test_another_path_is_not_found() -> None:
    port = free_port()
    async with served(Service("some", status_port=port), port):
        head, _ = await asked(port, get("/etc/passwd"))
    assert head.startswith(b"HTTP/1.1 404 ")


async def test_another_method_is_not_allowed() -> None:
    port = free_port()
    async with served(Service("some", status_port=port), port):
        head, _ = await asked(port, b"POST /metrics HTTP/1.1\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize(
    "request_", [b"\r\n\r\n        ", b"GET\r\n\r\n      ", b"\x16\x03\x01\x02\x00\x01\r\n\r\n"]
)
async def test_noise_on_the_status_port_hurts_nobody(request_: bytes) -> None:
    port = free_port()
    async with served(Service("some", status_port=port), port):
        await asked(port, request_)
        head, _ = await asked(port, get("/healthz"))
    assert head.startswith(b"HTTP/1.1 200 ")


async def test_an_endless_request_is_cut_off() -> None:
    port = free_port()
    async with served(Service("some", status_port=port), port):
        head, _ = await asked(port, b"GET /" + b"x" * 60_000)
    assert head == b""


async def test_a_taken_status_port_is_said_in_one_sentence() -> None:
    port = free_port()
    async with served(Service("first", status_port=port), port):
        with pytest.raises(Unavailable) as refusal:
            await Service("second", status_port=port).run()
    assert refusal.value.detail == (
        f"second cannot open its status port 127.0.0.1:{port}: Address already in use"
    )


async def test_a_port_that_no_machine_has_is_said_in_one_sentence() -> None:
    with pytest.raises(Unavailable, match="cannot open its status port"):
        await Service("some", status_port=70_000).run()


async def test_a_taken_status_port_stops_what_was_running() -> None:
    port = free_port()
    closed: list[str] = []

    async def close() -> None:
        closed.append("closed")

    async with served(Service("first", status_port=port), port):
        second = Service("second", status_port=port)
        second.on_stop(close)
        second.supervise("work", _for_ever)
        with pytest.raises(Unavailable):
            await second.run()
    assert closed == ["closed"]


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def test_parts_end_in_the_reverse_of_their_beginning() -> None:
    ended: list[str] = []
    service = Service("some", status_port=free_port())

    def closer(name: str) -> Work:
        async def close() -> None:
            ended.append(name)

        return close

    async def work() -> None:
        try:
            await _for_ever()
        finally:
            ended.append("work")

    service.on_stop(closer("bus"))
    service.supervise("work", work)
    service.on_stop(closer("http"))
    async with running(service):
        await asyncio.sleep(0)
    assert ended == ["http", "work", "bus"]


async def test_a_part_that_cannot_close_keeps_no_other_open() -> None:
    ended: list[str] = []
    service = Service("some", status_port=free_port())

    async def good() -> None:
        ended.append("good")

    async def bad() -> None:
        raise OSError("gone already")

    service.on_stop(good)
    service.on_stop(bad)
    async with running(service):
        pass
    assert ended == ["good"]


async def test_work_that_fails_is_started_again() -> None:
    clock = SimulatedClock()
    service = Service("some", status_port=free_port(), clock=clock)
    starts: list[int] = []

    async def work() -> None:
        starts.append(clock.monotonic_ns())
        raise NotFound("no such camera")

    service.supervise("work", work, backoff=Backoff(first_s=1, limit_s=4, random=Random(1)))
    async with running(service):
        await clock.advance(30)
    assert len(starts) >= 5


async def test_work_that_ends_is_started_again() -> None:
    clock = SimulatedClock()
    service = Service("some", status_port=free_port(), clock=clock)
    starts: list[int] = []

    async def work() -> None:
        starts.append(1)

    service.supervise("work", work)
    async with running(service):
        await clock.advance(2)
    assert len(starts) >= 2


async def test_waits_grow_while_work_keeps_failing() -> None:
    clock = SimulatedClock()
    service = Service("some", status_port=free_port(), clock=clock)
    starts: list[int] = []

    async def work() -> None:
        starts.append(clock.monotonic_ns())
        raise RuntimeError("a fault nobody foresaw")

    service.supervise("work", work, backoff=Backoff(first_s=1, limit_s=60, random=Random(1)))
    async with running(service):
        await clock.advance(60)
    waits = [after - before for before, after in pairwise(starts)]
    assert waits == sorted(waits)


async def test_work_that_ran_for_long_starts_again_soon() -> None:
    clock = SimulatedClock()
    service = Service("some", status_port=free_port(), clock=clock)
    starts: list[int] = []

    async def work() -> None:
        starts.append(clock.monotonic_ns())
        await clock.sleep(120)
        raise NotFound("lost")

    service.supervise("work", work, backoff=Backoff(first_s=1, limit_s=600, random=Random(1)))
    async with running(service):
        for _ in range(8):
            await clock.advance(121)
    assert starts[-1] - starts[-2] <= 121_000_000_000


async def test_each_restart_is_counted() -> None:
    clock = SimulatedClock()
    service = Service("some", status_port=free_port(), clock=clock)

    async def work() -> None:
        raise NotFound("lost")

    service.supervise("counted work", work)
    async with running(service):
        await clock.advance(1)
    assert b'beffroi_work_restarts_total{work="counted work"}' in metrics.render()


async def test_work_that_waits_to_be_started_again_does_not_delay_the_stop() -> None:
    service = Service("some", status_port=free_port())

    async def work() -> None:
        raise NotFound("lost")

    service.supervise("work", work, backoff=Backoff(first_s=600, limit_s=600))
    started = time.monotonic()
    async with running(service):
        await asyncio.sleep(0)
    assert time.monotonic() - started < 5


async def test_a_service_ends_with_the_failure_of_its_part() -> None:
    service = Service("some", status_port=free_port())
    service.fail(Unavailable("the disk has gone"))
    with pytest.raises(Unavailable, match="the disk has gone"):
        await service.run()


# A whole process, because signals, exit codes and standard error are its own.
PROGRAM = """
import asyncio, os, sys
from shared.errors import Unavailable
from shared.service import Service, main

async def build():
    service = Service("tiny", status_port=int(os.environ["PORT"]))
    def closer(name):
        async def close():
            print("closed", name, flush=True)
        return close
    for name in ("first", "second"):
        service.on_stop(closer(name))
    async def work():
        print("working", flush=True)
        await asyncio.Event().wait()
    service.supervise("work", work)
    if os.environ.get("FAULT") == "known":
        raise Unavailable("redis://:hunter2@host does not answer")
    if os.environ.get("FAULT") == "unknown":
        raise RuntimeError("redis://:hunter2@host is odd")
    return service

sys.exit(main("tiny", build))
"""


async def spawned(folder: Path, port: int, **environment: str) -> Process:
    (folder / "tiny.py").write_text(PROGRAM)
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tiny", cwd=folder, stdout=PIPE, stderr=PIPE,
        env={"PORT": str(port), "PYTHONPATH": f"{folder}:{ROOT}", **environment},
    )  # fmt: skip


async def finished(process: Process) -> tuple[int | None, str, str]:
    out, err = await asyncio.wait_for(process.communicate(), 20)
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_everything_in_order_and_well(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    process = await spawned(tmp_path, port)
    await eventually(lambda: listening(port), what="the status port of the process")
    process.send_signal(number)
    code, out, _ = await finished(process)
    assert (code, out.splitlines()) == (0, ["working", "closed second", "closed first"])


async def test_a_port_already_taken_ends_the_process_with_one_sentence(tmp_path: Path) -> None:
    port = free_port()
    async with served(Service("first", status_port=port), port):
        code, _, err = await finished(await spawned(tmp_path, port))
    assert code == 2
    assert err.splitlines()[-1] == (
        f"beffroi tiny: tiny cannot open its status port 127.0.0.1:{port}: Address already in use"
    )


async def test_a_wrong_setting_ends_the_process_with_one_sentence(tmp_path: Path) -> None:
    process = await spawned(tmp_path, free_port(), BEFFROI_DEMO="perhaps")
    code, _, err = await finished(process)
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("beffroi tiny: BEFFROI_DEMO is wrong: ")


async def test_an_error_at_the_start_shows_no_password(tmp_path: Path) -> None:
    code, _, err = await finished(await spawned(tmp_path, free_port(), FAULT="known"))
    assert (code, err) == (2, "beffroi tiny: redis://***@host does not answer\n")


async def test_a_fault_nobody_foresaw_shows_its_place_and_no_password(tmp_path: Path) -> None:
    code, _, err = await finished(
        await spawned(tmp_path, free_port(), FAULT="unknown", BEFFROI_LOG_JSON="false")
    )
    assert code == 1
    assert "in build" in err
    assert "hunter2" not in err
