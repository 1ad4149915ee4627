"""The transcoder's process: its pipes, how nice it is to other processes, and its end with its parent's."""

import ctypes
import os
import queue
import resource
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import av.logging

from shared.errors import BadInput
from shared.transcoder.fitting import prepare
from shared.transcoder.stills import Stills
from shared.transcoder.work import Work
from shared.transcoding.framing import Finish, KeyWanted, Message, Ready, Settled, encoded, read_from
from shared.transcoding.limits import Limits
from shared.units import AccessUnit

_PR_SET_PDEATHSIG = 1
_MOST_MEMORY_BYTES = 4 << 30
_IDLE_S = 0.5
"""With nothing to do for this long, it is a spare one and gets ready for any stream."""
_BEHIND_UNITS = 2
"""With more waiting than this, pictures are decoded and not coded: what comes out is to be of now.
B-frames that come with the picture they are shown before do not count."""


def main() -> None:
    """Transcode until mux closes the pipe."""
    limits = Limits.parse(sys.argv[1:])
    answers = keep_answers_apart()
    behave()
    waiting: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, waiting), daemon=True).start()
    try:
        answers.write(encoded(Ready()))
        answers.flush()
        _work(Stills(limits) if limits.stills else Work(limits), _each(waiting), answers)
    except BrokenPipeError:
        pass
    # Not through the interpreter's end: the reading thread sits in a read that nobody ends.
    os._exit(0)


def keep_answers_apart() -> BinaryIO:
    """The pipe to who started it; what a library prints goes to the log instead."""
    pipe = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(pipe, "wb")


def behave() -> None:
    """Die with who started it even inside a decoder, and have no more memory than needed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    av.logging.set_level(None)


def _read(units: BinaryIO, waiting: "queue.SimpleQueue[Message | None]") -> None:
    """Read ahead, so that the work knows whether more waits. mux bounds what it has under way."""
    try:
        while (message := read_from(units)) is not None:
            waiting.put(message)
    except BadInput as error:
        print(f"transcoder: {error.detail}", file=sys.stderr)
    waiting.put(None)


def _each(waiting: "queue.SimpleQueue[Message | None]") -> Iterator[tuple[Message, bool]]:
    """Each message until the end, and whether too many wait behind it."""
    try:
        message = waiting.get(timeout=_IDLE_S)
    except queue.Empty:
        threading.Thread(target=prepare, daemon=True).start()
        message = waiting.get()
    behind: deque[Message | None] = deque()
    while message is not None:
        while not waiting.empty():
            behind.append(waiting.get())
        yield message, is_late(message, behind)
        message = behind.popleft() if behind else waiting.get()


def is_late(message: Message, behind: Iterable[Message | None]) -> bool:
    """Whether too many wait behind a message."""
    if not isinstance(message, AccessUnit):
        return False
    run, newest90, count = message.run, message.pts90, 0
    for one in behind:
        if isinstance(one, AccessUnit) and (one.run, one.pts90) > (run, newest90):
            run, newest90, count = one.run, one.pts90, count + 1
            if count > _BEHIND_UNITS:
                return True
    return False


def _work(work: Work | Stills, messages: Iterable[tuple[Message, bool]], answers: BinaryIO) -> None:
    for message, behind in messages:
        if isinstance(message, KeyWanted):
            work.key_picture_wanted()
        elif isinstance(message, AccessUnit | Finish):
            skipped = work.skipped
            for made in work.finish() if isinstance(message, Finish) else work.take(message, behind=behind):
                answers.write(encoded(made))
            answers.write(encoded(Settled(work.skipped - skipped, work.trouble)))
            answers.flush()
