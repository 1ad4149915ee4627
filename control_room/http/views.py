"""Values of the control room as the wire shows them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from typing import TypeVar

from pydantic import BaseModel

from control_room.chain import Verification
from control_room.db.paging import Slice
from control_room.desk import Desk
from control_room.entries import said_of
from control_room.http.schemas.common import Page, Why
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
from control_room.http.schemas.viewers import MuxView, ViewerPerson, ViewerTile, ViewerView
from control_room.live.ice import IceServer
from control_room.live.muxes import MuxStatus
from control_room.live.placement import MuxHealth
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
from control_room.territory.states import CameraState
from shared.messages.live import NamedViewer, TileStatistics
from shared.messages.storage import RecordingReport
from shared.reasons import Reason, coded

T = TypeVar("T")
V = TypeVar("V")
M = TypeVar("M", bound=BaseModel)

_VIEWER_ID_CHARS = 16


def page(found: Slice[T], view: Callable[[T], V]) -> Page[V]:
    """A page of views."""
    return Page(items=[view(item) for item in found.items], next=found.next)


def why_view(reason: Reason | None) -> Why | None:
    """A reason's code and parameters."""
    return None if reason is None else Why(code=reason.code, params=dict(reason.params))


def _same(view: type[M], value: object) -> M:
    """The view of a value that has all its members under the same names."""
    return view.model_validate(value, from_attributes=True)


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
    return _same(CommuneView, commune)


def worker_view(desk: Desk, worker: Worker) -> WorkerView:
    return WorkerView(
        id=worker.id,
        name=worker.name,
        created_at=worker.created_at,
        heard_at=desk.states.worker_heard_at(worker.id),
    )


def camera_view(desk: Desk, camera: Camera) -> CameraView:
    permit = camera.authorisation
    blocked = blocked_reason(camera, desk.today())
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
        authorisation=None if permit is None else _same(AuthorisationBody, permit),
        address_host=camera.address_host,
        has_credentials=camera.has_credentials,
        has_sub=camera.has_sub,
        opener=camera.opener,
        transport=camera.transport,
        blocked_reason=None if blocked is None else blocked.text,
        blocked_why=why_view(blocked),
        state=_state_view(desk.states.camera(camera.stream)),
        sub_state=_state_view(desk.states.camera(camera.sub_stream)) if camera.has_sub else None,
        recording=_recording_view(desk.states.recording(camera.stream)),
    )


def _state_view(state: CameraState) -> StateView:
    report = state.report
    return StateView(
        status=report.status,
        reason=report.reason,
        why=why_view(report.why),
        since=report.since,
        heard_at=state.heard_at,
        width=report.width,
        height=report.height,
        fps=report.fps,
        codec=report.codec,
        advice=report.advice,
    )


def _recording_view(report: RecordingReport) -> RecordingView:
    return RecordingView(
        status=report.status, reason=report.reason, why=why_view(report.why), since=report.since
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
        why=why_view(progress.why),
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
        why=why_view(hold.why),
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
        why=why_view(said_of(deed)),
        motive=deed.motive,
        hash=entry.hash,
    )


def verification_view(found: Verification) -> JournalVerification:
    return JournalVerification(
        intact=found.intact,
        entries=found.entries,
        head=found.head,
        broken_at=found.broken_at,
        reason="" if found.reason is None else found.reason.text,
        why=why_view(found.reason),
        doubt=found.doubt,
    )


def mux_view(status: MuxStatus, told: str | Reason) -> MuxView:
    load = status.load if status.health is MuxHealth.LIVING else None
    said = status.reason or told
    return MuxView(
        url=status.url,
        health=status.health,
        reason=str(said),
        why=why_view(coded(said)),
        viewers=load.viewers if load else None,
        most_viewers=load.most_viewers if load else None,
    )


def viewer_view(mux: str, viewer: NamedViewer, person: Person | None) -> ViewerView:
    return ViewerView(
        # The mux's own id is the secret that ends a session there.
        id=sha256(viewer.id.encode()).hexdigest()[:_VIEWER_ID_CHARS],
        person=_same(ViewerPerson, person) if person else None,
        mux=mux,
        rtt_ms=viewer.rtt_ms,
        jitter_ms=viewer.jitter_ms,
        loss=viewer.loss,
        available_kbps=viewer.available_kbps,
        tiles=[_tile_view(tile) for tile in viewer.tiles],
    )


def _tile_view(tile: TileStatistics) -> ViewerTile:
    # To a mux a camera's name has its commune in it.
    named = replace(tile, why=None)
    return _same(ViewerTile, named).model_copy(update={"camera": tile.camera_id, "why": why_view(tile.told)})
