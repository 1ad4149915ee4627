"""How much a viewer's link takes, as far as its reports tell: unknown until the link proves too small.

The estimate is a pure function of the samples, one a report. Loss alone does not tell a bad link from a small
one: a link is too small when a tenth is lost, or when round trips grow (packets wait in its buffer) while the
receiver says that it can take clearly less than it is sent. From then on the viewer is sent no more than came
through. After a time of calm it is sent twice as much, as a trial. A trial that fails doubles the time to the
next one, up to two minutes.
"""

from dataclasses import dataclass, replace

_HEAVY_LOSS = 0.10
_RUINOUS_LOSS = 0.25
_SWOLLEN_MS = 200.0
_CLEARLY_LESS = 0.75
_HEADROOM = 0.9
_LEAST_BPS = 150_000.0
_GROWTH = 2.0
UNLIMITED_BPS = 16_000_000.0
"""A capacity that has grown to this is not known to be small any more."""

FIRST_CALM_NS = 5_000_000_000
LONGEST_CALM_NS = 120_000_000_000
_TRIAL_NS = 15_000_000_000
_SETTLE_NS = 3_000_000_000
_RTT_FADE_MS = 0.5
# A share lost twice, a ruinous one once, or a full buffer four times: a busy machine delays reports too.
_AGREEING = 4
_HEAVY, _FULL = 2, 1
# Fewer packets make the share that was lost a matter of luck.
_TELLING_PACKETS = 40


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment of a viewer: what it was sent lately, and what it says. None is unknown."""

    at_ns: int
    sent_bps: float
    packets: int
    loss: float | None
    rtt_ms: float | None
    available_bps: float | None


@dataclass(frozen=True, slots=True)
class BandwidthEstimate:
    """The estimate, and what of the history decides on the next one. `capacity_bps` None: no limit known."""

    capacity_bps: float | None = None
    least_rtt_ms: float | None = None
    suspicions: int = 0
    """How much samples in a row looked like a link that is too small."""
    calm_since_ns: int = 0
    calm_ns: int = FIRST_CALM_NS
    """How long the calm has to be before the next trial."""
    tried_ns: int | None = None
    limited_ns: int | None = None

    @property
    def troubled(self) -> bool:
        """Whether the link is, or may be, too small."""
        return self.capacity_bps is not None or self.suspicions > 0


def sampled(estimate: BandwidthEstimate, sample: Sample) -> BandwidthEstimate:
    """The estimate after another sample."""
    estimate = replace(estimate, least_rtt_ms=_least(estimate.least_rtt_ms, sample.rtt_ms))
    severity = _severity(estimate, sample)
    suspicions = estimate.suspicions + severity if severity else 0
    # What was lost just after a limit was set is of what had been sent before it.
    settling = estimate.limited_ns is not None and sample.at_ns - estimate.limited_ns < _SETTLE_NS
    if suspicions >= _AGREEING and not settling:
        return _limited(estimate, sample)
    if severity:
        return replace(estimate, suspicions=min(suspicions, _AGREEING), calm_since_ns=sample.at_ns)
    estimate = replace(estimate, suspicions=0)
    if estimate.capacity_bps is None or sample.at_ns - estimate.calm_since_ns < estimate.calm_ns:
        return estimate
    return _raised(estimate, estimate.capacity_bps, sample.at_ns)


def _severity(estimate: BandwidthEstimate, sample: Sample) -> int:
    """0 for a link that copes; at _AGREEING, added up over samples in a row, it is too small."""
    if sample.loss is not None and sample.packets >= _TELLING_PACKETS:
        if sample.loss >= _RUINOUS_LOSS:
            return _AGREEING
        if sample.loss >= _HEAVY_LOSS:
            return _HEAVY
    if sample.rtt_ms is None or estimate.least_rtt_ms is None or sample.available_bps is None:
        return 0
    swollen = sample.rtt_ms - estimate.least_rtt_ms >= _SWOLLEN_MS
    return _FULL if swollen and sample.available_bps < sample.sent_bps * _CLEARLY_LESS else 0


def _limited(estimate: BandwidthEstimate, sample: Sample) -> BandwidthEstimate:
    through = sample.sent_bps * (1 - (sample.loss or 0.0))
    if sample.available_bps is not None:
        # Receivers say far too little for some seconds after a pause, and on links with jitter.
        through = max(min(through, sample.available_bps), through * _CLEARLY_LESS)
    before = estimate.capacity_bps if estimate.capacity_bps is not None else through / _HEADROOM
    capacity = max(_LEAST_BPS, min(before, through * _HEADROOM))
    failed = estimate.tried_ns is not None and sample.at_ns - estimate.tried_ns < _TRIAL_NS
    calm_ns = min(LONGEST_CALM_NS, estimate.calm_ns * 2) if failed else FIRST_CALM_NS
    return BandwidthEstimate(capacity, estimate.least_rtt_ms, 0, sample.at_ns, calm_ns, None, sample.at_ns)


def _raised(estimate: BandwidthEstimate, capacity_bps: float, at_ns: int) -> BandwidthEstimate:
    capacity = capacity_bps * _GROWTH
    if capacity >= UNLIMITED_BPS:
        return BandwidthEstimate(least_rtt_ms=estimate.least_rtt_ms)
    return replace(estimate, capacity_bps=capacity, calm_since_ns=at_ns, tried_ns=at_ns)


def _least(before: float | None, rtt_ms: float | None) -> float | None:
    """The round trip of an empty link; it fades upwards, since paths change."""
    if rtt_ms is None:
        return before
    return rtt_ms if before is None else min(rtt_ms, before + _RTT_FADE_MS)
