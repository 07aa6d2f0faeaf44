/*
 * candor_content.h - copy, pages and code on their way out. candor.h does not include it.
 *
 * Content is scanned and kept under a name; the review board judges exactly these bytes
 * (candor_board_propose with the kind "content"); an approval is a DSSE envelope around an in-toto
 * statement over their SHA-256, signed with the home's key, and needs no home to be checked. What has
 * none, or lacks a mark that it needs, is not deployed.
 */
#ifndef CANDOR_CONTENT_PUBLIC_H
#define CANDOR_CONTENT_PUBLIC_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

struct candor_content {
    const char *name;
    const char *file; /* its name, for rules that only some files have */
    const char *bytes;
    size_t len;         /* UTF-8, at most 256 KB */
    const char *media;  /* "text", "html" or "code"; NULL: by the file's name */
    const char *source; /* "human", "ai" or "mixed"; NULL: ai with a model, else human */
    const char *model;  /* that wrote it; or NULL */
    const char *prompt; /* only its digest is kept; or NULL */
    size_t prompt_len;
    const char *purpose; /* one of candor.yaml */
    const char *market;  /* "DE"; or NULL */
    int personalised;    /* each person gets another text */
    int mark;            /* put the mark that it needs into it */
    int manifest;        /* and a C2PA manifest */
};

/* Scan it and keep it; under a name that is there already it takes the place of what was there, whose
 * authors stay its authors.
 *
 * CANDOR_BAD_INPUT, CANDOR_TOO_LARGE, CANDOR_NOT_FOUND (no such purpose)
 */
CANDOR_CHECK enum candor_status candor_content_submit(struct job *job, struct candor *candor,
                                                      const struct candor_content *content,
                                                      struct candor_text *report);
/* By name: at most so many (0: all) behind this one (NULL: from the first). "next" is the last of them, or null when no
 * more follow. */
CANDOR_CHECK enum candor_status candor_content_list(struct job *job, struct candor *candor,
                                                    const char *after, size_t most,
                                                    struct candor_text *report);
CANDOR_CHECK enum candor_status candor_content_show(struct job *job, struct candor *candor,
                                                    const char *name, struct candor_text *report);
/* The approval of its bytes. CANDOR_REFUSED: none holds, or a mark is missing. */
CANDOR_CHECK enum candor_status candor_content_approval(struct job *job, struct candor *candor,
                                                        const char *name,
                                                        struct candor_text *envelope);
/* Write the bytes into a folder, and the approval beside them as FILE.approval.json. CANDOR_EXISTS: a file of
 * another content stands there. */
CANDOR_CHECK enum candor_status candor_content_deploy(struct job *job, struct candor *candor,
                                                      const char *name, const char *folder,
                                                      struct candor_text *report);
/* The same for whoever writes them elsewhere: what it is, "text" and "approval" as JSON. It counts as deployed. */
CANDOR_CHECK enum candor_status candor_content_hand(struct job *job, struct candor *candor,
                                                    const char *name, struct candor_text *report);
CANDOR_CHECK enum candor_status candor_content_retire(struct job *job, struct candor *candor,
                                                      const char *name, struct candor_text *report);

/*
 * Check bytes against an approval with the verifier key alone: no home, no network. *sound: every check
 * in the report holds. A withdrawal after the approval was written is known to the home only.
 *
 * CANDOR_BAD_INPUT  the key is none, or the envelope cannot be read
 */
CANDOR_CHECK enum candor_status candor_approval_verify(struct job *job, const char *bytes,
                                                       size_t len, const char *envelope,
                                                       size_t envelope_len, const char *key,
                                                       bool *sound, struct candor_text *report);

/*
 * Check the C2PA manifest in a text: no home, no network. roots: certificates as PEM that the signer's must
 * lead to, or NULL: then the report says that nobody is trusted, and *sound is about all else.
 *
 * CANDOR_BAD_INPUT  the text is no UTF-8, or the roots hold no certificates
 */
CANDOR_CHECK enum candor_status candor_manifest_verify(struct job *job, const char *bytes,
                                                       size_t len, const char *roots, bool *sound,
                                                       struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
