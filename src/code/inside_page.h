/*
 * inside_page.h - what the files that read pages share. Inside the room only.
 */
#ifndef CANDOR_CODE_INSIDE_PAGE_H
#define CANDOR_CODE_INSIDE_PAGE_H

#include "inside.h"

enum { ATTRIBUTES_MAX = 64, SCRIPTS_MAX = 2000 };

/* Whose tags wait by themselves when they are told so. */
enum family {
    FAMILY_OTHER = 1,
    FAMILY_GOOGLE = 2,
    FAMILY_META = 4,
    FAMILY_TIKTOK = 8,
    FAMILY_BING = 16,
    FAMILY_MATOMO = 32,
};

struct attribute {
    struct str name;
    struct str value;
    size_t at; /* of the value in the page */
};

struct tag {
    struct str name;
    size_t start;
    size_t end;
    struct attribute attribute[ATTRIBUTES_MAX];
    size_t attribute_count;
};

struct form {
    size_t start;
    size_t end;
    bool is_get;
    bool is_told;
    bool is_off; /* autocomplete="off" */
    bool has_personal;
};

struct page {
    struct str text;
    struct code_findings *findings;
    size_t at;
    size_t script_count;
    size_t head; /* where a policy would stand */
    bool is_whole;
    bool has_policy;
    bool is_blocking; /* a banner's script holds back what is marked */
    unsigned denied;  /* families of trackers that were told to wait for a yes */
    struct form form;
    size_t banner_end; /* of the banner that was looked at */
};

/* ---- page.c: reading ----------------------------------------------------------------------- */

void read_tag(struct page *page, struct tag *tag);
const struct attribute *tag_attribute(const struct tag *tag, const char *name);
struct str tag_value(const struct tag *tag, const char *name);

/* ---- address.c ----------------------------------------------------------------------------- */

struct str address_host(struct str address);
/* Hosts of trackers, of what is laid into pages and tells of the visit, of letters (trackers.def). */
bool is_tracker_address(struct str address);
bool is_embedded_tracker(struct str address);
bool is_font_address(struct str address);
/* Which family the tracker in a text is of; 0: there is none. */
unsigned tracker_family(struct str text);
bool is_open_address(struct str address);
bool has_personal_query(struct str address);

/* ---- markup.c, policy.c, form.c, choice.c ----------------------------------------------------- */

void look_at_tag(struct page *page, const struct tag *tag);
void look_at_policy(struct page *page, const struct tag *tag);
void look_at_form(struct page *page, const struct tag *tag);
void look_at_choice(struct page *page, const struct tag *tag);
void look_at_banner(struct page *page, const struct tag *tag);
bool says_marketing(struct str text);
bool says_choice(struct str text); /* to leave, to say no, or what one agrees to */

/* ---- style.c --------------------------------------------------------------------------------- */

/* A sheet, or the declarations of one element (`words`: what stands in it and beside it). */
void scan_style(struct str text, size_t shift, struct code_findings *findings);
void scan_declarations(struct str text, struct str words, size_t shift,
                       struct code_findings *findings);

/* ---- scan.c, yes.c, client.c --------------------------------------------------------------------- */

void scan_script(struct page *page, struct str text, enum code_language language, size_t shift);

#endif
