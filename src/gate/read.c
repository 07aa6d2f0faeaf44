/*
 * read.c - the text as prose: each sentence goes to whom it concerns.
 */
#include "prose.h"

void prose_add(struct scan *scan, const struct remark *remark, size_t start, size_t end)
{
    const size_t before = scan->findings->count;
    scan_add(scan, remark->rule, remark->what, remark->kind, remark->likelihood, start, end);
    if (scan->findings->count > before) {
        scan->findings->item[before].fix = remark->fix;
    }
}

struct reading {
    struct scan *scan;
    enum form form;
    struct copy_letter letter;
    struct market_letter market;
};

static void read_sentence(void *context, const struct sentence *sentence)
{
    struct reading *reading = context;
    if ((reading->scan->asked->kinds & GATE_INJECTION) != 0) {
        injection_sentence(reading->scan, sentence, reading->form);
    }
    if ((reading->scan->asked->kinds & GATE_COPY) != 0 && reading->form == FORM_TEXT) {
        copy_note(&reading->letter, reading->scan, sentence);
        if (sentence->source != IN_COMMENT) {
            copy_sentence(reading->scan, sentence);
            market_note(&reading->market, reading->scan, sentence);
        }
    }
}

/* Signs that no writing has, one in fifty of the first ones: a program that was translated, a picture. */
static bool is_binary(struct str text)
{
    enum { LOOK = 4096, OF = 50 };
    const struct str first = str_slice(text, 0, LOOK);
    size_t count = 0;
    for (size_t i = 0; i < first.len; i++) {
        const unsigned char sign = (unsigned char)first.ptr[i];
        count += sign < '\t' || (sign > '\r' && sign < ' ' && sign != 0x1b);
    }
    return count * OF > first.len;
}

/* What is packed in a program is no program. */
static enum form form_here(const struct scan *scan)
{
    const struct str path = scan->asked->path;
    if (scan->depth > 0 || path.len == 0) {
        return FORM_TEXT;
    }
    const enum form form = form_of(path);
    const bool may_be_binary = form == FORM_CODE || !path_has_ending(path);
    if (form == FORM_NONE || (may_be_binary && is_binary(scan->text))) {
        return FORM_NONE; /* what says that it is text is read, whatever stands in it */
    }
    return form == FORM_TEXT && str_starts(scan->text, STR("#!/")) ? FORM_CODE : form;
}

void scan_prose(struct scan *scan)
{
    struct reading reading = {.scan = scan, .form = form_here(scan)};
    const unsigned kinds = scan->asked->kinds;
    if ((kinds & (GATE_INJECTION | GATE_COPY)) == 0 || reading.form == FORM_NONE) {
        return;
    }
    if ((kinds & GATE_INJECTION) != 0) {
        hidden_scan(scan, reading.form);
        if (reading.form == FORM_TEXT) {
            disguise_scan(scan);
        }
    }
    prose_sentences(scan->text, read_sentence, &reading);
    if ((kinds & GATE_COPY) == 0 || scan->depth > 0) {
        return;
    }
    market_whole(scan, &reading.market, scan->asked->is_whole);
    if (scan->asked->is_whole) {
        copy_whole(scan, &reading.letter);
    }
}
