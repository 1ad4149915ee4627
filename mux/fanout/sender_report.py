"""When a sender's pictures were captured, told to its viewer (RFC 3550 section 6.4.1)."""

from mux.fanout.sender import Sender
from mux.rtp.rtcp import SenderReport
from shared.mediatime import ticks_from_ns

_MAX_CAPTURE_DELAY_NS = 10_000_000_000


def report_of(sender: Sender, newest: tuple[int, int], utc_ns: int) -> SenderReport | None:
    """The report at `utc_ns`, by the newest picture's time (90 kHz) and capture (UTC, ns); None before the
    first."""
    packets = sender.packets
    if not packets:
        return None
    time90, captured_ns = newest
    since_ns = min(max(0, utc_ns - captured_ns), _MAX_CAPTURE_DELAY_NS)
    timestamp = time90 + sender.time_base + ticks_from_ns(since_ns)
    return SenderReport(sender.ssrc, utc_ns, timestamp, packets, sender.octets)
