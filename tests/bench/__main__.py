"""`make bench`: every figure of this machine, beside its floor or peer of the same run and its aim.

`python -m tests.bench [PART...]` runs the named parts, or all. Each part is a process of its own with a time
limit: one that fails or hangs says why, leaves nothing running, and the others go on. What is found is
printed and kept in `.bench/`, for `make performance`.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.bench.parts import PARTS, machine, measured
from tests.bench.tables import keep

LIMIT_S = 480.0


def main(arguments: Sequence[str]) -> int:
    """Run the named parts, or all; 1 when a part failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--here", action="store_true", help="run the parts in this very process")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.parts if name not in PARTS]
    if unknown:
        print(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    if chosen.here:
        return _here(chosen.parts)
    print(f"{machine()}\n", flush=True)
    failed = [name for name in chosen.parts or PARTS if not _apart(name)]
    if failed:
        print(f"bench: failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _show(name: str) -> None:
    for table in measured(name):
        keep(table)
        print(table.text(), flush=True)


def _here(names: Sequence[str]) -> int:
    for name in names:
        try:
            _show(name)
        # Whatever a part dies of is told in a line: the others go on.
        except Exception as error:
            told = " ".join(str(error).split())[:500]
            print(f"bench: {name}: {type(error).__name__}: {told} ({_place(error)})", file=sys.stderr)
            return 1
    return 0


def _place(error: BaseException) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "tests" in frame.filename]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "elsewhere"


def _apart(name: str) -> bool:
    """Run a part in a process group of its own, and end the whole group after it."""
    began_s = time.monotonic()
    part = subprocess.Popen([sys.executable, "-m", "tests.bench", "--here", name], start_new_session=True)
    try:
        code = part.wait(LIMIT_S)
        said = f"ended with {code}" if code else ""
    except subprocess.TimeoutExpired:
        said = f"took over {LIMIT_S:.0f} s"
    finally:
        _end(part.pid)
        part.wait()
    if said:
        print(f"bench: {name} {said}", file=sys.stderr, flush=True)
    print(f"({name}: {time.monotonic() - began_s:.0f} s)\n", flush=True)
    return not said


def _end(pid: int) -> None:
    """End what a part has left: its group, and what it started in groups of their own, as browsers are."""
    for child in _descendants(pid):
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path("/proc").glob(f"{pid}/task/*/children"):
        with suppress(OSError):
            for child in map(int, task.read_text().split()):
                found += [child, *_descendants(child)]
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
