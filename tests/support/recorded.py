"""A camera of a running system of which there are recordings."""

import json
from datetime import UTC, datetime, timedelta

import httpx

from tests.support.client import rfc3339, signed_in
from tests.support.eventually import eventually
from tests.support.whole import WholeSystem


async def recorded(whole: WholeSystem) -> str:
    """A camera of which something is recorded by now."""
    async with signed_in(whole.url, "juriste") as api:

        async def recording() -> str:
            cameras = json.loads(json.dumps(await api.items("/cameras")))
            return next((one["id"] for one in cameras if one["recording"]["status"] == "recording"), "")

        await eventually(recording, within_s=60, what="a recorded camera")
        camera = await recording()
        began = datetime.now(UTC) - timedelta(seconds=20)

        async def something() -> bool:
            span = {"from": rfc3339(began), "to": rfc3339(datetime.now(UTC))}
            opened = await api.made(f"/cameras/{camera}/playback", {**span, "motive": "essai"})
            async with httpx.AsyncClient() as client:
                headers = {"authorization": f"Bearer {opened['ticket']}"}
                listed = (await client.get(str(opened["url"]), params=span, headers=headers)).json()
            return bool(listed["ranges"])

        await eventually(something, within_s=60, what="something recorded")
        return camera
