"""Judges whether a camera's pictures are passed on; if not, why, and when its session is begun again.

Pure: whoever keeps it tells it what happens and when.
"""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import repeat
from typing import NamedTuple, Self

from ingest.checks.common import NO_KEY, UNKNOWN_SETS
from ingest.ports import STALL_S, TOLD_S, InvalidStream, SourceCounts, SourceError, Stalled
from ingest.rhythm import SLOWEST_NS, Rhythm
from shared.causes import technical
from shared.messages.ingest import CameraStatus
from shared.reasons import Reason, why

TOLD_NS = int(TOLD_S * 1e9)
SILENCE_NS = int(STALL_S * 1e9) - 500_000_000
"""No session is ended sooner: what comes back by then costs no other connection."""

LOOK_EVERY_S = 0.25
"""How often one looks where something is wrong."""

KEY_WAIT_S = 30.0
"""So long a sound stream may make us wait for its first key picture; some send one every 20 s, and none when
somebody connects."""

NEW_KEY_WAIT_NS = 10_000_000_000
"""The same after a loss, for a camera that sends one when somebody connects; twice as long each time."""

_LONGEST_WAIT_NS = 66_000_000_000
_MANY = 50
_REMEMBERED, _ENOUGH = 12, 4
"""Of so many pictures, where some make no sense, so many must: noise looks like a picture now and then."""

UNTIMED, BACK = "no timestamp", "timestamp goes back"
_AWAITED = (NO_KEY, "refers to pictures before the first one")


@dataclass(slots=True)
class Habits:
    """What is known of a camera from its sessions before.

    `step_ns` is the time between its pictures where that is long, `key_ns` that between its key pictures; 0
    while unknown. `stalls` and `key_waits` count the sessions in a row that ended so.
    """

    step_ns: int = 0
    key_ns: int = 0
    stalls: int = 0
    key_waits: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong; `error` is what the session ends with, None while it is worth waiting."""

    status: CameraStatus
    reason: Reason
    error: SourceError | None = None


class _Seen(NamedTuple):
    """What was counted at a look. A tuple, since it is made at each."""

    packets: int
    damaged_pictures: int
    foreign: int
    senseless: int

    @classmethod
    def of(cls, counts: SourceCounts) -> Self:
        senseless = counts.malformed + counts.junk_bytes
        return cls(counts.packets, counts.damaged_pictures, counts.foreign, senseless)


class Vigil:
    """Watches one session, which begins now. `silence` gives the sentence where nothing comes."""

    def __init__(self, habits: Habits, fps: float, silence: Callable[[], Reason], now_ns: int) -> None:
        self._habits, self._silence = habits, silence
        told_ns = int(1e9 / fps) if 0 < fps < 1 else habits.step_ns
        self._rhythm = Rhythm(min(told_ns, SLOWEST_NS))
        self._since_ns = self._key_since_ns = now_ns
        self._received = self._passed = 0
        self._key_ns = 0
        self._keyed = self._missed = self._key_at_once = False
        self._causes: Counter[str] = Counter()
        self._garbage = 0
        self._sense: deque[bool] = deque(maxlen=_REMEMBERED)
        self._seen = _Seen.of(SourceCounts())

    @property
    def steady(self) -> bool:
        """Whether the pictures passed on are what the camera sends, and no chance among noise."""
        if all(self._sense) or sum(self._sense) >= _ENOUGH:
            return True
        return self._rhythm.step_ns * _ENOUGH >= TOLD_NS

    def received(self, now_ns: int, count: int = 1) -> None:
        """The source gave a picture, or several together."""
        self._received += count
        self._rhythm.picture(now_ns, count)

    def passed(self, now_ns: int, *, key: bool, count: int = 1) -> None:
        """A picture was given on, or several were."""
        self._sense.extend(repeat(True, min(count, _REMEMBERED)))
        if not self.steady:
            return
        self._passed += count
        self._since_ns = now_ns
        if self._causes or self._garbage:
            self._causes.clear()
            self._garbage = 0
        if key:
            self._key(now_ns)

    def dropped(self, cause: str, garbage: int = 0) -> None:
        """A picture was not given on, and `garbage` in it made no sense."""
        self._causes[cause] += 1
        self._garbage += garbage
        self._missed = True
        if garbage or cause == UNKNOWN_SETS:
            if all(self._sense):
                # What was sent before the trouble says nothing of what comes.
                self._sense.clear()
            self._sense.append(False)

    def forgive(self, late_ns: int) -> None:
        """We were late by so much ourselves."""
        self._since_ns += late_ns
        self._key_since_ns += late_ns
        self._rhythm.forgive(late_ns)

    def next_look_s(self, now_ns: int) -> float:
        """When the next look is worth while after one that found nothing: shortly before half of our patience
        is over, else when it is."""
        patience_ns = self._patience_ns
        left_ns = patience_ns - (now_ns - self._since_ns)
        before_half_ns = left_ns - patience_ns * 11 // 20
        return max(LOOK_EVERY_S, (before_half_ns if before_half_ns > 0 else left_ns) / 1e9)

    def misses(self, now_ns: int) -> bool:
        """Whether our patience is over: a look would find something wrong."""
        return now_ns - self._since_ns >= self._patience_ns

    def look(self, counts: SourceCounts, now_ns: int) -> Finding | None:
        """What is wrong now, None where pictures are passed on."""
        silent_ns = now_ns - self._since_ns
        patience_ns = self._patience_ns
        if silent_ns < patience_ns / 2:
            # What is to tell more than the end of the last picture comes later.
            self._seen = _Seen.of(counts)
        if silent_ns < patience_ns:
            return None
        last_ns = self._rhythm.last_ns
        if self._causes and last_ns is not None and now_ns - last_ns < patience_ns:
            return self._of_pictures(now_ns)
        return self._of_packets(counts, now_ns) or self._of_silence(counts, now_ns)

    def _ends(self, now_ns: int) -> bool:
        """Whether it has lasted long enough for the session to be ended."""
        return now_ns - self._since_ns >= SILENCE_NS

    @property
    def cause(self) -> str:
        """What most pictures were dropped for, the wait for a key picture last."""
        telling = Counter({c: n for c, n in self._causes.items() if not c.startswith(_AWAITED)})
        if telling and (self._garbage or max(telling.values()) > 1):
            return telling.most_common(1)[0][0]
        return self._causes.most_common(1)[0][0]

    @property
    def _patience_ns(self) -> int:
        return max(TOLD_NS, self._rhythm.step_ns * 3 // 2 + 1_000_000_000)

    @property
    def _slow(self) -> bool:
        return self._rhythm.step_ns > 1_000_000_000

    def _key(self, now_ns: int) -> None:
        if self._keyed and not self._missed:
            # Half of what was known is forgotten at each: one long step is not for ever.
            step_ns = min(SLOWEST_NS, now_ns - self._key_ns)
            self._habits.key_ns = max(step_ns, (self._habits.key_ns + step_ns) // 2)
            self._habits.key_waits = 0
        if not self._keyed:
            self._key_at_once = self._received == 1
        self._keyed, self._missed = True, False
        self._key_ns = self._key_since_ns = now_ns
        if self._passed >= _MANY:
            self._habits.stalls = 0
        self._habits.step_ns = self._rhythm.step_ns if self._slow else 0

    def _of_pictures(self, now_ns: int) -> Finding:
        """Pictures come, and none of them can be given on."""
        cause = self.cause
        waited_ns = now_ns - self._key_since_ns
        if cause.startswith(_AWAITED):
            return self._of_key(waited_ns, ends=self._ends(now_ns))
        long = waited_ns >= KEY_WAIT_S * 1e9
        helps = long or (bool(self._garbage) and self._ends(now_ns))
        reason = _unreadable(cause, KEY_WAIT_S if long and not self._garbage else TOLD_S)
        return Finding(CameraStatus.INVALID, reason, InvalidStream(reason) if helps else None)

    def _of_key(self, waited_ns: int, *, ends: bool) -> Finding:
        if not self._passed:
            if waited_ns < KEY_WAIT_S * 1e9:
                reason = why(
                    "camera-first-key-awaited", "the camera sends pictures, and has sent no key picture yet"
                )
                return Finding(CameraStatus.CONNECTING, reason)
            reason = why(
                "camera-no-key",
                "the camera sends no key picture: it sent none for {seconds} s",
                seconds=int(KEY_WAIT_S),
            )
            return Finding(CameraStatus.INVALID, reason, InvalidStream(reason))
        if not ends or waited_ns < self._key_wait_ns:
            reason = why("camera-key-awaited", "waits for the next key picture after a loss")
            return Finding(CameraStatus.STALLED, reason)
        if not self._habits.key_ns:
            self._habits.key_waits += 1
        reason = why(
            "camera-no-key-after-loss",
            "the camera sends no key picture after a loss: its session is begun again",
        )
        return Finding(CameraStatus.STALLED, reason, Stalled(reason))

    @property
    def _key_wait_ns(self) -> int:
        """How long after the last key picture the next one is overdue."""
        if self._habits.key_ns:
            return min(_LONGEST_WAIT_NS, 2 * self._habits.key_ns + 1_000_000_000)
        if not self._key_at_once:
            return int(KEY_WAIT_S * 1e9)
        return min(_LONGEST_WAIT_NS, NEW_KEY_WAIT_NS << min(self._habits.key_waits, 3))

    def _of_packets(self, counts: SourceCounts, now_ns: int) -> Finding | None:
        """Packets come, and no picture of them; None where none come."""
        before, seen = self._seen, _Seen.of(counts)
        if seen.damaged_pictures > before.damaged_pictures:
            reason = why("camera-packets-lost", "no picture arrives whole: packets are lost on the way")
            lasting = now_ns - self._since_ns >= KEY_WAIT_S * 1e9
            return Finding(CameraStatus.STALLED, reason, Stalled(reason) if lasting else None)
        if seen.packets != before.packets:
            reason = why("camera-packets-no-picture", "the camera's packets make no picture")
        elif seen.foreign > before.foreign:
            reason = why(
                "camera-packets-foreign", "only packets of another stream come than the one asked for"
            )
        elif seen.senseless > before.senseless:
            reason = why("camera-packets-senseless", "the camera's packets make no sense")
        else:
            return None
        return Finding(CameraStatus.INVALID, reason, InvalidStream(reason) if self._ends(now_ns) else None)

    def _of_silence(self, counts: SourceCounts, now_ns: int) -> Finding:
        habits, silent_ns = self._habits, now_ns - self._since_ns
        if (self._passed or counts.begun) and not self._rhythm.known and silent_ns < _LONGEST_WAIT_NS:
            reason = why(
                "camera-rhythm-unknown",
                "the camera has sent its first picture, and how often it sends one is not known yet",
            )
            return Finding(CameraStatus.CONNECTING, reason)
        reason = self._silence()
        # Who stalls soon after its start again and again may only send seldom: every other time it is given
        # longer.
        longer_ns = SILENCE_NS << min(8, (habits.stalls + 1) // 2) if habits.stalls % 2 else SILENCE_NS
        error: SourceError | None = None
        if silent_ns >= min(_LONGEST_WAIT_NS, longer_ns):
            habits.stalls = habits.stalls + 1 if self._passed < _MANY else 0
            error = Stalled(reason)
        return Finding(CameraStatus.STALLED, reason, error)


def _unreadable(cause: str, seconds: float) -> Reason:
    if cause == UNTIMED:
        return why("camera-untimed", "the camera's pictures have no timestamp")
    if cause == BACK:
        return why("camera-times-back", "the timestamps of the camera's pictures go back")
    if cause == UNKNOWN_SETS:
        return why("camera-parameters-unknown", "the camera's pictures refer to parameters it never sent")
    return why(
        "camera-unreadable",
        "the camera has sent nothing that can be decoded for {seconds} s ({cause})",
        seconds=int(seconds),
        cause=technical(cause),
    )
