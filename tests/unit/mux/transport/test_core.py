"""The compiled core against the Python path: the same datagrams, byte for byte, over real sockets."""

import errno
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mux.counts import Counts
from mux.rtp.header import RtpFormat
from mux.rtp.picture import Chunk
from mux.rtp.srtp import AES_128_CM_SHA1_80, AES_128_GCM, GcmSealer, Keys, sealer_of
from mux.transport.core import BAD_JOB, JOB, CompiledSealer, Core, CoreChoice, Jobs, Packets, core_of
from mux.transport.destination import Line
from mux.transport.udp import UdpWire
from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.log import Trouble, get_logger
from tests.unit.mux.fakes import arrived

KEYS = Keys(AES_128_GCM, bytes(28), bytes(range(28)))
OTHER_KEYS = Keys(AES_128_CM_SHA1_80, bytes(30), bytes(range(30)))
EXTENDED, PLAIN = RtpFormat(0xDEADBEEF, 102, 5), RtpFormat(0x12345678, 96)
NOBODY = ("198.51.100.1", 9)
# Sequence numbers wrap and roll over within a chunk, up to the end of the 48-bit index.
INDICES = st.integers(0, (1 << 48) - 100) | st.integers(1, 1 << 20).map(lambda wraps: (wraps << 16) - 3)
PAYLOADS = st.lists(st.integers(1, 1160) | st.just(1160), min_size=1, max_size=80).map(
    lambda sizes: [bytes([number & 0xFF]) * size for number, size in enumerate(sizes)]
)


@pytest.fixture(scope="module", params=["libcrypto", "fastest"])
def core(request: pytest.FixtureRequest) -> Core:
    """With each library that may seal."""
    fastest = request.param == "fastest"
    try:
        loaded = Core.load(fastest=fastest)
    except Unavailable as error:
        pytest.skip(f"no compiled core here: {error.detail}")
    if fastest and loaded.sealing == "libcrypto":
        pytest.skip(
            "libIPSec_MB is not here, or its header was not at the build, or the processor is too old"
        )
    return loaded


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        made.bind(("127.0.0.1", 0))
        made.setblocking(False)
        yield made


class Sending:
    """A wire by the core, or by Python, with its counts."""

    def __init__(self, core: Core | None, *, segmentation: bool = True) -> None:
        self.counts = Counts()
        trouble = Trouble(get_logger("test"), "udp-trouble", SystemClock())
        self.wire = UdpWire(
            "127.0.0.1", 0, counts=self.counts, trouble=trouble, segmentation=segmentation, core=core
        )

    def line(self, rtp: RtpFormat, address: tuple[str, int], index: int = 0, keys: Keys = KEYS) -> Line:
        return Line(self.wire.sealer(keys, rtp), rtp, keys.profile.tag_bytes, address, index)


def chunk_of(payloads: Sequence[bytes]) -> Chunk:
    packets = [(0, payload) for payload in payloads[:-1]] + [(0x80, payloads[-1])]
    return Chunk(tuple(packets), sum(map(len, payloads)))


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
        lines = [sending.line(rtp, receiver.getsockname(), first, keys) for rtp, keys, first in asked]
        for line in lines:
            line.timestamp = timestamp
        sending.wire.deliver(chunk_of(payloads), lines)
        assert not any(line.full for line in lines)
        sent.append(sorted(arrived(receiver)))
        sending.wire.shut()
    assert sent[0] == sent[1]
    assert len(sent[0]) == 4 * len(payloads)


def test_packets_of_a_line_leave_in_order(core: Core, receiver: socket.socket) -> None:
    sending = Sending(core)
    line = sending.line(EXTENDED, receiver.getsockname(), 65_530)
    sending.wire.deliver(chunk_of([b"x" * size for size in (40, 1100, 1100, 700, 900, 30) * 5]), [line])
    numbers = [int.from_bytes(one[2:4], "big") for one in arrived(receiver)]
    assert numbers == [(65_530 + number) & 0xFFFF for number in range(30)]
    sending.wire.shut()


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


def test_what_one_viewers_path_refuses_does_not_stop_the_others(core: Core, receiver: socket.socket) -> None:
    for segmentation in (True, False):
        sending = Sending(core, segmentation=segmentation)
        lines = [
            sending.line(EXTENDED, receiver.getsockname(), 1),
            sending.line(EXTENDED, NOBODY),
            sending.line(PLAIN, receiver.getsockname(), 100),
        ]
        sending.wire.deliver(chunk_of([b"one" * 300, b"two" * 300]), lines)
        assert len(arrived(receiver)) == 4
        assert sending.counts.send_errors == 2
        assert sending.wire.segmentation is segmentation
        assert not any(line.full for line in lines)
        sending.wire.shut()


def test_many_viewers_are_more_than_one_system_call(core: Core, receiver: socket.socket) -> None:
    sending = Sending(core)
    lines = [sending.line(EXTENDED, receiver.getsockname(), number) for number in range(200)]
    sending.wire.deliver(chunk_of([b"a" * 500, b"b" * 700, b"c" * 700]), lines)
    got = arrived(receiver)
    assert len(got) == 600
    assert len(set(got)) > 500
    sending.wire.shut()


class FullCore(Core):
    """A core whose socket has no room."""

    def send(
        self, socket: int, segmented: bool, packets: Packets, time90: int, jobs: Jobs, first: int, count: int
    ) -> list[tuple[int, int, int, int]]:
        return [(place, errno.EAGAIN, 0, 0) for place in range(first, first + count)]


def test_a_full_socket_is_said_on_the_line(core: Core) -> None:
    sending = Sending(FullCore.load())
    line = sending.line(EXTENDED, NOBODY)
    sending.wire.deliver(chunk_of([b"x"]), [line])
    assert line.full
    sending.wire.shut()


def test_a_line_that_moves_is_sent_to_where_it_is(core: Core, receiver: socket.socket) -> None:
    sending = Sending(core)
    line = sending.line(EXTENDED, NOBODY)
    line.address = receiver.getsockname()
    sending.wire.deliver(chunk_of([b"x"]), [line])
    assert len(arrived(receiver)) == 1
    sending.wire.shut()


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
    assert core.send(-1, True, [(0, b"x")], 0, jobs, 0, 1) == [(0, BAD_JOB, 0, 0)]
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
    assert core.send(-1, True, [(0, bytes(70_000))], 0, jobs, 0, 1) == [(0, BAD_JOB, 0, 0)]


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
    assert type(sending.wire.sealer(OTHER_KEYS, PLAIN)) is type(sealer_of(OTHER_KEYS, PLAIN))
    sending.wire.shut()


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
