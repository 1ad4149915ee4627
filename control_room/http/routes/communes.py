"""Communes and the credentials of their workers."""

from dataclasses import replace

from fastapi import APIRouter

from control_room.access.rights import LISTING, Right, communes
from control_room.http.access import AskedPage, SignedIn, TheDesk
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
from control_room.model.names import token_hash
from control_room.model.territory import Commune, Worker
from shared.errors import BadInput
from shared.reasons import why

router = APIRouter(prefix="/communes", tags=["communes"])


@router.get("", operation_id="listCommunes", responses=READING)
async def list_communes(desk: TheDesk, caller: SignedIn, asked: AskedPage) -> Page[CommuneView]:
    """The communes the caller is bound to (all of them for an administrator), by code."""
    await desk.gate.require(caller, Right.SEE_COMMUNE, LISTING)
    codes = await desk.gate.territory(caller, Right.SEE_COMMUNE)
    async with desk.db.read() as tx:
        return page(await tx.communes.page(asked, codes), commune_view)


@router.post("", operation_id="createCommune", status_code=201, responses=WRITING)
async def create_commune(desk: TheDesk, caller: SignedIn, body: NewCommune) -> CommuneView:
    """Add a commune."""
    await desk.gate.require(caller, Right.MANAGE_COMMUNE, communes(body.code))
    commune = Commune(body.code, body.name, body.population, body.has_csu)
    async with desk.db.write() as tx:
        await tx.communes.add(commune)
        event = caller.event("create-commune", commune=commune.code, detail=commune.name)
        await desk.gate.grant(tx, caller, event)
    return commune_view(commune)


@router.get("/{code}", operation_id="getCommune", responses=READING_ONE)
async def get_commune(desk: TheDesk, caller: SignedIn, code: CommuneCode) -> CommuneView:
    """One commune."""
    await desk.gate.require(caller, Right.SEE_COMMUNE, communes(code))
    async with desk.db.read() as tx:
        return commune_view(await tx.communes.get(code))


@router.patch("/{code}", operation_id="changeCommune", responses=WRITING)
async def change_commune(
    desk: TheDesk, caller: SignedIn, code: CommuneCode, body: CommuneChange
) -> CommuneView:
    """Change a commune."""
    await desk.gate.require(caller, Right.MANAGE_COMMUNE, communes(code))
    changes = body.model_dump(exclude_unset=True)
    for field, value in changes.items():
        if value is None:
            raise BadInput(why("field-null", "{field} cannot be null", field=field), field)
    async with desk.db.write() as tx:
        commune = replace(await tx.communes.get(code), **changes)
        await tx.communes.change(commune)
        event = caller.event(
            "change-commune",
            commune=code,
            detail=why("fields-changed", "{fields}", fields=", ".join(sorted(changes))),
        )
        await desk.gate.grant(tx, caller, event)
    return commune_view(commune)


@router.delete("/{code}", operation_id="removeCommune", status_code=204, responses=WRITING)
async def remove_commune(desk: TheDesk, caller: SignedIn, code: CommuneCode) -> None:
    """Remove a commune that has no camera left; its workers' credentials and people's ties go with it."""
    await desk.gate.require(caller, Right.MANAGE_COMMUNE, communes(code))
    async with desk.db.write() as tx:
        commune = await tx.communes.get(code)
        await tx.communes.remove(code)
        await desk.gate.grant(tx, caller, caller.event("remove-commune", commune=code, detail=commune.name))
    desk.states.forget_commune(code)
    desk.lessor.wake()


@router.get("/{code}/workers", operation_id="listWorkers", responses=READING_ONE)
async def list_workers(
    desk: TheDesk, caller: SignedIn, code: CommuneCode, asked: AskedPage
) -> Page[WorkerView]:
    """The commune's worker credentials, without their tokens."""
    await desk.gate.require(caller, Right.MANAGE_WORKER, communes(code))
    async with desk.db.read() as tx:
        await tx.communes.get(code)
        return page(await tx.workers.page(code, asked), lambda worker: worker_view(desk, worker))


@router.post("/{code}/workers", operation_id="createWorker", status_code=201, responses=WRITING)
async def create_worker(desk: TheDesk, caller: SignedIn, code: CommuneCode, body: NewWorker) -> WorkerCreated:
    """Make a credential for an ingest worker. The token is in this answer and never again."""
    await desk.gate.require(caller, Right.MANAGE_WORKER, communes(code))
    token = desk.names.token()
    worker = Worker(desk.names.new("w"), code, body.name, desk.now())
    async with desk.db.write() as tx:
        await tx.communes.get(code)
        await tx.workers.add(worker, token_hash(token))
        event = caller.event("create-worker", commune=code, resource=worker.id, detail=worker.name)
        await desk.gate.grant(tx, caller, event)
    desk.lessor.wake()
    view = worker_view(desk, worker)
    return WorkerCreated(token=token, **view.model_dump())


@router.delete("/{code}/workers/{worker_id}", operation_id="revokeWorker", status_code=204, responses=WRITING)
async def revoke_worker(desk: TheDesk, caller: SignedIn, code: CommuneCode, worker_id: str) -> None:
    """Take a credential back: it is refused from the next request on, and with a commune's last one what its
    worker publishes."""
    await desk.gate.require(caller, Right.MANAGE_WORKER, communes(code))
    async with desk.db.write() as tx:
        await tx.workers.remove(code, worker_id)
        await desk.gate.grant(tx, caller, caller.event("revoke-worker", commune=code, resource=worker_id))
    desk.lessor.wake()
