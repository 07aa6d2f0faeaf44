/*
 * record.h - the door of the record room: the nouns.
 *
 *   inventory.c  what may be stored and why: purposes, channels, fields, events, features
 *   detect.h     another door: what a value looks like, whatever its field says
 *   recipient.h  another door: recipients, and what purposes are called elsewhere (DPV)
 *   schema.c     the inventory out of candor.yaml; schema_field.c and schema_feature.c are parts
 *   cell.c       one value: read from text against its field's quality rules, written back as text
 *   profile.c    the fields of one subject, and their bytes drawer by drawer
 *   event.c      something a subject did, and its bytes
 *   feature.c    numbers and categories computed from fields and events
 *   quality.h    another door: what good data is
 *   section.c    one map of candor.yaml taken apart, with messages that name the line
 *
 * The inventory is the schema: a field without an entry cannot be stored, an entry without a
 * purpose can be used for nothing. Fields with the same set of purposes share a *drawer*: the
 * store seals each drawer by itself, so that a permit for one purpose opens only its drawers.
 *
 * The room opens base. It is pure: no files, no clock.
 */
#ifndef CANDOR_RECORD_H
#define CANDOR_RECORD_H

#include "base.h"

struct value;      /* text.h: a parsed YAML or JSON tree */
struct recipient;  /* recipient.h */
struct disclosure; /* recipient.h: a purpose with a recipient */

/* ---- inventory.c --------------------------------------------------------------------------- */

#define PURPOSES_MAX 64 /* a set of purposes is one 64-bit mask */
#define CHANNELS_MAX 8
#define FIELDS_MAX 512
#define EVENT_KINDS_MAX 128
#define PROPERTIES_MAX 32 /* of one kind of event */
#define ALLOWED_MAX 1000  /* values of one category */
#define FEATURES_MAX 1024
#define NAME_LEN_MAX 64 /* names: a-z 0-9 _ - : . and not empty */
#define NONE SIZE_MAX   /* no such purpose, channel, field */
#define DAYS_MAX 36500  /* the longest retention, window or validity */

/* In place of a set of purposes: a subject's own right, which opens also what has no purpose. */
#define PURPOSES_ALL UINT64_MAX

/* GDPR Article 6(1) (a), (b), (c), (d), (e), (f). */
enum basis {
    BASIS_CONSENT,
    BASIS_CONTRACT,
    BASIS_LEGAL_OBLIGATION,
    BASIS_VITAL_INTEREST,
    BASIS_PUBLIC_TASK,
    BASIS_LEGITIMATE_INTEREST, /* until the subject objects */
};

/* The wording in one more language. */
struct translation {
    struct str language;
    struct str wording;
};

struct purpose {
    struct str name;            /* email_marketing; share:RECIPIENT for disclosure */
    struct str title;           /* for people; defaults to the name */
    struct str wording;         /* exactly what the subject is asked */
    struct str wording_version; /* "2026-03" */
    struct str recipient;       /* of a share:RECIPIENT purpose, else empty */
    enum basis basis;
    uint32_t channels;     /* bit c: channel c may serve it; 0: it has no channel (profiling) */
    uint32_t valid_days;   /* consent ends so long after it was given; 0: it does not */
    bool direct_marketing; /* an objection is absolute, GDPR Article 21(2)-(3) */
    struct str language;   /* of the wording, BCP 47 */
    struct translation *translation;
    size_t translation_count;
    uint32_t confirm_days; /* double opt-in: a yes counts once confirmed within them; 0: at once */
    uint32_t ask_again_days; /* after a no nobody asks again before */
    uint64_t terms;          /* mask of DPV terms, recipient.h */
};

enum field_type { FIELD_NUMBER, FIELD_CATEGORY, FIELD_BOOLEAN, FIELD_DATE, FIELD_TEXT };

enum origin { ORIGIN_PROVIDED, ORIGIN_OBSERVED, ORIGIN_DERIVED, ORIGIN_INFERRED };

enum sensitivity { SENSITIVITY_ORDINARY, SENSITIVITY_PERSONAL, SENSITIVITY_SPECIAL }; /* Art. 9 */

/* A field of the profile, or a property of an event. */
struct field {
    struct str name;
    struct str label; /* for people; defaults to the name with spaces */
    struct str pii;   /* email, phone, name, address ...; empty: none */
    struct str owner; /* who answers for it */
    struct str unit;
    enum field_type type;
    enum origin origin;
    enum sensitivity sensitivity;
    uint32_t retention_days; /* 0: as long as the subject is known */
    uint64_t purposes;       /* bit p: purpose p may use it; of a property: those of its event */
    bool is_protected;       /* an attribute that must not drive decisions */
    bool changeable;         /* the subject could change it: recourse may speak of it */
    bool required;
    bool has_min;
    bool has_max;
    double min;
    double max;
    struct str *allowed; /* of a category; none: any text up to CELL_TEXT_MAX */
    size_t allowed_count;
    bool
        keeps_time; /* when the value came in is kept with it: it has a retention, or an age counts */
    size_t drawer; /* of a profile field: index in inventory.drawer */
};

struct event_kind {
    struct str name;
    struct str label;
    uint64_t purposes;
    uint32_t retention_days;
    struct field *property;
    size_t property_count;
};

/* What a feature measures. Windows end at the instant asked for and begin `days` before it. */
enum measure {
    MEASURE_FIELD, /* the field itself; a date becomes days since */
    MEASURE_COUNT,
    MEASURE_SUM,
    MEASURE_MEAN,
    MEASURE_MAX,
    MEASURE_DAYS_SINCE, /* since the last such event; missing when there was none */
    MEASURE_DISTINCT,   /* different values of a property */
    MEASURE_TOP,        /* the most frequent value of a property, ties to the first by bytes */
};

/* What a feature is called in one more language; what is empty is not translated. */
struct feature_words {
    struct str language;
    struct str label;
    struct str unit;
    struct str raises;
    struct str lowers;
};

struct feature {
    struct str name;
    struct str label;
    struct str unit;
    struct str raises; /* sentence for a reason, with {label} {value} {unit}; empty: the default */
    struct str lowers;
    struct feature_words *words;
    size_t words_count;
    enum measure measure;
    uint32_t days;     /* 0: all time */
    size_t field;      /* for MEASURE_FIELD, else NONE */
    size_t event_kind; /* otherwise */
    size_t property;   /* NONE where the measure needs none */
    struct str equals; /* count only events whose property has this value; empty: all */
    size_t equals_property;
    uint64_t purposes; /* the intersection of its sources' */
    bool is_protected; /* a source is */
    bool is_category;
    bool changeable;
};

struct drawer {
    uint64_t purposes;
    struct str id; /* the purposes' names, sorted, joined by a space; part of what is sealed */
};

struct inventory {
    struct str name; /* of the home */
    struct purpose *purpose;
    size_t purpose_count;
    struct str *channel;
    size_t channel_count;
    struct str identifier; /* the column that names a subject, "identifier" by default */
    size_t language_field; /* in which language a subject is told things; NONE: not kept */
    struct field *field;
    size_t field_count;
    struct event_kind *event_kind;
    size_t event_kind_count;
    struct feature *feature;
    size_t feature_count;
    struct drawer *drawer;
    size_t drawer_count;
    struct recipient *recipient; /* [0] is ourselves; NULL: there are no others */
    size_t recipient_count;
    struct disclosure *disclosure;
    size_t disclosure_count;
    bool *field_is_lookup; /* subjects are also found by this field (e-mail): it is blind-indexed */
};

/*
 * Read the inventory from the sections `name channels purposes recipients subjects events features`
 * of candor.yaml; other sections are left to their readers. Everything is checked: names, kinds,
 * references, ranges, duplicates, a share: purpose whose basis is not consent, features whose
 * sources share no purpose. The result lives in the job's arena and refers to the tree's text.
 *
 * CANDOR_BAD_INPUT  with the line and the field
 */
CANDOR_MUST_USE enum candor_status inventory_read(struct job *job, const struct value *root,
                                                  const struct inventory **inventory);

/* Does the purpose have this channel; with column CHANNELS_MAX, is it one without? */
static inline bool purpose_serves(const struct purpose *purpose, size_t column)
{
    return column == CHANNELS_MAX ? purpose->channels == 0 : (purpose->channels >> column & 1) != 0;
}

/* Look-ups by name; NONE when there is no such thing. */
size_t inventory_purpose(const struct inventory *inventory, struct str name);
size_t inventory_channel(const struct inventory *inventory, struct str name);
size_t inventory_field(const struct inventory *inventory, struct str name);
size_t inventory_event_kind(const struct inventory *inventory, struct str name);
size_t inventory_feature(const struct inventory *inventory, struct str name);
const char *basis_name(enum basis basis); /* "consent", "legitimate_interest" */
const char *origin_name(enum origin origin);
const char *sensitivity_name(enum sensitivity sensitivity);
const char *field_type_name(enum field_type type);

/* ---- cell.c -------------------------------------------------------------------------------- */

#define CELL_TEXT_MAX 4096

enum cell_kind { CELL_MISSING, CELL_NUMBER, CELL_TEXT, CELL_TIME };

/* One value. A boolean is a number 0 or 1, a category is text, a date is a time. */
struct cell {
    enum cell_kind kind;
    double number;
    int64_t time; /* microseconds UTC */
    struct str text;
};

/* Why a value was not accepted. CELL_FINE is zero. */
enum cell_fault {
    CELL_FINE,
    CELL_REQUIRED, /* missing but required */
    CELL_NOT_A_NUMBER,
    CELL_NOT_A_BOOLEAN, /* true false yes no 1 0 */
    CELL_NOT_A_DATE,
    CELL_BELOW_MIN,
    CELL_ABOVE_MAX,
    CELL_UNKNOWN_VALUE,
    CELL_IN_THE_FUTURE, /* a date later than now; only for observed and provided dates */
    CELL_TOO_LONG,
    CELL_NOT_UTF8,
    CELL_BAD_EMAIL,
    CELL_BAD_PHONE,
};

/* Missing is the empty text, NA, NaN, null and ?. E-mail and phone are checked by the field's pii
 * kind. The cell refers to the text. */
enum cell_fault cell_read(const struct field *field, struct str text, int64_t now,
                          struct cell *cell);
const char *cell_fault_code(enum cell_fault fault);     /* "above_max" */
const char *cell_fault_sentence(enum cell_fault fault); /* "is above the largest allowed value" */
struct str cell_text(struct arena *arena, const struct field *field, const struct cell *cell);
bool cell_equal(const struct cell *left, const struct cell *right);

/* ---- profile.c ----------------------------------------------------------------------------- */

struct profile {
    const struct inventory *inventory;
    struct cell *cell; /* field_count; fields that were not opened are missing */
    int64_t *since;    /* when each value came in, microseconds UTC; 0: not known */
};

struct profile profile_begin(struct arena *arena, const struct inventory *inventory);

/* The bytes of one drawer: fields by name, so that the inventory may be reordered and grow. */
void profile_write(const struct profile *profile, size_t drawer, struct buf *buf);

/*
 * Read a drawer's bytes into the profile: only the fields whose inventory entry allows all of
 * `purposes`; PURPOSES_ALL opens every field, 0 none. Names that the inventory no longer has, and
 * values of a kind that the field no longer has, are skipped. Texts refer to the bytes.
 *
 * CANDOR_CORRUPT  the profile is as it was
 */
CANDOR_MUST_USE enum candor_status profile_read(struct job *job, struct bytes bytes,
                                                uint64_t purposes, struct profile *profile);

/* ---- event.c ------------------------------------------------------------------------------- */

struct event {
    size_t kind;       /* index in inventory.event_kind */
    int64_t time;      /* microseconds UTC, when it happened */
    struct cell *cell; /* property_count of its kind */
};

void event_write(const struct inventory *inventory, const struct event *event, struct buf *buf);
/* CANDOR_CORRUPT; CANDOR_NOT_FOUND: a kind that the inventory no longer has. */
CANDOR_MUST_USE enum candor_status event_read(struct job *job, const struct inventory *inventory,
                                              struct bytes bytes, struct event *event);

/* ---- feature.c ----------------------------------------------------------------------------- */

/*
 * Compute the features asked for, as of an instant: events after it do not count, nor do those at
 * or before the beginning of the window, so that windows tile. Days are whole days. A count or sum
 * of nothing is 0, every other measure of nothing is missing. cell[i] is the value of feature[i].
 */
void features_compute(struct arena *arena, const struct inventory *inventory,
                      const struct profile *profile, const struct event *event, size_t event_count,
                      int64_t as_of, const size_t *feature, size_t feature_count,
                      struct cell *cell);

/* ---- section.c ----------------------------------------------------------------------------- */

/*
 * One map of candor.yaml taken apart, for every room that has a section of its own there. Each
 * function takes what stands under one key, checks it, and says what is wrong and on which line:
 * "purpose of campaign 'spring' (line 12): ...". A key that is not there leaves the target as it
 * was, which is where the default stands; a key with nothing behind it is refused, since nobody
 * can know what was meant. All failures are CANDOR_BAD_INPUT.
 */
struct section {
    const struct value *map;
    const char *what; /* "campaign 'spring'" */
};

/* Open a map with only these keys; kind is "campaign", the name is taken from `name` if it reads. */
CANDOR_MUST_USE enum candor_status section_open(struct job *job, const struct value *map,
                                                const char *kind, const char *const *known_key,
                                                size_t known_count, struct section *section);

bool section_has(const struct section *section, const char *key);
/* "cap of campaign 'spring'", for maps and lists within. */
const char *section_what(struct job *job, const struct section *section, const char *key);
/* Fail about a key: the message begins with what and where. */
enum candor_status section_fail(struct job *job, const struct section *section, const char *key,
                                const char *format, ...) CANDOR_PRINTF(4, 5);
/* The key is required. */
CANDOR_MUST_USE enum candor_status section_need(struct job *job, const struct section *section,
                                                const char *key);

/* A name: required, a-z 0-9 _ - : . and up to NAME_LEN_MAX. */
CANDOR_MUST_USE enum candor_status section_name(struct job *job, const struct section *section,
                                                struct str *name);
/* What people read in place of a name: the text under the key, else the name with spaces. */
CANDOR_MUST_USE enum candor_status section_title(struct job *job, const struct section *section,
                                                 const char *key, struct str name,
                                                 struct str *title);
CANDOR_MUST_USE enum candor_status section_text(struct job *job, const struct section *section,
                                                const char *key, struct str *text);
CANDOR_MUST_USE enum candor_status section_bool(struct job *job, const struct section *section,
                                                const char *key, bool *boolean);
CANDOR_MUST_USE enum candor_status section_number(struct job *job, const struct section *section,
                                                  const char *key, double min, double max,
                                                  double *number);
CANDOR_MUST_USE enum candor_status section_count(struct job *job, const struct section *section,
                                                 const char *key, uint32_t min, uint32_t max,
                                                 uint32_t *count);
/* One of the words; its index. */
CANDOR_MUST_USE enum candor_status section_choice(struct job *job, const struct section *section,
                                                  const char *key, const char *const *word,
                                                  size_t word_count, unsigned *index);
/* A list of 0 .. count_max items, or NULL. */
CANDOR_MUST_USE enum candor_status section_list(struct job *job, const struct section *section,
                                                const char *key, size_t count_max,
                                                const struct value **list);
/* A map, or NULL. */
CANDOR_MUST_USE enum candor_status section_map(struct job *job, const struct section *section,
                                               const char *key, const struct value **map);

/* A text, number or boolean as the text that reads as it; of anything else, the empty text. */
struct str section_scalar(struct arena *arena, const struct value *value);

/* Things that are referred to by name: an array of structs whose first member is their name. */
struct catalogue {
    const char *kind; /* "purpose" */
    const void *first;
    size_t stride;
    size_t count;
};

struct catalogue catalogue_purposes(const struct inventory *inventory);
struct catalogue catalogue_channels(const struct inventory *inventory);
struct catalogue catalogue_fields(const struct inventory *inventory);
struct catalogue catalogue_event_kinds(const struct inventory *inventory);
struct catalogue catalogue_features(const struct inventory *inventory);
struct catalogue catalogue_properties(const struct event_kind *kind);

/* The index of the thing that a value names; what begins the message. */
CANDOR_MUST_USE enum candor_status catalogue_find(struct job *job,
                                                  const struct catalogue *catalogue,
                                                  const struct value *value, const char *what,
                                                  size_t *index);
CANDOR_MUST_USE enum candor_status section_reference(struct job *job, const struct section *section,
                                                     const char *key,
                                                     const struct catalogue *catalogue,
                                                     size_t *index);
/* A list of different names. In the job's arena. */
struct references {
    size_t *index;
    size_t count;
};
CANDOR_MUST_USE enum candor_status section_references(
    struct job *job, const struct section *section, const char *key,
    const struct catalogue *catalogue, size_t count_max, struct references *references);
/* The same as a mask. */
CANDOR_MUST_USE enum candor_status section_mask(struct job *job, const struct section *section,
                                                const char *key, const struct catalogue *catalogue,
                                                uint64_t *mask);
/* The name of the thing at `at` must not be that of one before it. */
CANDOR_MUST_USE enum candor_status section_is_new(struct job *job, const struct section *section,
                                                  const struct catalogue *catalogue, size_t at);

#endif
