"""A browser far away, without sockets: repeats, asks again and reports as Chromium does, in anybody's time.

A connectivity check every 48 ms until one is answered, and no handshake before, though the server's first
words are kept; a flight of the handshake again after two round trips (50 ms at least), then after twice that,
whatever the server repeats; a packet that is passed over is asked for at once, and again every
100 ms, ten times; a key picture is asked for after 200 ms without any; receiver reports once a second. It
decodes nothing: a picture is there when all its packets and all pictures before it are.
"""

import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

import pylibsrtp
from aioice import stun
from OpenSSL import SSL

from mux.rtp.srtp import PROFILES, Keys
from mux.transport.dtls import datagrams
from tests.support.far_seen import Seen, Shown
from tests.support.far_tally import Tally
from tests.support.light_client import Browser
from tests.support.light_sdp import PRIMARY_TYPE, REPAIR_TYPE, UFRAG, Place

_CHECK_S, _CONSENT_S, _REPORT_S = 0.048, 2.5, 1.0
_LEAST_TIMEOUT_S = 0.050
_ASK_AGAIN_S = 0.100
_MOST_ASKED = 10
_NO_PICTURE_S = 0.200
_HEADER_BYTES = 20
_DELAY_PLACE = 17
_MARKER = 0x80
_STAP_A, _SPS, _TYPE_BITS = 24, 7, 0x1F
_KEPT = 4096
_HALF = 1 << 15


class Time(Protocol):
    """Somebody's time."""

    def now_ns(self) -> int: ...

    def later(self, seconds: float, call: Callable[[], None]) -> None: ...


class FarBrowser:
    """One viewer. `send` takes its datagrams; it is given its own by `receive`."""

    def __init__(self, browser: Browser, place: Place, time: Time, send: Callable[[bytes], None]) -> None:
        self.place = place
        self.seen = Seen()
        self.closed = False
        self._time, self._send = time, send
        self._dtls = browser.dtls(begins=not place.begins)
        self._inbound: pylibsrtp.Session | None = None
        self._outbound: pylibsrtp.Session | None = None
        self._checks: dict[bytes, int] = {}
        self._answered = False
        self._answered_anew = True
        self._timeout_s = _LEAST_TIMEOUT_S
        self._flight: list[bytes] = []
        self._flights = 0
        self._have: dict[int, bytes] = {}
        self._newest: int | None = None
        self._cursor: int | None = None
        self._picture_packets = 0
        self._missing: dict[int, int] = {}
        self._tally = Tally()

    @property
    def connected(self) -> bool:
        return self._outbound is not None

    def begin(self) -> None:
        """Connect, and go on until `fall_silent`."""
        self._keep_checking()

    def fall_silent(self) -> None:
        """Send nothing more."""
        self.closed = True

    def restart_ice(self, ufrag: str, password: str) -> None:
        """Reach the server by other credentials from now on, and check at once."""
        self.place = replace(self.place, ufrag=ufrag, password=password)
        self._answered_anew = False
        self._check_anew()

    def _check_anew(self) -> None:
        if not self._answered_anew and not self.closed:
            self.check()
            self._time.later(_CHECK_S, self._check_anew)

    def check(self) -> None:
        """Send a nominating connectivity check."""
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self.place.ufrag}:{UFRAG}"
        request.attributes["PRIORITY"] = 1
        request.attributes["ICE-CONTROLLING"] = 1
        request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(self.place.password.encode())
        self._checks[request.transaction_id] = self._time.now_ns()
        self._send(bytes(request))

    def receive(self, datagram: bytes) -> None:
        """A datagram of the server."""
        if self.closed:
            return
        if datagram[0] < 4:
            self._is_answered(self._checks.pop(datagram[8:20], None))
        elif datagram[0] < 64:
            self._dtls.bio_write(datagram)
            if self.connected:
                self._say_again()
            elif self._answered:
                self._shake_hands()
        elif self._inbound is not None:
            self._media(self._inbound, datagram)

    def _keep_checking(self) -> None:
        if not self.closed:
            self.check()
            self._time.later(_CONSENT_S if self._answered else _CHECK_S, self._keep_checking)

    def _is_answered(self, checked_ns: int | None) -> None:
        self._answered_anew = True
        if not self._answered and checked_ns is not None:
            self._answered = True
            self._timeout_s = max(_LEAST_TIMEOUT_S, 2e-9 * (self._time.now_ns() - checked_ns))
            self._shake_hands()

    def _shake_hands(self) -> None:
        try:
            self._dtls.do_handshake()
        except SSL.WantReadError:
            self._fly()
            return
        self._fly()
        chosen = self._dtls.get_selected_srtp_profile()
        profile = next(known for known in PROFILES if known.name == chosen)
        material = self._dtls.export_keying_material(b"EXTRACTOR-dtls_srtp", profile.material_bytes)
        keys = Keys.cut(profile, material, as_client=not self.place.begins)
        self._inbound = _session(keys.theirs, profile.libsrtp, pylibsrtp.Policy.SSRC_ANY_INBOUND)
        self._outbound = _session(keys.ours, profile.libsrtp, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        self._time.later(_ASK_AGAIN_S, self._keep_asking)
        self._time.later(_REPORT_S, self._keep_reporting)

    def _fly(self) -> None:
        """Send what OpenSSL has to say, and again until it is answered."""
        try:
            self._flight = datagrams(self._dtls.bio_read(65536))
        except SSL.WantReadError:
            return
        self._flights += 1
        self._say(self._flights, self._timeout_s)

    def _say(self, flight: int, again_s: float) -> None:
        for datagram in self._flight:
            self._send(datagram)
        self._time.later(again_s, lambda: self._repeat(flight, 2 * again_s))

    def _say_again(self) -> None:
        """Answer last words that come again."""
        with suppress(SSL.WantReadError, SSL.ZeroReturnError):
            self._dtls.recv(1200)
        with suppress(SSL.WantReadError):
            for datagram in datagrams(self._dtls.bio_read(65536)):
                self._send(datagram)

    def _repeat(self, flight: int, again_s: float) -> None:
        if flight == self._flights and not self.connected and not self.closed:
            self.seen.repeated += 1
            self._say(flight, again_s)

    def _media(self, inbound: pylibsrtp.Session, datagram: bytes) -> None:
        try:
            if 192 <= datagram[1] < 224:
                self._tally.heard(inbound.unprotect_rtcp(datagram), self._time.now_ns())
                return
            packet = inbound.unprotect(datagram)
        except pylibsrtp.Error as error:
            if "replay" not in str(error):
                raise
            return
        self._take(packet)

    def _take(self, packet: bytes) -> None:
        kind, body = packet[1] & 0x7F, packet[_HEADER_BYTES:]
        sequence = int.from_bytes(packet[2:4], "big")
        self.seen.packets += 1
        if kind == REPAIR_TYPE:
            sequence, body = int.from_bytes(body[:2], "big"), body[2:]
            self.seen.repaired += 1
        elif kind != PRIMARY_TYPE:
            return
        else:
            self._tally.received += 1
        self._have[sequence] = packet[:_HEADER_BYTES] + body[:1]
        if len(self._have) > _KEPT:
            del self._have[next(iter(self._have))]
        self._missing.pop(sequence, None)
        self._pass_over(sequence)
        self._show()

    def _pass_over(self, sequence: int) -> None:
        newest = self._newest
        if newest is None:
            self._newest = sequence
            self._tally.began(sequence)
            self._time.later(_NO_PICTURE_S, self._want_picture)
            return
        ahead = (sequence - newest) & 0xFFFF
        if not 0 < ahead < _HALF:
            return
        self._tally.went_on(newest, sequence)
        self._newest = sequence
        fresh = [one & 0xFFFF for one in range(newest + 1, newest + ahead) if one & 0xFFFF not in self._have]
        self._missing.update(dict.fromkeys(fresh, 0))
        self._ask(fresh)

    def _show(self) -> None:
        """Go on through the packets as far as they are there."""
        if self._cursor is None:
            self._cursor = next((one for one in self._have if self._begins_at(one)), None)
        if not self.seen.pictures and self._cursor is not None:
            # Another key picture may be whole sooner than the one that has begun.
            self._cursor = self._begin_of_whole() or self._cursor
            self._picture_packets = 0
        while self._cursor is not None and (packet := self._have.get(self._cursor)) is not None:
            self._cursor = (self._cursor + 1) & 0xFFFF
            self._picture_packets += 1
            if packet[1] & _MARKER:
                held_back_ms = 10 * (int.from_bytes(packet[_DELAY_PLACE : _DELAY_PLACE + 2], "big") >> 4)
                timestamp = int.from_bytes(packet[4:8], "big")
                self.seen.pictures.append(
                    Shown(timestamp, self._time.now_ns(), held_back_ms, self._picture_packets)
                )
                self._picture_packets = 0

    def _begin_of_whole(self) -> int | None:
        for begin in [one for one in self._have if self._begins_at(one)]:
            at = begin
            while (packet := self._have.get(at)) is not None:
                if packet[1] & _MARKER:
                    return begin
                at = (at + 1) & 0xFFFF
        return None

    def _begins_at(self, sequence: int) -> bool:
        return self._have[sequence][_HEADER_BYTES] & _TYPE_BITS in (_STAP_A, _SPS)

    def _ask(self, missing: list[int]) -> None:
        if not missing or self.closed:
            return
        for sequence in missing:
            self._missing[sequence] += 1
        self.seen.asked += len(missing)
        pairs = b"".join(struct.pack(">HH", sequence, 0) for sequence in missing[:256])
        self._feed_back(struct.pack(">BBHII", 0x81, 205, 2 + len(pairs) // 4, 1, self.place.primary) + pairs)

    def _want_picture(self) -> None:
        """Ask for a key picture as long as there is no picture to begin with."""
        if not self.seen.pictures and not self.closed:
            self._feed_back(struct.pack(">BBHII", 0x81, 206, 2, 1, self.place.primary))
            self._time.later(_NO_PICTURE_S, self._want_picture)

    def _keep_asking(self) -> None:
        lost = [one for one, asked in self._missing.items() if asked >= _MOST_ASKED]
        for sequence in lost:
            del self._missing[sequence]
            self.seen.given_up += 1
            if sequence == self._cursor:
                # Nothing before the next key picture can be decoded any more.
                later = {n: one for n, one in self._have.items() if 0 < (n - sequence) & 0xFFFF < _HALF}
                self._have, self._cursor, self._picture_packets = later, None, 0
                self._show()
        self._ask(list(self._missing))
        if not self.closed:
            self._time.later(_ASK_AGAIN_S, self._keep_asking)

    def _keep_reporting(self) -> None:
        if self.closed:
            return
        if self._newest is not None:
            self._feed_back(self._tally.report(self.place.primary, self._newest, self._time.now_ns()))
        self._time.later(_REPORT_S, self._keep_reporting)

    def _feed_back(self, rtcp: bytes) -> None:
        """A report or what is asked for, each by itself, as Chromium does (reduced size, RFC 5506)."""
        assert self._outbound is not None
        self._send(self._outbound.protect_rtcp(rtcp))


def _session(master: bytes, profile: int, kind: int) -> pylibsrtp.Session:
    policy = pylibsrtp.Policy(key=master, ssrc_type=kind, srtp_profile=profile)
    policy.window_size = 1024
    return pylibsrtp.Session(policy=policy)
