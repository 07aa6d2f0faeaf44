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
    const char *only;          /* "pii", "secrets", "injection" or "copy"; NULL: all */
    const char *region;        /* of telephone numbers in national form, "DE"; or NULL */
    const char *least;         /* "unlikely", "possible", "likely" or "very-likely"; NULL: likely */
    const char *fail_on;       /* "low", "medium", "high" or "critical"; NULL: medium */
    const char *baseline_path; /* SARIF of an earlier scan: what stands there is known; or NULL */
    const char *write_baseline_path; /* write one of this scan; or NULL */
    enum candor_scan_format format;
};

/*
 * Look for what must not leave or go live. Personal values and secrets are masked in the report; a finding has its place, and a
 * fingerprint that does not change with the lines above it. *blocks: there is a new finding at or above
 * fail_on that nobody has accepted, or something could not be read. Links are not followed.
 *
 * CANDOR_BAD_INPUT, CANDOR_NOT_FOUND, CANDOR_IO, CANDOR_CANCELLED
 */
CANDOR_CHECK enum candor_status candor_scan(struct job *job, const struct candor_scan *asked,
                                            bool *blocks, struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
