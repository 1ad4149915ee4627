"""Values of the control room as the wire shows them."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from control_room.chain import Verification
from control_room.db.paging import Slice
from control_room.desk import Desk
from control_room.http.schemas.common import Page
from control_room.http.schemas.images import (
    ExportView,
    HoldView,
    IceServerView,
    JournalEntryView,
    JournalVerification,
)
from control_room.http.schemas.people import PersonView
from control_room.http.schemas.territory import (
    AuthorisationBody,
    CameraView,
    CommuneView,
    RecordingView,
    StateView,
    WorkerView,
)
from control_room.ice import IceServer
from control_room.model import (
    Camera,
    Commune,
    Export,
    Hold,
    JournalEntry,
    Kind,
    Person,
    Worker,
    blocked_reason,
)
from control_room.states import CameraState

T = TypeVar("T")
V = TypeVar("V")


def page(found: Slice[T], view: Callable[[T], V]) -> Page[V]:
    """A page of views."""
    return Page(items=[view(item) for item in found.items], next=found.next)


def person_view(person: Person) -> PersonView:
    return PersonView(
        id=person.id,
        login=person.login,
        name=person.name,
        kind=person.kind,
        communes=sorted(person.communes),
        enabled=person.enabled,
    )


def commune_view(commune: Commune) -> CommuneView:
    return CommuneView(
        code=commune.code, name=commune.name, population=commune.population, has_csu=commune.has_csu
    )


def worker_view(desk: Desk, worker: Worker) -> WorkerView:
    return WorkerView(
        id=worker.id,
        name=worker.name,
        created_at=worker.created_at,
        heard_at=desk.states.worker_heard_at(worker.id),
    )


def camera_view(desk: Desk, camera: Camera) -> CameraView:
    recording = desk.states.recording(camera.stream)
    permit = camera.authorisation
    return CameraView(
        id=camera.id,
        commune=camera.commune,
        stream=str(camera.stream),
        name=camera.name,
        place=camera.place,
        lat=camera.lat,
        lon=camera.lon,
        recorded=camera.recorded,
        enabled=camera.enabled,
        authorisation=None if permit is None else AuthorisationBody.model_validate(permit),
        address_host=camera.address_host,
        has_credentials=camera.has_credentials,
        has_sub=camera.has_sub,
        opener=camera.opener,
        transport=camera.transport,
        blocked_reason=blocked_reason(camera, desk.today()),
        state=_state_view(desk.states.camera(camera.stream)),
        sub_state=_state_view(desk.states.camera(camera.sub_stream)) if camera.has_sub else None,
        recording=RecordingView(status=recording.status, reason=recording.reason, since=recording.since),
    )


def _state_view(state: CameraState) -> StateView:
    report = state.report
    return StateView(
        status=report.status,
        reason=report.reason,
        since=report.since,
        heard_at=state.heard_at,
        width=report.width,
        height=report.height,
        fps=report.fps,
        codec=report.codec,
        advice=report.advice,
    )


def ice_views(servers: Iterable[IceServer]) -> list[IceServerView]:
    return [
        IceServerView(
            urls=list(server.urls), username=server.username or None, credential=server.credential or None
        )
        for server in servers
    ]


def export_view(export: Export) -> ExportView:
    progress = export.progress
    return ExportView(
        id=export.id,
        reference=export.reference,
        authority=export.authority,
        motive=export.motive,
        requested_by=export.requested_by,
        requested_at=export.requested_at,
        communes=sorted(export.communes),
        cameras=list(export.cameras),
        start=export.start,
        end=export.end,
        status=progress.status,
        progress=progress.progress,
        bytes=progress.bytes,
        coverage=progress.coverage,
        sha256=progress.sha256,
        reason=progress.reason,
    )


def hold_view(hold: Hold) -> HoldView:
    return HoldView(
        id=hold.id,
        commune=hold.commune,
        camera=hold.camera,
        start=hold.start,
        end=hold.end,
        reference=hold.reference,
        motive=hold.motive,
        placed_by=hold.placed_by,
        placed_at=hold.placed_at,
        status=hold.status,
        reason=hold.reason,
    )


def entry_view(entry: JournalEntry) -> JournalEntryView:
    deed = entry.deed
    return JournalEntryView(
        seq=entry.seq,
        at=entry.at,
        person=deed.who,
        login=deed.login,
        kind=Kind(deed.kind) if deed.kind else None,
        session=deed.session,
        client=deed.client,
        action=deed.action,
        outcome=deed.outcome,
        commune=deed.commune,
        camera=deed.camera,
        resource=deed.resource,
        detail=deed.detail,
        motive=deed.motive,
        hash=entry.hash,
    )


def verification_view(found: Verification) -> JournalVerification:
    return JournalVerification(
        intact=found.intact,
        entries=found.entries,
        head=found.head,
        broken_at=found.broken_at,
        reason=found.reason,
    )
