"""Communes and the credentials of their workers."""

from fastapi import APIRouter

from control_room.http.access import AskedPage, SignedIn, TheRooms
from control_room.http.problems import READING, READING_ONE, WRITING
from control_room.http.schemas.common import CommuneCode, Page
from control_room.http.schemas.territory import (
    CommuneChange,
    CommuneView,
    NewCommune,
    NewWorker,
    WorkerCreated,
    WorkerView,
)
from control_room.http.views import commune_view, page, worker_view
from control_room.model.territory import Commune
from control_room.territory import change_commune as changing
from control_room.territory import communes as reading
from control_room.territory import create_commune as creating
from control_room.territory import create_worker as making
from control_room.territory import remove_commune as removing
from control_room.territory import revoke_worker as revoking
from control_room.territory import workers as reading_workers

router = APIRouter(prefix="/communes", tags=["communes"])


@router.get("", operation_id="listCommunes", responses=READING)
async def list_communes(rooms: TheRooms, caller: SignedIn, asked: AskedPage) -> Page[CommuneView]:
    """The communes the caller is bound to (all of them for an administrator), by code."""
    return page(await reading.list_communes(rooms.territory, caller, asked), commune_view)


@router.post("", operation_id="createCommune", status_code=201, responses=WRITING)
async def create_commune(rooms: TheRooms, caller: SignedIn, body: NewCommune) -> CommuneView:
    """Add a commune."""
    commune = Commune(body.code, body.name, body.population, body.has_csu)
    await creating.create_commune(rooms.territory, caller, commune)
    return commune_view(commune)


@router.get("/{code}", operation_id="getCommune", responses=READING_ONE)
async def get_commune(rooms: TheRooms, caller: SignedIn, code: CommuneCode) -> CommuneView:
    """One commune."""
    return commune_view(await reading.get_commune(rooms.territory, caller, code))


@router.patch("/{code}", operation_id="changeCommune", responses=WRITING)
async def change_commune(
    rooms: TheRooms, caller: SignedIn, code: CommuneCode, body: CommuneChange
) -> CommuneView:
    """Change a commune."""
    changes = body.model_dump(exclude_unset=True)
    return commune_view(await changing.change_commune(rooms.territory, caller, code, changes))


@router.delete("/{code}", operation_id="removeCommune", status_code=204, responses=WRITING)
async def remove_commune(rooms: TheRooms, caller: SignedIn, code: CommuneCode) -> None:
    """Remove a commune that has no camera left; its workers' credentials and people's ties go with it."""
    await removing.remove_commune(rooms.territory, caller, code)


@router.get("/{code}/workers", operation_id="listWorkers", responses=READING_ONE)
async def list_workers(
    rooms: TheRooms, caller: SignedIn, code: CommuneCode, asked: AskedPage
) -> Page[WorkerView]:
    """The commune's worker credentials, without their tokens."""
    found = await reading_workers.list_workers(rooms.territory, caller, code, asked)
    return page(found, lambda heard: worker_view(heard.worker, heard.heard_at))


@router.post("/{code}/workers", operation_id="createWorker", status_code=201, responses=WRITING)
async def create_worker(
    rooms: TheRooms, caller: SignedIn, code: CommuneCode, body: NewWorker
) -> WorkerCreated:
    """Make a credential for an ingest worker. The token is in this answer and never again."""
    worker, token = await making.create_worker(rooms.territory, caller, code, body.name)
    return WorkerCreated(token=token, **worker_view(worker, None).model_dump())


@router.delete("/{code}/workers/{worker_id}", operation_id="revokeWorker", status_code=204, responses=WRITING)
async def revoke_worker(rooms: TheRooms, caller: SignedIn, code: CommuneCode, worker_id: str) -> None:
    """Take a credential back: it is refused from the next request on, and with a commune's last one what its
    worker publishes."""
    await revoking.revoke_worker(rooms.territory, caller, code, worker_id)
