/*
 * config_ledger.c - candor.yaml's section `ledger`: who watches it.
 *
 *   ledger:
 *     witness_every_minutes: 60
 *     witnesses:
 *       - key: witness.example/w1+1fee8c4c+BCFS...   the line in the witness's witness.pub
 *         url: https://witness.example               without it: asked by hand, with files
 */
#include "witnesses.h"

enum { WITNESSES_MAX = 32, EVERY_MINUTES_DEFAULT = 60, EVERY_MINUTES_MAX = 60 * 24 * 31 };

static enum candor_status read_one(struct job *job, const struct value *value,
                                   struct witness_spec *spec)
{
    static const char *const known[] = {"key", "url"};
    struct str key;
    TRY(value_is(job, value, VALUE_MAP, "a witness"));
    TRY(value_only(job, value, known, sizeof known / sizeof known[0], "a witness"));
    TRY(value_text(job, value_get(value, "key"), "the witness's key", &key));
    TRY(during(job, witness_key_read(job, key, &spec->who.name, spec->who.public_key),
               "the witness's key%s", value_where(job->arena, value_get(value, "key"))));
    struct str rest = key;
    (void)str_cut(&rest, '+');
    spec->id = str_cut(&rest, '+');
    spec->url = STR("");
    const struct value *url = value_get(value, "url");
    if (url != NULL) {
        TRY(value_text(job, url, "the witness's url", &spec->url));
        if (!str_starts(spec->url, STR("https://")) && !str_starts(spec->url, STR("http://"))) {
            return fail(job, CANDOR_BAD_INPUT,
                        "the witness's url%s begins with https:// or http://",
                        value_where(job->arena, url));
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_list(struct job *job, const struct value *list,
                                    struct candor *candor)
{
    TRY(value_is(job, list, VALUE_LIST, "ledger: witnesses"));
    if (list->count > WITNESSES_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "ledger: at most %d witnesses", WITNESSES_MAX);
    }
    candor->witness = NEW_ARRAY(job->arena, list->count + 1, struct witness_spec);
    for (size_t i = 0; i < list->count; i++) {
        struct witness_spec *spec = &candor->witness[i];
        TRY(read_one(job, &list->item[i], spec));
        for (size_t k = 0; k < i; k++) {
            if (str_equal(candor->witness[k].id, spec->id) ||
                str_equal(candor->witness[k].who.name, spec->who.name)) {
                return fail(job, CANDOR_BAD_INPUT, "ledger: this witness%s stands there twice",
                            value_where(job->arena, &list->item[i]));
            }
        }
    }
    candor->witness_count = list->count;
    return CANDOR_OK;
}

enum candor_status config_witnesses(struct job *job, const struct value *root,
                                    struct candor *candor)
{
    static const char *const known[] = {"witnesses", "witness_every_minutes"};
    const struct value *section = value_get(root, "ledger");
    int64_t minutes = EVERY_MINUTES_DEFAULT;
    if (section == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, section, VALUE_MAP, "ledger"));
    TRY(value_only(job, section, known, sizeof known / sizeof known[0], "ledger"));
    const struct value *every = value_get(section, "witness_every_minutes");
    if (every != NULL) {
        TRY(value_int(job, every, "ledger: witness_every_minutes", &minutes));
        if (minutes < 1 || minutes > EVERY_MINUTES_MAX) {
            return fail(job, CANDOR_BAD_INPUT, "ledger: witness_every_minutes%s is 1 to %d",
                        value_where(job->arena, every), EVERY_MINUTES_MAX);
        }
    }
    candor->witness_every_s = (unsigned)minutes * 60;
    const struct value *list = value_get(section, "witnesses");
    return list == NULL ? CANDOR_OK : read_list(job, list, candor);
}

unsigned candor_ledger_witness_every(const struct candor *candor)
{
    for (size_t i = 0; i < candor->witness_count; i++) {
        if (candor->witness[i].url.len > 0) {
            return candor->witness_every_s;
        }
    }
    return 0;
}

/* By name, or by address. */
enum candor_status witness_named(struct job *job, const struct candor *candor, struct str which,
                                 const struct witness_spec **spec)
{
    struct buf known = buf_begin(job->arena);
    for (size_t i = 0; i < candor->witness_count; i++) {
        const struct witness_spec *one = &candor->witness[i];
        if (str_equal(one->who.name, which) || (which.len > 0 && str_equal(one->url, which))) {
            *spec = one;
            return CANDOR_OK;
        }
        buf_format(&known, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(one->who.name));
    }
    return fail(job, CANDOR_NOT_FOUND,
                "candor.yaml has no such witness under 'ledger: witnesses'; it has: %.*s",
                STR_ARG(candor->witness_count == 0 ? STR("none") : buf_text(&known)));
}
