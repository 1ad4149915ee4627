"""The demo: three communes with simulated cameras, and a login for each kind of user."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from deploy.api import ControlRoom, Json
from deploy.centre import Centre, say
from deploy.installation import held
from deploy.layout import DEMO_PASSWORD, Layout
from deploy.ports import Ports, refuse_taken
from deploy.secrets import open_secrets, write_secret

HOST = "127.0.0.1"
CAMERA_USER = "viewer"
# Drawn and encoded only while it is pulled, which is while a tile is small enough for it.
SUB_OPTIONS = "size=352x288:kbps=200:gop=2"


@dataclass(frozen=True, slots=True)
class DemoCamera:
    """A camera to be simulated and registered. `options` are the simulator's."""

    commune: str
    name: str
    place: str
    path: str
    options: str
    days: int
    lat: float
    lon: float
    has_password: bool = False
    sub_options: str = SUB_OPTIONS


COMMUNES: tuple[Json, ...] = (
    {"code": "59350", "name": "Lille", "population": 238_695, "has_csu": True},
    {"code": "59512", "name": "Roubaix", "population": 98_892, "has_csu": True},
    {"code": "59346", "name": "Lezennes", "population": 3_126, "has_csu": False},
)
CAMERAS = (
    DemoCamera(
        "59350",
        "Grand-Place nord",
        "Grand-Place, Vieille Bourse",
        "lille-place",
        "gop=2",
        15,
        50.6366,
        3.0634,
    ),
    DemoCamera(
        "59350", "Gare Flandres", "Parvis de la gare", "lille-gare", "gop=10", 30, 50.6369, 3.0706, True
    ),
    DemoCamera("59512", "Eurotéléport", "Place de l'Europe", "roubaix-euro", "gop=2", 10, 50.6916, 3.1771),
    DemoCamera("59512", "Grand-Place", "Hôtel de ville", "roubaix-place", "gop=4", 10, 50.6905, 3.1809, True),
    # A loop: coding H.265 costs five times as much as H.264, and this camera is recorded all the time.
    DemoCamera(
        "59512",
        "Parc Barbieux",
        "Avenue Jean-Jaurès",
        "roubaix-parc",
        "loop:codec=h265:size=512x288:kbps=400:gop=2",
        10,
        50.6788,
        3.1682,
        sub_options="loop:codec=h265:size=256x144:kbps=100:gop=2",
    ),
    DemoCamera("59346", "École Brossolette", "Rue Faidherbe", "lezennes-ecole", "gop=2", 7, 50.6129, 3.1161),
)
PEOPLE = (
    ("operatrice", "Opératrice du CMSU", "operator", ("59350", "59512", "59346")),
    ("commune", "Mairie de Lezennes", "commune", ("59346",)),
    ("juriste", "Officier juridique", "legal", ("59350", "59512", "59346")),
    ("adjointe", "Officière juridique adjointe", "legal", ("59350", "59512", "59346")),
)


def run_demo(data_dir: Path, base_port: int, muxes: int) -> None:
    """Serve the demo until a signal. Raises a BeffroiError whose sentence says what stands in the way."""
    ports = Ports.from_base(base_port, muxes)
    url = f"http://{HOST}:{ports.page}"
    with held(data_dir, url):
        refuse_taken(ports, host=HOST)
        layout = Layout(
            data_dir=data_dir,
            ports=ports,
            secrets=open_secrets(data_dir / "secrets"),
            host=HOST,
            public_url=url,
            demo=True,
            media_host=HOST,
            mux_urls=tuple(f"http://{HOST}:{mux.http}" for mux in ports.muxes),
            storage_url=f"http://{HOST}:{ports.storage}",
        )
        asyncio.run(_serve(layout))


async def _serve(layout: Layout) -> None:
    centre = Centre(layout)

    async def ready() -> None:
        password = layout.secrets.text("demo-camera-password")
        await centre.launch(layout.simulator(simulator_arguments(layout.ports.simulator, password)))
        await asyncio.to_thread(seed, layout, centre.workers_dir, password)
        print(welcome(layout), flush=True)

    await centre.run(ready)


def simulator_arguments(port: int, password: str) -> list[str]:
    """How the simulator is asked for the demo's cameras: each has its main stream and a small one."""
    cameras = (
        f"{path}:{options}" + (f":auth={CAMERA_USER}/{password}" if camera.has_password else "")
        for camera in CAMERAS
        for path, options in ((camera.path, camera.options), (f"{camera.path}-sub", camera.sub_options))
    )
    return ["--host", HOST, "--port", str(port), *cameras]


def seed(layout: Layout, workers_dir: Path, camera_password: str) -> None:
    """Create what the demo shows, through the API; what is there already stays as it is."""
    with ControlRoom(layout.url(layout.ports.page)) as api:
        api.sign_in("admin", layout.admin_password)
        known = {str(commune["code"]) for commune in api.items("/communes")}
        for commune in COMMUNES:
            if commune["code"] not in known:
                api.post("/communes", commune)
        logins = {str(person["login"]) for person in api.items("/people")}
        for login, name, kind, communes in PEOPLE:
            if login not in logins:
                person = {"login": login, "name": name, "kind": kind, "communes": list(communes)}
                api.post("/people", {**person, "password": DEMO_PASSWORD})
        registered = {(str(camera["commune"]), str(camera["name"])) for camera in api.items("/cameras")}
        for camera in CAMERAS:
            if (camera.commune, camera.name) not in registered:
                api.post("/cameras", registration(camera, layout.ports.simulator, camera_password))
        for commune in COMMUNES:
            file = workers_dir / f"{commune['code']}.token"
            if not file.exists():
                made = api.post(f"/communes/{commune['code']}/workers", {"name": "demo"})
                write_secret(file, str(made["token"]).encode())
    say("beffroi", f"{len(CAMERAS)} simulated cameras in {len(COMMUNES)} communes are registered")


def registration(camera: DemoCamera, port: int, password: str) -> Json:
    """A camera of the demo as control_room is told of it."""
    today = datetime.now(UTC).date()
    return {
        "commune": camera.commune,
        "name": camera.name,
        "place": camera.place,
        "lat": camera.lat,
        "lon": camera.lon,
        "address": f"rtsp://{HOST}:{port}/{camera.path}",
        "sub_address": f"rtsp://{HOST}:{port}/{camera.path}-sub",
        "username": CAMERA_USER if camera.has_password else "",
        "password": password if camera.has_password else "",
        "recorded": True,
        "authorisation": {
            "number": f"DEMO-{camera.path}",
            "granted_on": date(today.year, 1, 1).isoformat(),
            "valid_until": date(today.year + 4, 12, 31).isoformat(),
            "days": camera.days,
        },
    }


def welcome(layout: Layout) -> str:
    """The address, a login for each kind of user, and what to click."""
    people = [("admin", "administration", "admin")] + [(login, name, kind) for login, name, kind, _ in PEOPLE]
    logins = "\n".join(f"    {login:<12} {kind:<9} {name}" for login, name, kind in people)
    return f"""
  Beffroi is running:  {layout.public_url}

  Sign in with one of these, password {DEMO_PASSWORD}:
{logins}

  operatrice: say why you watch, put cameras on the wall ("Mur d'images"); "Caméras" shows their states.
  juriste:    "Relecture" plays a range back, "Réquisitions" hands it over once adjointe has approved it:
              .venv/bin/beffroi verify EXPORT.zip --key {layout.secrets.evidence_public}
  commune:    sees and changes the cameras of Lezennes only.   admin: communes, people, journal.

  Roubaix, "Parc Barbieux" sends H.265: where the browser takes none it is converted while it is watched (its
  tile says so), live and in "Relecture". What it sends is recorded as it is, and exported.

  Ctrl-C stops everything; the next start finds its recordings again in {layout.data_dir}.
"""
