/*
 * web.h - the second door of the wire room: what comes with a request or goes out in a mail.
 *
 *   gpc.c           Global Privacy Control: the header and the support statement
 *   consent_mode.c  Google Consent Mode v2
 *   unsubscribe.c   one-click List-Unsubscribe, RFC 8058
 *   track.c         context.consent of the tracking API
 */
#ifndef CANDOR_WEB_H
#define CANDOR_WEB_H

#include "base.h"

struct json;  /* text.h */
struct value; /* text.h */

/* ---- gpc.c --------------------------------------------------------------------------------- */

/* One value of the header Sec-GPC: exactly "1", or as if absent. */
bool gpc_is_set(struct str value);
/* {"gpc": true, "lastUpdate": "2026-11-27"}, for /.well-known/gpc.json. */
struct str gpc_statement(struct arena *arena, int64_t updated);

/* ---- consent_mode.c ------------------------------------------------------------------------ */

enum mode_signal {
    MODE_AD_STORAGE,
    MODE_AD_USER_DATA,
    MODE_AD_PERSONALIZATION,
    MODE_ANALYTICS_STORAGE,
    MODE_FUNCTIONALITY_STORAGE,
    MODE_PERSONALIZATION_STORAGE,
    MODE_SECURITY_STORAGE,
    MODE_SIGNALS,
};

enum mode_value { MODE_UNSET, MODE_DENIED, MODE_GRANTED };

struct consent_mode {
    uint8_t value[MODE_SIGNALS]; /* enum mode_value */
};

const char *mode_signal_name(enum mode_signal signal); /* "ad_user_data" */
bool mode_signal_read(struct str name, enum mode_signal *signal);
/* A map {"ad_storage": "granted", ...}. CANDOR_BAD_INPUT: another key or another word. */
CANDOR_MUST_USE enum candor_status consent_mode_read(struct job *job, const struct value *map,
                                                     struct consent_mode *mode);
void consent_mode_json(struct json *json, const struct consent_mode *mode);

/* ---- unsubscribe.c ------------------------------------------------------------------------- */

#define UNSUBSCRIBE_TOKEN_MAX 512

#define UNSUBSCRIBE_SUBJECT_LEN 20

/* What a token says: whom, from what. Sealed by the caller before anyone sees it. */
struct unsubscribe {
    uint8_t subject[UNSUBSCRIBE_SUBJECT_LEN]; /* as the caller names them */
    struct str purpose;
    struct str channel; /* empty: every */
    int64_t made;       /* microseconds UTC */
};

void unsubscribe_write(const struct unsubscribe *unsubscribe, struct buf *buf);
bool unsubscribe_read(struct bytes bytes, struct unsubscribe *unsubscribe);
/* Bytes as a part of an address, and back: web-safe base64 without padding. */
struct str token_of(struct arena *arena, struct bytes bytes);
bool token_read(struct arena *arena, struct str token, struct bytes *bytes);
/* "<https://news.example/unsubscribe/TOKEN>"; public_url without its last slash. */
struct str unsubscribe_header(struct arena *arena, struct str public_url, struct str token);
#define UNSUBSCRIBE_POST STR("List-Unsubscribe=One-Click")
/* Is this the body of a one-click POST? RFC 8058, section 3.1: a form, urlencoded or multipart, whose
 * only field is List-Unsubscribe with the value One-Click. */
bool unsubscribe_is_one_click(struct arena *arena, struct str content_type, struct bytes body);

/* ---- track.c ------------------------------------------------------------------------------- */

#define TRACK_CATEGORIES_MAX 64

enum track_answer { TRACK_UNSET, TRACK_DENIED, TRACK_GRANTED };

struct track_category {
    struct str name;
    enum track_answer answer;
};

/* context.consent as Segment and RudderStack send it. */
struct track_consent {
    bool is_there; /* with at least one category: absent or empty means no consent is known */
    struct track_category category[TRACK_CATEGORIES_MAX];
    size_t count;
};

/*
 * Read `context`: consent.categoryPreferences {name: true | false}; consentManagement or
 * consent.allowedConsentIds and deniedConsentIds, lists of names. A name both allowed and denied is
 * denied. What is accepted is used; anything else there is refused.
 *
 * CANDOR_BAD_INPUT  not of this shape: the event must not be used
 */
CANDOR_MUST_USE enum candor_status track_consent_read(struct job *job, const struct value *context,
                                                      struct track_consent *consent);
enum track_answer track_consent_find(const struct track_consent *consent, struct str name);

#endif
