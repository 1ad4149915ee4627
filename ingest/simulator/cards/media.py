"""What goes wrong in RTP and in the pictures."""

from ingest.simulator.cards.card import Card
from ingest.simulator.faults import Fault

MEDIA = (
    Card(
        Fault.GARBAGE,
        "Announces H.264 and sends noise.",
        "Failing memory, failing firmware.",
        "`invalid` after 2 s without anything that decodes; publishes none of it; tries again.",
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
        Fault.NEW_SSRC,
        "Takes another SSRC at each group of pictures; its numbers go on.",
        "Cameras that begin their sender anew at each key picture.",
        "Follows it: every picture arrives, in the same run.",
    ),
    Card(
        Fault.NEW_SENDER,
        "Takes another SSRC and other numbers and times at each group of pictures.",
        "The same.",
        "Holds its packets until the sender before has missed a picture, then takes them all, as a new run.",
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
        "Nothing can be decoded: `invalid` within 5 s, with the reason; begins again after 30 s.",
    ),
    Card(
        Fault.TWO_PICTURE_SETS,
        "Describes two picture parameter sets, and sends none in the stream.",
        "Encoders that keep a set for each of their slices or rates.",
        "Keeps all sets by their numbers, and puts them before each key picture.",
    ),
    Card(
        Fault.UNKNOWN_SETS,
        "Sends pictures that refer to a parameter set it never sent.",
        "Recorders that describe another camera's stream.",
        "Nothing can be decoded: `invalid`, with the reason; publishes none of it.",
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
        "Stays `connecting` until the first key picture, for up to 30 s; the reason says so after 2 s.",
    ),
    Card(
        Fault.KEY_ONCE,
        "Sends a key picture when somebody connects and never again, and a packet is lost.",
        "Intra refresh instead of key pictures.",
        "`stalled` within 5 s, waiting for a key picture after a loss. The session is begun again when twice "
        "the time between key pictures has passed; where that is not known, 10 s after the last one, and "
        "twice as long each time.",
    ),
    Card(
        Fault.NOISY_SLICES,
        "Sends pictures whose coded data is noise behind sound heads.",
        "Failing memory of an encoder.",
        "A key picture of each stream is decoded as a sample: where that fails the camera is `invalid`, "
        "with the reason, and not called recorded, until one does.",
    ),
    Card(
        Fault.SLOW,
        "Sends a picture every few seconds, up to one a minute.",
        "Cameras on batteries or thin links.",
        "Learns how often they come and waits for half as long again: no stall, no other connection. Where "
        "the camera does not tell its rate it is `connecting` from 2 s after its very first picture to the "
        "second. Read by FFmpeg it is `stalled` after 5 s all the same.",
    ),
    Card(
        Fault.REFRESH,
        "Sends recovery points instead of key pictures, and refreshes a stripe at a time (intra refresh).",
        "Cameras set to an even bit rate or the least delay.",
        "Begins at a recovery point; the camera's advice, segments and exports say that the first pictures "
        "are incomplete; live is transcoded.",
    ),
    Card(
        Fault.REFRESH_UNTOLD,
        "Refreshes a stripe at a time and tells no recovery points.",
        "The same, of other brands.",
        "Nobody can tell where to begin: `invalid`, because it sends no key picture.",
    ),
    Card(
        Fault.SIZE_IN_EXTENSION,
        "Tells the size of its Motion JPEG in RTP's header extension only.",
        "ONVIF cameras of over 2040 pixels.",
        "Reads the JPEG headers in the extension (ONVIF Streaming Specification), which go before RTP's own.",
    ),
    Card(
        Fault.ORDER_NUMBERS,
        "Sends H.265 with decoding order numbers (`sprop-max-don-diff`).",
        "Encoders made for several transports.",
        "Takes them out; pictures come in decoding order.",
    ),
    Card(
        Fault.PACI,
        "Sends H.265 in PACI packets.",
        "Encoders with temporal layers.",
        "Takes what is in them.",
    ),
    Card(
        Fault.INTERLEAVED,
        "Sends parts of pictures out of decoding order (`sprop-depack-buf-nalus`).",
        "Encoders set up for lossy links.",
        "`unsupported`, with the setting to change.",
    ),
)
