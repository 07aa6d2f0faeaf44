/*
 * call_report.c - a report in the form that was asked for.
 */
#include "serving.h"

struct form {
    const char *name;
    const char *type; /* as Accept has it */
    struct str content_type;
};

#define TEXT(text) \
    { \
        "" text "", sizeof(text) - 1 \
    }

static const struct form form[] = {
    {"json", "application/json", TEXT("application/json")},
    {"html", "text/html", TEXT("text/html; charset=utf-8")},
    {"pdf", "application/pdf", TEXT("application/pdf")},
    {"text", "text/plain", TEXT("text/plain; charset=utf-8")},
};
enum { FORMS = sizeof form / sizeof form[0] };

/* The first of Accept's types that there is; their weights are not looked at, and JSON is what is given to
 * whoever takes anything. */
static const struct form *accepted(const struct ask *ask)
{
    struct str rest = net_header(ask->request, "accept");
    while (rest.ptr != NULL) {
        struct str one = str_cut(&rest, ',');
        const struct str type = str_trim(str_cut(&one, ';'));
        for (size_t f = 0; f < FORMS; f++) {
            if (str_is(type, form[f].type)) {
                return &form[f];
            }
        }
    }
    return &form[0];
}

/* NULL: a word that is none; the library says so. */
static const struct form *form_of(const struct ask *ask)
{
    if (ask->text[0] == NULL) {
        return accepted(ask);
    }
    for (size_t f = 0; f < FORMS; f++) {
        if (str_is(str_of(ask->text[0]), form[f].name)) {
            return &form[f];
        }
    }
    return NULL;
}

enum candor_status call_report(struct job *job, struct candor *candor, const struct ask *ask,
                               struct candor_text *report)
{
    const struct form *of = form_of(ask);
    const struct candor_report_order order = {
        .kind = ask->name,
        .model = ask->text[1],
        .from = ask->text[2],
        .until = ask->text[3],
        .format = of == NULL ? ask->text[0] : of->name,
    };
    return candor_report(job, candor, &order, report);
}

struct outcome outcome_document(const struct ask *ask, struct str body)
{
    const struct form *of = form_of(ask);
    must(of != NULL); /* the library has refused any other */
    return (struct outcome){
        .code = 200,
        .content_type = of->content_type,
        .body = bytes_of(body),
        .header = {STR("Content-Security-Policy"),
                   STR("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")},
    };
}
