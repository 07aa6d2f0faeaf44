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

void scan_prose(struct scan *scan)
{
    /* What is packed in a program is no program. */
    const struct str path = scan->depth > 0 ? STR("") : scan->asked->path;
    struct reading reading = {.scan = scan, .form = text_form(path, scan->text)};
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
