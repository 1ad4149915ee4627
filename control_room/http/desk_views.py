"""Values of the requisition desk as the wire shows them."""

from control_room.evidence.holds import HoldsStanding
from control_room.evidence.preflight import Preflight
from control_room.evidence.room import DeskRules
from control_room.http.schemas.desk import (
    ArticleView,
    DeliveryView,
    DemandView,
    DeskView,
    EntryView,
    HoldsStandingView,
    MissingView,
    OfficerView,
    PreflightView,
    RecipientView,
    RequisitionView,
    SignerView,
    SurveyView,
    VersionView,
)
from control_room.http.schemas.masks import MasksView, mask_spans, mask_views
from control_room.http.views import hold_view, why_view
from control_room.model.articles import ARTICLES
from control_room.model.requisitions import Delivery, Demand, Entry, Requisition
from shared.evidence.recipient import RecipientCertificate
from shared.ids import StreamId
from shared.messages.desk import StreamSurvey


def desk_view(rules: DeskRules) -> DeskView:
    return DeskView(
        articles=[
            ArticleView(
                code=one.code,
                law=one.law,
                signers=[SignerView(capacity=who, mandate=needs) for who, needs in one.signers.items()],
                source=one.source,
                confidence=one.confidence,
            )
            for one in ARTICLES.values()
        ],
        direct_exports=rules.direct_exports,
        collect_days=rules.collect_days,
        review_days=rules.review_days,
    )


def demand_view(demand: Demand) -> DemandView:
    officer = demand.officer
    return DemandView(
        file=demand.file,
        article=demand.article,
        officer=OfficerView(
            name=officer.name,
            capacity=officer.capacity,
            service=officer.service,
            mandate=officer.mandate,
        ),
        cameras=[stream.camera for stream in demand.streams],
        start=demand.start,
        end=demand.end,
        received_by=demand.received_by,
        received_at=demand.received_at,
        motive=demand.motive,
        recipient=_recipient_view(demand.recipient) if demand.recipient else None,
        masks=mask_spans(demand.masks),
        original=demand.original,
    )


def masks_view(demand: Demand) -> MasksView:
    return MasksView(
        camera=demand.streams[0].camera,
        start=demand.start,
        end=demand.end,
        masks=mask_views(demand.masks),
    )


def _recipient_view(pem: str) -> RecipientView:
    found = RecipientCertificate.from_pem(pem)
    return RecipientView(
        name=found.name, expires_at=found.expires_at, fingerprint=found.fingerprint, certificate=found.pem
    )


def requisition_view(found: Requisition) -> RequisitionView:
    return RequisitionView(
        **dict(demand_view(found.demand)),
        id=found.id,
        status=found.status,
        version=found.version,
        entries=[EntryView(version=one.version, login=one.login, at=one.at) for one in found.entries],
        communes=sorted(found.communes),
        decided_by=found.decided_by,
        decided_at=found.decided_at,
        decision=found.decision,
        export=found.export,
    )


def version_view(entered: tuple[Entry, Demand]) -> VersionView:
    entry, demand = entered
    return VersionView(**dict(demand_view(demand)), version=entry.version, login=entry.login, at=entry.at)


def preflight_view(found: Preflight) -> PreflightView:
    return PreflightView(
        cameras=[_survey_view(one) for one in found.streams],
        holds=[hold_view(hold) for hold in found.holds],
        held=found.held,
    )


def _survey_view(found: StreamSurvey) -> SurveyView:
    return SurveyView(
        camera=StreamId.parse(found.stream).camera,
        bytes=found.bytes,
        coverage=found.coverage,
        codecs=list(found.codecs),
        missing=[MissingView(start=one.start, end=one.end, cause=one.cause) for one in found.missing],
        more=found.more,
        dies_at=found.dies_at,
    )


def delivery_view(line: Delivery) -> DeliveryView:
    return DeliveryView(
        requisition=line.requisition,
        export=line.export,
        file=line.file,
        article=line.article,
        cameras=list(line.cameras),
        start=line.start,
        end=line.end,
        name=line.recipient.name,
        capacity=line.recipient.capacity,
        service=line.recipient.service,
        medium=line.medium,
        at=line.at,
        by=line.by,
        sha256=line.sha256,
        receipt=line.receipt,
        masks=line.masks,
        original=line.original,
        original_sha256=line.original_sha256,
    )


def holds_standing_view(found: HoldsStanding) -> HoldsStandingView:
    share = found.share
    alarm = None if share is None else share.alarm
    return HoldsStandingView(
        overdue=found.overdue,
        unconfirmed=found.unconfirmed,
        held_bytes=None if share is None else share.held_bytes,
        usable_bytes=None if share is None else share.usable_bytes,
        alarm="" if alarm is None else alarm.text,
        alarm_why=why_view(alarm),
    )
