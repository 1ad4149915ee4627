/* AES-GCM under many keys, by whichever library of the system does it fastest. */
#ifndef BEFFROI_AEAD_H
#define BEFFROI_AEAD_H

#include <stddef.h>
#include <stdint.h>

#define TAG_BYTES 16
#define IV_BYTES 12

/* A library. `key` gives an expanded key of 16 or 32 bytes, or NULL; `forget` wipes it. `seal` writes the
 * encrypted payload and the tag behind it to `body` and covers `header` too; 1 where it could. */
struct aead {
    const char *name;
    void *(*key)(const uint8_t *key, size_t key_bytes);
    void (*forget)(void *key);
    int (*seal)(void *key, const uint8_t *iv, const uint8_t *header, int header_bytes,
                const uint8_t *payload, int payload_bytes, uint8_t *body);
};

/* The library that every system with OpenSSL 3 has, or NULL. */
const struct aead *aead_libcrypto(void);

/* Intel's Multi-Buffer Crypto, where its header was there at the build, the library is at run time, the
 * processor has what makes it faster, and it seals to the same bytes as `reference`; else NULL. */
const struct aead *aead_ipsec_mb(const struct aead *reference);

#endif
