/*
 * site.h - pages for people: the marketer's console, a subject's own dashboard, the review board, and
 * the door to them. Inside the room only.
 *
 *   site.c          a page's way: whose session, what they may, their form, the answer
 *   sitequeue.c     bounded queues with threads of their own
 *   sitedoor.c      login, second factor, invitations, links of subjects, logout
 *   siteaccount.c   an operator's own password, second factor and sessions
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

#define SITE_FIELDS_MAX 256
#define SITE_BATCH_MAX ((size_t)512 << 10) /* of a batch of events: docs/tracking.md */
#define SITE_UPLOAD_MAX ((size_t)16 << 20) /* bytes of a form with a file */

/* ---- site.c -------------------------------------------------------------------------------- */

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
    struct bytes file;    /* of a form with one; ptr NULL: none */
    struct str file_name; /* as the browser says */
};

/* A field of the form, the first of its name; "" when there is none. */
struct str site_field(const struct site *site, const char *name);
/* The same for the library; NULL when it is missing or empty. */
const char *site_field_z(const struct site *site, const char *name);
bool site_has_field(const struct site *site, const char *name);
/* A parameter of the query; "" when there is none. */
struct str site_query(const struct site *site, const char *name);
const char *site_query_z(const struct site *site, const char *name);

/* The head of a page for whoever is here, with the navigation they have; here: the path of the item that
 * this page belongs to. The buffer is the job's. */
void site_begin(struct site *site, struct buf *html, struct str title, const char *here);
/* ... of a page with one form. */
void site_begin_narrow(struct site *site, struct buf *html, struct str title);
/* The page is whole. */
struct outcome site_end(struct buf *html);
/* A form of this session, posted to a path. */
void site_form(const struct site *site, struct buf *html, struct lit action);
void site_form_to(const struct site *site, struct buf *html, struct str action);

/* 303: go there with GET. path begins with '/', and may come from a request: others are not followed. */
struct outcome site_go(const struct site *site, const char *path);
/* As site_go, and say a sentence there once: "done=KEY" in the query, of site_said. */
struct outcome site_go_saying(const struct site *site, const char *path, const char *key);
/* A page that says what went wrong, with its code, in words for people. */
struct outcome site_failure(struct site *site, enum candor_status status);
struct outcome site_refusal(struct site *site, unsigned code, struct str title, struct str text);
/* A page that stands alone, with its style in it, as the library writes reports. */
struct outcome site_document(struct site *site, struct str html);
/* A file: its type, and the name it is saved under ("your-data.zip"); NULL: shown as it is. */
struct outcome site_file(struct site *site, const char *type, struct bytes body, const char *name);

/* Cookies of an entry, and go to entry->path, or to path when that says nothing. */
struct outcome site_entered(const struct site *site, const struct candor_entry *entry,
                            const char *path);
struct outcome site_left(const struct site *site, const char *path);
/* From here on nobody is signed in: the page that is written now says so; its cookie goes with it. */
void site_forget(struct site *site);
void site_end_cookie(const struct site *site, struct outcome *outcome);

/* "2026-11-28 08:15" of a time as reports have it. */
struct str site_time(struct arena *arena, struct str time);

/* Does the path of a redirect stay with us? */
bool site_path_is_ours(struct str path);

/* The tree of a report of the library; the library's own text can be read. */
const struct value *site_read(struct site *site, const struct candor_text *report);
/* Members of it; "" or 0 or false when they are missing. */
struct str site_text(const struct value *map, const char *key);
int64_t site_whole(const struct value *map, const char *key);
double site_number(const struct value *map, const char *key);
bool site_flag(const struct value *map, const char *key);

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
struct outcome site_shop(struct site *site);
struct outcome site_shop_file(struct site *site);

#endif
