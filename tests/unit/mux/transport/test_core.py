"""The compiled core against the Python path: the same datagrams, byte for byte, over real sockets."""

import socket
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mux.rtp.srtp import AES_128_CM_SHA1_80, GcmSealer, Keys, sealer_of
from mux.transport.core import BAD_JOB, JOB, CompiledSealer, Core, CoreChoice, Jobs, core_of
from shared.errors import Unavailable
from shared.log import get_logger
from tests.unit.mux.fakes import arrived
from tests.unit.mux.transport.sending import EXTENDED, KEYS, PLAIN, Sending, chunk_of

OTHER_KEYS = Keys(AES_128_CM_SHA1_80, bytes(30), bytes(range(30)))
# Sequence numbers wrap and roll over within a chunk, up to the end of the 48-bit index.
INDICES = st.integers(0, (1 << 48) - 100) | st.integers(1, 1 << 20).map(lambda wraps: (wraps << 16) - 3)
PAYLOADS = st.lists(st.integers(1, 1160) | st.just(1160), min_size=1, max_size=80).map(
    lambda sizes: [bytes([number & 0xFF]) * size for number, size in enumerate(sizes)]
)


@pytest.mark.parametrize("segmentation", [True, False], ids=["segmented", "one-by-one"])
@given(payloads=PAYLOADS, index=INDICES, timestamp=st.integers(0, (1 << 32) - 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_the_core_sends_what_python_sends_byte_for_byte(
    core: Core, receiver: socket.socket, segmentation: bool, payloads: list[bytes], index: int, timestamp: int
) -> None:
    sent = []
    for chosen in (None, core):
        sending = Sending(chosen, segmentation=segmentation)
        asked = [(EXTENDED, KEYS, index), (PLAIN, KEYS, 7), (PLAIN, OTHER_KEYS, 9), (EXTENDED, KEYS, 70_000)]
        destinations = [
            sending.destination(rtp, receiver.getsockname(), first, keys) for rtp, keys, first in asked
        ]
        for destination in destinations:
            destination.timestamp = timestamp
        sending.transport.deliver(chunk_of(payloads), destinations)
        assert not any(destination.full for destination in destinations)
        sent.append(sorted(arrived(receiver)))
        sending.transport.shut()
    assert sent[0] == sent[1]
    assert len(sent[0]) == 4 * len(payloads)


def test_packets_of_a_destination_leave_in_order(core: Core, receiver: socket.socket) -> None:
    sending = Sending(core)
    destination = sending.destination(EXTENDED, receiver.getsockname(), 65_530)
    sending.transport.deliver(
        chunk_of([b"x" * size for size in (40, 1100, 1100, 700, 900, 30) * 5]), [destination]
    )
    numbers = [int.from_bytes(one[2:4], "big") for one in arrived(receiver)]
    assert numbers == [(65_530 + number) & 0xFFFF for number in range(30)]
    sending.transport.shut()


@given(payload=st.binary(min_size=1, max_size=1200), index=INDICES, marker=st.sampled_from([0, 0x80]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_packet_by_itself_equals_pythons(core: Core, payload: bytes, index: int, marker: int) -> None:
    for rtp in (EXTENDED, PLAIN):
        expected = GcmSealer(KEYS, rtp).packet(marker, index, 5, payload)
        assert CompiledSealer(core, KEYS, rtp).packet(marker, index, 5, payload) == expected


@pytest.mark.parametrize("key_bytes", [16, 32])
def test_both_key_lengths_are_aes_gcm(core: Core, key_bytes: int) -> None:
    key, iv, header = bytes(range(key_bytes)), bytes(range(12)), EXTENDED.header(0, 0, 0)
    handle = core.add(key, iv, header)
    index = (3 << 16) + 5
    nonce = (int.from_bytes(iv, "big") ^ index).to_bytes(12, "big")
    head = EXTENDED.header(0x80, index, 77)
    assert core.seal(handle, 0x80, index, 77, b"payload", 100) == head + AESGCM(key).encrypt(
        nonce, b"payload", head
    )
    core.remove(handle)


def test_many_viewers_are_more_than_one_system_call(core: Core, receiver: socket.socket) -> None:
    sending = Sending(core)
    destinations = [sending.destination(EXTENDED, receiver.getsockname(), number) for number in range(200)]
    sending.transport.deliver(chunk_of([b"a" * 500, b"b" * 700, b"c" * 700]), destinations)
    got = arrived(receiver)
    assert len(got) == 600
    assert len(set(got)) > 500
    sending.transport.shut()


def test_libcrypto_seals_where_the_fastest_is_not_asked_for() -> None:
    try:
        Core.load()
    except Unavailable as error:
        pytest.skip(f"no compiled core here: {error.detail}")
    chosen = core_of(CoreChoice.LIBCRYPTO, get_logger("test"))
    assert chosen is not None
    assert chosen.sealing == "libcrypto"


def test_a_job_of_nobody_is_refused_and_harms_nothing(core: Core) -> None:
    jobs = Jobs()
    JOB.pack_into(jobs.table, 0, 0, 0, (1 << 16).to_bytes(4, "little") + bytes(6), 0, 0, 0)
    assert core.send(-1, True, chunk_of([b"x"]), 0, jobs, 0, 1) == [(0, BAD_JOB, 0, 0)]
    core.remove(-1)
    core.remove(1 << 20)


def test_no_more_is_written_than_there_is_room_for(core: Core) -> None:
    sealer = core.add(bytes(16), bytes(12), PLAIN.header(0, 0, 0))
    with pytest.raises(ValueError, match="no room"):
        core.seal(sealer, 0, 0, 0, b"payload", 34)
    core.remove(sealer)


def test_a_packet_too_long_for_a_datagram_is_refused(core: Core) -> None:
    jobs = Jobs()
    JOB.pack_into(jobs.table, 0, 0, 0, bytes(10), 0, 0, 0)
    assert core.send(-1, True, chunk_of([bytes(70_000)]), 0, jobs, 0, 1) == [(0, BAD_JOB, 0, 0)]


def test_a_freed_handle_is_used_again(core: Core) -> None:
    header = PLAIN.header(0, 0, 0)
    first = core.add(bytes(16), bytes(12), header)
    core.remove(first)
    assert core.add(bytes(16), bytes(12), header) == first
    core.remove(first)


def test_keys_of_an_unknown_length_are_refused(core: Core) -> None:
    with pytest.raises(Unavailable):
        core.add(bytes(24), bytes(12), PLAIN.header(0, 0, 0))


def test_other_profiles_stay_with_libsrtp(core: Core) -> None:
    sending = Sending(core)
    assert type(sending.transport.sealer(OTHER_KEYS, PLAIN)) is type(sealer_of(OTHER_KEYS, PLAIN))
    sending.transport.shut()


def test_without_a_built_core_auto_is_python_and_compiled_is_refused(tmp_path: Path) -> None:
    log = get_logger("test")
    assert core_of(CoreChoice.AUTO, log, tmp_path) is None
    assert core_of(CoreChoice.PYTHON, log) is None
    for demanded in (CoreChoice.COMPILED, CoreChoice.LIBCRYPTO):
        with pytest.raises(Unavailable, match="not built"):
            core_of(demanded, log, tmp_path)


def test_a_library_of_something_else_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "_core.abi3.so").write_bytes(b"no library")
    with pytest.raises(Unavailable, match="cannot be loaded"):
        Core.load(tmp_path)
