"""What surrounds every route: problems, forged requests, headers, the page."""

import httpx
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from tests.unit.control_room.room import LILLE, Room, camera_body

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@hypothesis(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(field=st.sampled_from(sorted([*camera_body(), "lat", "lon", "recorded"])), value=JSON)
async def test_no_body_of_a_camera_is_an_unforeseen_error(
    room: Room, admin: httpx.AsyncClient, field: str, value: object
) -> None:
    answer = await admin.post("/cameras", json=camera_body(LILLE) | {field: value})
    assert answer.status_code in (201, 400)
