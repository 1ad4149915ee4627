"""A requisition's certificate: shown with its name and its end, and what storage encrypts to."""

from datetime import UTC, datetime

import pytest

from shared.evidence.seal_key import make_seal_key
from tests.unit.control_room.evidence.desk import Desk
from tests.unit.control_room.room import requisition_body

KEY = make_seal_key("Commissariat de Lille", datetime(2026, 1, 1, tzinfo=UTC))
PEM = KEY.certificate.pem.decode()
OVER = make_seal_key("Commissariat de Lille", datetime(1980, 1, 1, tzinfo=UTC)).certificate.pem.decode()


async def test_the_export_is_ordered_for_whom_the_requisition_names(desk: Desk) -> None:
    made = await desk.entered(recipient=KEY.key_pem().decode() + PEM)
    shown = made["recipient"]
    assert isinstance(shown, dict)
    assert (shown["name"], shown["certificate"]) == ("Commissariat de Lille", PEM)
    assert shown["expires_at"].startswith("20")
    answer = await desk.act(desk.other, made, "approve")
    (order,) = desk.room.storage.orders.values()
    assert (answer.status_code, order.recipient) == (200, PEM)


async def test_without_a_certificate_the_package_is_anybodys(desk: Desk) -> None:
    made = await desk.entered()
    await desk.act(desk.other, made, "approve")
    (order,) = desk.room.storage.orders.values()
    assert (made["recipient"], order.recipient) == (None, "")


@pytest.mark.parametrize(
    ("recipient", "code"), [("nobody", "recipient-unfit"), (OVER, "recipient-expired")], ids=["unfit", "over"]
)
async def test_a_certificate_that_is_of_no_use_is_refused_at_its_field(
    desk: Desk, recipient: str, code: str
) -> None:
    answer = await desk.one.post("/requisitions", json=requisition_body(desk.camera, recipient=recipient))
    assert (answer.status_code, answer.json()["field"], answer.json()["why"]["code"]) == (
        400,
        "recipient",
        code,
    )
