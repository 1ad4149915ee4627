/* The compiled core of recording: the bytes of a fragment out of pictures as they were received, in one pass
 * (ISO/IEC 14496-12 sections 8.8 and 8.16.5, 14496-15 sections 5.3.3 and 8.3.3). `storage/recording/core.py` is
 * its only caller; `storage/recording/pending.py` is its reference, byte for byte, and makes what this leaves:
 * reordered pictures, recovery points, parameter sets that the head does not have.
 *
 * It allocates nothing, keeps nothing, and no header of Python is needed to build it.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

/* To be raised with every change of what core.py sees: a library built from an older source is not used. */
#define VERSION 1

enum { PLAIN, H264, H265 };
enum { CHANGED = -1, NO_ROOM = -2 };

#define TRACK 1
#define HEAD_BYTES 128
#define SAMPLE_BYTES 12
#define KEY_FLAGS 0x02000000u
#define OTHER_FLAGS 0x01010000u

/* Layout as `_ORDER` in core.py. Behind it: pieces, times90 of all pictures and the end, sizes of all pictures,
 * known parameter sets, each behind its length. */
struct order {
    uint64_t room, ntp;
    /* Types of NAL units, a bit each. */
    uint64_t slices, sets;
    uint32_t sequence, pieces, pictures, known_bytes;
    uint8_t form;
    /* Whether known parameter sets stay in the samples. */
    uint8_t whole;
    uint8_t unused[6];
};

/* Pictures one behind the other in memory. */
struct piece {
    uint64_t address;
    uint32_t pictures, key;
};

static uint8_t *put32(uint8_t *at, uint32_t value) {
    at[0] = value >> 24, at[1] = value >> 16, at[2] = value >> 8, at[3] = value;
    return at + 4;
}

static uint8_t *put64(uint8_t *at, uint64_t value) {
    return put32(put32(at, value >> 32), (uint32_t)value);
}

static uint8_t *put_box(uint8_t *at, uint32_t size, const char *kind) {
    at = put32(at, size);
    memcpy(at, kind, 4);
    return at + 4;
}

/* Where the next 00 00 01 begins from `at` on, `end` where there is none. */
static const uint8_t *next_prefix(const uint8_t *at, const uint8_t *end) {
    const uint8_t *one = at + 2;
    while (one < end && (one = memchr(one, 1, (size_t)(end - one)))) {
        if (!one[-1] && !one[-2])
            return one - 2;
        one++;
    }
    return end;
}

static int is_known(const uint8_t *known, uint32_t bytes, const uint8_t *nal, size_t size) {
    const uint8_t *end = known + bytes;
    while (known < end) {
        uint32_t length;
        memcpy(&length, known, 4);
        if (length == size && !memcmp(known + 4, nal, size))
            return 1;
        known += 4 + length;
    }
    return 0;
}

/* The sample of one picture at `out`, which has room: its size, or CHANGED. */
static int64_t sample(const struct order *order, const uint8_t *known, const uint8_t *data, uint32_t size,
                      uint8_t *out) {
    const uint8_t *end = data + size, *at, *next;
    uint8_t *written = out;
    int in_front = 1;
    if (order->form == PLAIN) {
        memcpy(out, data, size);
        return size;
    }
    for (at = next_prefix(data, end); at < end; at = next) {
        const uint8_t *nal = at + 3, *last;
        uint64_t type;
        next = next_prefix(nal, end);
        if (nal == end)
            break;
        type = 1ull << (order->form == H265 ? nal[0] >> 1 & 0x3F : nal[0] & 0x1F);
        if (order->slices & type)
            in_front = 0;
        for (last = next; last > nal && !last[-1];)
            last--;
        if (last == nal)
            continue;
        if (!order->whole) {
            if (is_known(known, order->known_bytes, nal, (size_t)(last - nal)))
                continue;
            if (in_front && order->sets & type)
                return CHANGED;
        }
        written = put32(written, (uint32_t)(last - nal));
        memcpy(written, nal, (size_t)(last - nal));
        written += last - nal;
    }
    return written - out;
}

EXPORTED int beffroi_recording_version(void) { return VERSION; }

/* Write a fragment to `out`: how many bytes, CHANGED, or NO_ROOM. */
EXPORTED int64_t beffroi_recording_fragment(const struct order *order, uint8_t *out) {
    const struct piece *piece = (const struct piece *)(order + 1);
    const uint64_t *times = (const uint64_t *)(piece + order->pieces);
    const uint32_t *sizes = (const uint32_t *)(times + order->pictures + 1);
    const uint8_t *known = (const uint8_t *)(sizes + order->pictures);
    uint32_t table = order->pictures * SAMPLE_BYTES, moof = HEAD_BYTES - 40 + table, done = 0, p, n;
    uint8_t *samples = out + HEAD_BYTES + table, *end = samples, *at;

    if (order->room < HEAD_BYTES + (uint64_t)table)
        return NO_ROOM;
    at = put32(put_box(out, 32, "prft"), 0x01000018);
    at = put64(put64(put32(at, TRACK), order->ntp), times[0]);
    at = put_box(at, moof, "moof");
    at = put32(put32(put_box(at, 16, "mfhd"), 0), order->sequence);
    at = put_box(at, moof - 24, "traf");
    at = put32(put32(put_box(at, 16, "tfhd"), 0x020000), TRACK);
    at = put64(put32(put_box(at, 20, "tfdt"), 0x01000000), times[0]);
    at = put32(put32(put_box(at, 20 + table, "trun"), 0x701), order->pictures);
    at = put32(at, moof + 8);
    for (p = 0; p < order->pieces; p++) {
        const uint8_t *data = (const uint8_t *)(uintptr_t)piece[p].address;
        for (n = 0; n < piece[p].pictures; n++, done++) {
            uint32_t size = sizes[done];
            int64_t made;
            /* A start code of three bytes becomes a length of four, and a NAL unit has one byte at least. */
            if ((uint64_t)(end - out) + size + size / 4 + 1 > order->room)
                return NO_ROOM;
            made = sample(order, known, data, size, end);
            if (made < 0)
                return made;
            at = put32(put32(at, (uint32_t)(times[done + 1] - times[done])), (uint32_t)made);
            at = put32(at, piece[p].key ? KEY_FLAGS : OTHER_FLAGS);
            data += size;
            end += made;
        }
    }
    put_box(at, (uint32_t)(end - samples) + 8, "mdat");
    return end - out;
}
