"""Communes and the credentials of their workers."""

from fastapi import APIRouter

from control_room.http.access import Cursor, Limit, SignedIn
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

router = APIRouter(prefix="/communes", tags=["communes"])


@router.get("", operation_id="listCommunes", responses=READING)
async def list_communes(caller: SignedIn, cursor: Cursor = None, limit: Limit = 200) -> Page[CommuneView]:
    """The communes the caller is bound to (all of them for an administrator), by code."""
    raise NotImplementedError


@router.post("", operation_id="createCommune", status_code=201, responses=WRITING)
async def create_commune(caller: SignedIn, body: NewCommune) -> CommuneView:
    """Add a commune."""
    raise NotImplementedError


@router.get("/{code}", operation_id="getCommune", responses=READING_ONE)
async def get_commune(caller: SignedIn, code: CommuneCode) -> CommuneView:
    """One commune."""
    raise NotImplementedError


@router.patch("/{code}", operation_id="changeCommune", responses=WRITING)
async def change_commune(caller: SignedIn, code: CommuneCode, body: CommuneChange) -> CommuneView:
    """Change a commune."""
    raise NotImplementedError


@router.delete("/{code}", operation_id="removeCommune", status_code=204, responses=WRITING)
async def remove_commune(caller: SignedIn, code: CommuneCode) -> None:
    """Remove a commune that has no camera left; its workers' credentials and people's ties go with it."""
    raise NotImplementedError


@router.get("/{code}/workers", operation_id="listWorkers", responses=READING_ONE)
async def list_workers(
    caller: SignedIn, code: CommuneCode, cursor: Cursor = None, limit: Limit = 50
) -> Page[WorkerView]:
    """The commune's worker credentials, without their tokens."""
    raise NotImplementedError


@router.post("/{code}/workers", operation_id="createWorker", status_code=201, responses=WRITING)
async def create_worker(caller: SignedIn, code: CommuneCode, body: NewWorker) -> WorkerCreated:
    """Make a credential for an ingest worker. The token is in this answer and never again."""
    raise NotImplementedError


@router.delete("/{code}/workers/{worker_id}", operation_id="revokeWorker", status_code=204, responses=WRITING)
async def revoke_worker(caller: SignedIn, code: CommuneCode, worker_id: str) -> None:
    """Take a credential back: it is refused from the next request on."""
    raise NotImplementedError
