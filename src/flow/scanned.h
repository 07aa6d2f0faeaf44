/*
 * scanned.h - what `candor scan` has in hand, for scan.c, scan_walk.c, scan_file.c, scan_baseline.c and
 * scan_report.c.
 */
#ifndef CANDOR_SCANNED_H
#define CANDOR_SCANNED_H

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "code.h"
#include "flow.h"
#include "gate.h"

enum severity_rank { RANK_LOW, RANK_MEDIUM, RANK_HIGH, RANK_CRITICAL, RANKS };
extern const char *const rank_name[RANKS];

enum suppressed { NOT_SUPPRESSED, UNDER_REVIEW, ACCEPTED };

/* Both from 1; a column counts letters. */
struct place {
    uint64_t line;
    uint64_t column;
};

/* A place on the way of a value. */
struct scan_step {
    uint64_t offset;
    uint64_t len;
    uint64_t line;
    uint64_t column;
    const char *what;
};

/* One finding as it is reported. Nothing of it holds the value. */
struct scanned {
    const char *rule;
    const char *what;
    const char *fix;
    const char *cwe; /* "": none */
    enum gate_kind kind;
    enum likelihood likelihood;
    enum severity_rank rank;
    bool is_packed;
    struct str about;  /* which one; may be empty */
    struct str source; /* of what was copied */
    struct gate_copied copied;
    struct str file;
    uint64_t offset; /* bytes */
    uint64_t len;
    uint64_t line; /* from 1 */
    uint64_t column;
    uint64_t end_line;
    uint64_t end_column;
    struct str excerpt; /* the line around it, every value masked */
    size_t caret;       /* letters of the excerpt before it */
    size_t caret_len;
    struct digest context; /* of rule and text around, before the occurrences are counted */
    struct digest fingerprint;
    bool is_known; /* it stands in the baseline */
    enum suppressed suppressed;
    bool is_open;           /* not a finding: it could not be checked */
    struct scan_step *step; /* the way from a source to a sink */
    size_t step_count;
    struct str justification; /* reason, person, date, as they stand there */
};

struct scanning {
    struct job *job;
    const struct candor_scan *asked;
    const struct gate *gate;
    bool has_no_name; /* its language is guessed */
    struct str shown; /* the name of the one file, where it is read by another; empty: its own */
    const char
        *input; /* where standard input was put, when it has a name; NULL: it is read as it comes */
    struct gate_asked look;
    unsigned kinds; /* that are told; personal values are looked for in any case, to be masked */
    enum likelihood least;
    enum severity_rank fail_on;
    struct digest rules; /* of the company's rules, if look.rules is not NULL */
    struct scanned *item;
    size_t count;
    size_t room;
    struct str *file; /* to be read, in order */
    size_t file_count;
    size_t file_room;
    struct str *unread; /* could not be read, or not looked into */
    size_t unread_count;
    size_t unread_room;
    size_t links;
    size_t packed; /* images, archives and the like: nothing in them can be seen */
    uint64_t bytes;
    char *part;                /* what is read of a file at a time; NULL: none was read yet */
    struct code_findings code; /* of the file in hand */
    struct str code_text;
    struct place *code_place; /* of every so manieth byte of it; NULL: nobody asked yet */
    bool is_cut;              /* there were more findings than are kept */
};

/* scan.c: the findings of bytes in hand, as those of a file of that name; policy: a home's, or NULL. */
CANDOR_MUST_USE enum candor_status scan_bytes(struct job *job, struct bytes bytes, struct str file,
                                              const struct candor_scan *asked,
                                              const struct gate_policy *policy,
                                              struct scanning *scanning);
/* scan_kind.c */
struct scan_kind {
    enum gate_kind kind;
    const char *option; /* of --only */
    const char *name;   /* in JSON */
    const char *tag;    /* in SARIF */
    const char *cwe;    /* "": none */
    const char *fix;
};
/* The rules, made once and never changed. */
const struct gate *scan_gate(void);
const struct scan_kind *scan_kind_of(enum gate_kind of);
bool scan_kinds_from(const char *only,
                     unsigned *kinds); /* NULL: all; false: there is none of the name */
enum severity_rank scan_rank_of(const struct gate_finding *finding);
/* scan_policy.c: the section `scan` of candor.yaml, and of a file that has one. */
CANDOR_MUST_USE enum candor_status scan_policy_from(struct job *job, const struct value *section,
                                                    struct gate_policy *policy);
/* of a home, for its own content */
CANDOR_MUST_USE enum candor_status config_scan(struct job *job, const struct value *root,
                                               struct candor *candor);
CANDOR_MUST_USE enum candor_status scan_policy_read(struct job *job, const char *path,
                                                    const struct gate_policy **policy);
/* scan_rules.c: the company's own rules; one whose tests do not hold is not loaded. */
CANDOR_MUST_USE enum candor_status scan_rules_load(struct job *job, const struct gate *gate,
                                                   const char *folder,
                                                   const struct user_rules **rules,
                                                   struct digest *digest);
/* origin.c: an index that candor origin index has written. CANDOR_CORRUPT: it is none, or damaged. */
CANDOR_MUST_USE enum candor_status origin_open(struct job *job, const char *path,
                                               const struct origin_index **index);
const char *origin_installed(struct job *job); /* NULL: there is none */
/* scan_walk.c: the files of a path, links left out, in the order of their names. */
CANDOR_MUST_USE enum candor_status scan_gather(struct scanning *scanning, struct str path);
/* scan_wide.c: the bytes of a file; what is UTF-16 comes as UTF-8. */
struct scan_source {
    int fd;
    bool is_placed; /* read from its beginning, wherever the file stands */
    bool is_end;
    bool is_known; /* whether it is UTF-16 */
    bool is_wide;
    bool is_big;
    off_t at;
    size_t taken; /* of raw */
    size_t len;
    uint8_t raw[1 << 14];
};
bool scan_is_wide(struct str text); /* UTF-16, by its beginning */
struct scan_source scan_source_of(int fd, bool is_placed);
/* room: at least 4 bytes; len 0: it is over. False: it cannot be read. */
CANDOR_MUST_USE bool scan_source_read(struct scan_source *source, char *to, size_t room,
                                      size_t *len);
/* scan_code.c: what is insecure in the program of a file is kept in `scanning`, as long as the arena. */
void scan_code(struct scanning *scanning, struct arena *arena, int fd, struct str path);
#define SCAN_NO_NAME "text" /* of a text that came without one */
/* scan_code.c: the same for a text that has no name, if it is plainly a program. */
void scan_code_guess(struct scanning *scanning, struct arena *arena, struct str text);
/* scan_code.c: those that begin in a part of the file, among the others of the part. */
void scan_code_add(const struct scanning *scanning, uint64_t offset, size_t len,
                   struct gate_findings *found);
/* scan_manifest.c: what was found within a C2PA manifest that verifies is dropped, and its words looked at. */
void scan_manifest(const struct scanning *scanning, struct str text, struct gate_findings *found);
/* scan_code.c: the way of a value, with lines and columns. */
void scan_code_steps(struct scanning *scanning, const struct code_finding *finding,
                     struct scanned *scanned);
/* scan_file.c: the findings of one file; "-" is standard input. */
CANDOR_MUST_USE enum candor_status scan_file(struct scanning *scanning, struct str path);
/* scan.c: a country of two capitals. */
bool is_market(struct str market);

/* scan.c: kinds, likelihood and region as a caller words them. */
CANDOR_MUST_USE enum candor_status scan_words(struct job *job, const struct gate *gate,
                                              const struct candor_scan *asked,
                                              struct gate_asked *look, enum likelihood *least);
void scan_cannot_read(struct scanning *scanning, struct str path);
/* scan_baseline.c */
void scan_fingerprints(struct scanning *scanning);
CANDOR_MUST_USE enum candor_status scan_compare(struct scanning *scanning);
void scan_suppression(struct scanning *scanning, struct scanned *scanned, struct str line);
/* scan_report.c */
bool scan_blocks(const struct scanning *scanning, const struct scanned *scanned);
void put_scan_json(const struct scanning *scanning, struct json *json);
void put_scan_sarif(const struct scanning *scanning, struct json *json, bool is_baseline);

#endif
