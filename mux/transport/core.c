/* The compiled core of the fan-out: RTP header, AES-GCM (RFC 3711, RFC 7714) and sending of a chunk of packets
 * for many viewers in one call. `mux/transport/core.py` is its only caller and owns errors and lifetimes.
 *
 * No header of Python is needed to build it. One thread at a time may use a core.
 */
#define _GNU_SOURCE
#include "aead.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define EXPORTED __attribute__((visibility("default")))

/* To be raised with every change of what core.py sees: a library built from an older source is not used. */
#define VERSION 4

#define PLAIN_HEADER_BYTES 12
#define EXTENSION_BYTES 8
#define MAX_HEADER_BYTES (PLAIN_HEADER_BYTES + EXTENSION_BYTES)
#define MAX_LINES 65536

/* As in mux/rtp/layout.py: what one message that the kernel cuts into datagrams may hold. */
#define MAX_SEGMENTS 64
#define MAX_RUN_BYTES 65000
#define UDP_SEGMENT 103

/* Sealed packets wait here for the system call that sends them: small enough to stay in the processor's cache. */
#define SCRATCH_BYTES (192 * 1024)
#define MAX_MESSAGES 64

#define MARKER (1u << 31)

/* One synchronisation source of one viewer. */
struct line {
    void *key;
    uint8_t iv[IV_BYTES];                /* the salt with the SSRC already in it */
    uint8_t header[MAX_HEADER_BYTES];    /* with marker, sequence and timestamp still to come */
    uint8_t header_bytes;
};

/* One viewer's share of a call. Layout known to core.py. */
struct job {
    uint64_t index; /* 48-bit index of the first packet; of the next one after a call that sent all */
    uint32_t time_base; /* RTP timestamp of what has the time 0 */
    int32_t handle;
    uint8_t host[4];
    uint8_t port[2];
    uint8_t unused[2];
    int32_t status; /* set by the call: 0, or why nothing or not all was sent: an errno to send it again for, -1 for a bad job */
    uint32_t lost;  /* datagrams the network refused; what follows them was sent */
    int32_t error;  /* the errno of the last one of these */
    uint32_t unused_too;
};

struct core {
    const struct aead *aead;
    struct line **lines;
    int32_t room;
    int count; /* messages that wait */
    size_t used; /* of the scratch */
    struct mmsghdr messages[MAX_MESSAGES];
    struct iovec vectors[MAX_MESSAGES];
    struct sockaddr_in addresses[MAX_MESSAGES];
    struct job *jobs[MAX_MESSAGES];
    union {
        struct cmsghdr aligned;
        char bytes[CMSG_SPACE(sizeof(uint16_t))];
    } controls[MAX_MESSAGES];
    uint8_t scratch[SCRATCH_BYTES];
};

EXPORTED int beffroi_version(void) { return VERSION; }

/* A core, or NULL where no library seals. With `fastest`, whichever does it fastest, else libcrypto. */
EXPORTED struct core *beffroi_core(int fastest) {
    const struct aead *reference = aead_libcrypto(), *faster = fastest ? aead_ipsec_mb(reference) : NULL;
    struct core *made = reference ? calloc(1, sizeof *made) : NULL;
    if (made)
        made->aead = faster ? faster : reference;
    return made;
}

/* The name of the library that seals. */
EXPORTED const char *beffroi_sealing(const struct core *core) { return core->aead->name; }

static struct line *line_of(const struct core *core, int32_t handle) {
    return handle >= 0 && handle < core->room ? core->lines[handle] : NULL;
}

static int free_handle(struct core *core) {
    for (int32_t handle = 0; handle < core->room; handle++)
        if (!core->lines[handle])
            return handle;
    int32_t room = core->room ? 2 * core->room : 64;
    if (room > MAX_LINES)
        return -1;
    struct line **lines = realloc(core->lines, (size_t)room * sizeof *lines);
    if (!lines)
        return -1;
    memset(lines + core->room, 0, (size_t)(room - core->room) * sizeof *lines);
    int32_t handle = core->room;
    core->lines = lines;
    core->room = room;
    return handle;
}

/* Key a line; its handle, or -1. `header` is one of its packets' with marker, sequence and timestamp zero. */
EXPORTED int beffroi_add(struct core *core, const uint8_t *key, size_t key_bytes, const uint8_t *iv,
                         const uint8_t *header, size_t header_bytes) {
    if ((key_bytes != 16 && key_bytes != 32) ||
        (header_bytes != PLAIN_HEADER_BYTES && header_bytes != MAX_HEADER_BYTES))
        return -1;
    int handle = free_handle(core);
    struct line *line = handle < 0 ? NULL : calloc(1, sizeof *line);
    if (!line)
        return -1;
    line->key = core->aead->key(key, key_bytes);
    if (!line->key) {
        free(line);
        return -1;
    }
    memcpy(line->iv, iv, IV_BYTES);
    memcpy(line->header, header, header_bytes);
    line->header_bytes = (uint8_t)header_bytes;
    core->lines[handle] = line;
    return handle;
}

/* Forget a line and wipe its keys. */
EXPORTED void beffroi_remove(struct core *core, int32_t handle) {
    struct line *line = line_of(core, handle);
    if (!line)
        return;
    core->aead->forget(line->key);
    explicit_bzero(line, sizeof *line);
    free(line);
    core->lines[handle] = NULL;
}

static int seal(const struct aead *aead, const struct line *line, uint64_t index, uint32_t timestamp, int marker,
                const uint8_t *payload, int payload_bytes, uint8_t *out) {
    int header_bytes = line->header_bytes;
    memcpy(out, line->header, (size_t)header_bytes);
    if (marker)
        out[1] |= 0x80;
    out[2] = (uint8_t)(index >> 8);
    out[3] = (uint8_t)index;
    for (int at = 0; at < 4; at++)
        out[4 + at] = (uint8_t)(timestamp >> (24 - 8 * at));
    uint8_t iv[IV_BYTES];
    memcpy(iv, line->iv, IV_BYTES);
    for (int at = 0; at < 6; at++)
        iv[IV_BYTES - 1 - at] ^= (uint8_t)(index >> (8 * at));
    return aead->seal(line->key, iv, out, header_bytes, payload, payload_bytes, out + header_bytes);
}

/* One packet by itself, sealed into `out`; its length, or -1. */
EXPORTED int beffroi_seal(struct core *core, int32_t handle, int marker, uint64_t index, uint32_t timestamp,
                          const uint8_t *payload, size_t payload_bytes, uint8_t *out, size_t out_bytes) {
    const struct line *line = line_of(core, handle);
    if (!line || payload_bytes > MAX_RUN_BYTES || out_bytes < line->header_bytes + payload_bytes + TAG_BYTES)
        return -1;
    if (!seal(core->aead, line, index, timestamp, marker, payload, (int)payload_bytes, out))
        return -1;
    return line->header_bytes + (int)payload_bytes + TAG_BYTES;
}

static int is_full(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS; }

static int is_unsegmented(int error) {
    return error == EINVAL || error == EIO || error == ENOPROTOOPT || error == EOPNOTSUPP;
}

/* Send what waits. What one viewer's path refuses stops that viewer's share at most. */
static void flush(struct core *core, int socket) {
    int at = 0;
    while (at < core->count) {
        struct job *job = core->jobs[at];
        if (job->status) {
            at++;
            continue;
        }
        int sent = sendmmsg(socket, core->messages + at, (unsigned)(core->count - at), MSG_DONTWAIT);
        if (sent > 0) {
            at += sent;
            continue;
        }
        if (errno == EINTR)
            continue;
        if (is_full(errno) || (core->messages[at].msg_hdr.msg_control && is_unsegmented(errno)))
            job->status = errno;
        else {
            job->lost++;
            job->error = errno;
        }
        at++;
    }
    core->count = 0;
    core->used = 0;
}

static void queue_message(struct core *core, struct job *job, uint8_t *data, size_t bytes, size_t segment,
                          int packets) {
    int at = core->count++;
    struct sockaddr_in *address = &core->addresses[at];
    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    memcpy(&address->sin_addr, job->host, sizeof job->host);
    memcpy(&address->sin_port, job->port, sizeof job->port);
    core->vectors[at] = (struct iovec){data, bytes};
    core->jobs[at] = job;
    struct msghdr *message = &core->messages[at].msg_hdr;
    *message = (struct msghdr){.msg_name = address,
                               .msg_namelen = sizeof *address,
                               .msg_iov = &core->vectors[at],
                               .msg_iovlen = 1};
    if (packets == 1)
        return;
    message->msg_control = core->controls[at].bytes;
    message->msg_controllen = sizeof core->controls[at].bytes;
    struct cmsghdr *control = CMSG_FIRSTHDR(message);
    control->cmsg_level = IPPROTO_UDP;
    control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(sizeof(uint16_t));
    uint16_t cut = (uint16_t)segment;
    memcpy(CMSG_DATA(control), &cut, sizeof cut);
}

/* The chunk of a call: `sizes` with MARKER set where the packet has it, the payloads behind one another. */
struct chunk {
    uint32_t time;
    const uint8_t *payloads;
    const uint32_t *sizes;
    int packets;
    size_t payload_bytes;
};

/* Seal a viewer's chunk and queue it as the runs of mux/rtp/layout.py. */
static void queue_job(struct core *core, int socket, int segmented, const struct chunk *chunk, struct job *job) {
    const struct line *line = line_of(core, job->handle);
    size_t around = line ? line->header_bytes + TAG_BYTES : 0;
    size_t bytes = chunk->payload_bytes + around * (size_t)chunk->packets;
    if (!line || bytes > SCRATCH_BYTES) {
        job->status = -1;
        return;
    }
    if (core->used + bytes > SCRATCH_BYTES)
        flush(core, socket);
    const uint8_t *payload = chunk->payloads;
    uint8_t *at = core->scratch + core->used, *start = at;
    uint32_t timestamp = job->time_base + chunk->time;
    size_t segment = 0, last = 0;
    int run = 0;
    core->used += bytes;
    for (int number = 0; number < chunk->packets; number++) {
        uint32_t payload_bytes = chunk->sizes[number] & ~MARKER;
        size_t size = payload_bytes + around;
        int full = !segmented || run == MAX_SEGMENTS || (size_t)(at - start) + size > MAX_RUN_BYTES;
        if (run && (size > segment || last < segment || full)) {
            queue_message(core, job, start, (size_t)(at - start), segment, run);
            start = at;
            run = 0;
        }
        if (core->count == MAX_MESSAGES) {
            /* Sealed bytes of this viewer lie in the scratch still: they stay, and so does its use. */
            size_t used = core->used;
            flush(core, socket);
            core->used = used;
        }
        if (!run)
            segment = size;
        if (!seal(core->aead, line, job->index + (uint64_t)number, timestamp,
                  (chunk->sizes[number] & MARKER) != 0, payload, (int)payload_bytes, at)) {
            job->status = -1;
            return;
        }
        payload += payload_bytes;
        at += size;
        last = size;
        run++;
    }
    queue_message(core, job, start, (size_t)(at - start), segment, run);
    if (core->count == MAX_MESSAGES)
        flush(core, socket);
}

/* Send a chunk of the time `time` to every job's viewer; how many jobs have a status or lost something. */
EXPORTED int beffroi_send(struct core *core, int socket, int segmented, uint32_t time, const uint8_t *payloads,
                          size_t payload_bytes, const uint32_t *sizes, int packets, struct job *jobs,
                          int job_count) {
    struct chunk chunk = {time, payloads, sizes, packets, 0};
    for (int number = 0; number < packets; number++) {
        uint32_t size = sizes[number] & ~MARKER;
        if (size > MAX_RUN_BYTES - MAX_HEADER_BYTES - TAG_BYTES)
            return -1;
        chunk.payload_bytes += size;
    }
    if (packets < 1 || chunk.payload_bytes != payload_bytes)
        return -1;
    for (int at = 0; at < job_count; at++) {
        jobs[at].status = 0;
        jobs[at].lost = 0;
        queue_job(core, socket, segmented, &chunk, &jobs[at]);
    }
    flush(core, socket);
    int odd = 0;
    for (int at = 0; at < job_count; at++) {
        if (!jobs[at].status)
            jobs[at].index += (uint64_t)packets;
        odd += jobs[at].status || jobs[at].lost;
    }
    return odd;
}
