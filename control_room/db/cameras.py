"""Cameras in the database."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import CameraRow
from control_room.model.paging import Asked, Slice
from control_room.model.territory import Authorisation, Camera
from shared.errors import NotFound
from shared.messages.ingest import CameraOpener, CameraTransport
from shared.reasons import why


class Cameras:
    """Cameras; how to reach them stays sealed here."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, camera_id: str) -> Camera:
        """One camera. Raises NotFound."""
        row = await self._session.get(CameraRow, camera_id)
        if row is None:
            raise NotFound(why("no-camera", "there is no such camera"))
        return _camera(row)

    async def named(self, ids: Collection[str]) -> list[Camera]:
        """Those of the cameras with these ids that there are."""
        query = select(CameraRow).where(CameraRow.id.in_(ids))
        return [_camera(row) for row in await self._session.scalars(query)]

    async def page(self, asked: Asked, communes: Collection[str]) -> Slice[Camera]:
        """The cameras of these communes, by commune, name and id."""
        key = tuple_(CameraRow.commune, CameraRow.name, CameraRow.id)
        query = select(CameraRow).where(CameraRow.commune.in_(communes))
        after = asked.after(str, str, str)
        if after is not None:
            query = query.where(key > after)
        query = query.order_by(CameraRow.commune, CameraRow.name, CameraRow.id).limit(asked.limit + 1)
        found = [_camera(row) for row in await self._session.scalars(query)]
        return asked.cut(found, [(camera.commune, camera.name, camera.id) for camera in found])

    async def of(self, commune: str) -> list[Camera]:
        """All cameras of a commune, by id."""
        query = select(CameraRow).where(CameraRow.commune == commune).order_by(CameraRow.id)
        return [_camera(row) for row in await self._session.scalars(query)]

    async def all(self) -> list[Camera]:
        """All cameras, by id."""
        return [_camera(row) for row in await self._session.scalars(select(CameraRow).order_by(CameraRow.id))]

    async def shown(self, today: date) -> list[str]:
        """Those that a decision on rights lets be shown on `today` (UTC), `commune/camera` each."""
        query = select(CameraRow.commune, CameraRow.id).where(
            CameraRow.enabled,
            CameraRow.permit_number != "",
            CameraRow.permit_days > 0,
            CameraRow.permit_granted_on <= today,
            CameraRow.permit_valid_until >= today,
        )
        return [f"{commune}/{camera}" for commune, camera in await self._session.execute(query)]

    async def add(self, camera: Camera) -> None:
        """Keep a new camera."""
        row = CameraRow(id=camera.id, commune=camera.commune)
        _fill(row, camera)
        self._session.add(row)
        await self._session.flush()

    async def change(self, camera: Camera) -> None:
        """Keep a changed camera; its commune never changes."""
        _fill(await self._session.get_one(CameraRow, camera.id), camera)

    async def remove(self, camera_id: str) -> None:
        """Forget a camera."""
        await self._session.execute(delete(CameraRow).where(CameraRow.id == camera_id))


def _fill(row: CameraRow, camera: Camera) -> None:
    row.name, row.place, row.lat, row.lon = camera.name, camera.place, camera.lat, camera.lon
    row.recorded, row.enabled = camera.recorded, camera.enabled
    row.address_host, row.has_credentials = camera.address_host, camera.has_credentials
    row.has_sub, row.opener, row.transport = camera.has_sub, camera.opener, camera.transport
    row.sealed = camera.sealed
    permit = camera.authorisation
    row.permit_number = permit.number if permit else None
    row.permit_granted_on = permit.granted_on if permit else None
    row.permit_valid_until = permit.valid_until if permit else None
    row.permit_days = permit.days if permit else None
    row.permit_least_days = permit.least_days if permit else 0


def _camera(row: CameraRow) -> Camera:
    permit = None
    if row.permit_number and row.permit_granted_on and row.permit_valid_until and row.permit_days:
        permit = Authorisation(
            row.permit_number,
            row.permit_granted_on,
            row.permit_valid_until,
            row.permit_days,
            row.permit_least_days,
        )
    return Camera(
        id=row.id,
        commune=row.commune,
        name=row.name,
        place=row.place,
        lat=row.lat,
        lon=row.lon,
        recorded=row.recorded,
        enabled=row.enabled,
        authorisation=permit,
        address_host=row.address_host,
        has_credentials=row.has_credentials,
        has_sub=row.has_sub,
        opener=CameraOpener(row.opener),
        transport=CameraTransport(row.transport),
        sealed=row.sealed,
    )
