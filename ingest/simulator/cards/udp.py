"""What goes wrong with the choice of UDP, and on its way."""

from ingest.simulator.cards.card import Card
from ingest.simulator.faults import Fault

UDP = (
    Card(
        Fault.UDP_ONLY,
        "Refuses RTP over the RTSP connection (461).",
        "Old cameras and some multicast encoders.",
        "Turns to UDP.",
    ),
    Card(
        Fault.TCP_ONLY,
        "Refuses UDP (461).",
        "Cameras behind a gateway.",
        "Turns to the RTSP connection.",
    ),
    Card(
        Fault.UDP_LOSSY,
        "UDP loses packets.",
        "Any network.",
        "Drops the picture that is damaged and what depends on it, up to the next key picture; counts them.",
    ),
    Card(
        Fault.UDP_REORDERED,
        "UDP delivers packets out of order.",
        "Networks with several ways.",
        "Puts them in order; loses nothing.",
    ),
    Card(
        Fault.UDP_DOUBLED,
        "UDP delivers packets twice.",
        "Networks with rings.",
        "Takes each once.",
    ),
)
