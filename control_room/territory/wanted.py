"""What ingest workers have to pull and storage to record, with versions that change when it does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from control_room.db.engine import Database
from control_room.model.territory import Authorisation, Camera, KnownWorker
from control_room.territory.blocking import may_record, why_blocked
from control_room.territory.vault import Vault
from shared.ids import StreamId
from shared.messages.codec import encode
from shared.messages.ingest import WantedCamera, WantedCameras
from shared.messages.storage import RecordingPolicies, RecordingPolicy

_Key = tuple[int, date]
_PoliciesKey = tuple[tuple[tuple[str, int], ...], date]


class Wanted:
    """Answers are kept until a camera changes or the day does, since every worker asks each second."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db = db
        self._vault = vault
        self._cameras: dict[str, tuple[_Key, WantedCameras]] = {}
        self._policies: tuple[_PoliciesKey, RecordingPolicies] | None = None

    async def cameras(self, worker: KnownWorker, at: datetime) -> WantedCameras:
        """The streams of the worker's commune that it may pull on the day of `at` (UTC)."""
        key = (worker.revision, at.date())
        kept = self._cameras.get(worker.commune)
        if kept is not None and kept[0] == key:
            return kept[1]
        async with self._db.read() as tx:
            cameras = await tx.cameras.of(worker.commune)
        shown = (camera for camera in cameras if why_blocked(camera, at) is None)
        wanted = tuple(stream for camera in shown for stream in self._wanted(camera))
        version = self._vault.fingerprint(encode(WantedCameras(worker.commune, "", wanted)))
        made = WantedCameras(worker.commune, version, wanted)
        self._cameras[worker.commune] = (key, made)
        return made

    async def policies(self, at: datetime) -> RecordingPolicies:
        """Every camera that has or had an authorisation; one that is blocked today is not recorded.

        Its days are still told: what was recorded before keeps its deadline.
        """
        async with self._db.read() as tx:
            key = (tuple(sorted((await tx.communes.revisions()).items())), at.date())
            if self._policies is not None and self._policies[0] == key:
                return self._policies[1]
            cameras = await tx.cameras.all()
        policies = tuple(
            RecordingPolicy(
                stream=str(camera.stream),
                name=camera.name,
                place=camera.place,
                recorded=camera.recorded and may_record(camera, at),
                days=camera.authorisation.days,
                least_days=camera.authorisation.least_days,
                until=_over(camera.authorisation),
            )
            for camera in cameras
            if camera.authorisation is not None
        )
        version = self._vault.fingerprint(encode(RecordingPolicies("", policies)))
        made = RecordingPolicies(version, policies)
        self._policies = (key, made)
        return made

    async def policies_of(self, commune: str, at: datetime) -> RecordingPolicies:
        """The same of one commune: its version changes when its own policies do."""
        every = (await self.policies(at)).policies
        own = tuple(one for one in every if StreamId.parse(one.stream).commune == commune)
        version = self._vault.fingerprint(encode(RecordingPolicies("", own)))
        return RecordingPolicies(version, own)

    def _wanted(self, camera: Camera) -> Iterator[WantedCamera]:
        """The main stream always, the sub stream for as long as somebody watches it."""
        access = self._vault.open(camera.sealed)
        main = WantedCamera(
            str(camera.stream),
            camera.name,
            access.address,
            access.username,
            access.password,
            camera.opener,
            camera.transport,
        )
        yield main
        if access.sub_address:
            yield replace(main, stream=str(camera.sub_stream), address=access.sub_address, on_demand=True)


def _over(authorisation: Authorisation) -> datetime:
    """The instant from which an authorisation is over: its last day is one of UTC, as everywhere."""
    return datetime.combine(authorisation.valid_until + timedelta(days=1), time(), UTC)
