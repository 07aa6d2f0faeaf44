/*
 * book.c - entries written in the same transaction as the change they record.
 *
 *     published   the last checkpoint that is durable; readers on any thread copy it under the
 *                 lock
 *     pending     the right edge of the tree with the entries of the open transaction; the store
 *                 lets one transaction be open at a time, and only its holder comes near it
 *
 * The shelves decide. Every append and commit first compares pending with the number of leaves on
 * the shelves. Another number means that a transaction was rolled back (or its commit failed), and
 * pending is read again from the shelves, which then must end exactly where the last checkpoint
 * does. So nobody has to tell the book, and memory and disk never differ.
 *
 * Nothing of pending is touched after store_commit: the next holder may be at work by then. For
 * the same reason two holders may publish in either order, and the longer checkpoint stays.
 *
 * The lock is held for copies of memory only, never while the store works: a transaction's holder
 * has the store's lock, and would wait here for a reader who waits there.
 *
 * Checkpoints are all kept, about 300 bytes for a commit, whatever its number of entries. So a
 * verifier may hold any of them against the ledger, and a damaged ledger shows how far it is whole.
 */
#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "ledger.h"

enum {
    WRITER = 1, /* one ledger has one writer */
    NOTE_LEN_MAX = 1024,
};

static_assert(2 * ORIGIN_LEN_MAX + 256 < NOTE_LEN_MAX, "size, root, key id and signature fit");

struct published {
    pthread_mutex_t lock; /* guards all below */
    uint64_t size;
    size_t note_len;
    char note[NOTE_LEN_MAX];
};

struct ledger {
    struct store *store;
    const struct signer *signer;
    struct str origin;
    struct published *published;
    struct merkle pending;
    uint64_t signed_count; /* the entries of pending that a checkpoint on the shelves covers */
};

/* ---- what readers see ---------------------------------------------------------------------- */

static void published_lock(struct published *published)
{
    must(pthread_mutex_lock(&published->lock) == 0);
}

static void published_unlock(struct published *published)
{
    must(pthread_mutex_unlock(&published->lock) == 0);
}

static void published_end(void *thing)
{
    struct published *published = thing;
    must(pthread_mutex_destroy(&published->lock) == 0);
}

static struct published *published_begin(struct arena *owner)
{
    struct published *published = NEW(owner, struct published);
    must(pthread_mutex_init(&published->lock, NULL) == 0);
    arena_defer(owner, published_end, published);
    return published;
}

static void publish(struct published *published, uint64_t size, struct str note)
{
    must(note.len <= NOTE_LEN_MAX);
    published_lock(published);
    if (size >= published->size) {
        published->size = size;
        published->note_len = note.len;
        memcpy(published->note, note.ptr, note.len);
    }
    published_unlock(published);
}

uint64_t ledger_size(const struct ledger *ledger)
{
    published_lock(ledger->published);
    const uint64_t size = ledger->published->size;
    published_unlock(ledger->published);
    return size;
}

/* The number of entries and the checkpoint that signs exactly them. */
static uint64_t checkpoint_copy(struct job *job, const struct ledger *ledger, struct str *text)
{
    published_lock(ledger->published);
    const struct str note = {ledger->published->note, ledger->published->note_len};
    const uint64_t size = ledger->published->size;
    *text = str_copy(job->arena, note);
    published_unlock(ledger->published);
    return size;
}

enum candor_status ledger_checkpoint(struct job *job, struct ledger *ledger, struct str *text)
{
    (void)checkpoint_copy(job, ledger, text);
    return CANDOR_OK;
}

enum candor_status ledger_prove(struct job *job, struct ledger *ledger, uint64_t index,
                                struct str *proof_file)
{
    const struct node_source nodes = nodes_of(ledger->store);
    struct str checkpoint;
    struct proof proof;

    const uint64_t size = checkpoint_copy(job, ledger, &checkpoint);
    TRY(store_reading_begin(job, ledger->store));
    TRY(store_reading_end(job, ledger->store, proof_inclusion(job, &nodes, index, size, &proof)));
    *proof_file = proof_file_text(job, index, &proof, checkpoint);
    return CANDOR_OK;
}

enum candor_status ledger_prove_consistency(struct job *job, struct ledger *ledger, uint64_t first,
                                            uint64_t second, struct proof *proof)
{
    const struct node_source nodes = nodes_of(ledger->store);
    const uint64_t size = ledger_size(ledger);
    if (second > size) {
        return fail(job, CANDOR_BAD_INPUT, "the ledger has %llu entries, not %llu",
                    (unsigned long long)size, (unsigned long long)second);
    }
    return proof_consistency(job, &nodes, first, second, proof);
}

/* ---- opening ------------------------------------------------------------------------------- */

static struct str tree_sign(struct job *job, const struct ledger *ledger, const struct merkle *tree)
{
    const struct checkpoint checkpoint = {
        .origin = ledger->origin,
        .size = tree->leaf_count,
        .root = merkle_root(tree),
    };
    return checkpoint_sign(job, &checkpoint, ledger->signer);
}

/* The last checkpoint on the shelves must be ours and sign exactly the tree of what stands there. */
static enum candor_status last_checkpoint_check(struct job *job, const struct ledger *ledger,
                                                const struct merkle *tree, struct str *text)
{
    struct checkpoint checkpoint;
    uint8_t public_key[PUBLIC_KEY_LEN];
    uint64_t size = 0;

    const enum candor_status status = store_checkpoint(job, ledger->store, &size, text);
    if (status == CANDOR_NOT_FOUND && tree->leaf_count == 0) {
        job_forgive(job);
        *text = tree_sign(job, ledger, tree);
        return CANDOR_OK;
    }
    if (status == CANDOR_NOT_FOUND) {
        return fail(job, CANDOR_CORRUPT, "the ledger has %llu entries and no checkpoint",
                    (unsigned long long)tree->leaf_count);
    }
    TRY(status);

    signer_public(ledger->signer, public_key);
    TRY(checkpoint_read(job, *text, ledger->origin, public_key, &checkpoint));
    if (checkpoint.size != size || checkpoint.size != tree->leaf_count) {
        return fail(job, CANDOR_CORRUPT,
                    "the ledger has %llu entries, its last checkpoint is over %llu",
                    (unsigned long long)tree->leaf_count, (unsigned long long)checkpoint.size);
    }
    if (!digest_equal(checkpoint.root, merkle_root(tree))) {
        return fail(job, CANDOR_CORRUPT,
                    "the ledger's entries are not those of its last checkpoint; "
                    "'candor ledger verify' says which");
    }
    return CANDOR_OK;
}

/* The tree's nodes do not say whether the leaves still are theirs. Only a whole verification does;
 * the last leaf, where a cut or a roll-back shows, is looked at every time. */
static enum candor_status last_leaf_check(struct job *job, const struct ledger *ledger,
                                          const struct merkle *tree)
{
    const struct node_source nodes = nodes_of(ledger->store);
    struct proof proof;
    struct bytes leaf;
    if (tree->leaf_count == 0) {
        return CANDOR_OK;
    }
    const uint64_t last = tree->leaf_count - 1;
    enum candor_status status = store_leaf(job, ledger->store, last, &leaf);
    if (status == CANDOR_OK) {
        status = proof_inclusion(job, &nodes, last, tree->leaf_count, &proof);
    }
    if (status == CANDOR_NOT_FOUND) {
        return fail(job, CANDOR_CORRUPT, "the last entry, %llu, or a node above it is missing",
                    (unsigned long long)last);
    }
    TRY(status);
    if (!proof_shows_inclusion(&proof, merkle_leaf(leaf), last, tree->leaf_count,
                               merkle_root(tree))) {
        return fail(job, CANDOR_CORRUPT, "the last entry, %llu, is not the one that was signed",
                    (unsigned long long)last);
    }
    return CANDOR_OK;
}

/* Take what is committed from the shelves. */
static enum candor_status book_read(struct job *job, struct ledger *ledger)
{
    struct merkle tree;
    struct str note;
    uint64_t leaf_count = 0;

    TRY(store_leaf_count(job, ledger->store, &leaf_count));
    TRY(nodes_tree(job, ledger->store, leaf_count, &tree));
    TRY(last_checkpoint_check(job, ledger, &tree, &note));
    TRY(last_leaf_check(job, ledger, &tree));
    if (note.len > NOTE_LEN_MAX) {
        return fail(job, CANDOR_CORRUPT, "the last checkpoint has %zu bytes, the limit is %d",
                    note.len, NOTE_LEN_MAX);
    }
    publish(ledger->published, leaf_count, note);
    ledger->pending = tree;
    ledger->signed_count = leaf_count;
    return CANDOR_OK;
}

enum candor_status ledger_open(struct job *job, struct arena *owner, struct store *store,
                               const struct signer *signer, struct str origin,
                               struct ledger **ledger)
{
    if (!note_name_is_allowed(origin) || origin.len > ORIGIN_LEN_MAX) {
        return fail(job, CANDOR_BAD_INPUT,
                    "a ledger's origin is 1 to %d bytes of UTF-8 without spaces and plus",
                    ORIGIN_LEN_MAX);
    }
    struct ledger *opened = NEW(owner, struct ledger);
    opened->store = store;
    opened->signer = signer;
    opened->origin = str_copy(owner, origin);
    opened->published = published_begin(owner);
    TRY(during(job, book_read(job, opened), "opening the ledger"));
    *ledger = opened;
    return CANDOR_OK;
}

/* ---- writing ------------------------------------------------------------------------------- */

/* Make pending the tree of what the open transaction sees. */
static enum candor_status book_follow(struct job *job, struct ledger *ledger)
{
    uint64_t leaf_count = 0;
    TRY(store_leaf_count(job, ledger->store, &leaf_count));
    if (leaf_count == ledger->pending.leaf_count) {
        return CANDOR_OK;
    }
    return during(job, book_read(job, ledger), "following a transaction that was rolled back");
}

static void subject_tag(uint8_t tag[16], const struct secret *key, uint64_t index)
{
    uint8_t number[8];
    for (size_t i = 0; i < sizeof number; i++) {
        number[i] = (uint8_t)(index >> (8 * (sizeof number - 1 - i)));
    }
    const struct bytes part = {number, sizeof number};
    tag_of(tag, 16, key, &part, 1);
}

/* What is kept of an entry. Draws its salt. */
static enum candor_status leaf_of(struct job *job, struct ledger_entry *entry, uint64_t index,
                                  struct ledger_leaf *leaf)
{
    if (job->now < 0) {
        return fail(job, CANDOR_BAD_INPUT, "the clock is before 1970");
    }
    *leaf = (struct ledger_leaf){
        .kind = LEAF_KIND_ENTRY,
        .time = job->now,
        .writer = WRITER,
        .action = entry->action,
        .outcome = entry->outcome,
        .has_subject_tag = entry->subject_key != NULL,
        .has_commitment = entry->has_payload,
        .has_actor = entry->has_actor,
        .has_policy = entry->has_policy,
        .policy = entry->policy,
        .has_object = entry->has_object,
        .has_prev = index > 0,
        .prev = index > 0 ? index - 1 : 0,
    };
    memcpy(leaf->actor, entry->actor, sizeof leaf->actor);
    memcpy(leaf->object, entry->object, sizeof leaf->object);
    if (entry->subject_key != NULL) {
        subject_tag(leaf->subject_tag, entry->subject_key, index);
    }
    if (entry->has_payload) {
        TRY(entropy_draw(job, entry->salt, sizeof entry->salt));
        const struct digest commitment = commitment_of(entry->salt, entry->payload);
        memcpy(leaf->commitment, commitment.byte, sizeof leaf->commitment);
    }
    return CANDOR_OK;
}

/* The subtrees that one append completes: the leaf itself, and one on each level above at most. */
struct completed {
    size_t count;
    struct {
        unsigned level;
        uint64_t index;
        struct digest hash;
    } node[MERKLE_HEIGHT_MAX + 1];
};

static void completed_note(void *self, unsigned level, uint64_t index, struct digest hash)
{
    struct completed *completed = self;
    must(completed->count <= MERKLE_HEIGHT_MAX);
    completed->node[completed->count].level = level;
    completed->node[completed->count].index = index;
    completed->node[completed->count].hash = hash;
    completed->count++;
}

static enum candor_status shelve(struct job *job, struct txn *txn, uint64_t index,
                                 struct bytes bytes, const struct completed *completed)
{
    TRY(store_append_leaf(job, txn, index, bytes));
    for (size_t i = 0; i < completed->count; i++) {
        TRY(store_put_node(job, txn, completed->node[i].level, completed->node[i].index,
                           completed->node[i].hash));
    }
    return CANDOR_OK;
}

enum candor_status ledger_append(struct job *job, struct ledger *ledger, struct txn *txn,
                                 struct ledger_entry *entry, uint64_t *index)
{
    struct ledger_leaf leaf;
    uint8_t target[LEAF_LEN_MAX];
    struct completed completed = {.count = 0};

    TRY(book_follow(job, ledger));
    const uint64_t next = ledger->pending.leaf_count;
    TRY(leaf_of(job, entry, next, &leaf));
    const struct bytes bytes = {target, leaf_write(&leaf, target)};

    struct merkle tree = ledger->pending;
    if (merkle_append(&tree, merkle_leaf(bytes), completed_note, &completed) != CANDOR_OK) {
        return fail(job, CANDOR_TOO_LARGE, "the ledger is full");
    }

    /* When the leaf is shelved and a node is not, the shelves are ahead of pending and of the last
     * checkpoint, so that book_follow lets nothing but a roll-back happen. */
    TRY(shelve(job, txn, next, bytes, &completed));
    ledger->pending = tree;
    *index = next;
    return CANDOR_OK;
}

enum candor_status ledger_commit(struct job *job, struct ledger *ledger, struct txn *txn)
{
    TRY(book_follow(job, ledger));
    const uint64_t size = ledger->pending.leaf_count;
    if (size == ledger->signed_count) {
        return store_commit(job, txn); /* nothing to sign; the store refuses if it should be */
    }
    const struct str note = tree_sign(job, ledger, &ledger->pending);
    TRY(store_put_checkpoint(job, txn, size, note));
    ledger->signed_count = size;
    TRY(store_commit(job, txn));
    publish(ledger->published, size, note);
    return CANDOR_OK;
}
