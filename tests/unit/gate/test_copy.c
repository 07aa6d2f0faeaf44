/*
 * test_copy.c - wording that presses, promises without proof, excludes or targets is found; plain copy is not.
 */
#include "prose.h"

#include <string.h>

#include "testing.h"

static const struct row {
    const char *text;
    const char *rule; /* of one finding; NULL: none at all */
} row[] = {
    {"Hurry! Only 2 left in stock", "cdr.copy.scarcity"},
    {"12 people are viewing this right now", "cdr.copy.social-proof"},
    {"Sale ends in 02:13:45", "cdr.copy.urgency"},
    {"No thanks, I prefer to pay full price", "cdr.copy.shaming"},
    {"Last chance: prices go up at midnight", "cdr.copy.urgency"},
    {"You can only cancel by letter", "cdr.copy.forced-action"},
    {"Cancellation requires a phone call with an agent", "cdr.copy.forced-action"},
    {"Are you sure you want to leave? You will lose all your benefits", "cdr.copy.forced-action"},
    {"A service fee was added to your basket", "cdr.copy.dark-pattern"},
    {"We have added insurance for your peace of mind", "cdr.copy.dark-pattern"},
    {"By continuing you agree to receive marketing from partners", "cdr.copy.forced-action"},
    {"Create an account to see the price", "cdr.copy.forced-action"},
    {"You must accept all cookies to continue", "cdr.copy.forced-action"},
    {"Sign up to unlock the checkout", "cdr.copy.forced-action"},
    {"Letzte Chance, schnell zugreifen", "cdr.copy.urgency"},
    {"12 Personen sehen sich das gerade an", "cdr.copy.social-proof"},
    {"Gerade von Lisa aus Bonn gekauft", "cdr.copy.social-proof"},
    {"Fast ausverkauft", "cdr.copy.scarcity"},
    {"K\xc3\xbcndigung nur telefonisch m\xc3\xb6glich", "cdr.copy.forced-action"},
    {"Plus que 3 articles en stock", "cdr.copy.scarcity"},
    {"Derni\xc3\xa8re chance : l'offre se termine ce soir", "cdr.copy.urgency"},
    {"Derniers jours, d\xc3\xa9p\xc3\xaa"
     "chez-vous",
     "cdr.copy.urgency"},
    {"No gracias, prefiero pagar m\xc3\xa1s", "cdr.copy.shaming"},
    {"Ultimi pezzi disponibili", "cdr.copy.scarcity"},
    {"No grazie, preferisco pagare di pi\xc3\xb9", "cdr.copy.shaming"},
    {"Nog maar 2 op voorraad", "cdr.copy.scarcity"},
    {"Aanbieding eindigt vandaag", "cdr.copy.urgency"},
    {"Don't miss out, spots are filling up", "cdr.copy.scarcity"},
    {"Claim your spot before it is gone", "cdr.copy.scarcity"},
    {"Prices may rise any moment", "cdr.copy.urgency"},
    {"Best seller, 500 ordered in 24 hours", "cdr.copy.social-proof"},
    {"Final hours", "cdr.copy.urgency"},
    /* like them, and no pressure */
    {"Only 3 working days to Spain", NULL},
    {"Just two steps to your parcel", NULL},
    {"Letzte Woche waren wir in Rom", NULL},
    {"The last chapter is the best", NULL},
    {"Final exam dates", NULL},
    {"Last days of summer: a photo essay", NULL},
    {"The price ends in 99 cents", NULL},
    {"Prices in euros", NULL},
    {"The market closes at noon", NULL},
    {"Do not miss the last bus", NULL},
    {"Come before it gets dark", NULL},
    {"Visitors from 12 countries", NULL},
    {"People watching in Paris", NULL},
    {"We bought flour from a mill", NULL},
    {"Bread from yesterday is cheaper", NULL},
    {"300 loaves baked in a day", NULL},
    {"Decline the invitation by mail", NULL},
    {"You lose nothing if you wait", NULL},
    {"Cancel your booking online or by phone", NULL},
    {"To cancel an appointment, please call us", NULL},
    {"Create an account to save your basket", NULL},
    {"Sign up to our newsletter", NULL},
    {"You must be 18 or older", NULL},
    {"I accept the terms", NULL},
    {"We use cookies", NULL},
    {"Gift wrap can be added at checkout", NULL},
    {"A deposit fee of 25 cents is included", NULL},
    {"Travel insurance can be booked separately", NULL},
    {"Nur montags ge\xc3\xb6"
     "ffnet",
     NULL},
    {"Nur f\xc3\xbcr Mitglieder", NULL},
    {"Noch Fragen?", NULL},
    {"Plus de 300 recettes", NULL},
    {"Reste au chaud", NULL},
    {"Solo en nuestra tienda", NULL},
    {"Ultime notizie", NULL},
    {"Laatste nieuws", NULL},
    {"Our cream heals cancer.", "cdr.copy.forbidden-claim"},
    {"Unser Tee heilt Diabetes.", "cdr.copy.forbidden-claim"},
    {"Guaranteed profit without risk.", "cdr.copy.forbidden-claim"},
    {"Clinically proven formula.", "cdr.copy.unproven-claim"},
    {"Das beste Produkt der Welt.", "cdr.copy.unproven-claim"},
    {"La mejor crema del mundo.", "cdr.copy.unproven-claim"},
    {"Clinically proven in a study of 2024.", NULL},
    {"A carbon neutral parcel.", "cdr.copy.green-claim"},
    {"Because you are pregnant you need this.", "cdr.copy.sensitive-targeting"},
    {"Sie leiden an Depression? Wir helfen.", "cdr.copy.sensitive-targeting"},
    {"The chairman wrote a note.", "cdr.copy.wording"},
    {"A disabled person came in.", "cdr.copy.wording"},
    {"The logger is disabled, and the value is invalid.", NULL},
    {"See example.org/tree/master/examples for more.", NULL},
    {"ERR_INVALID_CHAIRMAN is thrown.", NULL},
    {"Hurry up, only 2 `items` are left in stock", NULL},
    {"Now call stop() before the last one ends!", NULL},
    {"```\nHurry! Only 2 left in stock\n```\n", NULL},
    {"The `a` is b. The `c` is d. Call e() then. Hurry! Only 2 left in stock", NULL},
    {"The `a` is b. Hurry! Only 2 left in stock", "cdr.copy.scarcity"},
    {"```\nx = 1\n```\nHurry! Only 2 left in stock\n", "cdr.copy.scarcity"},
    {"Cette cr\xc3\xa8me gu\xc3\xa9rit l'ecz\xc3\xa9ma.", "cdr.copy.forbidden-claim"},
    {"Der Tee heilt garantiert.", "cdr.copy.forbidden-claim"},
    {"Nuestra crema cura el acn\xc3\xa9.", "cdr.copy.forbidden-claim"},
    {"La crema guarisce la psoriasi.", "cdr.copy.forbidden-claim"},
    {"Die Creme heilt keine Neurodermitis.", NULL},
    {"La crema no cura el acn\xc3\xa9.", NULL},
    {"Una crema para la cura del rostro.", NULL},
    {"Wegen Ihrer Diabetes-Erkrankung schreiben wir.", "cdr.copy.sensitive-targeting"},
    {"As a diabetic you need this.", "cdr.copy.sensitive-targeting"},
    {"Als Diabetiker wissen Sie das.", "cdr.copy.sensitive-targeting"},
    {"Votre diab\xc3\xa8te vous fatigue.", "cdr.copy.sensitive-targeting"},
    {"Su diabetes no descansa.", "cdr.copy.sensitive-targeting"},
    {"Diabetes is an illness of many.", NULL},
    {"Als Kunde wissen Sie das.", NULL},
    {"QWxhZGRpbjpvcGVuIHNlc2FtZQ==", NULL},
    {"abcdefgh 12345 qwxz", NULL},
    {"15 March 2026", NULL},
    {"15.03.2026 10:30", NULL},
    {"2026-03-15 10:30:00", NULL},
    {"2026-03-15T10:30:00Z", NULL},
    {"02:13:45", "cdr.copy.dark-pattern"},
    {"Write a review", NULL},
    {"Acheter maintenant", NULL},
    {"Achetez maintenant !", NULL},
    {"Free returns within 30 days", NULL},
    {"The jacket is made of wool and has two pockets.", NULL},
};

static struct gate_findings look(struct arena *arena, struct str text, bool is_whole)
{
    static const struct gate *gate;
    static struct arena *rules;
    if (gate == NULL) {
        rules = arena_begin();
        gate = gate_begin(rules);
    }
    const struct gate_asked asked = {
        .kinds = GATE_COPY, .path = STR("a.html"), .is_whole = is_whole};
    struct gate_findings found = gate_findings_in(arena, 1000);
    gate_scan(gate, text, &asked, &found);
    return found;
}

static bool has(const struct gate_findings *found, const char *rule)
{
    for (size_t f = 0; f < found->count; f++) {
        if (strcmp(found->item[f].rule, rule) == 0) {
            return true;
        }
    }
    return false;
}

static void each_row_has_what_it_has(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct gate_findings found = look(arena, str_of(row[i].text), false);
        expect(row[i].rule == NULL ? found.count == 0 : has(&found, row[i].rule),
               "%s: %zu found, first %s", row[i].text, found.count,
               found.count == 0 ? "-" : found.item[0].rule);
    }
    arena_end(arena);
}

static void a_place_for_data_is_no_claim(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct gate_findings found = look(arena, STR("Only {{stock}} left"), false);
    expect(!has(&found, "cdr.copy.scarcity"), "%zu", found.count);
    for (size_t gap = 10; gap <= 1000; gap *= 100) { /* beside it, and far off */
        struct buf buf = buf_begin(arena);
        buf_lit(&buf, LIT("Only 3 left in stock"));
        for (size_t i = 0; i < gap; i++) {
            buf_u8(&buf, ' ');
        }
        buf_lit(&buf, LIT("{{stock}}"));
        const struct gate_findings other = look(arena, buf_text(&buf), false);
        expect(has(&other, "cdr.copy.scarcity") == (gap > 64), "%zu spaces: %zu", gap, other.count);
    }
    arena_end(arena);
}

static void a_mail_that_sells_says_who_and_how_to_leave(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct str bare =
        STR("Subject: New shoes\n\nHi Ada,\nbuy two, get one. Order in our shop.\n");
    const struct str good =
        STR("Subject: New shoes\n\nHi Ada,\nbuy two, get one. Order in our shop.\n"
            "Unsubscribe here. Shoes Ltd, 1 Long Street, York\n");
    struct gate_findings found = look(arena, bare, true);
    expect(has(&found, "cdr.copy.no-unsubscribe") || has(&found, "cdr.copy.no-sender"), "%zu",
           found.count);
    found = look(arena, bare, false);
    expect(!has(&found, "cdr.copy.no-unsubscribe"), "a part of a file lacks nothing");
    found = look(arena, good, true);
    expect(!has(&found, "cdr.copy.no-unsubscribe") && !has(&found, "cdr.copy.no-sender"), "%zu",
           found.count);
    arena_end(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_has_what_it_has),
        cmocka_unit_test(a_place_for_data_is_no_claim),
        cmocka_unit_test(a_mail_that_sells_says_who_and_how_to_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
