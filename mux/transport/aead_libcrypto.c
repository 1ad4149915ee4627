/* AES-GCM by OpenSSL 3. None of its headers is needed: the few functions are declared here and found at run
 * time. */
#include "aead.h"

#include <dlfcn.h>

#define GET_TAG 0x10

typedef struct evp_cipher_ctx evp_cipher_ctx;
typedef struct evp_cipher evp_cipher;

static struct {
    evp_cipher_ctx *(*ctx_new)(void);
    void (*ctx_free)(evp_cipher_ctx *);
    int (*ctx_ctrl)(evp_cipher_ctx *, int, int, void *);
    int (*init)(evp_cipher_ctx *, const evp_cipher *, void *, const uint8_t *, const uint8_t *);
    int (*update)(evp_cipher_ctx *, uint8_t *, int *, const uint8_t *, int);
    int (*final)(evp_cipher_ctx *, uint8_t *, int *);
    const evp_cipher *(*aes_128_gcm)(void);
    const evp_cipher *(*aes_256_gcm)(void);
} crypto;

static int found(void) {
    /* Never closed: others of the process use it too. */
    void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return 0;
#define FIND(field, name) (*(void **)&crypto.field = dlsym(library, name))
    return FIND(ctx_new, "EVP_CIPHER_CTX_new") && FIND(ctx_free, "EVP_CIPHER_CTX_free") &&
           FIND(ctx_ctrl, "EVP_CIPHER_CTX_ctrl") && FIND(init, "EVP_EncryptInit_ex") &&
           FIND(update, "EVP_EncryptUpdate") && FIND(final, "EVP_EncryptFinal_ex") &&
           FIND(aes_128_gcm, "EVP_aes_128_gcm") && FIND(aes_256_gcm, "EVP_aes_256_gcm");
#undef FIND
}

static void forget(void *key) {
    crypto.ctx_free(key);
}

static void *expand(const uint8_t *key, size_t key_bytes) {
    evp_cipher_ctx *made = crypto.ctx_new();
    if (made && crypto.init(made, key_bytes == 16 ? crypto.aes_128_gcm() : crypto.aes_256_gcm(), NULL, key,
                            NULL) == 1)
        return made;
    forget(made);
    return NULL;
}

static int seal(void *key, const uint8_t *iv, const uint8_t *header,
                int header_bytes, const uint8_t *payload, int payload_bytes, uint8_t *body) {
    uint8_t *tag = body + payload_bytes;
    int written;
    return crypto.init(key, NULL, NULL, NULL, iv) == 1 &&
           crypto.update(key, NULL, &written, header, header_bytes) == 1 &&
           (!payload_bytes || crypto.update(key, body, &written, payload, payload_bytes) == 1) &&
           crypto.final(key, tag, &written) == 1 && crypto.ctx_ctrl(key, GET_TAG, TAG_BYTES, tag) == 1;
}

const struct aead *aead_libcrypto(void) {
    static const struct aead libcrypto = {"libcrypto", expand, forget, seal};
    return found() ? &libcrypto : NULL;
}
