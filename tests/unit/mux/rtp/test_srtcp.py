"""Our SRTCP against libsrtp: the same bytes out, the same verdicts on what comes in."""

import pylibsrtp
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from mux.rtp.srtcp import GcmSrtcp, LibsrtpSrtcp, srtcp_of
from mux.rtp.srtp import AES_128_CM_SHA1_80, AES_128_GCM, PROFILES, Keys, Profile, derive
from shared.errors import BadInput
from tests.unit.mux.rtp.test_srtp import keys_of, libsrtp

REPORT = bytes.fromhex("80c9000100000001")
KEYS = keys_of(AES_128_GCM)


def said(source: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return bytes((0x80, 201)) + (1 + len(body) // 4).to_bytes(2, "big") + source.to_bytes(4, "big") + body


def numbered(count: int, keys: Keys = KEYS) -> list[bytes]:
    """What a viewer says one after the other, from the index 1 on."""
    viewer = libsrtp(keys, outbound=True, master=keys.theirs)
    return [viewer.protect_rtcp(REPORT) for _ in range(count)]


def is_taken(srtcp: GcmSrtcp | LibsrtpSrtcp, datagram: bytes) -> bool:
    try:
        srtcp.open(datagram)
    except BadInput:
        return False
    return True


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name.decode())
def test_reports_and_feedback_pass_both_ways(profile: Profile) -> None:
    keys = keys_of(profile)
    ours = srtcp_of(keys)
    viewer = libsrtp(keys, outbound=True, master=keys.theirs)
    assert ours.open(viewer.protect_rtcp(REPORT)) == REPORT
    receiver = libsrtp(keys, outbound=False, master=keys.ours)
    assert receiver.unprotect_rtcp(ours.seal(REPORT)) == REPORT


def test_each_profile_is_opened_by_the_fastest_that_can() -> None:
    assert isinstance(srtcp_of(KEYS), GcmSrtcp)
    assert isinstance(srtcp_of(keys_of(AES_128_CM_SHA1_80)), LibsrtpSrtcp)


@given(st.lists(st.tuples(st.integers(0, 0xFFFFFFFF), st.binary(max_size=80)), min_size=1, max_size=5))
def test_sealed_reports_equal_libsrtps(reports: list[tuple[int, bytes]]) -> None:
    ours, theirs = GcmSrtcp(KEYS), libsrtp(KEYS, outbound=True, master=KEYS.ours)
    for source, body in reports:
        assert ours.seal(said(1, body)) == theirs.protect_rtcp(said(1, body))
        # Another source counts by itself in libsrtp; ours never counts an index twice.
        assert libsrtp(KEYS, outbound=False, master=KEYS.ours).unprotect_rtcp(
            ours.seal(said(source, body))
        ) == said(source, body)
        theirs.protect_rtcp(said(1, b""))


@given(st.lists(st.integers(0, 299), max_size=60))
def test_what_is_repeated_or_too_old_is_refused_as_by_libsrtp(order: list[int]) -> None:
    datagrams = numbered(300)
    ours, theirs = GcmSrtcp(KEYS), LibsrtpSrtcp(KEYS)
    for number in order:
        assert is_taken(ours, datagrams[number]) == is_taken(theirs, datagrams[number])


def test_the_sources_of_a_viewer_count_each_by_itself() -> None:
    viewer = libsrtp(KEYS, outbound=True, master=KEYS.theirs)
    first, second = viewer.protect_rtcp(said(1, b"")), viewer.protect_rtcp(said(2, b""))
    ours = GcmSrtcp(KEYS)
    assert ours.open(first) == said(1, b"")
    assert ours.open(second) == said(2, b"")
    assert not is_taken(ours, first)


def test_more_sources_than_any_viewer_has_are_refused() -> None:
    viewer = libsrtp(KEYS, outbound=True, master=KEYS.theirs)
    ours = GcmSrtcp(KEYS)
    taken = [is_taken(ours, viewer.protect_rtcp(said(source, b""))) for source in range(1, 101)]
    assert taken == [True] * 64 + [False] * 36


def test_a_forgery_does_not_use_up_the_index_it_claims() -> None:
    (datagram,) = numbered(1)
    forged = datagram[:8] + bytes(len(datagram) - 12) + datagram[-4:]
    ours = GcmSrtcp(KEYS)
    assert not is_taken(ours, forged)
    assert is_taken(ours, datagram)


@given(st.integers(0), st.integers(1, 255))
def test_a_packet_with_any_byte_changed_is_refused(place: int, change: int) -> None:
    datagram = bytearray(numbered(1)[0])
    datagram[place % len(datagram)] ^= change
    assert not is_taken(GcmSrtcp(KEYS), bytes(datagram))


def test_feedback_that_is_proven_but_not_encrypted_is_taken() -> None:
    profile, index = AES_128_GCM, (5).to_bytes(4, "big")
    salt = int.from_bytes(derive(KEYS.theirs, profile, 5, 12), "big")
    nonce = (salt ^ 1 << 48 ^ 5).to_bytes(12, "big")
    tag = AESGCM(derive(KEYS.theirs, profile, 3, 16)).encrypt(nonce, b"", REPORT + index)
    assert GcmSrtcp(KEYS).open(REPORT + tag + index) == REPORT
    # libsrtp is of the same opinion.
    inbound = libsrtp(KEYS, outbound=False, master=KEYS.theirs)
    assert inbound.unprotect_rtcp(REPORT + tag + index) == REPORT


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name.decode())
@given(st.binary(max_size=3000))
def test_any_other_bytes_are_refused_as_bad_input(profile: Profile, datagram: bytes) -> None:
    with pytest.raises(BadInput, match="SRTCP refused"):
        srtcp_of(keys_of(profile)).open(datagram)


def test_libsrtps_errors_do_not_leave_the_gate() -> None:
    with pytest.raises(BadInput) as refused:
        LibsrtpSrtcp(keys_of(AES_128_CM_SHA1_80)).open(bytes(40))
    assert isinstance(refused.value.__cause__, pylibsrtp.Error)
