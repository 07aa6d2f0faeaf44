/*
 * detect.h - a door of the record room: what a value looks like, whatever its field says.
 *
 *   detect.c        e-mail, phone, IBAN, card, IP address, names and postal addresses in context
 *   detect_id.c     national identity numbers by their check digits; detect_far.c those of more countries
 *   identify.c      what names a person somewhere within a text, and hardly ever anything else
 *
 * One value proves little: a number of eleven digits passes one check in ten by chance. Who asks looks
 * at many values of a field, and at the share of them. identify.c is for where one value decides: it
 * asks for check digits, a plus or separators, and misses rather than stops somebody for nothing.
 */
#ifndef CANDOR_DETECT_H
#define CANDOR_DETECT_H

#include "record.h"

enum detected {
    DETECTED_NOTHING,
    DETECTED_EMAIL,
    DETECTED_PHONE,
    DETECTED_IBAN, /* ISO 13616, with its check digits */
    DETECTED_CARD, /* ISO/IEC 7812, with its check digit */
    DETECTED_IP,   /* IPv4 and IPv6 */
    DETECTED_NATIONAL_ID,
    DETECTED_NAME, /* a common given name with another word in capitals, or after a title */
    DETECTED_ADDRESS,
    DETECTIONS,
};

const char *detected_name(enum detected detected); /* "email", as a field's pii says it */

/* What the text, or a part of it, looks like; the surest first. */
enum detected detect_text(struct str text);
/* What a field's name says about it: "phone_2" is about phones. */
enum detected detect_field_name(struct str name);

/* detect_id.c: whether digits and letters without separators are such a number, and whose. NULL: not.
 * Checked by its digits: DE, NL, ES, IT, FR, PL, BE, PT, SE, BG; by form only: UK, US. */
const char *detect_national_id(struct str text);

/* A kind of identity number, for whoever looks for them in text. is_one takes capitals and digits alone. */
struct identity {
    const char *country;
    const char *name; /* "a tax code (IT)" */
    bool is_sure;     /* hardly anything else passes; otherwise a word must stand beside it */
    bool (*is_one)(struct str plain);
};
/* All kinds from 0 on, those of detect_national_id first; NULL: there are no more. */
const struct identity *identity_at(size_t index);
const struct identity *identity_far_at(size_t index); /* detect_far.c */
enum { IDENTITY_LEN_MIN = 8, IDENTITY_LEN_MAX = 18 }; /* of all kinds, without separators */
enum { IBAN_LEN_MIN = 15, IBAN_LEN_MAX = 34 };
/* Country, two check digits and the rest in capitals and digits alone: ISO 13616, ISO 7064. detect.c */
bool detect_iban(struct str plain);
/* The check digit of Luhn, ISO/IEC 7812-1 annex B. digits only. */
bool detect_luhn(struct str digits);

/* ---- identify.c ---------------------------------------------------------------------------- */

enum identifies {
    IDENTIFIES_NOBODY,
    IDENTIFIES_EMAIL,
    IDENTIFIES_PHONE,
    IDENTIFIES_IBAN,
    IDENTIFIES_CARD
};

const char *identifies_name(enum identifies kind); /* "an e-mail address" */

/*
 * What in a text names a person, wherever it stands. An IBAN has a country, a length and check digits
 * (ISO 13616), a card 13 to 19 digits that pass Luhn's test, a phone number + and 8 to 15 digits, or 0 and
 * 9 to 14 with two separators at least; dates and times are none.
 */
enum identifies text_identifies(struct str text);

#endif
