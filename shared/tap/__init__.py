"""The tap: access units from ingest workers to whoever asked for them, over ZeroMQ.

See docs/design/tap.md for the wire format.
"""

from shared.tap.endpoint import Endpoint
from shared.tap.keys import TapKeys
from shared.tap.publisher import TapPublisher
from shared.tap.reassembly import Gap
from shared.tap.setup import TapSetup, open_tap
from shared.tap.subscriber import Subscription, TapSubscriber

__all__ = [
    "Endpoint",
    "Gap",
    "Subscription",
    "TapKeys",
    "TapPublisher",
    "TapSetup",
    "TapSubscriber",
    "open_tap",
]
