/*
 * choice_evidence.c - how the notice looked, as whoever showed it says: with a choice, checked.
 */
#include "consenting.h"
#include "ui_evidence.h"

enum candor_status choice_evidence(struct job *job, const char *text,
                                   enum consent_decision decision, struct str *taken)
{
    struct ui_evidence evidence;
    *taken = STR("");
    if (text == NULL || text[0] == '\0') {
        return CANDOR_OK;
    }
    const char *wrong = ui_evidence_read(str_of(text), &evidence);
    if (wrong != NULL) {
        return fail(job, CANDOR_BAD_INPUT, "ui_evidence %s", wrong);
    }
    *taken = str_of(text);
    return decision == CONSENT_GIVEN && ui_evidence_is_preticked(&evidence)
               ? fail(job, CANDOR_REFUSED,
                      "a yes to boxes that were ticked beforehand is none (GDPR recital 32): show "
                      "them unticked and ask again")
               : CANDOR_OK;
}

enum candor_status candor_ui_evidence_text(struct job *job, const struct candor_ui_evidence *shown,
                                           const char **text)
{
    const char *const part[UI_PARTS] = {
        [UI_NOTICE] = shown->notice,     [UI_BUTTONS] = shown->buttons, [UI_SIZES] = shown->sizes,
        [UI_DEFAULTS] = shown->defaults, [UI_LOCALE] = shown->locale,   [UI_SCREEN] = shown->screen,
    };
    struct buf buf = buf_begin(job->arena);
    struct str checked;
    for (unsigned p = 0; p < UI_PARTS; p++) {
        buf_lit(&buf, p == 0 ? LIT("") : LIT(" "));
        buf_str(&buf, str_of(ui_part_name((enum ui_part)p)));
        buf_u8(&buf, '=');
        buf_str(&buf, str_of(part[p]));
    }
    const char *whole = str_z(job->arena, buf_text(&buf));
    TRY(choice_evidence(job, whole, CONSENT_REFUSED, &checked));
    *text = whole;
    return CANDOR_OK;
}
