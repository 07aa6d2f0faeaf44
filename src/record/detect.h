/*
 * detect.h - a door of the record room: what a value looks like, whatever its field says.
 *
 *   detect.c        e-mail, phone, IBAN, card, IP address, names and postal addresses in context
 *   detect_id.c     national identity numbers by their check digits
 *
 * One value proves little: a number of eleven digits passes one check in ten by chance. Who asks looks
 * at many values of a field, and at the share of them.
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
/* The check digit of Luhn, ISO/IEC 7812-1 annex B. digits only. */
bool detect_luhn(struct str digits);

#endif
