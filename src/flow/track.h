/*
 * track.h - the tracking API: a door of the corridor of its own.
 *
 *   track.c         requests in, one commit out
 *   track_config.c  the section `tracking` of candor.yaml: what a message means here
 *   track_who.c     whom a message is about, and for what it may be kept
 *   track_keep.c    events and fields, kept; what may not be kept as it came, sealed apart
 *   track_join.c    a visitor turns out to be somebody known
 */
#ifndef CANDOR_FLOW_TRACK_H
#define CANDOR_FLOW_TRACK_H

#include "candor_track.h"
#include "flow.h"
#include "message.h"
#include "signals.h"
#include "tally.h"

/* ---- track_config.c ------------------------------------------------------------------------ */

#define TRACK_SOURCES_MAX 64
#define TRACK_RULES_MAX 512

/* From a name in a message to a place in the inventory; NONE: it is known and not wanted. */
struct track_rename {
    struct str from;
    size_t place;
};

/* What a track, page or screen call is here. */
struct track_rule {
    enum message_kind kind;
    struct str name; /* "*": every */
    size_t event_kind;
    struct track_rename *property;
    size_t property_count;
};

struct track_config {
    uint32_t remember_days;    /* ids of messages */
    uint32_t new_per_hour;     /* people and visitors who are made, at most */
    uint64_t begin;            /* somebody unknown is made when one of these purposes is allowed */
    uint64_t visitors;         /* the same for whoever has only an anonymousId; 0: none is kept */
    uint64_t join;             /* an anonymousId is tied to a person when one of these is allowed */
    size_t group;              /* the field that a group call fills; NONE */
    struct str *public_source; /* whose write key everybody can read */
    size_t public_count;
    struct track_rename *trait;
    size_t trait_count;
    struct track_rule *rule;
    size_t rule_count;
};

CANDOR_MUST_USE enum candor_status config_tracking(struct job *job,
                                                   const struct inventory *inventory,
                                                   const struct value *root,
                                                   const struct track_config **config);
bool track_is_public(const struct track_config *config, struct str source);
/* The kind of event that a message is, and its renames (NULL: none); NONE: it is none. */
size_t track_event_kind(struct arena *arena, const struct candor *candor,
                        const struct message *message, const struct track_rule **rule);
/* The place of a member: false: candor.yaml says nothing about it. *place NONE: it is not wanted. */
bool track_property(const struct track_rule *rule, const struct event_kind *kind, struct str name,
                    size_t *place);
bool track_trait(const struct candor *candor, struct str name, size_t *place);

/* ---- track.c ------------------------------------------------------------------------------- */

#define TRACK_SHOWN_MAX 20

struct candor_messages {
    struct messages messages;
};

/* What became of a request's messages. */
struct track_report {
    uint64_t kept;
    uint64_t duplicates;
    uint64_t withheld; /* well formed, and not kept: consent, a signal, an unknown person ... */
    uint64_t rejected; /* not well formed, or breaking a rule */
    uint64_t unknown_members;
    uint64_t quarantined;
    struct tally reasons;
    struct {
        size_t index; /* of the message in its batch */
        const char *code;
        struct str field; /* a name of the inventory; empty */
    } shown[TRACK_SHOWN_MAX];
    size_t shown_count;
};

/* What is kept in mind from one group to the next: nothing of a person. */
struct track_state {
    struct map *sampled; /* names of members that nobody has said the meaning of */
    int64_t hour;
    uint32_t made; /* people and visitors in that hour */
};

struct track_join {
    struct subject subject;
    struct str person;  /* the name under which the person was found */
    struct str visitor; /* the name under which the visitor is found */
    uint64_t purposes;  /* that the person allows */
};

/* A group on its way to its commit. */
struct tracking {
    struct job *job;
    struct candor *candor;
    const struct track_config *config;
    struct txn *txn;
    struct arena *group;         /* what lives until the commit */
    struct consent_state nobody; /* of somebody about whom nothing is known */
    struct map *made;            /* names that are somebody's from this group on */
    struct subject *new_subject; /* who were made in it */
    size_t new_count;
    struct map *suppressed;
    bool has_suppressed;
    struct quarantine *quarantine;
    struct buf joins;           /* of struct track_join */
    struct buf lookup_subjects; /* addresses to be added: whose */
    struct buf lookup_names;
    bool is_changed;
    struct candor_tracked *requests;
    size_t request_count;
    struct track_report *reports;
    /* the message at hand */
    size_t at; /* its request */
    struct candor_tracked *request;
    struct track_report *report;
    const struct message *message;
    size_t index; /* in its request */
    bool is_public;
};

struct track_state *track_state(struct candor *candor); /* made when there is none */

/* Walk the messages of all requests; false: there is no more. */
bool track_first(struct tracking *tracking);
bool track_next(struct tracking *tracking);

void track_withhold(struct tracking *tracking, const char *code);
void track_reject(struct tracking *tracking, const char *code, struct str field);

/* ---- track_who.c --------------------------------------------------------------------------- */

#define VISITOR_PREFIX "anonymous:"

/* For what data about somebody may be kept now. */
struct track_standing {
    uint64_t records;   /* purposes that the records allow */
    uint64_t allowed;   /* records and signals together */
    uint64_t forbidden; /* allowed by the records, forbidden by a signal of this message */
};

/* The name under which whoever the message is about is found; false: it can be nobody's. */
bool track_name(struct arena *arena, const struct message *message, struct str *name);
/* May one more person or visitor be made in this hour? If so, they are counted. */
bool track_may_make_one_more(struct candor *candor, int64_t now);
/* entry NULL: somebody unknown. Only purposes in `wanted` are looked at. */
CANDOR_MUST_USE enum candor_status track_stands(struct tracking *tracking,
                                                const struct view_entry *entry, uint64_t wanted,
                                                struct track_standing *standing);
/* Make those whom the messages of all requests speak of, who are unknown and may be begun. */
CANDOR_MUST_USE enum candor_status track_begin_people(struct tracking *tracking);
/* Why somebody unknown was not made. */
CANDOR_MUST_USE enum candor_status track_why_unknown(struct tracking *tracking, struct str name,
                                                     const char **why);

/* ---- track_keep.c -------------------------------------------------------------------------- */

CANDOR_MUST_USE enum candor_status track_keep_event(struct tracking *tracking,
                                                    struct view_entry *entry);
CANDOR_MUST_USE enum candor_status track_keep_traits(struct tracking *tracking,
                                                     struct view_entry *entry);
CANDOR_MUST_USE enum candor_status track_keep_group(struct tracking *tracking,
                                                    struct view_entry *entry);

/* ---- track_join.c -------------------------------------------------------------------------- */

/* Note that the message ties a visitor to a person, if it may. */
CANDOR_MUST_USE enum candor_status track_note_join(struct tracking *tracking,
                                                   const struct view_entry *entry,
                                                   struct str anonymous, bool *is_noted);
/* The person to whom a visitor that nobody holds was tied before in this group; empty: nobody. */
struct str track_joined(const struct tracking *tracking, struct str visitor);
/* An alias call. */
CANDOR_MUST_USE enum candor_status track_alias(struct tracking *tracking,
                                               const struct view_entry *entry);
/* After the commit: tie them, each in transactions of its own. */
CANDOR_MUST_USE enum candor_status track_join_all(struct tracking *tracking);

#endif
