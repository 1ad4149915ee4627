"""What an order asks for, and whether it can be carried out. Pure."""

from shared.errors import BadInput
from shared.ids import StreamId
from shared.messages.storage import ExportOrder
from shared.reasons import why
from shared.spans import Span
from storage.exports.envelope import Recipient
from storage.exports.redacted_copy import check_redaction
from storage.model.instants import ns_from_datetime

_MAX_CAMERAS = 200


def asked_span(order: ExportOrder) -> Span:
    """The range of an order. Raises BadInput where the order cannot be carried out."""
    if not order.reference.strip():
        raise BadInput(
            why("export-reference-missing", "an export needs the reference of a requisition"), "reference"
        )
    if not order.cameras or len(order.cameras) > _MAX_CAMERAS:
        raise BadInput(
            why("export-cameras", "an export is of 1 to {most} cameras", most=_MAX_CAMERAS), "cameras"
        )
    if len({camera.stream for camera in order.cameras}) != len(order.cameras):
        raise BadInput(why("camera-twice", "an export names each camera once"), "cameras")
    for camera in order.cameras:
        StreamId.parse(camera.stream)
    check_redaction(order)
    if order.recipient:
        Recipient.from_pem(order.recipient)
    span = Span(ns_from_datetime(order.start, "start"), ns_from_datetime(order.end, "end"))
    if span.length_ns <= 0:
        raise BadInput(why("range-reversed", "an export ends after it starts"), "end")
    return span
