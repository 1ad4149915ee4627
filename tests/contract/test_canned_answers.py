"""What the page is answered in tests without services is what control_room could answer."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from control_room.http.schemas.access_requests import AccessRequestView
from control_room.http.schemas.desk import (
    DeliveryView,
    DeskView,
    HoldsStandingView,
    PreflightView,
    RequisitionView,
)
from control_room.http.schemas.images import ExportView, HoldView, JournalEntryView, JournalVerification
from control_room.http.schemas.masks import MasksView
from control_room.http.schemas.people import PersonView
from control_room.http.schemas.storage import StorageView
from control_room.http.schemas.territory import CameraView, CommuneView, WorkerView
from control_room.http.schemas.viewers import Viewers
from tests.support.canned_answers import answers

_FORMS: dict[str, TypeAdapter[Any]] = {
    "/cameras": TypeAdapter(list[CameraView]),
    "/communes": TypeAdapter(list[CommuneView]),
    "/communes/59350/workers": TypeAdapter(list[WorkerView]),
    "/people": TypeAdapter(list[PersonView]),
    "/viewers": TypeAdapter(Viewers),
    "/storage": TypeAdapter(StorageView),
    "/exports": TypeAdapter(list[ExportView]),
    "/holds": TypeAdapter(list[HoldView]),
    "/holds/standing": TypeAdapter(HoldsStandingView),
    "/desk": TypeAdapter(DeskView),
    "/requisitions": TypeAdapter(list[RequisitionView]),
    "/requisitions/r-waiting/preflight": TypeAdapter(PreflightView),
    "/requisitions/r-waiting/masks": TypeAdapter(MasksView),
    "/register/transmissions": TypeAdapter(list[DeliveryView]),
    "/access-requests": TypeAdapter(list[AccessRequestView]),
    "/journal": TypeAdapter(list[JournalEntryView]),
    "/journal/verification": TypeAdapter(JournalVerification),
}


_NAMES = {"from": "start", "to": "end"}
"""What Python may not call a field by."""


def _named(answer: object) -> object:
    if isinstance(answer, list):
        return [_named(one) for one in answer]
    if isinstance(answer, dict):
        return {_NAMES.get(name, name): _named(value) for name, value in answer.items()}
    return answer


@pytest.mark.parametrize("path", answers())
def test_a_canned_answer_has_the_form_of_a_real_one_and_nothing_beside_it(path: str) -> None:
    _FORMS[path].validate_python(_named(answers()[path]), extra="forbid")
