/*
 * incident_text.c - drafts of what has to be told: to the authority (GDPR Article 33(3)) and to the
 * people (34(2)), as plain text. What is not known stands there as a gap to fill, never as a guess.
 */
#include "consenting.h"
#include "incident.h"

#define GAP "[to be filled in]"

static struct str or_gap(struct str text)
{
    return text.len > 0 ? text : STR(GAP);
}

/* The point of contact: GDPR Articles 33(3)(b) and 34(2). */
static struct str contact_of(const struct candor *candor)
{
    const struct str officer = controller_officer(candor);
    return or_gap(officer.len > 0 ? officer : candor->controller->contact);
}

static struct str time_or_gap(struct job *job, int64_t time)
{
    return time == 0 ? STR(GAP) : str_from_time(job->arena, time);
}

static void put_exposed(struct buf *buf, unsigned exposed)
{
    static const char *const words[EXPOSED_KINDS] = {
        "the sealed database or a copy of it", "the wrapped keys", "the root key",
        "data in plain (an export, a hand-over file or a page)",
        "data looked at by somebody without a right to"};
    if (exposed == 0) {
        buf_lit(buf, LIT("  - " GAP "\n"));
    }
    for (unsigned bit = 0; bit < EXPOSED_KINDS; bit++) {
        if ((exposed >> bit & 1) == 1) {
            buf_format(buf, "  - %s\n", words[bit]);
        }
    }
}

static void put_categories(struct buf *buf, const struct inventory *inventory)
{
    for (size_t f = 0; f < inventory->field_count; f++) {
        const struct field *field = &inventory->field[f];
        buf_format(buf, "  - %.*s (%s)\n", STR_ARG(field->label),
                   sensitivity_name(field->sensitivity));
    }
}

static void put_authority(struct job *job, struct buf *buf, const struct candor *candor,
                          const struct incident *incident, const struct affected *affected)
{
    const char *why = NULL;
    const bool is_sealed = exposed_is_unintelligible(incident->exposed, &why);
    buf_format(buf, "Notification of a personal data breach (GDPR Article 33)\nDraft, %.*s\n\n",
               STR_ARG(str_from_time(job->arena, job->now)));
    buf_format(buf, "1. Who notifies\n  %.*s\n  Contact: %.*s\n\n",
               STR_ARG(candor->controller->name), STR_ARG(contact_of(candor)));
    buf_format(buf, "2. What happened\n  %.*s\n  From %.*s until %.*s\n  Known to us since %.*s\n",
               STR_ARG(incident->title), STR_ARG(time_or_gap(job, incident->from)),
               STR_ARG(time_or_gap(job, incident->until)),
               STR_ARG(str_from_time(job->arena, incident->aware)));
    if (job->now - incident->aware > BREACH_CLOCK) {
        buf_lit(buf, LIT("  This comes later than 72 hours, because: " GAP "\n"));
    }
    buf_lit(buf, LIT("  Exposed were:\n"));
    put_exposed(buf, incident->exposed);
    buf_format(
        buf,
        "\n3. Whom it concerns\n  %llu people, counted from the access log, the hand-overs and the "
        "disclosures\n  %llu records of looks at them\n\n4. Categories of data held about them\n",
        (unsigned long long)affected->people, (unsigned long long)affected->looks);
    put_categories(buf, candor->inventory);
    buf_format(buf,
               "\n5. Likely consequences\n  Risk to the people: %s\n  %s\n\n6. Measures taken or "
               "proposed\n  %.*s\n\n7. The people\n  %s\n",
               risk_name(incident->risk), why, STR_ARG(or_gap(incident->measures)),
               incident->people_told != 0 ? "were told."
               : is_sealed ? "need not be told: the data were unintelligible to whoever got them "
                             "(Article 34(3)(a))."
               : incident_tells_people(incident) ? "will be told without delay (Article 34)."
                                                 : "need not be told: the risk is not high.");
}

static void put_people(struct job *job, struct buf *buf, const struct candor *candor,
                       const struct incident *incident)
{
    buf_format(
        buf,
        "Something happened to data about you\nDraft, %.*s\n\nWhat happened\n  %.*s\n  We know "
        "of it since %.*s.\n\nWhat got into other hands\n",
        STR_ARG(str_from_time(job->arena, job->now)), STR_ARG(incident->title),
        STR_ARG(str_from_date(job->arena, incident->aware)));
    put_exposed(buf, incident->exposed);
    buf_format(
        buf,
        "\nWhat it may mean for you\n  " GAP "\n\nWhat we did\n  %.*s\n\nWhat you can do\n  " GAP
        "\n\nWhom to ask\n  %.*s\n  You can see what we hold about you, who looked at it, and "
        "have it erased.\n  You can complain to your data protection authority.\n\n%.*s\n",
        STR_ARG(or_gap(incident->measures)), STR_ARG(contact_of(candor)),
        STR_ARG(candor->controller->name));
}

static enum candor_status draft_of(struct job *job, struct candor *candor, struct str number,
                                   struct str whom, struct candor_text *draft)
{
    struct txn *txn = NULL;
    struct incident incident;
    struct affected affected;
    struct buf buf = buf_begin(job->arena);
    TRY(caller_may(job, candor, ACT_SUBJECT_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(incident_get(job, txn, number, &incident));
    if (str_is(whom, "people")) {
        put_people(job, &buf, candor, &incident);
    } else if (str_is(whom, "authority")) {
        TRY(incident_affected(job, candor, txn, &incident, &affected));
        put_authority(job, &buf, candor, &incident, &affected);
    } else {
        return fail(job, CANDOR_BAD_INPUT, "a draft is for the authority or for the people");
    }
    *draft = text_of(job, buf_text(&buf));
    return CANDOR_OK;
}

enum candor_status candor_incident_draft(struct job *job, struct candor *candor, const char *number,
                                         const char *whom, struct candor_text *draft)
{
    home_enter(candor);
    const enum candor_status status = draft_of(job, candor, str_of(number), str_of(whom), draft);
    home_leave(candor);
    return status;
}
