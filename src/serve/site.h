/*
 * site.h - pages for people: the marketer's console, a subject's own dashboard, the review board, and
 * the door to them. Inside the room only.
 *
 *   site.c          a page's way: whose session, what they may, the page's function
 *   sitewhy.c       an explanation as the library tells it
 *   siteform.c      what was sent: a form's fields and file, the query
 *   sitehead.c      the head of a page, with the way that its reader has
 *   sitepart.c      what pages are made of: members of reports, figures in words, links
 *   siteanswer.c    what is answered: headers and cookies, pages, files, refusals
 *   sitetable.c     tables whose rows become cards on a telephone
 *   sitequeue.c     bounded queues with threads of their own; pagework.c what these do now
 *   siteprogress.c  how far something that takes long has come
 *   sitedoor.c      login, second factor, invitations, links of subjects, logout
 *   siteaccount.c   an operator's own password, second factor and sessions
 *   siteoperators.c who works here, for owners
 *   shop.c          the demo shop
 *   routes_site.c, routes_console.c, routes_insight.c, routes_me.c, routes_board.c   the tables of pages
 *
 * A page is a route with a function. Network threads put it into a queue; hashing a password has a
 * queue and a thread of its own, so that guessing at the door slows nobody inside. Pages never stand in
 * the worker's queue: a decision waits for no page, but for the home's lock.
 *
 * A form is taken from our own pages only: Sec-Fetch-Site or Origin says so, and the session's form
 * token stands in it. Cookies are HttpOnly and SameSite=Lax, over TLS Secure under the name __Host-.
 */
#ifndef CANDOR_SITE_H
#define CANDOR_SITE_H

#include "candor_visit.h"
#include "page.h"
#include "serving.h"
#include "words.h"

#define SITE_FIELDS_MAX 256
#define SITE_BATCH_MAX ((size_t)512 << 10) /* of a batch of events: docs/tracking.md */
#define SITE_UPLOAD_MAX ((size_t)16 << 20) /* bytes of a form with a file */

/* One visit of one page. It lives in the job's arena. */
struct site {
    struct job *job;
    struct desk *desk;
    struct candor *candor;
    const struct ask *ask;
    struct candor_who who;
    struct candor_visit visit; /* session and device of the cookies, address */
    struct net_pair *field;    /* of the form; names may come again */
    size_t field_count;
    struct bytes file;         /* of a form with one; ptr NULL: none */
    struct str file_name;      /* as the browser says */
    enum candor_status unread; /* of a report; CANDOR_OK: all were read */
    bool is_entered;           /* calls are those of whoever is signed in */
};

/* ---- siteform.c ---------------------------------------------------------------------------- */

CANDOR_MUST_USE enum candor_status site_read_form(struct site *site);
/* A field of the form, the first of its name; "" when there is none. */
struct str site_field(const struct site *site, const char *name);
/* The same for the library; NULL when it is missing or empty. */
const char *site_field_z(const struct site *site, const char *name);
bool site_has_field(const struct site *site, const char *name);
/* A parameter of the query; "" when there is none. */
struct str site_query(const struct site *site, const char *name);
const char *site_query_z(const struct site *site, const char *name);

/* ---- site.c -------------------------------------------------------------------------------- */

/* May whoever is signed in do this? For links and buttons: what cannot be done is not offered. */
bool site_may(const struct site *site, const char *act);

/* ---- sitehead.c ---------------------------------------------------------------------------- */

/* The head of a page for whoever is here, with the navigation they have; here: the path of the item that
 * this page belongs to. The buffer is the job's. */
void site_begin(struct site *site, struct buf *html, struct str title, const char *here);
/* ... of a page with one form. */
void site_begin_narrow(struct site *site, struct buf *html, struct str title);
/* A form of this session, posted to a path. */
void site_form(const struct site *site, struct buf *html, struct lit action);
void site_form_to(const struct site *site, struct buf *html, struct str action);

/* ---- siteanswer.c -------------------------------------------------------------------------- */

/* The page is whole. */
struct outcome site_end(struct buf *html);
/* ... with a code that is not 200. */
struct outcome site_end_with(struct buf *html, unsigned code);
void site_add_header(struct outcome *outcome, struct str name, struct str value);

/* 303: go there with GET. path begins with '/', and may come from a request: others are not followed. */
struct outcome site_go(const struct site *site, const char *path);
/* As site_go, and say a sentence there once: "done=KEY" in the query, of words_done.def. */
struct outcome site_go_saying(const struct site *site, const char *path, const char *key);
/* A page that says what went wrong, with its code, in words for people. */
struct outcome site_failure(struct site *site, enum candor_status status);
struct outcome site_refusal(struct site *site, unsigned code, struct str title, struct str text);
/* A page that stands alone, with its style in it, as the library writes reports. */
struct outcome site_document(struct site *site, struct str html);
/* A file: its type, and the name it is saved under ("your-data.zip"); NULL: shown as it is. */
struct outcome site_file(struct site *site, const char *type, struct bytes body, const char *name);

/* The form is none of ours, or of a page that has changed: 400. */
struct outcome site_stale(struct site *site);
/* The last call failed: its message, or what its status means. The job goes on. */
struct str site_said(struct site *site, enum candor_status status);

/* The session in the cookie of a request; NULL: none. Of the request's arena. */
const char *site_session_of(const struct desk *desk, const struct net_request *request);
/* Session and device of the request, into site->visit. */
void site_take_cookies(struct site *site);
/* Cookies of an entry, and go to entry->path, or to path when that says nothing. */
struct outcome site_entered(const struct site *site, const struct candor_entry *entry,
                            const char *path);
struct outcome site_left(const struct site *site, const char *path);
/* From here on nobody is signed in: the page that is written now says so; its cookie goes with it. */
void site_forget(struct site *site);
void site_end_cookie(const struct site *site, struct outcome *outcome);

/* Does the path of a redirect stay with us? */
bool site_path_is_ours(struct str path);

/* ---- sitepart.c ---------------------------------------------------------------------------- */

/* The tree of a report of the library. NULL: it cannot be read, and whatever the page makes of that, what is
 * answered is site_failure. */
const struct value *site_read(struct site *site, const struct candor_text *report);
/* A member of a report, or all of it when key is NULL. *member NULL: these roles do not open it, and the page
 * goes without; anything else that failed is returned. */
CANDOR_MUST_USE enum candor_status site_member(struct site *site, enum candor_status status,
                                               const struct candor_text *report, const char *key,
                                               const struct value **member);
/* Members of it; "" or 0 or false when they are missing. */
struct str site_text(const struct value *map, const char *key);
int64_t site_whole(const struct value *map, const char *key);
double site_number(const struct value *map, const char *key);
bool site_flag(const struct value *map, const char *key);
size_t site_size(const struct value *list); /* 0 of none */
/* The first entry of a list whose member key is text; NULL: there is none. */
const struct value *site_find(const struct value *list, const char *key, struct str text);

struct str site_time(struct arena *arena,
                     struct str time); /* "2026-11-28 08:15 UTC" of a time in a report */
struct str site_day(struct str time);  /* "2026-11-28" of it */
struct str site_count(struct arena *arena, int64_t count);      /* "12,345" */
struct str site_percent(struct arena *arena, double share);     /* "12.3 %"; NaN: "unknown" */
struct str site_points(struct arena *arena, double difference); /* "+3.0" of 0.03 */
struct str site_spaced(struct arena *arena, struct str name);   /* "above_max" is "above max" */

/* As it stands in a part of a path, or in a query. */
struct str site_encoded(struct arena *arena, struct str text);
/* "/campaigns/NAME/edit" of what stands before and after the name, which is encoded. */
struct str site_path(struct arena *arena, const char *before, struct str part, const char *after);
void site_link(struct buf *html, struct str path, struct str text);
void site_link_button(struct buf *html, struct str path, enum word words);

void site_heading(struct buf *html, enum word which); /* "<h2>" */
/* One of a row of figures: what, how many, and a remark or "". */
void site_figure(struct buf *html, enum word what, struct str value, struct str remark);
/* A pair in a list of facts; empty text: left out. */
void site_fact(struct buf *html, enum word label, struct str text);

/* ---- sitetable.c --------------------------------------------------------------------------- */

/* A table whose rows become cards on a telephone: each cell says what it is. */
struct site_table {
    const enum word *column;
    size_t column_count;
    unsigned numbers; /* a bit for each column of figures */
};
void site_table_begin(struct buf *html, enum word caption, const struct site_table *table);
/* All cells of a row; the first one heads it. */
void site_table_row(struct buf *html, const struct site_table *table, const struct str *cell);
/* The same in steps, for cells that are not text alone; "</tr>" ends them. */
void site_cell_begin(struct buf *html, const struct site_table *table, size_t column);
void site_cell_end(struct buf *html, size_t column);
void site_cell(struct buf *html, const struct site_table *table, size_t column, struct str text);
void site_table_end(struct buf *html);

/* Give a desk its pages, before it begins. */
void site_join(struct desk *desk);

/* ---- the chapters of pages: routes_*.c ------------------------------------------------------- */

/* A row of a table of pages. who: CANDOR_NOBODY, everybody; act: what their roles must allow, or NULL. */
#define PAGE(the_method, the_pattern, the_name, the_who, the_act, the_page) \
    .method = the_method, .pattern = the_pattern, .call = CALL_SITE, .act = the_act, \
    .name = WORDS(the_name), .who = the_who, .page = the_page

extern const struct route routes_site[];
extern const struct route routes_console[];
extern const struct route routes_insight[];
extern const struct route routes_me[];
extern const struct route routes_board[];

/* ---- pages, in their files ------------------------------------------------------------------ */

struct outcome site_style(struct site *site);
struct outcome site_icon(struct site *site);
struct outcome site_script(struct site *site);
struct outcome site_progress(struct site *site);
struct outcome site_login(struct site *site);
struct outcome site_login_post(struct site *site);
struct outcome site_code(struct site *site);
struct outcome site_code_post(struct site *site);
struct outcome site_logout_post(struct site *site);
struct outcome site_goodbye(struct site *site);
struct outcome site_invite(struct site *site);
struct outcome site_invite_post(struct site *site);
struct outcome site_enter(struct site *site);
struct outcome site_enter_post(struct site *site);
struct outcome site_account(struct site *site);
struct outcome site_account_post(struct site *site);
struct outcome site_operators(struct site *site);
struct outcome site_operators_post(struct site *site);
struct outcome site_shop(struct site *site);
struct outcome site_shop_file(struct site *site);

/* ---- sitewhy.c ----------------------------------------------------------------------------- */

/* "explanation" of candor_subject_decision: reasons that add up to a score, if a model decided. */
bool site_has_reasons(const struct value *explanation);
void site_put_reasons(struct buf *html, const struct value *explanation);
/* What would have turned it, proven; false: no score was too low, and nothing is written. */
bool site_put_turning(struct buf *html, const struct value *explanation);

#endif
