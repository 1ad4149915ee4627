"""What goes wrong in RTSP: keep-alives, signing in, descriptions, the connection."""

from ingest.simulator.cards.card import Card
from ingest.simulator.faults import Fault

TALK = (
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
        Fault.CHANNELS_OF_ITS_OWN,
        "Answers SETUP with channels of its own, up to 254-255.",
        "Recorders that number the channels of all their cameras through.",
        "Takes the channels as the camera names them.",
    ),
    Card(
        Fault.CLOSES_ON_401,
        "Closes the connection behind each 401.",
        "Small embedded RTSP servers.",
        "Answers the challenge on a second connection; on a third it would be a wrong password.",
    ),
    Card(
        Fault.NO_LENGTH,
        "Describes itself without a Content-Length, and leaves the connection open.",
        "Hand-written RTSP servers.",
        "Takes lines of a description as long as they come, and 0.25 s of silence for its end.",
    ),
    Card(
        Fault.HALF_CLOSED,
        "Closes its side of the connection and keeps the other open.",
        "Cameras that run out of memory.",
        "Closes at once and connects again, as a new run.",
    ),
)
