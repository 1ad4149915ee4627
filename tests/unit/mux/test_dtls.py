"""DTLS-SRTP handshakes, datagram by datagram."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from OpenSSL import SSL

from mux.dtls import MAX_DATAGRAM_BYTES, DtlsServer, DtlsSession, DtlsState, datagrams
from mux.fingerprint import Fingerprint
from mux.srtp import AES_128_CM_SHA1_80, AES_128_GCM, PROFILES, Keys
from shared.errors import BadInput
from tests.bench.light_client import Browser

SERVER = DtlsServer()
BROWSER = Browser()
EXPECTED = (Fingerprint("sha-256", BROWSER.fingerprint),)


class Client:
    """A browser's side."""

    def __init__(self, browser: Browser = BROWSER) -> None:
        self.connection = SSL.Connection(browser.context, None)
        self.connection.set_connect_state()
        self.connection.set_ciphertext_mtu(1200)
        self.done = False

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
        chosen = self.connection.get_selected_srtp_profile()
        profile = next(known for known in PROFILES if known.name == chosen)
        label = b"EXTRACTOR-dtls_srtp"
        return Keys.cut(profile, self.connection.export_keying_material(label, profile.material_bytes))


def shake_hands(session: DtlsSession, client: Client) -> None:
    flight = client.take([])
    while flight:
        answers = [answer for datagram in flight for answer in session.receive(datagram)]
        flight = client.take(answers)


def opened() -> tuple[DtlsSession, Client]:
    session, client = SERVER.session(EXPECTED), Client()
    shake_hands(session, client)
    return session, client


def test_both_sides_come_to_the_same_keys_and_prefer_gcm() -> None:
    session, client = opened()
    assert session.state is DtlsState.OPEN
    assert session.keys is not None
    assert session.keys.profile is AES_128_GCM
    assert session.keys == client.keys()


def test_a_client_without_gcm_gets_aes_cm() -> None:
    browser = Browser((AES_128_CM_SHA1_80,))
    session, client = SERVER.session((Fingerprint("sha-256", browser.fingerprint),)), Client(browser)
    shake_hands(session, client)
    assert session.keys is not None
    assert session.keys.profile is AES_128_CM_SHA1_80


def test_a_client_with_another_certificate_than_its_offers_is_refused() -> None:
    session = SERVER.session((Fingerprint("sha-256", Browser().fingerprint),))
    with pytest.raises(BadInput, match="not the one of its offer"):
        shake_hands(session, Client())
    assert session.state is DtlsState.CLOSED
    assert session.keys is None


def test_an_offer_without_a_usable_fingerprint_proves_nobody() -> None:
    session = SERVER.session((Fingerprint("sha-1", "00"),))
    with pytest.raises(BadInput, match="not the one of its offer"):
        shake_hands(session, Client())


def test_a_wrong_fingerprint_beside_a_right_one_is_refused() -> None:
    session = SERVER.session((*EXPECTED, Fingerprint("sha-512", "00")))
    with pytest.raises(BadInput, match="not the one of its offer"):
        shake_hands(session, Client())


def test_no_datagram_is_longer_than_a_network_takes() -> None:
    session, client = SERVER.session(EXPECTED), Client()
    answers = [answer for datagram in client.take([]) for answer in session.receive(datagram)]
    assert answers
    assert max(map(len, answers)) <= MAX_DATAGRAM_BYTES


def test_the_clients_close_notify_closes_the_session() -> None:
    session, client = opened()
    client.connection.shutdown()
    for datagram in client.outgoing():
        session.receive(datagram)
    assert session.state is DtlsState.CLOSED


def test_closing_tells_the_client() -> None:
    session, client = opened()
    client.take(session.close())
    with pytest.raises(SSL.ZeroReturnError):
        client.connection.recv(100)
    assert session.close() == []


def test_nothing_is_sent_again_before_its_time() -> None:
    session, client = SERVER.session(EXPECTED), Client()
    for datagram in client.take([]):
        session.receive(datagram)
    assert session.retransmit() == []


def test_a_handshake_survives_a_flight_that_comes_twice() -> None:
    session, client = SERVER.session(EXPECTED), Client()
    flight = client.take([])
    answers = [answer for datagram in flight * 2 for answer in session.receive(datagram)]
    flight = client.take(answers)
    while flight:
        flight = client.take([answer for datagram in flight for answer in session.receive(datagram)])
    assert session.state is DtlsState.OPEN


def test_a_client_that_repeats_its_last_flight_is_told_our_last_words_again_at_once() -> None:
    session, client = SERVER.session(EXPECTED), Client()
    flight = client.take([answer for one in client.take([]) for answer in session.receive(one)])
    lost = [answer for one in flight for answer in session.receive(one)]
    assert lost
    assert session.state is DtlsState.OPEN
    again = [answer for one in flight for answer in session.receive(one)]
    assert client.take(again) == []
    assert client.done
    assert client.keys() == session.keys


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=4))
def test_any_datagrams_are_passed_over_or_refused_as_bad_input(noise: list[bytes]) -> None:
    session = SERVER.session(EXPECTED)
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
    session, client = SERVER.session(EXPECTED), Client()
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
