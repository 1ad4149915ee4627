"""Values of the control room as the wire shows them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import TypeVar

from pydantic import BaseModel

from control_room.http.schemas.common import Page, Why
from control_room.http.schemas.destructions import DestructionView, LedgerHeadView
from control_room.http.schemas.images import (
    ExportView,
    HoldView,
    IceServerView,
    JournalEntryView,
    JournalHeadView,
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
from control_room.journal.entries import said_of
from control_room.live.ice import IceServer
from control_room.live.list_viewers import Viewer
from control_room.live.muxes import MuxStatus
from control_room.live.placement import MuxHealth
from control_room.model.chain import Verification
from control_room.model.evidence import Export, Hold
from control_room.model.journal import JournalEntry
from control_room.model.ledger import Destructions, KeptHead
from control_room.model.paging import Slice
from control_room.model.people import Person, Role
from control_room.model.signed_journal import KeptJournalHead
from control_room.model.territory import Commune, Worker
from control_room.model.times import utc_from_ns
from control_room.territory.cameras import CameraNow
from control_room.territory.states import CameraState
from shared.evidence.ledger import Ground
from shared.ids import StreamKind
from shared.messages.live import TileStatistics
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
        kind=person.role,
        communes=sorted(person.communes),
        enabled=person.enabled,
    )


def commune_view(commune: Commune) -> CommuneView:
    return _same(CommuneView, commune)


def worker_view(worker: Worker, heard_at: datetime | None) -> WorkerView:
    return WorkerView(
        id=worker.id,
        name=worker.name,
        created_at=worker.created_at,
        heard_at=heard_at,
    )


def camera_view(seen: CameraNow) -> CameraView:
    camera, blocked = seen.camera, seen.blocked
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
        authorisation=None if permit is None else _same(AuthorisationBody, permit),
        address_host=camera.address_host,
        has_credentials=camera.has_credentials,
        has_sub=camera.has_sub,
        opener=camera.opener,
        transport=camera.transport,
        blocked_reason=None if blocked is None else blocked.text,
        blocked_why=why_view(blocked),
        state=_state_view(seen.state),
        sub_state=None if seen.sub_state is None else _state_view(seen.sub_state),
        recording=_recording_view(seen.recording),
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
        phase=progress.phase,
        ending=export.ending,
        requisition=export.requisition,
        finished_at=export.finished_at,
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
        kind=hold.kind,
        basis=hold.basis,
        review_at=None if hold.over else hold.review_at,
        ends_at=hold.ends_at,
        confirmed_by=hold.confirmed_by,
        confirmed_at=hold.confirmed_at,
        requisition=hold.requisition,
    )


def destruction_view(line: Destructions) -> DestructionView:
    day = f"{line.day[:4]}-{line.day[4:6]}-{line.day[6:]}"
    return DestructionView(
        commune=line.commune,
        camera=line.camera,
        kind=StreamKind(line.kind),
        day=date.fromisoformat(day),
        ground=Ground(line.ground),
        segments=line.segments,
        bytes=line.bytes,
        start=line.start,
        end=line.end,
        first_at=line.first_at,
        last_at=line.last_at,
    )


def head_view(kept: KeptHead) -> LedgerHeadView:
    return LedgerHeadView(
        ledger=kept.ledger,
        number=kept.number,
        digest=kept.head.digest,
        document=kept.head.document,
        signature=kept.head.signature,
        kept_at=kept.kept_at,
    )


def entry_view(entry: JournalEntry) -> JournalEntryView:
    event = entry.event
    return JournalEntryView(
        seq=entry.seq,
        at=entry.at,
        person=event.who,
        login=event.login,
        kind=Role(event.kind) if event.kind else None,
        session=event.session,
        client=event.client,
        action=event.action,
        outcome=event.outcome,
        commune=event.commune,
        camera=event.camera,
        resource=event.resource,
        detail=event.detail,
        why=why_view(said_of(event)),
        motive=event.motive,
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
        erased=found.erased,
        signed=found.signed,
        signed_at=found.signed_at,
        doubt=found.doubt,
    )


def journal_head_view(kept: KeptJournalHead) -> JournalHeadView:
    return JournalHeadView(
        number=kept.head.number,
        size=kept.head.size,
        at=utc_from_ns(kept.head.at_ns),
        document=kept.signed.document,
        signature=kept.signed.signature,
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


def viewer_view(viewer: Viewer) -> ViewerView:
    seen, person = viewer.seen, viewer.person
    return ViewerView(
        # The mux's own id is the secret that ends a session there.
        id=sha256(seen.id.encode()).hexdigest()[:_VIEWER_ID_CHARS],
        person=_same(ViewerPerson, person) if person else None,
        mux=viewer.mux,
        rtt_ms=seen.rtt_ms,
        jitter_ms=seen.jitter_ms,
        loss=seen.loss,
        available_kbps=seen.available_kbps,
        tiles=[_tile_view(tile) for tile in seen.tiles],
    )


def _tile_view(tile: TileStatistics) -> ViewerTile:
    # To a mux a camera's name has its commune in it.
    named = replace(tile, why=None)
    return _same(ViewerTile, named).model_copy(update={"camera": tile.camera_id, "why": why_view(tile.told)})
