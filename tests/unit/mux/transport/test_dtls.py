"""DTLS-SRTP handshakes, datagram by datagram."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from OpenSSL import SSL

from mux.rtp.srtp import AES_128_CM_SHA1_80, AES_128_GCM, PROFILES, Keys
from mux.transport.dtls import MAX_DATAGRAM_BYTES, DtlsEndpoint, DtlsRole, DtlsSession, DtlsState, datagrams
from mux.transport.fingerprint import Fingerprint
from shared.errors import BadInput
from tests.support.light_client import Browser

ENDPOINT = DtlsEndpoint()
BROWSER = Browser()
EXPECTED = (Fingerprint("sha-256", BROWSER.fingerprint),)
ROLES = pytest.mark.parametrize("role", DtlsRole, ids=lambda role: role.name.lower())


class Client:
    """A browser's side: the client's, or the server's where `begins` is false."""

    def __init__(self, browser: Browser = BROWSER, *, begins: bool = True) -> None:
        self.connection = browser.dtls(begins=begins)
        self.done = False
        self._begins = begins

    def take(self, incoming: list[bytes]) -> list[bytes]:
        for datagram in incoming:
            self.connection.bio_write(datagram)
        if not self.done:
            try:
                self.connection.do_handshake()
                self.done = True
            except SSL.WantReadError:
                pass
        return self.outgoing()

    def outgoing(self) -> list[bytes]:
        try:
            return datagrams(self.connection.bio_read(65536))
        except SSL.WantReadError:
            return []

    def keys(self) -> Keys:
        """As mux sees them."""
        chosen = self.connection.get_selected_srtp_profile()
        profile = next(known for known in PROFILES if known.name == chosen)
        material = self.connection.export_keying_material(b"EXTRACTOR-dtls_srtp", profile.material_bytes)
        return Keys.cut(profile, material, as_client=not self._begins)


def session_of(role: DtlsRole, browser: Browser = BROWSER) -> tuple[DtlsSession, Client]:
    """A session in a role of ours, and its browser in the other."""
    expected = (Fingerprint("sha-256", browser.fingerprint),)
    return ENDPOINT.session(expected, role), Client(browser, begins=role is DtlsRole.SERVER)


def heard(session: DtlsSession, flight: list[bytes]) -> list[bytes]:
    return [answer for datagram in flight for answer in session.receive(datagram)]


def shake_hands(session: DtlsSession, client: Client) -> None:
    flight = client.take(session.begin())
    while flight:
        flight = client.take(heard(session, flight))


def opened(role: DtlsRole = DtlsRole.SERVER) -> tuple[DtlsSession, Client]:
    session, client = session_of(role)
    shake_hands(session, client)
    return session, client


@ROLES
def test_both_sides_come_to_the_same_keys_and_prefer_gcm(role: DtlsRole) -> None:
    session, client = opened(role)
    assert session.state is DtlsState.OPEN
    assert session.keys is not None
    assert session.keys.profile is AES_128_GCM
    assert session.keys == client.keys()


@ROLES
def test_a_viewer_without_gcm_gets_aes_cm(role: DtlsRole) -> None:
    session, client = session_of(role, Browser((AES_128_CM_SHA1_80,)))
    shake_hands(session, client)
    assert session.keys is not None
    assert session.keys.profile is AES_128_CM_SHA1_80


@ROLES
def test_a_viewer_with_another_certificate_than_its_offers_is_refused(role: DtlsRole) -> None:
    session, _ = session_of(role, Browser())
    with pytest.raises(BadInput, match="not the one of its offer"):
        shake_hands(session, Client(begins=role is DtlsRole.SERVER))
    assert session.state is DtlsState.CLOSED
    assert session.keys is None


@ROLES
def test_no_datagram_is_longer_than_a_network_takes(role: DtlsRole) -> None:
    session, client = session_of(role)
    answers = heard(session, client.take(session.begin()))
    assert answers
    assert max(map(len, answers)) <= MAX_DATAGRAM_BYTES


@ROLES
def test_the_viewers_close_notify_closes_the_session(role: DtlsRole) -> None:
    session, client = opened(role)
    client.connection.shutdown()
    for datagram in client.outgoing():
        session.receive(datagram)
    assert session.state is DtlsState.CLOSED


@ROLES
def test_closing_tells_the_viewer(role: DtlsRole) -> None:
    session, client = opened(role)
    client.take(session.close())
    with pytest.raises(SSL.ZeroReturnError):
        client.connection.recv(100)
    assert session.close() == []


def test_nothing_is_sent_again_before_its_time() -> None:
    session, client = ENDPOINT.session(EXPECTED), Client()
    for datagram in client.take([]):
        session.receive(datagram)
    assert session.retransmit() == []


def test_a_handshake_survives_a_flight_that_comes_twice() -> None:
    session, client = ENDPOINT.session(EXPECTED), Client()
    flight = client.take([])
    answers = [answer for datagram in flight * 2 for answer in session.receive(datagram)]
    flight = client.take(answers)
    while flight:
        flight = client.take([answer for datagram in flight for answer in session.receive(datagram)])
    assert session.state is DtlsState.OPEN


def test_a_client_that_repeats_its_last_flight_is_told_our_last_words_again_at_once() -> None:
    session, client = ENDPOINT.session(EXPECTED), Client()
    flight = client.take([answer for one in client.take([]) for answer in session.receive(one)])
    lost = [answer for one in flight for answer in session.receive(one)]
    assert lost
    assert session.state is DtlsState.OPEN
    again = [answer for one in flight for answer in session.receive(one)]
    assert client.take(again) == []
    assert client.done
    assert client.keys() == session.keys


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=4), st.sampled_from(DtlsRole))
def test_any_datagrams_are_passed_over_or_refused_as_bad_input(noise: list[bytes], role: DtlsRole) -> None:
    session, _ = session_of(role)
    session.begin()
    try:
        for datagram in noise:
            session.receive(bytes([22]) + datagram)
    except BadInput:
        assert session.state is DtlsState.CLOSED


@given(st.lists(st.integers(0, 3000), max_size=20))
def test_records_are_never_cut_apart(lengths: list[int]) -> None:
    records = [
        bytes([22, 254, 253]) + bytes(8) + length.to_bytes(2, "big") + bytes(length) for length in lengths
    ]
    packed = datagrams(b"".join(records))
    assert b"".join(packed) == b"".join(records)
    for datagram in packed:
        at = 0
        while at < len(datagram):
            at += 13 + int.from_bytes(datagram[at + 11 : at + 13], "big")
        assert at == len(datagram)
        assert len(datagram) <= MAX_DATAGRAM_BYTES or len(datagrams(datagram)) == 1


def test_a_client_that_repeats_its_first_words_gets_the_answer_again_at_once() -> None:
    session, client = ENDPOINT.session(EXPECTED), Client()
    hello = client.take([])
    lost = [answer for datagram in hello for answer in session.receive(datagram)]
    again = [answer for datagram in hello for answer in session.receive(datagram)]
    assert lost
    assert again == lost
    # Part of the first answer came after all: the client drops what it has twice, and goes on.
    flight = client.take([*lost[:1], *again])
    shaken = [answer for datagram in flight for answer in session.receive(datagram)]
    client.take(shaken)
    assert (session.state, client.done) == (DtlsState.OPEN, True)
    assert session.keys == client.keys()


def test_a_client_begins_once_and_a_server_never() -> None:
    client, server = session_of(DtlsRole.CLIENT)[0], session_of(DtlsRole.SERVER)[0]
    assert (client.speaks_first, server.speaks_first) == (True, False)
    first = client.begin()
    assert first
    assert client.unanswered == first
    assert (client.speaks_first, client.begin()) == (False, [])
    assert (server.begin(), server.unanswered) == ([], [])


def test_a_client_has_the_keys_with_its_own_last_words() -> None:
    session, client = session_of(DtlsRole.CLIENT)
    last = heard(session, client.take(session.begin()))
    assert session.state is DtlsState.HANDSHAKING
    assert session.unanswered == last
    keys = session.keys
    theirs = client.take(last)
    assert keys == client.keys()
    assert heard(session, theirs) == []
    assert (session.state, session.keys, session.unanswered) == (DtlsState.OPEN, keys, [])


def test_a_client_has_no_keys_of_whom_it_does_not_know() -> None:
    session, _ = session_of(DtlsRole.CLIENT, Browser())
    stranger = Client(begins=False)
    with pytest.raises(BadInput, match="not the one of its offer"):
        heard(session, stranger.take(session.begin()))
    assert (session.keys, session.unanswered) == (None, [])


def test_a_server_that_repeats_itself_gets_our_last_words_again_at_once() -> None:
    session, client = session_of(DtlsRole.CLIENT)
    flight = client.take(session.begin())
    lost = heard(session, flight)
    assert heard(session, flight) == lost
    assert heard(session, client.take(lost + lost)) == []
    assert (session.state, client.done) == (DtlsState.OPEN, True)
    assert session.keys == client.keys()


def test_forged_last_words_are_passed_over() -> None:
    session, client = session_of(DtlsRole.CLIENT)
    last = client.take(heard(session, client.take(session.begin())))
    forged = bytearray(last[0])
    forged[-1] ^= 1
    heard(session, [bytes(forged)])
    assert session.unanswered
    heard(session, last)
    assert session.state is DtlsState.OPEN


def test_a_viewer_with_an_rsa_certificate_can_be_the_server() -> None:
    session, client = session_of(DtlsRole.CLIENT, Browser(with_rsa=True))
    shake_hands(session, client)
    assert session.state is DtlsState.OPEN
    assert session.keys == client.keys()
