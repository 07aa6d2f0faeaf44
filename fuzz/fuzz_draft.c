/*
 * fuzz_draft.c - any bytes as a brief, and as what a model answered to one: refused, or copy that is UTF-8 and
 * keeps to the brief's limits.
 */
#include "draft.h"
#include "generate.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] =
    "brief: 1\nlanguage: de\nproduct: die Lampe\naudience: alle\n"
    "facts: [{name: a, says: 10 Jahre, source: Datenblatt}]\n"
    "benefits: [{text: Sie leuchtet., fact: a}, {text: Sie steht., fact: a}]\n"
    "fields: [{name: city, fallback: hier}]\n"
    "action: {text: Los, link: \"https://a.example\"}\nsender: {name: A, address: B}\n";

static enum candor_status take(struct job *job, struct bytes bytes, struct brief *brief)
{
    const struct value *root = NULL;
    TRY(yaml_read(job, bytes, NULL, "the brief", &root));
    return brief_read(job, root, brief);
}

static void write_all(struct job *job, struct brief *brief)
{
    struct draft draft[DRAFTS_MAX];
    for (unsigned f = 0; f < DRAFT_FORMS; f++) {
        brief->form = (enum draft_form)f;
        const size_t count = draft_write(job->arena, brief, f, DRAFTS_MAX, draft);
        for (size_t i = 0; i < count; i++) {
            must(letter_count(draft[i].subject) <= brief->subject_max || f == DRAFT_MESSAGE);
            must(str_is_utf8(draft_text(job->arena, brief, brief->language, &draft[i])));
        }
    }
}

static void hear(struct job *job, struct str said, enum draft_form form)
{
    struct generation *generation = NEW(job->arena, struct generation);
    must(take(job, bytes_of(str_of(text)), &generation->brief) == CANDOR_OK);
    struct brief *brief = &generation->brief;
    brief->form = form;
    generation->wanted = DRAFTS_MAX;
    if (generate_read(job, said, generation) != CANDOR_OK) {
        return;
    }
    for (size_t i = 0; i < generation->count; i++) {
        if (generation->why[i] == NULL) {
            const struct draft *draft = &generation->draft[i];
            must(draft_body_letters(job->arena, brief, draft) <= brief_body_max(brief));
            must(str_is_utf8(draft_text(job->arena, brief, brief->language, draft)));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    struct brief brief;
    job_begin(&job, host_real());
    if (take(&job, (struct bytes){data, size}, &brief) == CANDOR_OK) {
        write_all(&job, &brief);
    }
    job_forgive(&job);
    hear(&job, (struct str){(const char *)data, size}, DRAFT_MAIL);
    job_forgive(&job);
    hear(&job, (struct str){(const char *)data, size}, DRAFT_MESSAGE);
    job_end(&job);
    return 0;
}
