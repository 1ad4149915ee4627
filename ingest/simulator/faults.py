"""The camera zoo: what a simulated camera can do wrong, where it is met, and what Beffroi then does.

A card for each fault. `docs/cameras.md` shows the same table; a test holds both together.
"""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What a camera does wrong: the name on the command line."""

    NONE = "none"
    GARBAGE = "garbage"

    KEEP_ALIVE_405 = "keep-alive-405"
    KEEP_ALIVE_501 = "keep-alive-501"
    KEEP_ALIVE_454 = "keep-alive-454"
    SHORT_SESSION = "short-session"
    UNTOLD_TIMEOUT = "untold-timeout"
    PADDED_SESSION = "padded-session"
    NEEDS_REPORTS = "needs-reports"
    NEW_NONCE = "new-nonce"
    SHA_256 = "sha-256"
    DIGEST_QOP = "digest-qop"
    BASIC_AND_DIGEST = "basic-and-digest"
    BASIC_ONLY = "basic-only"

    NO_CONTROL = "no-control"
    ABSOLUTE_CONTROL = "absolute-control"
    NO_CONTENT_BASE = "no-content-base"
    BARE_CONTENT_BASE = "bare-content-base"
    FOREIGN_CONTENT_BASE = "foreign-content-base"
    AUDIO_FIRST = "audio-first"
    REDIRECT = "redirect"
    LENGTH_TOO_SHORT = "length-too-short"
    LOWER_CASE = "lower-case"
    BARE_LF = "bare-lf"
    NO_CSEQ = "no-cseq"
    WRONG_CSEQ = "wrong-cseq"
    SLOW_DESCRIBE = "slow-describe"
    DEAF_TEARDOWN = "deaf-teardown"
    ASKS_BACK = "asks-back"
    HALF_CLOSED = "half-closed"
    UDP_ONLY = "udp-only"
    TCP_ONLY = "tcp-only"
    UDP_LOSSY = "udp-lossy"
    UDP_REORDERED = "udp-reordered"
    UDP_DOUBLED = "udp-doubled"

    EARLY_PACKETS = "early-packets"
    FOREIGN_SSRC = "foreign-ssrc"
    OTHER_CHANNEL = "other-channel"
    RTCP_ON_MEDIA = "rtcp-on-media"
    JUNK = "junk"
    BIG_FRAMES = "big-frames"
    EMPTY_NALS = "empty-nals"
    GIANT_NAL = "giant-nal"
    NO_MARKER = "no-marker"
    SETS_IN_SDP_ONLY = "sets-in-sdp-only"
    SETS_IN_BAND_ONLY = "sets-in-band-only"
    NO_SETS = "no-sets"
    NEW_SIZE = "new-size"
    LATE_KEY = "late-key"

    TIME_JUMPS = "time-jumps"
    TIME_GOES_BACK = "time-goes-back"
    TIME_STALLS = "time-stalls"
    TIME_STANDS = "time-stands"
    TIME_RUNS_FAST = "time-runs-fast"
    REPORT_OF_1970 = "report-of-1970"
    REPORT_OF_2036 = "report-of-2036"


@dataclass(frozen=True, slots=True)
class Card:
    """One fault of the zoo, in three sentences."""

    fault: Fault
    does: str
    seen: str
    answer: str


CARDS = (
    Card(
        Fault.GARBAGE,
        "Announces H.264 and sends noise.",
        "Failing memory, failing firmware.",
        "`invalid` after 5 s without anything that decodes; publishes none of it; tries again.",
    ),
    Card(
        Fault.KEEP_ALIVE_405,
        "Answers 405 to GET_PARAMETER and does not list it.",
        "Cameras of the years before 2012.",
        "Keeps the session alive with OPTIONS.",
    ),
    Card(
        Fault.KEEP_ALIVE_501,
        "Lists GET_PARAMETER, answers 501 to it.",
        "Cheap firmware on a copied RTSP server.",
        "Turns to OPTIONS after the first refusal.",
    ),
    Card(
        Fault.KEEP_ALIVE_454,
        "Answers 454 (no such session) to GET_PARAMETER while the session plays.",
        "Some recorders.",
        "Turns to OPTIONS and plays on: only pictures that stop end a session.",
    ),
    Card(
        Fault.SHORT_SESSION,
        "Announces a short time-out and keeps to it.",
        "Several brands announce 10 to 30 s.",
        "Keep-alive at half the announced time-out.",
    ),
    Card(
        Fault.UNTOLD_TIMEOUT,
        "Announces no time-out and ends the session after 60 s.",
        "RFC 2326 says so; many cameras do.",
        "Takes 60 s where none is announced.",
    ),
    Card(
        Fault.PADDED_SESSION,
        "Puts blanks and more parameters into the Session header.",
        "Several embedded RTSP servers.",
        "Reads the identifier and the time-out, ignores the rest.",
    ),
    Card(
        Fault.NEEDS_REPORTS,
        "Drops clients that send no receiver report.",
        "A large brand's cameras, over TCP too.",
        "Sends a receiver report every 5 s.",
    ),
    Card(
        Fault.NEW_NONCE,
        "Answers 401 with a new nonce in the middle of a session.",
        "Cameras with strict digest, after some minutes.",
        "Signs the same request once more with the new nonce; the session goes on.",
    ),
    Card(
        Fault.SHA_256,
        "Takes SHA-256 digests only.",
        "Recent firmware in its hardened profile.",
        "Answers in SHA-256.",
    ),
    Card(
        Fault.DIGEST_QOP,
        "Wants `qop=auth` with a count that rises.",
        "Cameras that share their web server's sign-in.",
        "Answers with a client nonce and a count.",
    ),
    Card(
        Fault.BASIC_AND_DIGEST,
        "Offers Basic first, then digests.",
        "Default of many cameras.",
        "Takes the strongest digest; never sends the password in clear.",
    ),
    Card(
        Fault.BASIC_ONLY,
        "Offers Basic alone.",
        "Old encoders; cameras set to it by hand.",
        "Signs in with Basic, since nothing else is offered.",
    ),
    Card(
        Fault.NO_CONTROL,
        "Describes its video without a control line.",
        "Single-stream encoders.",
        "Sets up the described address itself.",
    ),
    Card(
        Fault.ABSOLUTE_CONTROL,
        "Gives whole addresses as control lines.",
        "Common.",
        "Takes them as they are.",
    ),
    Card(
        Fault.NO_CONTENT_BASE,
        "Sends no Content-Base.",
        "Common.",
        "Resolves control lines against the asked address.",
    ),
    Card(
        Fault.BARE_CONTENT_BASE,
        "Sends a Content-Base without its last slash.",
        "Common.",
        "Appends control lines to it all the same.",
    ),
    Card(
        Fault.FOREIGN_CONTENT_BASE,
        "Names its own inside address in Content-Base and control lines.",
        "Cameras behind a router.",
        "Stays with the host it is connected to, takes the path alone.",
    ),
    Card(
        Fault.AUDIO_FIRST,
        "Describes sound before the video.",
        "Doorphones and domes with a microphone.",
        "Sets up the video alone; sound never.",
    ),
    Card(
        Fault.REDIRECT,
        "Answers DESCRIBE with 302.",
        "Recorders and load-balancing video servers.",
        "Follows to an allowed address, with the same checks; a forbidden one is `invalid`.",
    ),
    Card(
        Fault.LENGTH_TOO_SHORT,
        "Announces a Content-Length that is too small.",
        "Firmware that counts characters or line ends wrongly.",
        "Reads what is announced and passes over the rest.",
    ),
    Card(
        Fault.LOWER_CASE,
        "Writes header names in lower case.",
        "RTSP servers on HTTP libraries.",
        "Header names have no case.",
    ),
    Card(
        Fault.BARE_LF,
        "Ends lines with LF alone.",
        "Hand-written RTSP servers.",
        "Takes both line ends.",
    ),
    Card(
        Fault.NO_CSEQ,
        "Answers without CSeq.",
        "Hand-written RTSP servers.",
        "Takes the answer as the one awaited.",
    ),
    Card(
        Fault.WRONG_CSEQ,
        "Answers with another CSeq.",
        "Hand-written RTSP servers.",
        "Takes the answer as the one awaited.",
    ),
    Card(
        Fault.SLOW_DESCRIBE,
        "Takes seconds to describe itself.",
        "Cameras that wake a sensor or an encoder first.",
        "Waits for up to 8 s; beyond that it is `unreachable`.",
    ),
    Card(
        Fault.DEAF_TEARDOWN,
        "Never answers TEARDOWN.",
        "Common.",
        "Waits for no answer: sends it and closes.",
    ),
    Card(
        Fault.ASKS_BACK,
        "Sends requests of its own in the middle of the pictures.",
        "Cameras that probe their clients with OPTIONS or ANNOUNCE.",
        "Answers them and plays on.",
    ),
    Card(
        Fault.HALF_CLOSED,
        "Closes its side of the connection and keeps the other open.",
        "Cameras that run out of memory.",
        "Closes at once and connects again, as a new run.",
    ),
    Card(
        Fault.UDP_ONLY,
        "Refuses RTP over the RTSP connection (461).",
        "Old cameras and some multicast encoders.",
        "Turns to UDP.",
    ),
    Card(
        Fault.TCP_ONLY,
        "Refuses UDP (461).",
        "Cameras behind a gateway.",
        "Turns to the RTSP connection.",
    ),
    Card(
        Fault.UDP_LOSSY,
        "UDP loses packets.",
        "Any network.",
        "Drops the picture that is damaged and what depends on it, up to the next key picture; counts them.",
    ),
    Card(
        Fault.UDP_REORDERED,
        "UDP delivers packets out of order.",
        "Networks with several ways.",
        "Puts them in order; loses nothing.",
    ),
    Card(
        Fault.UDP_DOUBLED,
        "UDP delivers packets twice.",
        "Networks with rings.",
        "Takes each once.",
    ),
    Card(
        Fault.EARLY_PACKETS,
        "Sends packets of another session before PLAY is answered.",
        "A large brand's cameras, over TCP.",
        "Takes none of them.",
    ),
    Card(
        Fault.FOREIGN_SSRC,
        "Mixes packets of another source into the stream.",
        "The same.",
        "Keeps to the source that SETUP named, else to the first one; counts the others.",
    ),
    Card(
        Fault.OTHER_CHANNEL,
        "Sends packets on a channel nobody set up.",
        "Cameras with sound or metadata switched on.",
        "Passes over them.",
    ),
    Card(
        Fault.RTCP_ON_MEDIA,
        "Sends its reports on the media's channel.",
        "Firmware with a mixed-up channel number.",
        "Knows RTCP by its type, whatever the channel.",
    ),
    Card(
        Fault.JUNK,
        "Leaves stray bytes between two frames.",
        "Firmware that overruns a buffer.",
        "Looks for the next frame that makes sense; counts the bytes.",
    ),
    Card(
        Fault.BIG_FRAMES,
        "Sends frames of nearly 64 kB.",
        "Cameras that fragment nothing over TCP.",
        "Takes them: the length has 16 bits.",
    ),
    Card(
        Fault.EMPTY_NALS,
        "Sends empty packets and empty NAL units.",
        "Cheap firmware at a key picture.",
        "Passes over them.",
    ),
    Card(
        Fault.GIANT_NAL,
        "Sends a NAL unit that never ends.",
        "An encoder that has lost its way.",
        "Gives up the picture at a bound, in bounded memory, and goes on at the next key picture.",
    ),
    Card(
        Fault.NO_MARKER,
        "Never sets the marker bit.",
        "Cheap firmware.",
        "Ends a picture where the next timestamp begins: one picture later.",
    ),
    Card(
        Fault.SETS_IN_SDP_ONLY,
        "Tells its parameter sets in the description only.",
        "Common.",
        "Puts them before each key picture.",
    ),
    Card(
        Fault.SETS_IN_BAND_ONLY,
        "Tells its parameter sets in the stream only.",
        "Common.",
        "Begins with the first key picture that has them.",
    ),
    Card(
        Fault.NO_SETS,
        "Tells its parameter sets nowhere.",
        "A recorder that passes on a stream begun long ago.",
        "Nothing can be decoded: `invalid` after 30 s, with the reason.",
    ),
    Card(
        Fault.NEW_SIZE,
        "Changes its picture's size in the middle of a session.",
        "Cameras whose settings somebody changes.",
        "Goes on at the key picture that brings the new parameter sets; the report tells the new size.",
    ),
    Card(
        Fault.LATE_KEY,
        "Starts with no key picture and sends one rarely.",
        "`Smart` codecs, one every 10 to 20 s.",
        "Stays `connecting` until the first key picture, for up to 30 s.",
    ),
    Card(
        Fault.TIME_JUMPS,
        "Its timestamps jump by hours.",
        "A camera whose clock is set.",
        "A new run on the same connection, from the next key picture on.",
    ),
    Card(
        Fault.TIME_GOES_BACK,
        "Some timestamps go back by half a second.",
        "Firmware that mixes two clocks.",
        "Drops these pictures and those that depend on them, up to the next key picture; same run.",
    ),
    Card(
        Fault.TIME_STALLS,
        "Its timestamps stand still for a second, then catch up.",
        "Overloaded encoders.",
        "Takes the pictures as they are timed; no new run.",
    ),
    Card(
        Fault.TIME_STANDS,
        "All its pictures have one timestamp.",
        "Cheap firmware.",
        "After 2 s a new run, timed by arrival.",
    ),
    Card(
        Fault.TIME_RUNS_FAST,
        "Its media clock runs 2 % fast.",
        "Cheap oscillators; a set picture rate that is not the real one.",
        "Media time is passed on as it is, UTC comes from arrival: drift never cuts a recording.",
    ),
    Card(
        Fault.REPORT_OF_1970,
        "Its sender reports tell the time since power-on.",
        "Cameras without a clock.",
        "Does not believe a clock that is days away: UTC of arrival.",
    ),
    Card(
        Fault.REPORT_OF_2036,
        "Its sender reports are years ahead.",
        "Cameras set by hand.",
        "Does not believe it: UTC of arrival.",
    ),
)
