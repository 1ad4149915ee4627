"""The register of destructions, and proofs out of it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from control_room.evidence import destructions as reading
from control_room.evidence import prove_destruction as proving
from control_room.http.access import AskedPage, SignedIn, TheRooms
from control_room.http.problems import READING, WRITING
from control_room.http.register_views import answer_view, standing_view
from control_room.http.schemas.common import CommuneCode, Page
from control_room.http.schemas.destructions import (
    DestructionAnswerView,
    DestructionProofRequest,
    DestructionView,
    LedgerHeadView,
    RegisterStanding,
)
from control_room.http.views import destruction_view, head_view, page

router = APIRouter(tags=["destructions"])
_PROOF: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The proof: `beffroi verify destruction` reads it.",
        "content": {"application/json": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/destructions", operation_id="listDestructions", responses=READING)
async def list_destructions(
    rooms: TheRooms,
    caller: SignedIn,
    asked: AskedPage,
    commune: CommuneCode | None = None,
    camera: Annotated[str | None, Query(max_length=40)] = None,
    first: Annotated[date | None, Query(alias="from", description="First UTC day of capture.")] = None,
    last: Annotated[date | None, Query(alias="to", description="Last UTC day of capture.")] = None,
) -> Page[DestructionView]:
    """What was destroyed, by camera and day of capture, of the newest day first."""
    lines = reading.Lines(commune, camera, first, last)
    return page(await reading.list_destructions(rooms.evidence, caller, asked, lines), destruction_view)


@router.get("/destructions/heads", operation_id="listLedgerHeads", responses=READING)
async def list_ledger_heads(
    rooms: TheRooms,
    caller: SignedIn,
    asked: AskedPage,
    ledger: Annotated[str | None, Query(max_length=40, description="The newest register without it.")] = None,
) -> Page[LedgerHeadView]:
    """Heads of the register as they were kept, the newest first: what a proof rests on."""
    return page(await reading.list_heads(rooms.evidence, caller, asked, ledger), head_view)


@router.get("/destructions/standing", operation_id="readRegisterStanding", responses=READING)
async def read_register_standing(rooms: TheRooms, caller: SignedIn) -> RegisterStanding:
    """The newest head of the register, and those that were refused."""
    return standing_view(await reading.register_standing(rooms.evidence, caller))


@router.post(
    "/cameras/{camera_id}/destruction-proof",
    operation_id="proveDestruction",
    responses=WRITING | _PROOF,
    response_class=Response,
)
async def prove_destruction(
    rooms: TheRooms, caller: SignedIn, camera_id: str, body: DestructionProofRequest
) -> Response:
    """A file that proves what became of a camera's recordings of a time. The journal has it before."""
    wanted = proving.Concerned(camera_id, body.start, body.end, body.motive)
    proven = await proving.prove_destruction(rooms.evidence, caller, wanted)
    return Response(
        proven.body,
        media_type="application/json",
        headers={"content-disposition": 'attachment; filename="destruction.json"'},
    )


@router.post("/cameras/{camera_id}/destruction-answer", operation_id="answerDestruction", responses=WRITING)
async def answer_destruction(
    rooms: TheRooms, caller: SignedIn, camera_id: str, body: DestructionProofRequest
) -> DestructionAnswerView:
    """The same proof with its answer and the key, for a page. The journal has it before, once."""
    wanted = proving.Concerned(camera_id, body.start, body.end, body.motive)
    return answer_view(await proving.answer_destruction(rooms.evidence, caller, wanted))
