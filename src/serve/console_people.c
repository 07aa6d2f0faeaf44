/*
 * console_people.c - the people of one step of a plan, each with the reason, a page of them at a time.
 */
#include "console.h"

static void put_person(struct site *site, struct buf *html, const struct value *person,
                       bool is_chosen)
{
    struct arena *arena = site->job->arena;
    const struct value *score = value_get(person, "score");
    page_tag(html, LIT("<tr><th scope=\"row\">"), site_text(person, "identifier"), LIT("</th>"));
    if (is_chosen) {
        page_tag(html, LIT("<td>"), site_text(person, "offer"), LIT("</td>"));
    }
    page_tag(html, LIT("<td class=\"number\">"),
             score != NULL && score->kind == VALUE_NUMBER ? site_percent(arena, score->number)
                                                          : STR("\xe2\x80\x93"),
             LIT("</td>"));
    page_tag(html, LIT("<td class=\"number\">"),
             site_count(arena, site_whole(person, "ledger_index")), LIT("</td></tr>"));
}

static void put_turn(struct site *site, struct buf *html, struct str code, uint64_t from,
                     enum word words)
{
    struct arena *arena = site->job->arena;
    const struct str rest =
        str_format(arena, "/people?code=%.*s&from=%llu", STR_ARG(code), (unsigned long long)from);
    site_link_button(html, console_path(arena, site->ask->parameter[0], str_z(arena, rest)), words);
}

/* A code is a word of ours; anything else names nobody. */
static bool is_code(struct str code)
{
    for (size_t i = 0; i < code.len; i++) {
        if ((code.ptr[i] < 'a' || code.ptr[i] > 'z') && code.ptr[i] != '_') {
            return false;
        }
    }
    return code.len > 0 && code.len < 64;
}

struct outcome console_people(struct site *site)
{
    struct arena *arena = site->job->arena;
    struct candor_text report;
    struct buf html = buf_begin(arena);
    uint64_t from = 0;
    const struct str code = site_query(site, "code");
    const struct lit of_chosen[] = {word(W_COLUMN_PERSON), word(W_COLUMN_OFFER),
                                    word(W_COLUMN_SCORE), word(W_COLUMN_ENTRY)};
    const struct lit of_others[] = {word(W_COLUMN_PERSON), word(W_COLUMN_SCORE),
                                    word(W_COLUMN_ENTRY)};
    const bool is_chosen = str_is(code, "send");
    if (!is_code(code)) {
        return site_refusal(site, 400, str_from(word(W_NOT_DONE)), str_from(word(W_PEOPLE_CODE)));
    }
    if (!str_to_uint64(site_query(site, "from"), &from) || from > INT64_MAX) {
        from = 0; /* a number that is none; reports have whole numbers up to there */
    }
    const enum candor_status status =
        candor_campaign_people(site->job, site->candor, str_z(arena, site->ask->parameter[0]),
                               str_z(arena, code), from, &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *tree = site_read(site, &report);
    const struct value *people = value_get(tree, "people");
    const uint64_t total = (uint64_t)site_whole(tree, "total");
    const char *sentence = candor_code_sentence(str_z(arena, code));
    site_begin(site, &html, sentence == NULL ? code : str_of(sentence), "/campaigns");
    say_with_in(&html, LIT("<p class=\"lead\">"), W_PEOPLE_LEAD, site_count(arena, (int64_t)total),
                STR(""), LIT("</p>"));
    page_table_begin_with(&html, word(W_PEOPLE_TABLE), is_chosen ? of_chosen : of_others,
                          is_chosen ? 4 : 3, is_chosen ? 4U | 8U : 2U | 4U);
    for (size_t i = 0; i < site_size(people); i++) {
        put_person(site, &html, &people->item[i], is_chosen);
    }
    page_table_end(&html);
    html_lit(&html, LIT("<p class=\"acts\">"));
    if (from >= CANDOR_CAMPAIGN_PEOPLE) {
        put_turn(site, &html, code, from - CANDOR_CAMPAIGN_PEOPLE, W_TURN_BACK);
    }
    if (from < total && total - from > CANDOR_CAMPAIGN_PEOPLE) {
        put_turn(site, &html, code, from + CANDOR_CAMPAIGN_PEOPLE, W_TURN_ON);
    }
    page_tag(&html, LIT("<a href=\""), console_path(arena, site->ask->parameter[0], ""),
             LIT("\">"));
    say_in(&html, LIT(""), W_PEOPLE_BACK, LIT("</a></p>"));
    return site_end(&html);
}
