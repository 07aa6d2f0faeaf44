/*
 * gate.h - the door of the gate room: what must not leave unseen, found in text.
 *
 *   scan.c      one pass over the text; each candidate goes to the file that can confirm it
 *   masks.c     what each byte is, 64 at a time: digits, words, signs, rare literals
 *   number.c    numbers: IP addresses, identity numbers; number_*.c: dates of birth, cards, phones, coordinates
 *   contact.c   e-mail, IBAN, identity numbers with letters
 *   device.c    MAC and IPv6 addresses, identifiers of devices, visitors and clicks
 *   phone.c     telephone numbers by the plans of 245 regions
 *   context.c   words beside a candidate that make it likelier, and dictionaries that exclude it
 *   names_find.c names, addresses and places, by a small model: names.c; names_read.c reads it
 *   special.c   hints at special categories
 *   secret.c    keys, tokens and passwords: formats of providers, and what is assigned to a telling name
 *   assigned.c  what is assigned to a telling name, weighed by a small model; assigned_read.c reads it,
 *               assigned_value.c its letters
 *   wordset.c   which of many words stand in a short text
 *   literal.c   what a rare literal begins: private keys, passwords in settings, webhooks
 *   command.c   passwords and keys in commands; what only stands for a password
 *   said.c      passwords that a sentence tells
 *   packed.c    what stands in base64, hexadecimal or percent signs is unpacked and looked at too
 *   prose.c     text and pages as sentences of words, by letters.c; read.c gives them to whom they concern
 *   injection.c what tries to steer a model, by words.c; hidden.c what people do not see
 *   copy.c      wording that presses, promises, excludes; market.c: what a market asks for
 *   rules.h     rules that the company writes itself
 *   anomaly.c   what programs hide, reach for and newly do; anomaly_*.c the parts of it
 *   origin.h    where a text comes from: copies and licences; token.c reads programs as tokens
 *   shape.c     the small patterns that the tables are written in
 *
 * A finding has a place and a rule, never the value. The room is pure: the same text gives the same
 * findings, whatever vector instructions the machine has.
 */
#ifndef CANDOR_GATE_ROOM_H
#define CANDOR_GATE_ROOM_H

#include "base.h"

enum gate_kind {
    GATE_PII = 1,
    GATE_SECRET = 2,
    GATE_ALL = 3, /* what must not leave */
    GATE_INJECTION = 8,
    GATE_COPY = 16,
    GATE_CODE = 32, /* of the code room: flow puts its findings among those of this one */
    GATE_ANOMALY = 64,
    GATE_ORIGIN = 128,
    GATE_RULE = 256, /* of the company itself */
};

/* How likely a finding is what its rule says. A check digit or a word beside it raises it. */
enum likelihood { UNLIKELY = 1, POSSIBLE, LIKELY, VERY_LIKELY };

struct code_finding;

/* What was copied, in tokens. */
struct gate_copied {
    uint32_t run;     /* here, in a row; 0: nothing was copied */
    uint32_t longest; /* of all from the same source */
    uint32_t share;   /* hundredths of the text that are from there */
};

struct gate_finding {
    const char *rule; /* "cdr.pii.iban" */
    const char *what; /* "a bank account number (IBAN)" */
    const char *fix;  /* NULL: what its kind needs */
    enum gate_kind kind;
    enum likelihood likelihood;
    size_t start; /* bytes of the text */
    size_t end;
    bool is_packed;    /* it stands there in base64, hexadecimal or percent signs */
    struct str about;  /* which one: a licence, a text, a host; never a value; may be empty */
    struct str source; /* of what was copied: its name in the index */
    const char *cwe;   /* of a rule of the company; NULL: that of its kind */
    unsigned severity; /* of such a rule, 1 low to 4 critical; 0: by its kind */
    bool is_secret;    /* what stands there is starred */
    struct gate_copied copied;
    const struct code_finding *code; /* GATE_CODE: all of it */
};

struct gate_findings {
    struct arena *arena;
    struct gate_finding *item;
    size_t count;
    size_t room;
    size_t count_max; /* no more than these are kept */
    bool is_cut;      /* there were more */
};

/* What the company says about what it publishes. */
struct gate_policy {
    bool has_licences; /* what is not among them is told */
    const struct str *licence;
    size_t licence_count;
    bool has_packages; /* what is not among them is told */
    const struct str *package;
    size_t package_count;
    bool has_hosts;         /* what is not among them is told */
    const struct str *host; /* "a.example", or "*.a.example" */
    size_t host_count;
};

struct origin_index; /* origin.h */
struct user_rules;   /* rules.h */

struct gate_asked {
    unsigned kinds; /* of enum gate_kind */
    unsigned first; /* of those: they stand before others in the same place; 0: all are alike */
    enum likelihood least; /* 0: LIKELY */
    enum likelihood
        least_name; /* of names and addresses, since doubtful ones take long; 0: the same */
    char region[3]; /* of telephone numbers in national form, "DE"; empty: none */
    struct str
        markets; /* in which it is to be read, "DE FR": what they ask for; empty: none are known */
    bool is_whole;   /* the text is a whole file: what it lacks can be told */
    struct str path; /* of the file, for formats that only some files have; may be empty */
    const struct gate_policy *policy;    /* what the company allows; NULL: nothing is said */
    const struct user_rules *rules;      /* of the company itself; NULL: none */
    const struct origin_index *corpus;   /* texts that may have been copied; NULL: none */
    bool has_before;                     /* there is a version before this one */
    struct str before;                   /* its text */
    const struct origin_index *licences; /* texts of licences; NULL: none */
};

/* The rules, ready for use; never changed afterwards, so that threads may share them. */
struct gate;
struct gate *gate_begin(struct arena *arena);

/* The longest thing that a rule looks at: parts of a text that overlap by this much miss nothing. */
enum { GATE_SPAN_MAX = 8192, GATE_FINDINGS_MAX = 10000 };

struct gate_findings gate_findings_in(struct arena *arena, size_t count_max);

/*
 * Add what stands in the text, by place; of findings of one family that overlap, the likeliest. Any bytes will do. Bounded
 * in time by the length of the text, in memory by what is found.
 */
void gate_scan(const struct gate *gate, struct str text, const struct gate_asked *asked,
               struct gate_findings *findings);

const char *likelihood_name(enum likelihood likelihood); /* "very likely" */

/* ---- phone.c ------------------------------------------------------------------------------- */

/* A region of two capitals that has a numbering plan here. */
bool phone_region_exists(const struct gate *gate, struct str region);

#endif
