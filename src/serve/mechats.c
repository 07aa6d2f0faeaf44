/*
 * mechats.c - on /me/data: chats with language models of others that were about them.
 */
#include "site_me.h"

static enum word outcome_word(struct str outcome)
{
    return str_is(outcome, "answered")     ? W_ME_CHAT_ANSWERED
           : str_is(outcome, "refused")    ? W_ME_CHAT_REFUSED
           : str_is(outcome, "withheld")   ? W_ME_CHAT_WITHHELD
           : str_is(outcome, "unanswered") ? W_ME_CHAT_UNANSWERED
                                           : W_ME_CHAT_FAILED;
}

static void put_words(struct me *me, enum word title, const struct value *list)
{
    if (site_size(list) == 0) {
        return;
    }
    say_in(&me->html, LIT("<details><summary>"), title, LIT("</summary>"));
    for (size_t i = 0; i < site_size(list); i++) {
        page_tag(&me->html, LIT("<p class=\"small\">"), list->item[i].text, LIT("</p>"));
    }
    html_lit(&me->html, LIT("</details>"));
}

static void put_chat(struct me *me, const struct value *chat)
{
    const struct str purpose = site_text(chat, "purpose");
    const struct str until = site_text(chat, "kept_until");
    page_tag(&me->html, LIT("<article><h3>"), me_when(me, site_text(chat, "time")), LIT("</h3>"));
    say_in(&me->html, LIT("<p>"), outcome_word(site_text(chat, "outcome")),
           LIT("</p><dl class=\"facts\">"));
    site_fact(&me->html, W_ME_CHAT_WITH, site_text(chat, "provider"));
    site_fact(&me->html, W_ME_CHAT_BY, site_text(chat, "asked_by"));
    site_fact(&me->html, W_ME_USED_FOR, purpose.len > 0 ? me_purpose_title(me, purpose) : purpose);
    site_fact(&me->html, W_ME_KEPT,
              until.len > 0 ? me_day(me, until) : str_from(word(W_ME_KEPT_OPEN)));
    html_lit(&me->html, LIT("</dl>"));
    put_words(me, W_ME_CHAT_SENT, value_get(chat, "sent"));
    put_words(me, W_ME_CHAT_SAID, value_get(chat, "said"));
    html_lit(&me->html, LIT("</article>"));
}

void me_put_chats(struct me *me)
{
    const struct value *list = value_get(me->page, "chats");
    if (site_size(list) == 0) {
        return; /* most companies have none: nothing is said of them */
    }
    html_lit(&me->html, LIT("<section id=\"chats\">"));
    site_heading(&me->html, W_ME_CHATS_TITLE);
    me_say(me, W_ME_CHATS_LEAD);
    say_with_in(&me->html, LIT("<p>"), W_ME_CHATS_COUNT, me_number(me, site_size(list)),
                me_number(me, (uint64_t)site_whole(me->page, "chat_count")), LIT("</p>"));
    html_lit(&me->html, LIT("<div class=\"cards\">"));
    for (size_t i = site_size(list); i > 0; i--) {
        put_chat(me, &list->item[i - 1]);
    }
    html_lit(&me->html, LIT("</div></section>"));
}
