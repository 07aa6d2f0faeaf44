/*
 * age.c - from which age a person consents alone to services on line.
 *
 * GDPR Article 8(1) says 16 and lets a member state go down to 13; these are the national laws as in
 * force in November 2026, and COPPA for the United States. A country that is not in the table is 16.
 */
#include "govern.h"

static const struct {
    char country[3];
    unsigned char years;
} row[] = {
    {"AT", 14}, /* DSG section 4(4) */
    {"BE", 13}, /* Act of 30 July 2018, Article 7 */
    {"BG", 14}, /* Personal Data Protection Act, Article 25c */
    {"CY", 14}, /* Law 125(I)/2018, section 8 */
    {"CZ", 15}, /* Act 110/2019, section 7 */
    {"DE", 16}, /* no national rule */
    {"DK", 15}, /* Act 502/2018 section 6, as amended from 1 January 2024 */
    {"EE", 13}, /* Personal Data Protection Act, section 8 */
    {"ES", 14}, /* LO 3/2018, Article 7 */
    {"FI", 13}, /* Act 1050/2018, section 5 */
    {"FR", 15}, /* Loi Informatique et Libertes, Article 45 */
    {"GB", 13}, /* Data Protection Act 2018, section 9 */
    {"GR", 15}, /* Law 4624/2019, Article 21 */
    {"HR", 16}, /* Act 42/2018, Article 19 */
    {"HU", 16}, /* no national rule */
    {"IE", 16}, /* Data Protection Act 2018, section 31 */
    {"IS", 13}, /* Act 90/2018, Article 10 */
    {"IT", 14}, /* Legislative Decree 101/2018, Article 2-quinquies */
    {"LI", 16}, /* no national rule */
    {"LT", 14}, /* Law I-1374, Article 6 */
    {"LU", 16}, /* no national rule */
    {"LV", 13}, /* Personal Data Processing Law, section 33 */
    {"MT", 13}, /* Legal Notice 187 of 2018 */
    {"NL", 16}, /* UAVG, Article 5 */
    {"NO", 13}, /* Act 38/2018, section 5 */
    {"PL", 16}, /* no national rule */
    {"PT", 13}, /* Law 58/2019, Article 16 */
    {"RO", 16}, /* no national rule */
    {"SE", 13}, /* Act 2018:218, chapter 2 section 4 */
    {"SI", 15}, /* ZVOP-2, Article 8 */
    {"SK", 16}, /* Act 18/2018, section 15 */
    {"US", 13}, /* COPPA, 15 U.S.C. 6501(1) */
};

bool age_of_consent(struct str country, unsigned *years)
{
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(country, row[i].country)) {
            *years = row[i].years;
            return true;
        }
    }
    return false;
}

/* ---- birthdays ----------------------------------------------------------------------------- */

/* The date of birth in a later year, and no earlier than the day after the eve of it: so who was born on
 * 29 February has the birthday on 1 March where the calendar has no such day. */
int64_t age_reached(int64_t born, unsigned years)
{
    static const int64_t days_least = -719000; /* year 1 */
    const int64_t days = born / MICROS_PER_DAY - (born % MICROS_PER_DAY < 0);
    const int64_t day = (days < days_least ? days_least : days) * MICROS_PER_DAY;
    const int64_t same_date = time_add_months(day, 12 * years);
    const int64_t after_eve = time_add_months(day - MICROS_PER_DAY, 12 * years) + MICROS_PER_DAY;
    return same_date > after_eve ? same_date : after_eve;
}
