"""`make profile`: where the CPU of ingest, storage and mux goes, by kind of work and by function.

A few cameras are pulled, recorded and shown on one wall. Each service is measured at work first, by the
kernel's account, then sampled by py-spy, which stops it for a moment each time. That takes the
right to trace another process: root, or `sysctl kernel.yama.ptrace_scope=0`.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.camera_side import FPS, KBPS, camera_side
from tests.bench.spent import cpu_ns_by_thread, wake_ups
from tests.bench.stacks import Spent, kinds, tally
from tests.bench.tables import Cell, Table

CAMERAS = 10
SECONDS = 8.0
TOP = 20
_HZ = 400
_SETTLE_S = 3.0


@dataclass(frozen=True, slots=True)
class Account:
    """What the kernel says of a service: % of a core by name of thread, and wake-ups a second.

    Threads of Python are called as the main one is, `main`; those of libraries have names of their own.
    """

    main: str
    percent: Mapping[str, float]
    wake_ups: float

    @property
    def all(self) -> float:
        return sum(self.percent.values())


async def account(pid: int, seconds: float) -> Account:
    """The account of some seconds."""
    loop = asyncio.get_running_loop()
    before, woken, began_s = cpu_ns_by_thread(pid), wake_ups(pid), loop.time()
    await asyncio.sleep(seconds)
    after, lasted_s = cpu_ns_by_thread(pid), loop.time() - began_s
    percent = {name: (ns - before.get(name, 0)) / lasted_s / 1e7 for name, ns in after.items()}
    main = Path(f"/proc/{pid}/comm").read_text().strip()
    return Account(main, percent, (wake_ups(pid) - woken) / lasted_s)


async def sample(pid: int, seconds: float) -> Counter[Spent]:
    """Where a process was while it worked. Raises RuntimeError where it may not be looked at."""
    spy = Path(sys.executable).with_name("py-spy")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stacks"
        watching = await asyncio.create_subprocess_exec(
            *(spy, "record", "--pid", str(pid), "--duration", str(round(seconds)), "--rate", str(_HZ)),
            *("--native", "--function", "--threads", "--format", "raw", "--output", file),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, said = await watching.communicate()
        if watching.returncode != 0 or not file.exists():
            raise RuntimeError(f"py-spy cannot look at process {pid}: {said.decode()[-300:]}")
        return tally(file.read_text().splitlines())


def by_kind(service: str, cameras: int, spent: Counter[Spent], told: Account) -> Table:
    """The kinds of work; threads of libraries, which no sample sees, stand as the kernel counts them."""
    samples = max(1, spent.total())
    python = told.percent[told.main]
    shares = {kind: count / samples * python for kind, count in kinds(spent).items()}
    shares |= {f"threads {name}": share for name, share in told.percent.items() if name != told.main}
    ordered = sorted(shares.items(), key=lambda item: -item[1])
    return Table(
        f"profile-{service}",
        f"{service}: {told.all:.2f} % of a core, {cameras} cameras, {KBPS / 1000:.0f} Mb/s, {FPS} pictures/s",
        ["kind of work", "% of the service", "% core/camera"],
        [[kind, 100 * share / told.all, share / cameras] for kind, share in ordered if share > 0],
        note=f"{told.wake_ups / cameras:.0f} wake-ups a second and camera. {samples} samples.",
    )


def by_function(service: str, spent: Counter[Spent], top: int) -> Table:
    """The functions that take most; what a library does for one of ours stands beside that one."""
    samples = max(1, spent.total())
    rows: list[list[Cell]] = [
        [where.function, where.place, where.kind, 100 * count / samples]
        for where, count in spent.most_common(top)
    ]
    return Table(
        f"profile-{service}-functions",
        f"{service}: the {len(rows)} functions that take most of what Python's threads take",
        ["function", "file", "kind of work", "%"],
        rows,
    )


async def _profile(cameras: int, seconds: float, top: int) -> None:
    async with camera_side(cameras) as side:
        await side.pull()
        await side.record()
        await side.watch()
        await asyncio.sleep(_SETTLE_S)
        services = {"ingest": side.worker, "storage": side.storage, "mux": side.mux.pid}
        told = await asyncio.gather(*(account(pid, seconds) for pid in services.values()))
        for (service, pid), said in zip(services.items(), told, strict=True):
            spent = await sample(pid, seconds)
            print(by_kind(service, cameras, spent, said).text(), flush=True)
            print(by_function(service, spent, top).text(), flush=True)


def main() -> int:
    """Print two tables a service."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cameras", type=int, default=CAMERAS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long each service is sampled")
    parser.add_argument("--top", type=int, default=TOP, help="how many functions are shown")
    chosen = parser.parse_args()
    try:
        asyncio.run(_profile(chosen.cameras, chosen.seconds, chosen.top))
    except RuntimeError as error:
        print(f"profile: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
