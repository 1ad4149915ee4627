"""Offers as clients send them to receive a stream, written anew after what each sends."""

DIGEST = ":".join(["AB"] * 32)
_HEAD = "v=0\no=- 4611 2 IN IP4 127.0.0.1\ns=-\nt=0 0\n"
_ICE = "a=ice-ufrag:EsAw\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\n"
_PRINT = f"a=fingerprint:sha-256 {DIGEST}\n"
_TRANSPORT = f"{_ICE}a=ice-options:trickle\n{_PRINT}a=setup:actpass\n"
_OPUS = "a=rtpmap:111 opus/48000/2\na=fmtp:111 minptime=10;useinbandfec=1\n"


def _h264(payload_type: int, profile: str, mode: int, repair: int | None = None) -> str:
    said = f"level-asymmetry-allowed=1;packetization-mode={mode};profile-level-id={profile}"
    lines = f"a=rtpmap:{payload_type} H264/90000\na=rtcp-fb:{payload_type} goog-remb\n"
    lines += (
        f"a=rtcp-fb:{payload_type} nack\na=rtcp-fb:{payload_type} nack pli\na=fmtp:{payload_type} {said}\n"
    )
    if repair is not None:
        lines += f"a=rtpmap:{repair} rtx/90000\na=fmtp:{repair} apt={payload_type}\n"
    return lines


_CHROMIUM_VIDEO = (
    "a=rtpmap:96 VP8/90000\na=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n"
    + _h264(102, "42001f", 1, 103)
    + _h264(104, "42001f", 0, 107)
    + _h264(108, "42e01f", 1, 109)
    + _h264(116, "4d001f", 1, 117)
    + "a=rtpmap:118 red/90000\na=rtpmap:49 flexfec-03/90000\na=fmtp:49 repair-window=10000000\n"
)
_CHROMIUM_TYPES = "96 97 102 103 104 107 108 109 116 117 118 49"

CHROMIUM = (
    _HEAD
    + "a=group:BUNDLE 0 1\na=extmap-allow-mixed\na=msid-semantic: WMS\n"
    + "m=audio 9 UDP/TLS/RTP/SAVPF 111\nc=IN IP4 0.0.0.0\na=rtcp:9 IN IP4 0.0.0.0\n"
    + _TRANSPORT
    + "a=mid:0\na=recvonly\na=rtcp-mux\na=rtcp-rsize\n"
    + _OPUS
    + f"m=video 9 UDP/TLS/RTP/SAVPF {_CHROMIUM_TYPES}\nc=IN IP4 0.0.0.0\na=rtcp:9 IN IP4 0.0.0.0\n"
    + _TRANSPORT
    + "a=mid:1\na=extmap:14 urn:ietf:params:rtp-hdrext:toffset\n"
    + "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\n"
    + "a=recvonly\na=rtcp-mux\na=rtcp-rsize\n"
    + _CHROMIUM_VIDEO
)

SAFARI = (
    _HEAD
    + "a=group:BUNDLE 0\na=extmap-allow-mixed\na=msid-semantic: WMS\n"
    + "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 100 101 127\nc=IN IP4 0.0.0.0\na=rtcp:9 IN IP4 0.0.0.0\n"
    + _TRANSPORT
    + "a=mid:0\na=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\na=recvonly\na=rtcp-mux\n"
    + "a=rtcp-rsize\n"
    + _h264(96, "640c1f", 1, 97)
    + _h264(98, "42e01f", 1, 99)
    + "a=rtpmap:100 H265/90000\na=fmtp:100 level-id=93;tx-mode=SRST\n"
    + "a=rtpmap:101 rtx/90000\na=fmtp:101 apt=100\n"
    + "a=rtpmap:127 VP8/90000\n"
)

_FIREFOX_HEAD = (
    "v=0\no=mozilla...THIS_IS_SDPARTA-99.0 5893 0 IN IP4 0.0.0.0\ns=-\nt=0 0\na=sendrecv\n"
    + _PRINT
    + "a=ice-options:trickle\na=msid-semantic:WMS *\n"
)
_FIREFOX_END = "a=rtcp-mux\na=rtcp-rsize\na=setup:actpass\n"

FIREFOX = (
    _FIREFOX_HEAD
    + "a=group:BUNDLE 0\nm=video 9 UDP/TLS/RTP/SAVPF 120 124 126 127 97 98\nc=IN IP4 0.0.0.0\na=recvonly\n"
    + "a=extmap:7 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\n"
    + "a=fmtp:126 profile-level-id=42e01f;level-asymmetry-allowed=1;packetization-mode=1\n"
    + "a=fmtp:97 profile-level-id=42e01f;level-asymmetry-allowed=1\na=fmtp:120 max-fs=12288;max-fr=60\n"
    + "a=fmtp:124 apt=120\na=fmtp:127 apt=126\na=fmtp:98 apt=97\n"
    + _ICE
    + "a=mid:0\na=rtcp-fb:126 nack\na=rtcp-fb:126 nack pli\na=rtcp-fb:126 ccm fir\na=rtcp-fb:126 goog-remb\n"
    + _FIREFOX_END
    + "a=rtpmap:120 VP8/90000\na=rtpmap:124 rtx/90000\na=rtpmap:126 H264/90000\na=rtpmap:127 rtx/90000\n"
    + "a=rtpmap:97 H264/90000\na=rtpmap:98 rtx/90000\na=ssrc:2231 cname:{a}\n"
)

FIREFOX_WITHOUT_H264 = (
    _FIREFOX_HEAD
    + "a=group:BUNDLE 0\nm=video 9 UDP/TLS/RTP/SAVPF 120 124 121 99\nc=IN IP4 0.0.0.0\na=recvonly\n"
    + "a=fmtp:124 apt=120\na=fmtp:121 max-fs=12288;max-fr=60\n"
    + _ICE
    + "a=mid:0\n"
    + _FIREFOX_END
    + "a=rtpmap:120 VP8/90000\na=rtpmap:124 rtx/90000\na=rtpmap:121 VP9/90000\na=rtpmap:99 AV1/90000\n"
)

# Sound first, and a policy of max-bundle: the video waits for the sound's transport, and has none of its own.
FIREFOX_MAX_BUNDLE = (
    _FIREFOX_HEAD
    + "a=group:BUNDLE 0 1\nm=audio 9 UDP/TLS/RTP/SAVPF 109\nc=IN IP4 0.0.0.0\na=recvonly\n"
    + "a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1\n"
    + _ICE
    + "a=mid:0\n"
    + _FIREFOX_END
    + "a=rtpmap:109 opus/48000/2\n"
    + "m=video 0 UDP/TLS/RTP/SAVPF 126\nc=IN IP4 0.0.0.0\na=bundle-only\na=recvonly\n"
    + "a=fmtp:126 profile-level-id=42e01f;level-asymmetry-allowed=1;packetization-mode=1\na=mid:1\n"
    + "a=rtpmap:126 H264/90000\n"
)

# Its caps say the codec alone, where an application names no more.
WEBRTCBIN = (
    "v=0\no=- 5163 0 IN IP4 0.0.0.0\ns=-\nt=0 0\na=ice-options:trickle\na=group:BUNDLE video0\n"
    + "m=video 9 UDP/TLS/RTP/SAVPF 96\nc=IN IP4 0.0.0.0\na=setup:actpass\n"
    + _ICE
    + "a=rtcp-mux\na=rtcp-rsize\na=recvonly\na=rtpmap:96 H264/90000\na=rtcp-fb:96 nack pli\na=mid:video0\n"
    + _PRINT
)
WEBRTCBIN_WITH_CAPS = WEBRTCBIN.replace(
    "a=rtpmap:96 H264/90000\n", "a=rtpmap:96 H264/90000\na=fmtp:96 packetization-mode=(string)1\n"
).replace("(string)", "")

# A transport for the whole session, a data channel beside the picture, its own candidates in the offer.
LIBDATACHANNEL = (
    "v=0\no=rtc 3767197920 0 IN IP4 127.0.0.1\ns=-\nt=0 0\na=group:BUNDLE video data\na=group:LS video data\n"
    + "a=msid-semantic:WMS *\na=setup:actpass\n"
    + _ICE
    + "a=ice-options:ice2,trickle\n"
    + _PRINT
    + "m=video 47012 UDP/TLS/RTP/SAVPF 98\nc=IN IP4 192.0.2.7\na=mid:video\na=recvonly\na=rtcp-mux\n"
    + "a=rtpmap:98 H264/90000\na=rtcp-fb:98 nack\na=rtcp-fb:98 nack pli\na=rtcp-fb:98 goog-remb\n"
    + "a=fmtp:98 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1\n"
    + "a=candidate:1 1 UDP 2122317823 192.0.2.7 47012 typ host\n"
    + "m=application 47012 UDP/DTLS/SCTP webrtc-datachannel\nc=IN IP4 192.0.2.7\n"
    + "a=mid:data\na=sctp-port:5000\n"
)

PION = (
    "v=0\no=- 6920 1700000000 IN IP4 0.0.0.0\ns=-\nt=0 0\na=msid-semantic:WMS*\n"
    + _PRINT
    + "a=extmap-allow-mixed\na=group:BUNDLE 0\n"
    + "m=video 9 UDP/TLS/RTP/SAVPF 96 102 106 125\nc=IN IP4 0.0.0.0\na=setup:actpass\na=mid:0\n"
    + _ICE
    + "a=rtcp-mux\na=rtcp-rsize\na=rtpmap:96 VP8/90000\na=rtpmap:102 H264/90000\n"
    + "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f\n"
    + "a=rtpmap:106 H264/90000\n"
    + "a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\n"
    + "a=rtpmap:125 rtx/90000\na=fmtp:125 apt=106\na=recvonly\n"
)

AIORTC = (
    "v=0\no=- 3910 3910 IN IP4 0.0.0.0\ns=-\nt=0 0\na=group:BUNDLE 0\na=msid-semantic:WMS *\n"
    + "m=video 58821 UDP/TLS/RTP/SAVPF 97 98 99 100\nc=IN IP6 2001:db8::2\na=recvonly\n"
    + "a=mid:0\na=rtcp:9 IN IP4 0.0.0.0\na=rtcp-mux\na=rtpmap:97 VP8/90000\na=rtpmap:98 rtx/90000\n"
    + "a=fmtp:98 apt=97\na=rtpmap:99 H264/90000\n"
    + "a=fmtp:99 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f\n"
    + "a=rtpmap:100 rtx/90000\na=fmtp:100 apt=99\n"
    + "a=candidate:1 1 udp 2130706431 2001:db8::2 57227 typ host\na=end-of-candidates\n"
    + f"{_ICE}{_PRINT}a=setup:actpass\n"
)
