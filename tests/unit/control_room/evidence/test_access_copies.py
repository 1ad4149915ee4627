"""Redacted copies for people who were filmed: drawn by one person, ordered by another, once."""

import httpx
import pytest

from shared.messages.storage import ExportStatus
from tests.unit.control_room.evidence.desk import Desk
from tests.unit.control_room.evidence.test_access_requests import entered
from tests.unit.control_room.room import RANGE, mask


async def drawn(desk: Desk, changes: dict[str, object] | None = None) -> tuple[str, httpx.Response]:
    """The path of the copy of a new request, and what came of drawing it."""
    made = await entered(desk)
    path = f"/access-requests/{made['id']}/copies/{desk.camera}"
    return path, await draw(desk, path, changes=changes)


async def draw(
    desk: Desk,
    path: str,
    who: httpx.AsyncClient | None = None,
    changes: dict[str, object] | None = None,
) -> httpx.Response:
    body = {**RANGE, "masks": [mask("m-1"), mask("m-2")], "motive": "others are seen", **(changes or {})}
    return await (who or desk.one).put(path, json=body)


async def approved(
    desk: Desk, path: str, version: int = 1, who: httpx.AsyncClient | None = None
) -> httpx.Response:
    body = {"version": version, "motive": "looked at all of it"}
    return await (who or desk.other).post(f"{path}/approve", json=body)


async def test_what_one_person_draws_another_orders_with_its_masks(desk: Desk) -> None:
    path, answer = await drawn(desk)
    (copy,) = answer.json()["copies"]
    assert [one["positions"] for one in copy["masks"]] == [2, 2]
    assert (copy["version"], copy["export"], copy["approved_by"]) == (1, "", "")
    seen = (await desk.other.get(path)).json()
    assert [one["id"] for one in seen["masks"]] == ["m-1", "m-2"]
    answer = await approved(desk, path)
    assert answer.status_code == 200, answer.text
    (copy,) = answer.json()["copies"]
    order = desk.room.storage.orders[copy["export"]]
    assert ([one.id for one in order.masks], order.reference) == (["m-1", "m-2"], answer.json()["id"])
    assert "Petit" not in str(order)


async def test_nobody_approves_what_they_drew_any_version_of(desk: Desk) -> None:
    path, _ = await drawn(desk)
    assert (await draw(desk, path, desk.other)).json()["copies"][0]["version"] == 2
    for who in (desk.one, desk.other):
        answer = await approved(desk, path, 2, who)
        assert (answer.status_code, answer.json()["why"]["code"]) == (403, "second-person")
    assert desk.room.storage.orders == {}


async def test_masks_that_were_changed_since_they_were_seen_are_not_approved(desk: Desk) -> None:
    path, _ = await drawn(desk)
    await draw(desk, path)
    answer = await approved(desk, path, 1)
    assert (answer.status_code, answer.json()["why"]["code"]) == (409, "copy-changed")
    assert set((await desk.told())[:2]) == {("approve-copy", "refused"), ("export", "refused")}
    assert desk.room.storage.orders == {}


@pytest.mark.parametrize(("status", "again"), [(ExportStatus.RUNNING, 409), (ExportStatus.FAILED, 200)])
async def test_a_copy_is_ordered_again_only_where_it_came_to_nothing(
    desk: Desk, status: ExportStatus, again: int
) -> None:
    desk.room.storage.status = status
    path, _ = await drawn(desk)
    first = (await approved(desk, path)).json()["copies"][0]["export"]
    answer = await approved(desk, path)
    assert answer.status_code == again, answer.text
    assert (await draw(desk, path)).status_code == (409 if again == 409 else 200)
    assert first in desk.room.storage.orders


async def test_the_journal_has_how_many_masks_and_neither_where_nor_who_was_filmed(desk: Desk) -> None:
    path, _ = await drawn(desk)
    await approved(desk, path)
    entries = await desk.room.journal(desk.admin)
    acts = {one["action"]: one["detail"] for one in entries}
    for action in ("draw-copy", "approve-copy", "export"):
        assert acts[action].endswith("; redacted, 2 masks"), acts[action]
    assert "Petit" not in str(entries)
    assert "0.3" not in str(entries)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"from": "2026-11-20T20:59:00Z"}, "from"),
        ({"to": "2026-11-20T21:15:01Z"}, "from"),
        ({"masks": [mask("m-1", "2026-11-20T20:00:00Z", "2026-11-20T20:01:00Z")]}, "masks"),
        ({"masks": []}, "masks"),
    ],
)
async def test_a_copy_is_of_what_was_asked_for_and_has_masks_there(
    desk: Desk, changes: dict[str, object], field: str
) -> None:
    _, answer = await drawn(desk, changes)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


async def test_a_copy_is_of_a_camera_of_the_request(desk: Desk) -> None:
    made = await entered(desk)
    other = await desk.room.camera(desk.admin)
    answer = await draw(desk, f"/access-requests/{made['id']}/copies/{other}")
    assert (answer.status_code, answer.json()["field"]) == (400, "camera")
    assert (await desk.one.get(f"/access-requests/{made['id']}/copies/{desk.camera}")).status_code == 404


async def test_nothing_is_drawn_or_ordered_for_a_request_that_is_answered(desk: Desk) -> None:
    path, _ = await drawn(desk)
    refusal = {"status": "refused", "ground": "procedures", "motive": "inquiry under way"}
    request = path.partition("/copies")[0]
    assert (await desk.one.post(f"{request}/end", json=refusal)).status_code == 200
    for answer in (await draw(desk, path), await approved(desk, path)):
        assert (answer.status_code, answer.json()["why"]["code"]) == (409, "access-ended")
