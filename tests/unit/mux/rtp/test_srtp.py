"""Our SRTP against libsrtp, byte for byte."""

import pylibsrtp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux.rtp.header import PlayoutDelay, RtpFormat
from mux.rtp.layout import Layout
from mux.rtp.picture import Chunk
from mux.rtp.srtp import (
    AES_128_CM_SHA1_80,
    AES_128_GCM,
    PROFILES,
    GcmSealer,
    Keys,
    LibsrtpSealer,
    Profile,
    sealer_of,
)

WITH_DELAY = RtpFormat(0xDEADBEEF, 102, 5, PlayoutDelay(10, 50))
PLAIN = RtpFormat(0xDEADBEEF, 96)
FORMATS = [WITH_DELAY, PLAIN]


def keys_of(profile: Profile, seed: bytes = b"\x07") -> Keys:
    size = profile.key_bytes + profile.salt_bytes
    return Keys(profile, (seed + b"c") * (size // 2), (seed + b"s") * (size // 2))


def libsrtp(keys: Keys, *, outbound: bool, master: bytes) -> pylibsrtp.Session:
    kind = pylibsrtp.Policy.SSRC_ANY_OUTBOUND if outbound else pylibsrtp.Policy.SSRC_ANY_INBOUND
    return pylibsrtp.Session(
        policy=pylibsrtp.Policy(key=master, ssrc_type=kind, srtp_profile=keys.profile.libsrtp)
    )


def layout_of(payloads: list[bytes], rtp: RtpFormat, profile: Profile) -> Layout:
    packets = tuple((0x80 if payload is payloads[-1] else 0, payload) for payload in payloads)
    return Layout(Chunk.of(packets), rtp.packer.size, profile.tag_bytes)


def sent(layout: Layout) -> list[bytes]:
    return [
        bytes(run.data[start : start + run.segment])
        for run in layout.runs
        for start in range(0, len(run.data), run.segment)
    ]


@pytest.mark.parametrize("rtp", FORMATS, ids=["extended", "plain"])
@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name.decode())
@given(
    payloads=st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=5), first=st.integers(0, 32767)
)
def test_sealed_packets_equal_libsrtps(
    profile: Profile, rtp: RtpFormat, payloads: list[bytes], first: int
) -> None:
    keys = keys_of(profile)
    layout = layout_of(payloads, rtp, profile)
    sealer_of(keys, rtp).fill(layout, first, 12345)
    theirs = libsrtp(keys, outbound=True, master=keys.ours)
    expected = [
        theirs.protect(rtp.header(marker, first + number, 12345) + payload)
        for number, (marker, payload, *_) in enumerate(layout.slots)
    ]
    assert sent(layout) == expected


@pytest.mark.parametrize("rtp", FORMATS, ids=["extended", "plain"])
def test_a_receiver_follows_over_the_sequence_numbers_roll_over(rtp: RtpFormat) -> None:
    keys = keys_of(AES_128_GCM)
    sealer = GcmSealer(keys, rtp)
    receiver = libsrtp(keys, outbound=False, master=keys.ours)
    for index in range(32_000, 140_000, 2_000):
        layout = layout_of([b"one", b"two"], rtp, AES_128_GCM)
        sealer.fill(layout, index, 0)
        for number, packet in enumerate(sent(layout)):
            plain = receiver.unprotect(packet)
            assert int.from_bytes(plain[2:4], "big") == (index + number) & 0xFFFF


def test_a_packet_by_itself_equals_the_one_in_a_layout() -> None:
    keys = keys_of(AES_128_GCM)
    layout = layout_of([b"payload"], WITH_DELAY, AES_128_GCM)
    sealer = GcmSealer(keys, WITH_DELAY)
    sealer.fill(layout, 70_000, 99)
    assert sealer.packet(0x80, 70_000, 99, b"payload") == sent(layout)[0]


def test_sealing_the_same_packet_twice_gives_the_same_bytes() -> None:
    sealer = LibsrtpSealer(keys_of(AES_128_CM_SHA1_80), PLAIN)
    assert sealer.packet(0, 5, 1, b"again") == sealer.packet(0, 5, 1, b"again")


def test_keys_do_not_show_in_their_repr() -> None:
    assert repr(keys_of(AES_128_GCM)) == "Keys(SRTP_AEAD_AES_128_GCM)"


def test_keying_material_is_cut_in_the_order_of_rfc_5764() -> None:
    material = b"C" * 16 + b"S" * 16 + b"c" * 12 + b"s" * 12
    assert Keys.cut(AES_128_GCM, material) == Keys(AES_128_GCM, b"C" * 16 + b"c" * 12, b"S" * 16 + b"s" * 12)
