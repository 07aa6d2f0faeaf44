/*
 * anomaly.h - what generated code should not be like. Inside the gate room only.
 *
 *     text ──pages: scripts, attributes──▶ tokens ──▶ what hides (anomaly_hidden.c)
 *                                                ──▶ traits: hosts, packages, interfaces ──▶ allowed? new?
 */
#ifndef CANDOR_GATE_ANOMALY_H
#define CANDOR_GATE_ANOMALY_H

#include "prose.h"
#include "token.h"

enum { ANOMALY_TOKENS_MAX = 1 << 20, ANOMALY_TRAITS_MAX = 4096 };

/* A program, or one script of a page, as tokens; places are those of the whole text. */
struct code {
    struct str text;
    const struct token *token;
    size_t count;
    enum tongue tongue;
};

static inline struct str token_text(const struct code *code, size_t at)
{
    if (at >= code->count) {
        return STR("");
    }
    return str_slice(code->text, code->token[at].start, code->token[at].end);
}

static inline bool token_is(const struct code *code, size_t at, const char *letters)
{
    return str_is(token_text(code, at), letters);
}

/* Without its quotes. */
struct str token_quoted(const struct code *code, size_t at);

/* What a program reaches for. */
enum trait_kind { TRAIT_HOST, TRAIT_PACKAGE, TRAIT_INTERFACE };

struct trait {
    enum trait_kind kind;
    struct str name;
    bool is_import; /* a package by the name that Python imports it under, which may be another */
    size_t start;
    size_t end;
};

struct traits {
    struct arena *arena;
    struct trait *item;
    size_t count;
    size_t room;
    struct map *seen; /* each is kept once */
    bool is_cut;
};

void trait_add(struct traits *traits, const struct trait *trait);

/* anomaly_hidden.c: packed code, escaped text, blobs, names that look like others, signs that turn text around */
void hidden_code(struct scan *scan, const struct code *code);
/* anomaly_traits.c: of one program; of the attributes of a page; of a list of packages */
void code_traits(const struct code *code, struct traits *traits);
void page_traits(struct str text, struct traits *traits);
void list_traits(struct str text, struct str path, struct traits *traits);
/* The host of an address: "https://a.example/b" gives "a.example"; empty: there is none. */
struct str host_of(struct str address);
/* anomaly_names.c */
bool host_is_allowed(const struct gate_policy *policy, struct str host);
bool package_is_known(const struct gate_policy *policy, const struct trait *trait);
/* The known name that it may be mistaken for; empty: none. */
struct str package_near(const struct gate_policy *policy, struct str name);

/* anomaly.c */
void anomaly_tell(struct scan *scan, const struct remark *remark, struct str about, size_t start,
                  size_t end);

#endif
