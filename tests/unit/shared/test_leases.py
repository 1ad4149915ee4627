"""What a lease says of a ticket: nothing that has ended goes on, nothing that holds is ended."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import SimulatedClock
from shared.errors import TicketRefused, Unavailable
from shared.leases import (
    LEASE_S,
    MOST_CLOCKS_DIFFER_S,
    Ended,
    Lease,
    Leases,
    LeaseSigner,
    Revocation,
)
from shared.tickets import SHOWING, Action, Ticket, TicketSigner, TicketVerifier

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = LeaseSigner(KEY)
NOW_MS = 1_700_000_000_000
NOW_S = NOW_MS // 1000
CAMERA, OTHER = "59350/cam-1", "59350/cam-2"
LEASE = Lease(NOW_MS, {"s-1": NOW_S + 600}, frozenset({CAMERA, OTHER}))
LIVE = Ticket("t-1", "p-1", "s-1", Action.LIVE, f"{CAMERA}/main", NOW_S + 60, issued_ms=NOW_MS - 5000)
WALL = replace(LIVE, action=Action.WALL, resource="wall", cameras=(CAMERA, OTHER))
PLAYBACK = replace(LIVE, action=Action.PLAYBACK)
DOWNLOAD = replace(LIVE, action=Action.DOWNLOAD, resource="export:x-1")
TICKETS = [LIVE, WALL, PLAYBACK, DOWNLOAD]


class Service:
    """A service with a clock, and what it keeps."""

    def __init__(self) -> None:
        self.clock = SimulatedClock(NOW_MS * 1_000_000)
        self.leases = Leases(KEY.public_key(), self.clock)

    async def hears(self, lease: Lease, after_s: float = 1) -> bool:
        """A lease of now, some time later."""
        await self.clock.advance(after_s)
        return self.leases.take(SIGNER.sign(replace(lease, at_ms=self.clock.utc_ns() // 1_000_000)))


@pytest.mark.parametrize("ticket", TICKETS)
async def test_what_is_confirmed_goes_on_and_what_is_not_ends(ticket: Ticket) -> None:
    service = Service()
    assert service.leases.ended(ticket) is Ended.UNCONFIRMED
    await service.hears(LEASE)
    assert service.leases.ended(ticket) is None
    await service.hears(replace(LEASE, sessions={"s-2": NOW_S + 600}))
    assert service.leases.ended(ticket) is Ended.SESSION
    with pytest.raises(TicketRefused, match="session"):
        service.leases.admit(ticket)


@pytest.mark.parametrize("ticket", TICKETS)
async def test_without_a_word_for_ten_seconds_everything_ends_and_comes_back_with_the_next(
    ticket: Ticket,
) -> None:
    service = Service()
    await service.hears(LEASE)
    await service.clock.advance(LEASE_S - 0.1)
    assert service.leases.ended(ticket) is None
    await service.clock.advance(0.1)
    assert service.leases.ended(ticket) is Ended.UNCONFIRMED
    with pytest.raises(Unavailable):
        service.leases.admit(ticket)
    await service.hears(LEASE)
    assert service.leases.ended(ticket) is None


@pytest.mark.parametrize("ticket", TICKETS)
async def test_a_session_ends_at_its_end_though_nobody_says_so(ticket: Ticket) -> None:
    service = Service()
    await service.hears(replace(LEASE, sessions={"s-1": NOW_S + 5}))
    assert service.leases.ended(ticket) is None
    await service.clock.advance(4.5)
    assert service.leases.ended(ticket) is Ended.EXPIRED
    await service.hears(replace(LEASE, sessions={"s-1": NOW_S + 600}))
    assert service.leases.ended(ticket) is None
    assert service.leases.ended(replace(ticket, right_until_s=NOW_S + 3)) is Ended.EXPIRED


async def test_a_session_younger_than_the_lease_is_proven_by_its_ticket_until_the_next() -> None:
    service = Service()
    await service.hears(LEASE)
    young = replace(LIVE, session="s-new", issued_ms=NOW_MS + 1500)
    assert service.leases.ended(young) is None
    await service.hears(LEASE)
    assert service.leases.ended(young) is Ended.SESSION


async def test_a_camera_that_may_be_shown_no_more_ends_live_and_the_walls_tile_only() -> None:
    service = Service()
    await service.hears(LEASE)
    assert await service.hears(replace(LEASE, cameras=frozenset({OTHER})))
    assert service.leases.ended(LIVE) is Ended.CAMERA
    assert service.leases.ended(WALL) is None
    assert service.leases.camera_ended(WALL, CAMERA)
    assert not service.leases.camera_ended(WALL, OTHER)
    # Recordings of a camera that is switched off may be played, with a ticket given for that.
    assert service.leases.ended(PLAYBACK) is None


@pytest.mark.parametrize("ticket", [LIVE, PLAYBACK])
async def test_a_ticket_of_before_the_end_of_a_right_opens_the_camera_never_again(ticket: Ticket) -> None:
    service = Service()
    revoked = replace(LEASE, revoked=(Revocation(CAMERA, NOW_MS + 1000),))
    await service.hears(revoked)
    assert service.leases.ended(ticket) is Ended.CAMERA
    assert service.leases.ended(replace(ticket, issued_ms=NOW_MS + 1000)) is None
    restarted = Service()
    await restarted.hears(revoked)
    assert restarted.leases.ended(ticket) is Ended.CAMERA


async def test_control_rooms_own_questions_rest_on_no_lease() -> None:
    service = Service()
    for action in set(Action) - SHOWING:
        service.leases.admit(replace(LIVE, action=action))


async def test_a_lease_says_whether_it_ends_anything() -> None:
    service = Service()
    assert await service.hears(LEASE)
    assert not await service.hears(LEASE)
    assert not await service.hears(replace(LEASE, sessions={"s-1": NOW_S + 900, "s-2": NOW_S}))
    assert await service.hears(LEASE)
    assert await service.hears(replace(LEASE, cameras=frozenset({CAMERA})))
    assert await service.hears(replace(LEASE, revoked=(Revocation(CAMERA, NOW_MS),)))
    await service.clock.advance(LEASE_S)
    assert await service.hears(LEASE)


async def test_an_old_lease_played_again_revives_nothing() -> None:
    service = Service()
    old = SIGNER.sign(LEASE)
    service.leases.take(old)
    await service.hears(replace(LEASE, sessions={}))
    with pytest.raises(TicketRefused, match="older"):
        service.leases.take(old)
    assert service.leases.ended(LIVE) is Ended.SESSION
    await service.clock.advance(MOST_CLOCKS_DIFFER_S + 1)
    with pytest.raises(TicketRefused, match="clocks"):
        service.leases.take(old)


async def test_a_clock_of_control_room_set_back_stops_rights_for_one_lease_only() -> None:
    service = Service()
    service.leases.take(SIGNER.sign(replace(LEASE, at_ms=NOW_MS + 100_000)))
    with pytest.raises(TicketRefused, match="older"):
        await service.hears(LEASE)
    await service.hears(LEASE, after_s=LEASE_S)
    assert service.leases.ended(LIVE) is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        "lease1",
        "..",
        SIGNER.sign(LEASE).partition(".")[0] + "..",
        LeaseSigner(Ed25519PrivateKey.from_private_bytes(bytes(32))).sign(LEASE),
        TicketSigner(KEY).sign(LIVE),
    ],
)
def test_what_is_no_lease_of_control_room_is_refused(token: str) -> None:
    with pytest.raises(TicketRefused):
        Service().leases.take(token)


def test_a_lease_is_no_ticket() -> None:
    verifier = TicketVerifier(KEY.public_key(), SimulatedClock(NOW_MS * 1_000_000))
    with pytest.raises(TicketRefused):
        verifier.verify(SIGNER.sign(LEASE), Action.LIVE, f"{CAMERA}/main")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["confirm", "end session", "end camera", "again", "silence"]),
            st.floats(0.01, 12),
        ),
        max_size=12,
    )
)
async def test_whatever_is_said_or_lost_no_right_outlives_its_end_by_more_than_a_lease(
    steps: list[tuple[str, float]],
) -> None:
    """A model: the truth changes, some leases are lost; what `ended` allows was true within LEASE_S."""
    service, lease = Service(), LEASE
    held_ms = None
    for step, after_s in steps:
        if step == "end session":
            lease = replace(lease, sessions={})
        elif step == "end camera":
            lease = replace(lease, cameras=frozenset())
        elif step == "again":
            lease = replace(LEASE, revoked=lease.revoked)
        if step == "silence":
            await service.clock.advance(after_s)
        else:
            await service.hears(lease, after_s)
        now_ms = service.clock.utc_ns() // 1_000_000
        if "s-1" in lease.sessions and CAMERA in lease.cameras and step != "silence":
            held_ms = now_ms
        allowed = service.leases.ended(LIVE) is None
        assert not allowed or (held_ms is not None and now_ms - held_ms < LEASE_S * 1000)
        if step != "silence":
            assert allowed == (held_ms == now_ms)


TAP_KEY = "k" * 40


async def test_a_commune_publishes_only_while_it_is_confirmed_that_it_may() -> None:
    service = Service()
    assert not service.leases.publishes("59350", TAP_KEY)
    await service.hears(replace(LEASE, publishers=frozenset({"59350"})))
    assert service.leases.publishes("59350", TAP_KEY)
    assert not service.leases.publishes("59512", TAP_KEY)
    await service.hears(replace(LEASE, publishers=frozenset()))
    assert not service.leases.publishes("59350", TAP_KEY)
    await service.hears(replace(LEASE, publishers=frozenset({"59350"})))
    assert service.leases.publishes("59350", TAP_KEY)
    await service.clock.advance(LEASE_S)
    assert not service.leases.publishes("59350", TAP_KEY)


async def test_a_control_room_that_does_not_tell_publishers_leaves_the_tap_to_its_keys() -> None:
    service = Service()
    await service.hears(LEASE)
    assert service.leases.publishes("59350", TAP_KEY)
    assert service.leases.publishers is None


async def test_a_key_that_has_ended_publishes_for_its_commune_no_more() -> None:
    service = Service()
    both = frozenset({"59350", "59512"})
    await service.hears(replace(LEASE, publishers=both, ended_keys={"59350": frozenset({TAP_KEY})}))
    assert not service.leases.publishes("59350", TAP_KEY)
    assert service.leases.publishes("59350", "n" * 40)
    assert service.leases.publishes("59512", TAP_KEY)
    await service.hears(replace(LEASE, publishers=both))
    assert service.leases.publishes("59350", TAP_KEY)
