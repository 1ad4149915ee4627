/* AES-GCM by Intel's Multi-Buffer Crypto for IPsec (libIPSec_MB), for processors with the wide vector
 * instructions. Its header gives the layout of its tables, so that what was built here is used only with a
 * library of the same version. */
#define _GNU_SOURCE
#include "aead.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && __has_include(<intel-ipsec-mb.h>)
#include <intel-ipsec-mb.h>

#define ALIGNMENT 64
#define SAME_MINOR(a, b) ((a) >> 8 == (b) >> 8)
#define WIDE (IMB_FEATURE_VAES | IMB_FEATURE_VPCLMULQDQ | IMB_FEATURE_AVX512_SKX)

struct key {
    struct gcm_key_data data;
    int is_long;
};

static IMB_MGR *manager;

static void *expand(const uint8_t *key, size_t key_bytes) {
    struct key *made = aligned_alloc(ALIGNMENT, (sizeof *made + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    if (!made)
        return NULL;
    made->is_long = key_bytes == 32;
    if (made->is_long)
        IMB_AES256_GCM_PRE(manager, key, &made->data);
    else
        IMB_AES128_GCM_PRE(manager, key, &made->data);
    return made;
}

static void forget(void *key) {
    if (key)
        explicit_bzero(key, sizeof(struct key));
    free(key);
}

static int seal(void *key, const uint8_t *iv, const uint8_t *header,
                int header_bytes, const uint8_t *payload, int payload_bytes, uint8_t *body) {
    struct key *with = key;
    struct gcm_context_data context;
    uint64_t length = (uint64_t)payload_bytes, covered = (uint64_t)header_bytes;
    uint8_t *tag = body + payload_bytes;
    if (with->is_long)
        IMB_AES256_GCM_ENC(manager, &with->data, &context, body, payload, length, iv, header, covered, tag,
                           TAG_BYTES);
    else
        IMB_AES128_GCM_ENC(manager, &with->data, &context, body, payload, length, iv, header, covered, tag,
                           TAG_BYTES);
    return 1;
}

static int found(void) {
    char name[32];
    snprintf(name, sizeof name, "libIPSec_MB.so.%d", IMB_VERSION_NUM >> 16);
    /* Never closed: keys of other cores may be in use. */
    void *library = manager ? NULL : dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return manager != NULL;
    unsigned (*version)(void);
    IMB_MGR *(*make)(uint64_t);
    void (*begin)(IMB_MGR *, IMB_ARCH *);
#define FIND(function, name) (*(void **)&function = dlsym(library, name))
    if (!FIND(version, "imb_get_version") || !FIND(make, "alloc_mb_mgr") || !FIND(begin, "init_mb_mgr_auto"))
        return 0;
#undef FIND
    IMB_MGR *made = SAME_MINOR(version(), IMB_VERSION_NUM) ? make(0) : NULL;
    if (!made)
        return 0;
    begin(made, NULL);
    if ((made->features & WIDE) == WIDE)
        manager = made;
    return manager != NULL;
}

/* Whether both seal some packets of every kind of length to the same bytes. */
static int agrees(const struct aead *ours, const struct aead *reference) {
    static const int lengths[] = {0, 1, 15, 16, 17, 255, 256, 1172, 1500};
    uint8_t key[32], iv[IV_BYTES], header[20], payload[1500], one[1516], other[1516];
    for (size_t at = 0; at < sizeof payload; at++)
        payload[at] = (uint8_t)(at * 7 + 3);
    memcpy(key, payload, sizeof key);
    memcpy(iv, payload + 40, sizeof iv);
    memcpy(header, payload + 80, sizeof header);
    int same = 1;
    for (size_t key_bytes = 16; same && key_bytes <= 32; key_bytes += 16) {
        void *mine = ours->key(key, key_bytes), *theirs = reference->key(key, key_bytes);
        same = mine && theirs;
        for (size_t at = 0; same && at < sizeof lengths / sizeof *lengths; at++)
            for (int header_bytes = 12; same && header_bytes <= 20; header_bytes += 8) {
                size_t bytes = (size_t)lengths[at] + TAG_BYTES;
                same = ours->seal(mine, iv, header, header_bytes, payload, lengths[at], one) &&
                       reference->seal(theirs, iv, header, header_bytes, payload, lengths[at], other) &&
                       !memcmp(one, other, bytes);
            }
        ours->forget(mine);
        reference->forget(theirs);
    }
    return same;
}

const struct aead *aead_ipsec_mb(const struct aead *reference) {
    static const struct aead ipsec_mb = {"libIPSec_MB", expand, forget, seal};
    return reference && found() && agrees(&ipsec_mb, reference) ? &ipsec_mb : NULL;
}

#else

const struct aead *aead_ipsec_mb(const struct aead *reference) {
    (void)reference;
    return NULL;
}

#endif
