/*
 * entropy.c - cheap randomness.
 *
 * A nonce of 24 bytes is worth less than the system call that fetches it, so the real host is asked
 * for a page at a time:
 *
 *     | left | wiped, used | not yet used ... |
 *
 * What is handed out is wiped at once: nobody can look up old nonces or keys here. The page is
 * marked so that a forked child finds it all zero (MADV_WIPEONFORK), thus left = 0, thus refills:
 * parent and child never hand out the same bytes, which under one key would be fatal. A host that
 * a test supplies is asked each time, so that what it gives is what is used, in its order.
 */
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>

#include "keys.h"

#define POOL_PAGE_LEN 4096U

struct pool_page {
    size_t left; /* bytes at the end not handed out yet */
    uint8_t byte[POOL_PAGE_LEN - sizeof(size_t)];
};

static struct {
    pthread_mutex_t mutex;
    struct pool_page *page;
} pool = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/* Locking fails where the limit is small: then the page may be swapped, which is no reason to
 * stop; leaving core files and children out never fails on a kernel that we run on. */
static struct pool_page *page_new(void)
{
    void *page = mmap(NULL, sizeof(struct pool_page), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(page != MAP_FAILED);
    must(madvise(page, sizeof(struct pool_page), MADV_WIPEONFORK) == 0);
    (void)sodium_mlock(page, sizeof(struct pool_page));
    (void)madvise(page, sizeof(struct pool_page), MADV_DONTDUMP);
    return page;
}

static enum candor_status refill(struct job *job)
{
    if (pool.page == NULL) {
        pool.page = page_new();
    }
    TRY(host_random(job, pool.page->byte, sizeof pool.page->byte));
    pool.page->left = sizeof pool.page->byte;
    return CANDOR_OK;
}

static enum candor_status draw_pooled(struct job *job, uint8_t *target, size_t len)
{
    if (pool.page == NULL || pool.page->left < len) {
        TRY(refill(job));
    }
    uint8_t *source = pool.page->byte + (sizeof pool.page->byte - pool.page->left);
    memcpy(target, source, len);
    sodium_memzero(source, len);
    pool.page->left -= len;
    return CANDOR_OK;
}

enum candor_status entropy_draw(struct job *job, void *target, size_t len)
{
    if (job->host != host_real() || len > sizeof pool.page->byte / 8) {
        return host_random(job, target, len);
    }

    must(pthread_mutex_lock(&pool.mutex) == 0);
    const enum candor_status status = draw_pooled(job, target, len);
    must(pthread_mutex_unlock(&pool.mutex) == 0);
    return status;
}
