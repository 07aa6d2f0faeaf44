/*
 * candor_gate.h - what must not leave unseen: personal data and secrets in files; with no home.
 * Include candor.h, which includes this.
 */
#ifndef CANDOR_GATE_H
#define CANDOR_GATE_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

enum candor_scan_format {
    CANDOR_SCAN_JSON,
    CANDOR_SCAN_SARIF, /* SARIF 2.1.0 */
};

struct candor_scan {
    const char *const *path; /* files and folders; "-": standard input */
    size_t path_count;
    const char *
        only; /* "pii", "secrets", "injection", "copy", "anomaly", "rules" or "origin"; NULL: all; origin then only with
                                  a policy about licences or a corpus */
    const char *region;  /* of telephone numbers in national form, "DE"; or NULL */
    const char *market;  /* countries in which copy is to be read, "DE,FR": what it must and must
                                  not say there is told too; or NULL */
    const char *least;   /* "unlikely", "possible", "likely" or "very-likely"; NULL: likely */
    const char *fail_on; /* "low", "medium", "high" or "critical"; NULL: medium */
    const char *baseline_path; /* SARIF of an earlier scan: what stands there is known; or NULL */
    const char *write_baseline_path; /* write one of this scan; or NULL */
    enum candor_scan_format format;
    const char *policy_path; /* a file with a section `scan`, such as candor.yaml; or NULL */
    const char *hosts; /* that may be reached, "a.example,*.b.example"; NULL: those of the policy */
    const char *packages;      /* that may be imported, with commas; NULL: those of the policy */
    const char *corpus_path;   /* an index of texts that may have been copied; or NULL */
    const char *rules_path;    /* a folder of rules of the company's own; or NULL */
    const char *before_path;   /* the version before: what is new is told; or NULL */
    const char *licences_path; /* an index of licences; NULL: the one beside the program, if any */
    const char *as; /* the name that a text or standard input would have as a file, "banner.js": its
                                  ending says its language; NULL: none, and no program is read */
};

/*
 * Try the tests of rules that a company has written: a scan loads none of a folder if one of them does not hold.
 * *fails: one does not. CANDOR_BAD_INPUT: a rule is none, with what is wrong; CANDOR_NOT_FOUND, CANDOR_IO.
 */
CANDOR_CHECK enum candor_status candor_scan_rules_test(struct job *job, const char *folder,
                                                       bool *fails, struct candor_text *report);

/* An index of texts, by which a scan tells what was copied, or of licences. */
struct candor_origin {
    const char *const *path; /* files and folders */
    size_t path_count;
    const char *spdx_path; /* a folder of licences: ID.json with licenseText, or ID.txt; or NULL */
    const char *out_path;
};

/*
 * Make one; it holds hashes of tokens and the names of the texts, never the texts.
 *
 * CANDOR_BAD_INPUT, CANDOR_NOT_FOUND, CANDOR_TOO_LARGE, CANDOR_IO, CANDOR_CANCELLED
 */
CANDOR_CHECK enum candor_status candor_origin_index(struct job *job,
                                                    const struct candor_origin *asked,
                                                    struct candor_text *report);

/*
 * Look for what must not leave or go live. Personal values and secrets are masked in the report; a finding has its place, and a
 * fingerprint that does not change with the lines above it. *blocks: there is a new finding at or above
 * fail_on that nobody has accepted, or something could not be read. Links are not followed.
 *
 * CANDOR_BAD_INPUT, CANDOR_NOT_FOUND, CANDOR_IO, CANDOR_CANCELLED
 */
CANDOR_CHECK enum candor_status candor_scan(struct job *job, const struct candor_scan *asked,
                                            bool *blocks, struct candor_text *report);

/* The same over one text; asked->path and the baselines are not looked at, and `file` is asked->as, or "text". */
CANDOR_CHECK enum candor_status candor_scan_text(struct job *job, const struct candor_scan *asked,
                                                 struct candor_text text, bool *blocks,
                                                 struct candor_text *report);

/* The same in a home: hosts and packages that its candor.yaml lists under `scan` hold where `asked` names none. */
struct candor;
CANDOR_CHECK enum candor_status candor_scan_at_home(struct job *job, struct candor *candor,
                                                    const struct candor_scan *asked,
                                                    struct candor_text text, bool *blocks,
                                                    struct candor_text *report);

/* Personal data and secrets out of a text, and back. */
struct candor_redact {
    const char *path;     /* "-": standard input; at most 64 MiB */
    const char *map_path; /* pseudonyms and values: of redact it is made or grows; mode 0600 */
    const char
        *key_path; /* of candor_redact_key: pseudonyms that are the same in every text; or NULL */
    const char *only; /* as of candor_scan */
    const char *region;
    const char *least;
};

/*
 * Each value that is found becomes a pseudonym, [[EMAIL_1]], the same for the same value. Pseudonyms of an
 * earlier text stay what they are when its map is given. The map is written before the text is answered.
 *
 * CANDOR_BAD_INPUT   the map or a word cannot be used, or the text holds a pseudonym of the map
 * CANDOR_TOO_LARGE, CANDOR_NOT_FOUND, CANDOR_FORBIDDEN, CANDOR_CORRUPT, CANDOR_IO
 */
CANDOR_CHECK enum candor_status candor_redact(struct job *job, const struct candor_redact *asked,
                                              struct candor_text *text);
/* The values in their places again; also where a pseudonym lost brackets or capitals. */
CANDOR_CHECK enum candor_status candor_restore(struct job *job, const struct candor_redact *asked,
                                               struct candor_text *text);
/* A key for candor_redact, mode 0600. CANDOR_EXISTS, CANDOR_IO. */
CANDOR_CHECK enum candor_status candor_redact_key(struct job *job, const char *path);

#ifdef __cplusplus
}
#endif

#endif
