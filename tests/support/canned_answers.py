"""What control_room could answer to each question of the page, in all its states."""

from tests.support.client import Json

AT = "2026-11-20T10:00:00Z"

_STATUSES = (
    "live",
    "connecting",
    "idle",
    "stalled",
    "refused",
    "unreachable",
    "unsupported",
    "invalid",
    "unknown",
)
_RECORDED = ("off", "waiting", "recording", "failing", "unknown")
_WHY = {"code": "clock-jumped", "params": {"instant": AT}}


def _state(status: str, advice: str = "") -> Json:
    reason = "" if status == "live" else f"the camera is {status}"
    picture = {"codec": "hvc1.1.6.L93.B0", "width": 1920, "height": 1080, "fps": 12.5}
    return {
        "status": status,
        "reason": reason,
        "why": None,
        "since": AT,
        "heard_at": AT,
        "advice": advice,
        **picture,
    }


def camera(number: int) -> Json:
    """One of many: its number says how it stands, so that all states are there."""
    status = _STATUSES[number % len(_STATUSES)]
    sub = None if number % 3 else _state("live" if number % 2 else "stalled")
    advice = "H.265 has to be converted; B-frames delay the picture" if number % 4 == 0 else ""
    permit = {"number": f"2026-{number}", "days": 30, "granted_on": "2026-01-01", "valid_until": "2030-01-01"}
    return {
        "id": f"cam-{number:010}",
        "commune": ("59350", "59346")[number % 2],
        "name": f"Caméra {number}",
        "place": f"Place {number}",
        "address_host": f"camera-{number}.example",
        "has_credentials": number % 2 == 0,
        "has_sub": sub is not None,
        "lat": None,
        "lon": None,
        "opener": ("own", "av")[number % 2],
        "transport": ("tcp", "udp")[number % 2],
        "recorded": True,
        "enabled": True,
        "stream": f"stream-{number}",
        "blocked_reason": "no authorisation holds" if number == 10 else None,
        "blocked_why": None,
        "authorisation": None if number == 10 else permit,
        "state": _state(status, advice),
        "sub_state": sub,
        "recording": {"status": _RECORDED[number % 5], "reason": "", "why": None, "since": AT},
    }


def _tile(number: int, stale: str | None) -> Json:
    return {
        "camera": f"cam-{number:010}",
        "commune": "59350",
        "kind": ("main", "sub")[number % 2],
        "codec": "h264",
        "transcoded": number % 2 == 0,
        "bitrate_kbps": 800.0 + number,
        "loss": 0.01,
        "dropped": 0,
        "freezes": number,
        "freeze_ms": 100.0 * number,
        "first_packet_ms": None if number == 2 else 80.0,
        "first_frame_ms": 140.0,
        "stale": stale,
        "reason": "" if stale is None else "the camera sends nothing",
        "why": None,
    }


def _viewers() -> Json:
    tiles = [_tile(0, None), _tile(1, "camera"), _tile(2, None)]
    mux = {"most_viewers": 50, "reason": "", "why": None}
    return {
        "viewers": [
            {
                "id": "v" * 12,
                "mux": "http://a",
                "person": {"id": "per-operator", "login": "operatrice", "name": "Une opératrice"},
                "rtt_ms": 12.5,
                "jitter_ms": 3.0,
                "loss": 0.0,
                "available_kbps": 9000.0,
                "tiles": tiles,
            },
            {
                "id": "w" * 12,
                "mux": "http://a",
                "person": None,
                "rtt_ms": None,
                "jitter_ms": None,
                "loss": None,
                "available_kbps": None,
                "tiles": tiles[:1],
            },
        ],
        "muxes": [
            {"url": f"http://{health}", "health": health, "viewers": 2, **mux}
            for health in ("living", "late", "dead")
        ],
    }


def _exports() -> list[Json]:
    return [
        {
            "id": f"exp-{status}",
            "reference": f"PV {status}",
            "authority": "OPJ Martin",
            "motive": "Vol",
            "status": status,
            "cameras": ["cam-0000000000"],
            "communes": ["59350"],
            "from": AT,
            "to": "2026-11-20T11:00:00Z",
            "progress": 0.4,
            "coverage": 0.98,
            "bytes": 123456789,
            "requested_by": "juriste",
            "requested_at": AT,
            "sha256": "ab" * 32 if status == "done" else "",
            "why": None,
            "reason": "storage is full" if status == "failed" else "",
            "phase": "copying" if status == "running" else "waiting",
            "ending": "",
            "requisition": "r-done" if status == "done" else "",
            "finished_at": AT if status == "done" else None,
        }
        for status in ("queued", "running", "done", "failed", "destroyed", "cancelled")
    ]


def _holds() -> list[Json]:
    return [
        {
            "id": f"hold-{status}",
            "camera": "cam-0000000000",
            "commune": "59350",
            "reference": f"PV {status}",
            "motive": "Vol",
            "from": AT,
            "to": AT,
            "placed_by": "juriste",
            "placed_at": AT,
            "status": status,
            "reason": "it came too late" if status == "refused" else "",
            "why": None,
            "kind": "preservation" if status == "pending" else "procedure",
            "basis": "observation" if status == "pending" else "preliminary",
            "review_at": AT,
            "ends_at": AT if status == "pending" else None,
            "confirmed_by": "",
            "confirmed_at": None,
            "requisition": "",
        }
        for status in ("pending", "placed", "releasing", "released", "refused")
    ]


def _demand(file: str) -> Json:
    return {
        "file": file,
        "article": "60-1",
        "officer": {"name": "A. Martin", "capacity": "opj", "service": "Lille", "mandate": ""},
        "cameras": ["cam-0000000000"],
        "from": AT,
        "to": "2026-11-20T11:00:00Z",
        "received_by": "C. Dubois",
        "received_at": AT,
        "motive": "Vol",
    }


def _requisitions() -> list[Json]:
    return [
        {
            **_demand(f"PV {status}"),
            "id": f"r-{status}" if status != "approved" else "r-done",
            "status": status,
            "version": 1,
            "entries": [{"version": 1, "login": "adjointe", "at": AT}],
            "communes": ["59350"],
            "decided_by": "" if status == "waiting" else "juriste",
            "decided_at": None if status == "waiting" else AT,
            "decision": "" if status == "waiting" else "acte lu",
            "export": "exp-done" if status == "approved" else "",
            "recipient": None,
        }
        for status in ("waiting", "approved", "refused", "withdrawn", "delivered", "expired")
    ]


def _preflight() -> Json:
    gap = {"from": AT, "to": "2026-11-20T10:30:00Z", "cause": "over"}
    camera = {"camera": "cam-0000000000", "bytes": 42_000_000, "coverage": 0.93, "codecs": ["avc1.42e01f"]}
    return {
        "cameras": [{**camera, "missing": [gap], "more": 2, "dies_at": "2026-12-20T10:00:00Z"}],
        "holds": _holds()[1:2],
        "held": True,
    }


DELIVERY: Json = {
    **{
        name: value
        for name, value in _demand("PV delivered").items()
        if name in ("file", "article", "from", "to")
    },
    "requisition": "r-delivered",
    "export": "exp-done",
    "cameras": ["Grand-Place"],
    "name": "A. Martin",
    "capacity": "opj",
    "service": "Commissariat de Lille",
    "medium": "disque 12",
    "at": AT,
    "by": "juriste",
    "sha256": "ab" * 32,
    "receipt": "{}",
}

DESK: Json = {
    "articles": [
        {
            "code": code,
            "law": "fr",
            "signers": [{"capacity": "opj", "mandate": mandate}],
            "source": f"CPP, art. {code}",
            "confidence": "told",
        }
        for code, mandate in (("60-1", "none"), ("77-1-1", "authorisation"))
    ],
    "direct_exports": False,
    "collect_days": 7,
    "review_days": 30,
}

STANDING: Json = {
    "overdue": 2,
    "unconfirmed": 1,
    "held_bytes": 60,
    "usable_bytes": 100,
    "alarm": "holds keep 60 %",
    "alarm_why": {"code": "disk-held", "params": {"percent": 60}},
}


def _access_requests() -> list[Json]:
    ending = {"motive": "procédure", "by": "juriste", "at": AT, "package": "", "sha256": "", "proof": ""}
    return [
        {
            "id": f"a-{status}",
            "commune": "59350",
            "person": "J. Petit",
            "contact": "12 rue de Gand",
            "identity": "carte vue",
            "cameras": ["cam-0000000000"],
            "from": AT,
            "to": "2026-11-20T11:00:00Z",
            "received_at": AT,
            "due_at": "2026-12-20T10:00:00Z",
            "overdue": status == "open",
            "entered_by": "juriste",
            "status": status,
            "ending": None if status == "open" else {**ending, "status": status, "ground": "procedures"},
        }
        for status in ("open", "refused")
    ]


_DEEDS = [("sign_in", "done"), ("live", "refused"), ("export", "granted")]


def _journal() -> list[Json]:
    return [
        {
            "seq": seq,
            "at": AT,
            "action": action,
            "outcome": outcome,
            "person": "p",
            "login": "operatrice" if seq else "",
            "kind": "operator" if seq else None,
            "camera": "cam-0000000001" if seq else "",
            "commune": "59350",
            "resource": "session",
            "motive": "Veille",
            "detail": "no authorisation holds" if seq == 1 else "",
            "why": None,
            "client": "192.0.2.7",
            "session": "s",
            "hash": "cd" * 32,
        }
        for seq, (action, outcome) in enumerate(_DEEDS)
    ]


PEOPLE: list[Json] = [
    {
        "id": f"per-{kind}",
        "login": kind,
        "name": f"Une personne {kind}",
        "kind": kind,
        "enabled": kind != "legal",
        "communes": ["59350", "59346"] if kind == "operator" else [],
    }
    for kind in ("operator", "commune", "legal", "admin")
]

COMMUNES: list[Json] = [
    {"code": "59350", "name": "Lille", "population": 236710, "has_csu": True},
    {"code": "59346", "name": "Lezennes", "population": 3100, "has_csu": False},
]

REFUSED: Json = {
    "now": AT,
    "heard_at": AT,
    "storage_at": AT,
    "refused_since": AT,
    "clock_disputed": True,
    "failure": "",
    "refusal": "the clock has jumped",
    "grounds": [{"reason": "the clock has jumped", "why": _WHY}],
    "held_alarm": "",
}


def answers() -> dict[str, object]:
    """What each path of the API answers to a GET; lists are pages of items."""
    return {
        "/cameras": [camera(number) for number in range(14)],
        "/communes": COMMUNES,
        "/communes/59350/workers": [
            {"id": f"wrk-{n}", "name": f"Relais {n}", "created_at": AT, "heard_at": AT if n else None}
            for n in (0, 1)
        ],
        "/people": PEOPLE,
        "/viewers": _viewers(),
        "/storage": REFUSED,
        "/exports": _exports(),
        "/holds": _holds(),
        "/holds/standing": STANDING,
        "/desk": DESK,
        "/requisitions": _requisitions(),
        "/requisitions/r-waiting/preflight": _preflight(),
        "/register/transmissions": [DELIVERY],
        "/access-requests": _access_requests(),
        "/journal": _journal(),
        "/journal/verification": {
            "intact": True,
            "entries": 3,
            "head": "ef" * 32,
            "broken_at": None,
            "reason": "",
            "why": None,
            "erased": 0,
            "signed": 3,
            "signed_at": "2026-11-21T12:00:00Z",
            "doubt": "cut-end",
        },
    }
