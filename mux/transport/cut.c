/* The RTP payloads of a coded picture in one call: mux/rtp/packetise.py and packetise_h265.py compiled, byte for
 * byte. `mux/transport/cutter.py` is its only caller and owns the buffers.
 *
 * No header of Python is needed to build it. It keeps nothing between calls. What core.py sees of it is of the
 * version in core.c.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

#define MARKER (1u << 31)
#define START 0x80
#define END 0x40
#define SIZE_BYTES 2
#define MAX_SHARING 512

#define BIT(kind) (UINT64_C(1) << (kind))

struct nal {
    const uint8_t *data;
    size_t bytes;
};

/* As NalFormat in mux/rtp/packetise_nals.py; sets of types as bits. */
struct form {
    size_t header_bytes, least_bytes;
    uint64_t sent, sharing;
    unsigned (*kind)(const uint8_t *nal);
    void (*aggregate)(const struct nal *nals, int count, uint8_t *out);
    void (*fragment)(const uint8_t *nal, uint8_t *out);
};

/* What is being made. `packets` goes beyond `most_packets` or `used` beyond `room` never: `full` is set. */
struct cut {
    uint8_t *out;
    size_t room, used;
    uint32_t *sizes;
    int most_packets, packets, full;
};

static unsigned kind_h264(const uint8_t *nal) { return nal[0] & 0x1F; }

static void aggregate_h264(const struct nal *nals, int count, uint8_t *out) {
    uint8_t importance = 0;
    for (int at = 0; at < count; at++)
        if ((nals[at].data[0] & 0x60) > importance)
            importance = nals[at].data[0] & 0x60;
    out[0] = importance | 24;
}

static void fragment_h264(const uint8_t *nal, uint8_t *out) { out[0] = (nal[0] & 0x60) | 28; }

static unsigned kind_h265(const uint8_t *nal) { return nal[0] >> 1 & 0x3F; }

static void aggregate_h265(const struct nal *nals, int count, uint8_t *out) {
    unsigned layer = 0x1F8, temporal = 0x7, forbidden = 0;
    for (int at = 0; at < count; at++) {
        unsigned header = (unsigned)nals[at].data[0] << 8 | nals[at].data[1];
        if ((header & 0x1F8) < layer)
            layer = header & 0x1F8;
        if ((header & 0x7) < temporal)
            temporal = header & 0x7;
        forbidden |= header & 0x8000;
    }
    unsigned header = forbidden | 48u << 9 | layer | temporal;
    out[0] = (uint8_t)(header >> 8);
    out[1] = (uint8_t)header;
}

static void fragment_h265(const uint8_t *nal, uint8_t *out) {
    out[0] = (nal[0] & 0x81) | 49 << 1;
    out[1] = nal[1];
}

static const struct form h264 = {
    1, 1, (BIT(24) - 1) & ~(BIT(0) | BIT(9) | BIT(12)), BIT(6) | BIT(7) | BIT(8),
    kind_h264, aggregate_h264, fragment_h264,
};

static const struct form h265 = {
    2, 3, (BIT(48) - 1) & ~(BIT(35) | BIT(38)), BIT(32) | BIT(33) | BIT(34) | BIT(39),
    kind_h265, aggregate_h265, fragment_h265,
};

/* Where the next start code (three bytes) begins from `at` on, or `size`. */
static size_t next_start(const uint8_t *data, size_t at, size_t size) {
    while (at + 2 < size) {
        const uint8_t *one = memchr(data + at + 2, 1, size - at - 2);
        if (!one)
            return size;
        if (!one[-1] && !one[-2])
            return (size_t)(one - data) - 2;
        at = (size_t)(one - data) - 1;
    }
    return size;
}

/* Room for the next packet, or NULL. */
static uint8_t *packet(struct cut *cut, size_t bytes) {
    if (cut->packets == cut->most_packets || cut->room - cut->used < bytes) {
        cut->full = 1;
        return NULL;
    }
    uint8_t *at = cut->out + cut->used;
    cut->used += bytes;
    cut->sizes[cut->packets++] = (uint32_t)bytes;
    return at;
}

static void single(struct cut *cut, const struct nal *nal) {
    uint8_t *at = packet(cut, nal->bytes);
    if (at)
        memcpy(at, nal->data, nal->bytes);
}

/* Several units in one payload, or the only unit itself; none is no payload. */
static void aggregated(struct cut *cut, const struct form *form, const struct nal *nals, int count, size_t bytes) {
    if (count == 1)
        single(cut, nals);
    uint8_t *at = count > 1 ? packet(cut, bytes) : NULL;
    if (!at)
        return;
    form->aggregate(nals, count, at);
    at += form->header_bytes;
    for (int number = 0; number < count; number++) {
        at[0] = (uint8_t)(nals[number].bytes >> 8);
        at[1] = (uint8_t)nals[number].bytes;
        memcpy(at + SIZE_BYTES, nals[number].data, nals[number].bytes);
        at += SIZE_BYTES + nals[number].bytes;
    }
}

/* Of a unit that does not fit into one packet: at least two, of equal size, the last one at most as long. */
static void fragments(struct cut *cut, const struct form *form, const struct nal *nal, unsigned kind, size_t most) {
    const uint8_t *body = nal->data + form->header_bytes;
    size_t left = nal->bytes - form->header_bytes, fits = most - form->header_bytes - 1;
    size_t count = (left + fits - 1) / fits, size = (left + count - 1) / count;
    for (uint8_t flag = START; left; flag = 0) {
        if (left <= size)
            flag = END;
        size_t bytes = left < size ? left : size;
        uint8_t *at = packet(cut, form->header_bytes + 1 + bytes);
        if (!at)
            return;
        form->fragment(nal->data, at);
        at[form->header_bytes] = (uint8_t)(kind | flag);
        memcpy(at + form->header_bytes + 1, body, bytes);
        body += bytes;
        left -= bytes;
    }
}

/* Cut a picture (Annex B) into payloads of at most `most` bytes, behind one another in `out`. `table` gets their
 * bytes together, then the size of each, with MARKER on the last. How many they are; -1 where there is no room. */
EXPORTED int beffroi_cut(const uint8_t *data, size_t size, int is_h265, size_t most, uint8_t *out, size_t room,
                         uint32_t *table, int most_packets) {
    const struct form *form = is_h265 ? &h265 : &h264;
    struct cut cut = {out, room, 0, table + 1, most_packets, 0, 0};
    struct nal waiting[MAX_SHARING];
    int waits = 0;
    size_t waiting_bytes = form->header_bytes, at = next_start(data, 0, size);
    while (at < size && !cut.full) {
        size_t start = at + 3, end = at = next_start(data, start, size);
        while (end > start && !data[end - 1])
            end--;
        struct nal nal = {data + start, end - start};
        unsigned kind = nal.bytes ? form->kind(nal.data) : 0;
        if (nal.bytes < form->least_bytes || !(form->sent & BIT(kind)))
            continue;
        int small = (form->sharing & BIT(kind)) && form->header_bytes + SIZE_BYTES + nal.bytes <= most;
        if (waits && (!small || waiting_bytes + SIZE_BYTES + nal.bytes > most || waits == MAX_SHARING)) {
            aggregated(&cut, form, waiting, waits, waiting_bytes);
            waits = 0;
            waiting_bytes = form->header_bytes;
        }
        if (small) {
            waiting[waits++] = nal;
            waiting_bytes += SIZE_BYTES + nal.bytes;
        } else if (nal.bytes <= most)
            single(&cut, &nal);
        else
            fragments(&cut, form, &nal, kind, most);
    }
    aggregated(&cut, form, waiting, waits, waiting_bytes);
    if (cut.full)
        return -1;
    table[0] = (uint32_t)cut.used;
    if (cut.packets)
        cut.sizes[cut.packets - 1] |= MARKER;
    return cut.packets;
}
