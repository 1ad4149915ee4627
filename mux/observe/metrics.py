"""What mux tells Prometheus. The hot path counts in `Counts`; this carries it over once a second."""

from collections.abc import Callable

from mux.counts import Counts
from mux.sessions.viewer import End
from shared import metrics

_COUNTED = {
    "packets": "RTP packets sent, first time",
    "octets": "RTP payload bytes sent, first time",
    "nacked": "Packets that viewers said they miss",
    "repaired": "Packets sent again",
    "proactive_retransmissions": "Packets of first pictures sent a second time to far viewers, unasked",
    "key_requests": "Key frame requests from viewers (PLI, FIR)",
    "key_requests_answered": "Key frame requests answered from the recent pictures",
    "jumps": "Slow viewers sent on to the next key picture",
    "dropped": "Packets not sent because of a jump",
    "full": "Sends put off because the socket's buffer was full",
    "send_errors": "Sends the network refused",
    "handshakes": "DTLS handshakes completed",
    "handshake_failures": "Viewers whose handshake failed or never came",
    "handshakes_put_off": "Handshake datagrams dropped because too many waited",
    "handshakes_repeated": "Flights of handshakes sent again because nobody answered",
    "bad_datagrams": "Datagrams of nobody we know, or malformed",
    "empty_units": "Access units with nothing in them to send",
    "gaps": "Holes in streams from the tap",
    "delay_changes": "Playout delays changed because of a viewer's link",
    "switched_down": "Tiles sent down to the sub stream because of a viewer's link",
    "switched_up": "Tiles brought up again to the main stream",
    "transcoded": "Pictures that came out of transcoders",
    "transcode_dropped": "Units not given to a transcoder that was late",
    "transcode_skipped": "Pictures decoded and not coded, because more were waiting",
    "transcoder_restarts": "Transcoders that ended by themselves",
}
_KNOWN_AS = {"proactive_retransmissions": "encores", "key_requests_answered": "replays"}
"""Counts whose metrics operators know by another name."""

_DELAY_BUCKETS_S = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5)


def metric_of(count: str) -> str:
    """The name of the metric that a field of `Counts` is carried over to."""
    return f"mux_{_KNOWN_AS.get(count, count)}_total"


class MuxMetrics:
    """The metrics of one mux."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._counters = {name: metrics.counter(metric_of(name), text) for name, text in _COUNTED.items()}
        self._viewers = metrics.gauge("mux_viewers", "Viewers admitted and not ended")
        self._streams = metrics.gauge("mux_streams", "Streams taken from the tap")
        self._ended = metrics.counter("mux_viewers_ended_total", "Viewers let go, by reason", ["reason"])
        self._delay = metrics.histogram(
            "mux_first_send_seconds",
            "From a unit's arrival to its first packet, of ten units a second of each stream at most",
            buckets=_DELAY_BUCKETS_S,
        )
        self.first_sent = self._delay.observe
        self._transcoders = metrics.gauge("mux_transcoders", "Streams being transcoded")
        self._confirmed = metrics.gauge(
            "mux_rights_confirmed", "1 while control_room confirms who may see what"
        )
        compiled = metrics.gauge(
            "mux_core_compiled", "1 where the compiled core seals and sends, 0 for Python"
        )
        self.core_compiled = compiled.set

    def watch_transcoders(self, count: Callable[[], int]) -> None:
        """Ask `count` for the streams being transcoded whenever somebody looks."""
        self._transcoders.set_function(count)

    def watch_rights(self, confirmed: Callable[[], bool]) -> None:
        """Ask `confirmed` whether control_room is heard whenever somebody looks."""
        self._confirmed.set_function(confirmed)

    def ended(self, why: End) -> None:
        self._ended.labels(why.value).inc()

    def carry_over(self, viewers: int, streams: int) -> None:
        """Bring the metrics up to date."""
        for name, count in self._counts.take().items():
            if count:
                self._counters[name].inc(count)
        self._viewers.set(viewers)
        self._streams.set(streams)
