/* The compiled core of ingest: interleaved packets that hold nothing odd, to a picture's byte stream (RFC 2326
 * section 10.12, RFC 3550, RFC 6184, RFC 7798). `ingest/rtsp/core.py` is its only caller.
 *
 * It takes only what it is sure of, and a packet wholly or not at all: at anything else it stops, and the
 * receiver in Python, which is its reference, goes on from there. It allocates nothing, keeps nothing, and no
 * header of Python is needed to build it.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

/* To be raised with every change of what core.py sees: a library built from an older source is not used. */
#define VERSION 2

#define FRAME_BYTES 4
#define RTP_BYTES 12
/* As LEAST_BYTES in ingest/rtsp/middles.py: shorter frames are not looked at. */
#define LEAST_BYTES 24
#define PLAIN 0x80
#define START 0x80
#define END 0x40

#define MAX_NALS 256

/* Layout as `_RUN` in core.py. Offsets are in `data`; what is written is behind `used` bytes in `out`. */
struct run {
    uint32_t at, end;
    uint32_t out_bytes, used;
    uint32_t time32, ssrc;
    int32_t middle;
    uint32_t taken, nal_count;
    uint16_t expected;
    uint8_t channel, payload_type, h265;
    /* Whether a picture's time is known: else that of the first packet is taken. */
    uint8_t timed;
    uint8_t has_picture, continues, key, marked;
    uint8_t unused[2];
    uint32_t nals[MAX_NALS];
};

static uint32_t big16(const uint8_t *p) { return (uint32_t)p[0] << 8 | p[1]; }
static uint32_t big32(const uint8_t *p) { return big16(p) << 16 | big16(p + 2); }

static int type_of(const struct run *run, const uint8_t *nal) {
    return run->h265 ? nal[0] >> 1 & 0x3F : nal[0] & 0x1F;
}

static int is_slice(const struct run *run, int type) {
    return run->h265 ? type < 32 : type == 1 || type == 2 || type == 5;
}

static int is_key(const struct run *run, int type) {
    return run->h265 ? type >= 16 && type < 24 : type == 5;
}

/* Whether a unit may hold a recovery point, which is for Python to read: an SEI of which this is not sure. */
static int may_recover(const struct run *run, const uint8_t *nal, uint32_t size) {
    uint32_t at = run->h265 ? 2 : 1, messages, i;
    if (type_of(run, nal) != (run->h265 ? 39 : 6))
        return 0;
    if (size > 500)
        return 1;
    for (i = at; i + 2 < size; i++)
        if (!nal[i] && !nal[i + 1] && nal[i + 2] == 3)
            return 1;
    for (messages = 0; messages < 16; messages++) {
        /* Types and sizes in bytes of which 255 goes on: larger types are none of a recovery point. */
        uint32_t length = 0, kind = 0;
        while (at < size && nal[at] == 0xFF)
            at++, kind += 255;
        if (at >= size || (kind += nal[at++]) == 6)
            return 1;
        while (at < size && nal[at] == 0xFF)
            at++, length += 255;
        if (at >= size)
            return 1;
        length += nal[at++];
        if (length >= size - at)
            return 1;
        at += length;
        if (nal[at] == 0x80)
            return 0;
    }
    return 1;
}

static void put(struct run *run, uint8_t *out, const uint8_t *data, uint32_t size) {
    memcpy(out + run->used, data, size);
    run->used += size;
}

static void begin(struct run *run, uint8_t *out) {
    static const uint8_t start_code[4] = {0, 0, 0, 1};
    put(run, out, start_code, sizeof start_code);
    run->nals[run->nal_count++] = run->used;
}

/* `first` is the byte behind the header of a NAL unit of this type. */
static void note(struct run *run, int type, uint8_t first) {
    if (!is_slice(run, type))
        return;
    if (!run->has_picture) {
        run->has_picture = 1;
        run->continues = first < 0x80;
    }
    if (is_key(run, type))
        run->key = 1;
}

static void add_unit(struct run *run, uint8_t *out, const uint8_t *nal, uint32_t size) {
    uint32_t header = run->h265 ? 2 : 1;
    if (size <= header)
        return;
    begin(run, out);
    put(run, out, nal, size);
    note(run, type_of(run, nal), nal[header]);
}

/* A fragment: `head` bytes of headers, of which the last has the flags. */
static int fragment(struct run *run, uint8_t *out, const uint8_t *p, uint32_t size, uint32_t head) {
    uint8_t flags = p[head - 1];
    if (flags & START) {
        uint8_t header[2];
        int type = flags & (run->h265 ? 0x3F : 0x1F);
        if (size <= head || run->nal_count == MAX_NALS)
            return 0;
        begin(run, out);
        if (run->h265) {
            header[0] = (uint8_t)((p[0] & 0x81) | type << 1);
            header[1] = p[1];
            run->middle = p[0] << 16 | p[1] << 8 | type;
        } else {
            header[0] = (uint8_t)((p[0] & 0xE0) | type);
            run->middle = ((p[0] & 0xE0) | 28) << 8 | type;
        }
        put(run, out, header, head - 1);
        note(run, type, p[head]);
    } else if (run->middle < 0) {
        return 0;
    }
    put(run, out, p + head, size - head);
    if (flags & END)
        run->middle = -1;
    return 1;
}

/* Units behind their sizes; all of them are looked at before the first is taken. */
static int aggregate(struct run *run, uint8_t *out, const uint8_t *p, uint32_t size) {
    uint32_t at, least = run->h265 ? 2 : 1, first = least, count = 0, length;
    for (at = first; at + 2 <= size; at += 2 + length) {
        length = big16(p + at);
        if (at + 2 + length > size)
            return 0;
        if (length > least && (++count, may_recover(run, p + at + 2, length)))
            return 0;
    }
    if (run->nal_count + count > MAX_NALS)
        return 0;
    run->middle = -1;
    for (at = first; at + 2 <= size; at += 2 + length) {
        length = big16(p + at);
        add_unit(run, out, p + at + 2, length);
    }
    return 1;
}

static int single(struct run *run, uint8_t *out, const uint8_t *p, uint32_t size) {
    if (may_recover(run, p, size) || run->nal_count == MAX_NALS)
        return 0;
    run->middle = -1;
    add_unit(run, out, p, size);
    return 1;
}

/* Whether a payload was taken. Out of none more comes than twice what goes in, and 16 bytes. */
static int add(struct run *run, uint8_t *out, const uint8_t *p, uint32_t size) {
    int type;
    if (size < (run->h265 ? 3u : 2u) || run->out_bytes - run->used < 2 * size + 16)
        return 0;
    type = type_of(run, p);
    if (run->h265) {
        if (type == 49)
            return fragment(run, out, p, size, 3);
        if (type == 48)
            return aggregate(run, out, p, size);
        return type > 0 && type < 48 && single(run, out, p, size);
    }
    if (type == 28)
        return fragment(run, out, p, size, 2);
    if (type == 24)
        return aggregate(run, out, p, size);
    return type > 0 && type < 24 && single(run, out, p, size);
}

EXPORTED int beffroi_ingest_version(void) { return VERSION; }

/* Take packets of one picture that lie whole, one behind the other, from `data[at]` on, up to the marked one. */
static void take(struct run *run, const uint8_t *data, uint8_t *out) {
    while (run->end - run->at >= LEAST_BYTES && !run->marked) {
        const uint8_t *frame = data + run->at, *packet = frame + FRAME_BYTES;
        uint32_t size = big16(frame + 2), time32;
        if (frame[0] != '$' || frame[1] != run->channel || size > run->end - run->at - FRAME_BYTES)
            return;
        if (size < RTP_BYTES || packet[0] != PLAIN || (packet[1] & 0x7F) != run->payload_type)
            return;
        time32 = big32(packet + 4);
        if (big16(packet + 2) != run->expected || big32(packet + 8) != run->ssrc)
            return;
        if (run->timed && time32 != run->time32)
            return;
        if (!add(run, out, packet + RTP_BYTES, size - RTP_BYTES))
            return;
        run->time32 = time32;
        run->timed = 1;
        run->marked = packet[1] >> 7;
        run->expected++;
        run->taken++;
        run->at += FRAME_BYTES + size;
    }
}

EXPORTED void beffroi_ingest_take(struct run *run, const uint8_t *data, uint8_t *out) { take(run, data, out); }

#define MAX_PICTURES 64
#define OTHER 1
#define SLICE 2
#define SEI 3
#define HEAD_BYTES 8
#define ESCAPED_BYTES 12

/* Layout as `_BATCH` in core.py. `sets` has a bit for each picture parameter set, `roles` a role for each first
 * byte of a NAL unit, as `Plain` has them. */
struct batch {
    uint32_t at, end;
    uint32_t out_bytes, used;
    uint32_t last32, most_step, ssrc;
    uint32_t most, count, packets;
    uint16_t expected;
    uint8_t channel, payload_type, h265, no_b;
    uint8_t unused[2];
    uint8_t sets[32], roles[256];
    struct picture {
        uint32_t time32, end;
    } pictures[MAX_PICTURES];
};

/* The next Exp-Golomb code of the `left` lowest bits, -1 where cut (h264 section 9.1). */
static int64_t code(uint64_t bits, int *left) {
    int zeros = 0;
    int64_t found;
    while (zeros < *left && !(bits >> (*left - 1 - zeros) & 1))
        zeros++;
    if (2 * zeros + 1 > *left || zeros > 31)
        return -1;
    *left -= 2 * zeros + 1;
    found = (int64_t)((bits >> *left) & (((uint64_t)1 << (zeros + 1)) - 1));
    return found - 1;
}

/* Whether a slice names a set that is known, and is none to look at (ingest: shared/codecs/nal_names.py). */
static int plain_slice(const struct batch *batch, const struct run *run, const uint8_t *nal, uint32_t size) {
    uint32_t header = run->h265 ? 2 : 1, from = header, to = 0;
    int left, type = type_of(run, nal);
    int64_t number;
    uint64_t bits = 0;
    while (to < HEAD_BYTES && from < size && from < header + ESCAPED_BYTES) {
        if (from >= header + 2 && nal[from] == 3 && !nal[from - 1] && !nal[from - 2]) {
            from++;
            continue;
        }
        bits = bits << 8 | nal[from++];
        to++;
    }
    left = 8 * (int)to - (!run->h265 ? 0 : type >= 16 && type <= 23 ? 2 : 1);
    if (left <= 0)
        return 0;
    number = code(bits, &left);
    if (!run->h265) {
        number = number < 0 ? -1 : code(bits, &left);
        if (number < 0 || (batch->no_b && type == 1 && number % 5 == 1))
            return 0;
        number = code(bits, &left);
    }
    return number >= 0 && number < 256 && (batch->sets[number >> 3] >> (number & 7) & 1);
}

/* Whether a picture tells its checks nothing: as NalChecks._goes_on, which is the reference. */
static int plain_picture(const struct batch *batch, const struct run *run, const uint8_t *out) {
    uint32_t place, slices = 0;
    for (place = 0; place < run->nal_count; place++) {
        const uint8_t *nal = out + run->nals[place];
        uint32_t end = place + 1 < run->nal_count ? run->nals[place + 1] - 4 : run->used;
        uint32_t size = end - run->nals[place];
        uint8_t role = batch->roles[nal[0]];
        if (role == SLICE && !plain_slice(batch, run, nal, size))
            return 0;
        if (role == SEI && may_recover(run, nal, size))
            return 0;
        if (role != SLICE && role != SEI && role != OTHER)
            return 0;
        slices += role == SLICE;
    }
    return slices > 0;
}

/* Take pictures that lie whole, one behind the other, from `data[at]` on, and are plain. None is taken in part. */
EXPORTED void beffroi_ingest_batch(struct batch *batch, const uint8_t *data, uint8_t *out) {
    struct run run;
    while (batch->count < batch->most && batch->count < MAX_PICTURES) {
        memset(&run, 0, offsetof(struct run, nals));
        run.at = batch->at;
        run.end = batch->end;
        run.out_bytes = batch->out_bytes - batch->used;
        run.ssrc = batch->ssrc;
        run.middle = -1;
        run.expected = batch->expected;
        run.channel = batch->channel;
        run.payload_type = batch->payload_type;
        run.h265 = batch->h265;
        take(&run, data, out + batch->used);
        if (!run.marked || !run.has_picture || run.continues || run.key)
            return;
        if (run.time32 == batch->last32 || run.time32 - batch->last32 > batch->most_step)
            return;
        if (!plain_picture(batch, &run, out + batch->used))
            return;
        batch->last32 = run.time32;
        batch->used += run.used;
        batch->at = run.at;
        batch->expected = run.expected;
        batch->packets += run.taken;
        batch->pictures[batch->count].time32 = run.time32;
        batch->pictures[batch->count++].end = batch->used;
    }
}
