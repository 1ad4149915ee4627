"""How long a viewer's browser holds pictures back: on a bad link as long as retransmissions need.

A pure function of what receiver reports said; times are monotonic. A lost packet costs a round trip until it
has been sent again, and another where it is lost again; jitter costs what the latest packets are late.
"""

from dataclasses import dataclass, replace

LEAST_MS, MOST_MS = 100, 500
"""Bounds of the delay on a bad link."""

_LOSSY = 0.005
_FAR_MS = 25.0
# What the statistic of RFC 3550 says of pictures that come up to 20 ms and up to 60 ms late.
_UNSTEADY_FAR_MS = 6.0
_UNSTEADY_NEAR_MS = 30.0
_JITTERS = 4.0
_ROUND_TRIPS = 2.0
# A receiver waits a little for a packet that was only overtaken before it asks for it again.
_ASKING_MS = 40.0
_STEP_MS = 20
_LOWER_BY_MS = 60
_LOWER_AFTER_NS = 15_000_000_000
_AGREEING = 2


@dataclass(frozen=True, slots=True)
class Heard:
    """What the reports of a moment say of the link; None is unknown."""

    at_ns: int
    rtt_ms: float | None
    jitter_ms: float | None
    loss: float | None
    least_rtt_ms: float | None = None
    """The least round trip seen lately: how far away the viewer is, however busy a machine on the way is."""


@dataclass(frozen=True, slots=True)
class Playout:
    """The delay chosen, and what of the history decides on the next one."""

    delay_ms: int = 0
    more: int = 0
    """So many reports in a row wanted a longer delay."""
    enough_since_ns: int | None = None
    """Since when a clearly shorter delay would have done."""
    enough_ms: int = 0
    """The longest that was needed in that time."""


def needed_ms(heard: Heard) -> int:
    """The delay that a link like this needs: 0, or between LEAST_MS and MOST_MS in steps of 20 ms."""
    rtt_ms, jitter_ms, loss = heard.rtt_ms or 0.0, heard.jitter_ms or 0.0, heard.loss or 0.0
    lossy = loss >= _LOSSY
    far_ms = rtt_ms if heard.least_rtt_ms is None else heard.least_rtt_ms
    unsteady = jitter_ms >= (_UNSTEADY_FAR_MS if far_ms >= _FAR_MS else _UNSTEADY_NEAR_MS)
    if not (lossy or unsteady):
        return 0
    wanted_ms = _JITTERS * jitter_ms
    if lossy:
        wanted_ms += _ROUND_TRIPS * rtt_ms + _ASKING_MS
    steps = -(-wanted_ms // _STEP_MS)
    return min(MOST_MS, max(LEAST_MS, int(steps) * _STEP_MS))


def heard_more(playout: Playout, heard: Heard) -> Playout:
    """The delay after another report.

    The delay grows to what is needed once two reports in a row need more; it shrinks
    after 15 s in which 60 ms less would have done, to the most that was needed in that time.
    """
    needed = needed_ms(heard)
    if needed > playout.delay_ms:
        more = playout.more + 1
        if more < _AGREEING:
            return replace(playout, more=more, enough_since_ns=None, enough_ms=0)
        return Playout(delay_ms=needed)
    if playout.delay_ms == 0 or (needed and needed > playout.delay_ms - _LOWER_BY_MS):
        return Playout(delay_ms=playout.delay_ms)
    since_ns = heard.at_ns if playout.enough_since_ns is None else playout.enough_since_ns
    enough = max(needed, playout.enough_ms)
    if heard.at_ns - since_ns >= _LOWER_AFTER_NS:
        return Playout(delay_ms=enough)
    return Playout(playout.delay_ms, 0, since_ns, enough)
