/*
 * test_draft.c - copy from a brief: what a brief may say, that each phrase in each language passes the scan, and
 * what is not taken from a model.
 */
#include "draft.h"

#include <string.h>

#include "gate.h"
#include "testing.h"
#include "text.h"

static const char *const brief_text[DRAFT_LANGUAGES] = {
    "brief: 1\n"
    "language: en\n"
    "product: the Lumen desk lamp\n"
    "audience: people who read in the evening\n"
    "facts:\n"
    "  - {name: dimming, says: dims from 800 to 8 lumen, source: \"Data sheet 3\"}\n"
    "  - {name: life, says: parts are kept for 10 years, source: \"Terms of service, section 4\"}\n"
    "benefits:\n"
    "  - {text: The light dims to one per cent., headline: Light that dims to 1 %, fact: dimming}\n"
    "  - {text: Every part can be replaced with a screwdriver., fact: life}\n"
    "  - {text: \"It stands well in {{city}}.\", headline: A lamp that can be repaired, fact: "
    "life}\n"
    "fields:\n"
    "  - {name: first_name, fallback: there, greeting: true}\n"
    "  - {name: city, fallback: your town}\n"
    "action: {text: See the lamp, link: \"https://lumen.example/desk\"}\n"
    "sender: {name: Lumen, address: \"Mill Lane, Dublin\"}\n",
    "brief: 1\n"
    "language: de\n"
    "product: die Schreibtischlampe Lumen\n"
    "audience: alle, die abends lesen\n"
    "facts: [{name: dimmen, says: von 800 auf 8 Lumen, source: Datenblatt 3}]\n"
    "benefits:\n"
    "  - {text: Das Licht lässt sich auf ein Prozent dimmen., headline: Licht bis auf ein Prozent, "
    "fact: dimmen}\n"
    "  - {text: Alle Teile lassen sich mit einem Schraubendreher wechseln., headline: Jedes Teil "
    "ist austauschbar, fact: dimmen}\n"
    "  - {text: Der Schirm besteht aus Glas., fact: dimmen}\n"
    "action: {text: Zur Lampe, link: \"https://lumen.example/de\"}\n"
    "sender: {name: Lumen, address: \"Hauptplatz, Graz\"}\n",
    "brief: 1\n"
    "language: fr\n"
    "product: la lampe de bureau Lumen\n"
    "audience: celles et ceux qui lisent le soir\n"
    "facts: [{name: variateur, says: de 800 à 8 lumens, source: Fiche technique 3}]\n"
    "benefits:\n"
    "  - {text: La lumière se règle jusqu’à un centième., fact: variateur}\n"
    "  - {text: Chaque pièce se change avec un tournevis., fact: variateur}\n"
    "  - {text: L’abat-jour est en verre., fact: variateur}\n"
    "action: {text: Voir la lampe, link: \"https://lumen.example/fr\"}\n"
    "sender: {name: Lumen, address: \"place du Marché, Lyon\"}\n",
    "brief: 1\n"
    "language: es\n"
    "product: la lámpara de mesa Lumen\n"
    "audience: quienes leen por la noche\n"
    "facts: [{name: regulador, says: de 800 a 8 lúmenes, source: Ficha técnica 3}]\n"
    "benefits:\n"
    "  - {text: La luz se regula hasta una centésima parte., fact: regulador}\n"
    "  - {text: Cada pieza se cambia con un destornillador., fact: regulador}\n"
    "  - {text: La pantalla es de vidrio., fact: regulador}\n"
    "action: {text: Ver la lámpara, link: \"https://lumen.example/es\"}\n"
    "sender: {name: Lumen, address: \"plaza Mayor, León\"}\n",
    "brief: 1\n"
    "language: it\n"
    "product: la lampada da scrivania Lumen\n"
    "audience: chi legge la sera\n"
    "facts: [{name: luce, says: da 800 a 8 lumen, source: Scheda tecnica 3}]\n"
    "benefits:\n"
    "  - {text: La luce si regola fino a un centesimo., fact: luce}\n"
    "  - {text: Ogni pezzo si cambia con un cacciavite., fact: luce}\n"
    "  - {text: Il paralume è di vetro., fact: luce}\n"
    "action: {text: Vedi la lampada, link: \"https://lumen.example/it\"}\n"
    "sender: {name: Lumen, address: \"piazza Grande, Trento\"}\n",
};

static enum candor_status read_brief(struct job *job, const char *text, struct brief *brief)
{
    const struct value *root = NULL;
    TRY(yaml_read(job, bytes_of(str_of(text)), NULL, "the brief", &root));
    return brief_read(job, root, brief);
}

/* ---- phrases ------------------------------------------------------------------------------- */

static void expect_clean(struct arena *arena, const struct gate *gate, struct str text)
{
    const struct gate_asked asked = {.kinds = GATE_ALL | GATE_COPY | GATE_INJECTION | GATE_ANOMALY,
                                     .path = STR("a.txt"),
                                     .least = LIKELY,
                                     .is_whole = true};
    struct gate_findings found = gate_findings_in(arena, 100);
    gate_scan(gate, text, &asked, &found);
    expect(found.count == 0, "%s '%.*s' in:\n%.*s", found.item[0].rule,
           STR_ARG(str_slice(text, found.item[0].start, found.item[0].end)), STR_ARG(text));
}

/* Every way to write each brief, so that each phrase stands in many neighbourhoods. */
static void every_phrase_in_every_language_passes_the_scan(void **state)
{
    (void)state;
    enum { SEEDS = 12 };
    struct arena *rules = arena_begin();
    const struct gate *gate = gate_begin(rules);
    for (unsigned l = 0; l < DRAFT_LANGUAGES; l++) {
        struct job job;
        struct brief brief;
        job_begin(&job, host_real());
        expect(read_brief(&job, brief_text[l], &brief) == CANDOR_OK, "%s", job.message);
        for (unsigned t = 0; t < SEEDS * DRAFT_TONES * DRAFT_FORMS; t++) {
            struct draft draft[DRAFTS_MAX];
            brief.tone = (enum draft_tone)(t % DRAFT_TONES);
            brief.form = (enum draft_form)(t / DRAFT_TONES % DRAFT_FORMS);
            const size_t count = draft_write(job.arena, &brief, t, DRAFTS_MAX, draft);
            expect(count >= 6, "%zu", count);
            for (size_t i = 0; i < count; i++) {
                const struct str text =
                    draft_text(job.arena, &brief, (enum draft_language)l, &draft[i]);
                expect_clean(job.arena, gate, text);
                expect(str_is_utf8(text), "%.*s", STR_ARG(text));
                expect(!str_contains(text, STR("[fact:")), "%.*s", STR_ARG(text));
                expect(str_contains(text, STR("{{unsubscribe}}")), "%.*s", STR_ARG(text));
            }
        }
        job_end(&job);
    }
    arena_end(rules);
}

static void a_brief_and_a_seed_give_the_same_drafts_each_of_its_own(void **state)
{
    (void)state;
    struct job job;
    struct brief brief;
    struct draft first[DRAFTS_MAX];
    struct draft again[DRAFTS_MAX];
    job_begin(&job, host_real());
    expect(read_brief(&job, brief_text[0], &brief) == CANDOR_OK, "%s", job.message);
    const size_t count = draft_write(job.arena, &brief, 7, DRAFTS_MAX, first);
    expect(draft_write(job.arena, &brief, 7, DRAFTS_MAX, again) == count, "%zu", count);
    for (size_t i = 0; i < count; i++) {
        expect(str_equal(draft_text(job.arena, &brief, DRAFT_EN, &first[i]),
                         draft_text(job.arena, &brief, DRAFT_EN, &again[i])),
               "%zu", i);
        expect(letter_count(first[i].subject) <= brief.subject_max, "%zu", i);
        for (size_t k = 0; k < i; k++) {
            expect(!str_equal(first[i].subject, first[k].subject), "%zu and %zu", i, k);
        }
        expect(draft_check(job.arena, &brief, &first[i]) == NULL, "%zu: %s", i,
               draft_check(job.arena, &brief, &first[i]));
    }
    brief.subject_max = 20;
    const size_t few = draft_write(job.arena, &brief, 7, DRAFTS_MAX, again);
    expect(few < count, "%zu", few);
    job_end(&job);
}

static void a_text_reads_as_a_letter(void **state)
{
    (void)state;
    static const char *const part[] = {
        "Subject: ",
        "Hello {{first_name|there}},\n\n",
        "It stands well in {{city|your town}}.",
        "See the lamp: https://lumen.example/desk\n\nBest regards\nLumen\n\n",
        "Sender and address: Lumen, Mill Lane, Dublin\n",
        "Unsubscribe with one click: {{unsubscribe}}\n",
        "Data sheet 3\n",
    };
    struct job job;
    struct brief brief;
    struct draft draft[DRAFTS_MAX];
    job_begin(&job, host_real());
    expect(read_brief(&job, brief_text[0], &brief) == CANDOR_OK, "%s", job.message);
    expect(draft_write(job.arena, &brief, 1, 1, draft) == 1, "none");
    const struct str text = draft_text(job.arena, &brief, DRAFT_EN, &draft[0]);
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        expect(str_contains(text, str_of(part[i])), "%s not in:\n%.*s", part[i], STR_ARG(text));
    }
    job_end(&job);
}

/* ---- briefs -------------------------------------------------------------------------------- */

static void what_is_wrong_in_a_brief_is_said_with_its_line(void **state)
{
    static const struct {
        const char *from;
        const char *to;
        const char *said;
    } row[] = {
        {"brief: 1", "brief: 2", "brief of the brief (line 1)"},
        {"language: en", "language: nl", "(line 2)"},
        {"product: the", "produkt: the", "product"},
        {"product: the Lumen desk lamp", "product: \"the lamp.\"", "no full stop"},
        {"fact: dimming}", "fact: dim}", "dim"},
        {", fact: dimming}", "}", "'fact' is missing"},
        {", source: \"Data sheet 3\"", "", "'source' is missing"},
        {"name: life, says", "name: dimming, says", "(line 7)"},
        {"one per cent.,", "one per cent,", "(line 9): is a whole sentence"},
        {"{{city}}", "{{salary}}", "'{{salary}}' is none of the brief's fields"},
        {"headline: A lamp that can be repaired, ", "", "is no headline"},
        {"headline: Light that dims to 1 %", "headline: \"Light for {{city}}\"",
         "cannot hold a place"},
        {"fallback: there, ", "", "'fallback' is missing"},
        {"fallback: there", "fallback: \"a|b\"", "plain text without"},
        {"fallback: your town", "fallback: your town, greeting: true", "one field greets"},
        {"https://lumen.example/desk", "http://lumen.example/desk", "is an address https://"},
        {"text: See the lamp,", "text: See the lamp.,", "the link follows it"},
        {", address: \"Mill Lane, Dublin\"", "", "'address' is missing"},
        {"action:", "limits: {subject: 5}\naction:", "subject of limits"},
        {"action:", "tone: loud\naction:", "tone of the brief"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        struct brief brief;
        job_begin(&job, host_real());
        struct str text = str_of(brief_text[0]);
        const char *at = strstr(text.ptr, row[i].from);
        expect(at != NULL, "%s", row[i].from);
        text = str_format(job.arena, "%.*s%s%s", (int)(at - text.ptr), text.ptr, row[i].to,
                          at + strlen(row[i].from));
        const enum candor_status status = read_brief(&job, str_z(job.arena, text), &brief);
        expect(status == CANDOR_BAD_INPUT, "%s: %d", row[i].to, (int)status);
        expect(strstr(job.message, row[i].said) != NULL, "%s: %s", row[i].to, job.message);
        job_end(&job);
    }
}

/* ---- what a model wrote -------------------------------------------------------------------- */

static void what_the_brief_does_not_have_is_not_taken(void **state)
{
    static const struct {
        const char *subject;
        const char *paragraph;
        const char *why; /* NULL: it is taken */
    } row[] = {
        {"A lamp to read by", "It dims to 1 % [fact:dimming].", NULL},
        {"A lamp to read by", "Dims from 800 lm. [fact:dimming] See https://lumen.example/desk.",
         NULL},
        {"A lamp", "In {{ city }} too [fact:life].", NULL},
        {"A lamp", "It dims to 1 %.", "a paragraph has a number"},
        {"A lamp", "It dims.", "cites no fact"},
        {"A lamp", "It lasts 25 years [fact:life].", "a number that the brief"},
        {"Now 50 % off", "It dims [fact:dimming].", "a number that the brief"},
        {"A lamp", "It dims [fact:price].", "cites a fact that the brief"},
        {"A lamp", "It dims [fact:dimming", "cites a fact that the brief"},
        {"A lamp", "See https://evil.example [fact:life].", "a link"},
        {"A lamp", "See https://lumen.example/desk/other [fact:life].", "a link"},
        {"A lamp", "See www.evil.example [fact:life].", "a link"},
        {"A lamp", "For {{salary}} [fact:life].", "a place for a value"},
        {"A lamp", "For {{city [fact:life].", "a place for a value"},
        {"For {{city}}", "It dims [fact:dimming].", "its subject"},
        {"A lamp\nBcc: all", "It dims [fact:dimming].", "its subject"},
        {"", "It dims [fact:dimming].", "its subject"},
        {"A lamp", "It dims\x01 [fact:dimming].", "a sign that nobody sees"},
    };
    (void)state;
    struct job job;
    struct brief brief;
    job_begin(&job, host_real());
    expect(read_brief(&job, brief_text[0], &brief) == CANDOR_OK, "%s", job.message);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct draft draft = {.subject = str_of(row[i].subject),
                              .paragraph = {str_of(row[i].paragraph)},
                              .paragraph_count = 1};
        const char *why = draft_check(job.arena, &brief, &draft);
        expect((why == NULL) == (row[i].why == NULL), "row %zu: %s", i,
               why == NULL ? "taken" : why);
        expect(why == NULL || strstr(why, row[i].why) != NULL, "row %zu: %s", i, why);
    }
    brief.body_max = 60;
    struct draft longest = {
        .subject = STR("A lamp"),
        .paragraph = {STR("It dims, and it dims, and it dims, and it dims, and then it dims "
                          "a little more [fact:dimming].")},
        .paragraph_count = 1};
    expect(draft_check(job.arena, &brief, &longest) != NULL, "too long");
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_phrase_in_every_language_passes_the_scan),
        cmocka_unit_test(a_brief_and_a_seed_give_the_same_drafts_each_of_its_own),
        cmocka_unit_test(a_text_reads_as_a_letter),
        cmocka_unit_test(what_is_wrong_in_a_brief_is_said_with_its_line),
        cmocka_unit_test(what_the_brief_does_not_have_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
