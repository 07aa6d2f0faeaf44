/*
 * test_market.c - what a market asks for is told where it is missing, and nowhere else.
 */
#include <string.h>

#include "prose.h"
#include "testing.h"

/* In the order of market_rules.def, so that no rule is without. */
static const struct {
    const char *market;
    const char *bad;
    const char *good;
} row[] = {
    {"NL", "Geld lenen voor een nieuwe keuken?", "Geld lenen? Let op! Geld lenen kost geld."},
    {"BE", "Geld lenen voor een nieuwe keuken?", "Geld lenen? Let op, geld lenen kost ook geld."},
    {"FR", "Votre prêt personnel en deux minutes.",
     "Votre prêt personnel. Un crédit vous engage et doit être remboursé."},
    {"DE", "Kleinkredit ab 39 Euro monatlich!",
     "Kleinkredit ab 39 Euro monatlich. Effektiver Jahreszins 4,9 %."},
    {"IE", "Trade CFDs with tight spreads",
     "Trade CFDs. 74 % of retail investor accounts lose money when trading CFDs."},
    {"GB", "Buy bitcoin today",
     "Buy bitcoin today. Don't invest unless you're prepared to lose all the money you invest."},
    {"ES", "Compra bitcoin hoy",
     "Compra bitcoin hoy. La inversión en criptoactivos no está regulada y puede perderse."},
    {"FR", "Paris sportifs : votre premier pari",
     "Paris sportifs. Jouer comporte des risques : endettement, dépendance."},
    {"DE", "Sportwetten mit Bonus", "Sportwetten. Glücksspiel kann süchtig machen."},
    {"ES", "Haz tu apuesta", "Haz tu apuesta. Juega con responsabilidad."},
    {"NL", "Speel in ons casino", "Speel in ons casino. Wat kost gokken jou? Stop op tijd."},
    {"GB", "Place your bet now", "Place your bet now. BeGambleAware.org"},
    {"IT", "Scommesse sulla Serie A", "Notizie sulla Serie A"},
    {"DE", "Unsere Schmerztablette wirkt rasch.",
     "Unsere Schmerztablette. Zu Risiken und Nebenwirkungen lesen Sie die Packungsbeilage."},
    {"AT", "Ein Hustensaft für die Kinder",
     "Ein Hustensaft. Beachten Sie die Gebrauchsinformation oder fragen Sie in der Apotheke."},
    {"FR", "Un médicament contre la douleur",
     "Un médicament contre la douleur. Lire attentivement la notice."},
    {"ES", "Un medicamento para el dolor",
     "Un medicamento. Lea las instrucciones de este medicamento y consulte al farmacéutico."},
    {"IT", "Un medicinale per il dolore",
     "È un medicinale. Leggere attentamente il foglio illustrativo."},
    {"GB", "Paracetamol for every headache", "Paracetamol. Always read the label."},
    {"FR", "Botox à partir de 99 euros", "Un soin du visage à partir de 99 euros"},
    {"FR", "Nos vins de Bourgogne",
     "Nos vins de Bourgogne. L'abus d'alcool est dangereux pour la santé."},
    {"DE", "Unser Bier ist gesund.", "Unser Bier ist frisch."},
    {"DE", "Mit diesem Tee 5 kg abnehmen!", "Ein Tee mit 5 g Zucker"},
    {"DE", "Ein umweltfreundlicher Becher", "Ein umweltfreundlicher Becher mit dem Blauen Engel"},
    {"FR", "Une livraison neutre en carbone", "Une livraison en train"},
    {"DE", "Der Testsieger!", "Der Testsieger. Stiftung Warentest, Ausgabe 5/2026."},
    {"DE", "Zigaretten jetzt kaufen", "Zigaretten verkaufen wir nicht."},
    {"GB", "Buy a vape", "No vapes here"},
    {"US", "Our vitamin supports your heart.",
     "Our vitamin supports your heart. These statements have not been evaluated by the Food and "
     "Drug Administration."},
    {"PL", "Wyprzedaż zimowa!", "Wyprzedaż zimowa! Najniższa cena z 30 dni przed obniżką: 99 zł"},
    {"FR", "Le nouveau SUV est là", "Le nouveau SUV. Pour les trajets courts, marchez."},
    {"DE", "Neuwagen sofort da", "Neuwagen sofort da. Kraftstoffverbrauch kombiniert 4,9 l."},
    {"FR", "Des bonbons pour tous", "Des bonbons. Pour votre santé, www.mangerbouger.fr"},
};

static size_t found_in(const char *text, const char *markets, bool is_whole)
{
    static const struct gate *gate;
    static struct arena *rules;
    if (gate == NULL) {
        rules = arena_begin();
        gate = gate_begin(rules);
    }
    struct arena *arena = arena_begin();
    const struct gate_asked asked = {.kinds = GATE_COPY,
                                     .path = STR("a.html"),
                                     .is_whole = is_whole,
                                     .markets = str_of(markets)};
    struct gate_findings found = gate_findings_in(arena, 1000);
    size_t count = 0;
    gate_scan(gate, str_of(text), &asked, &found);
    for (size_t f = 0; f < found.count; f++) {
        const bool is_one = str_starts(str_of(found.item[f].rule), STR("cdr.copy.market-"));
        expect(!is_one || found.item[f].end > found.item[f].start, "%s: it has a place", text);
        count += is_one;
    }
    arena_end(arena);
    return count;
}

static void each_rule_finds_what_it_must(void **state)
{
    (void)state;
    expect(sizeof row / sizeof row[0] == market_rule_count, "a row for each rule");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(found_in(row[i].bad, row[i].market, true) == 1, "%s: %s", row[i].market, row[i].bad);
        expect(found_in(row[i].good, row[i].market, true) == 0, "%s: %s", row[i].market,
               row[i].good);
        expect(found_in(row[i].bad, "", true) == 0, "no market: %s", row[i].bad);
        expect(found_in(row[i].bad, "JP", true) == 0, "another market: %s", row[i].bad);
    }
}

static void of_several_markets_each_asks(void **state)
{
    (void)state;
    expect(found_in("Sportwetten: place your bet", "DE GB IT", true) == 3, "of each market one");
}

static void a_part_lacks_nothing(void **state)
{
    (void)state;
    expect(found_in("Place your bet", "GB", false) == 0, "what is said, not what is missing");
    expect(found_in("Place your bet", "IT", false) == 1, "what is said, not what is missing");
    expect(found_in("<p>Place your bet</p><!-- BeGambleAware -->", "GB", true) == 1,
           "what is said, not what is missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_finds_what_it_must),
        cmocka_unit_test(of_several_markets_each_asks),
        cmocka_unit_test(a_part_lacks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
