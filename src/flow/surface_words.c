/*
 * surface_words.c - what the script /candor.js says, in each language. A new language is a new row.
 *
 * A no is worded as plainly as a yes: no thanks, no urgency, no loss. {name} is the company.
 */
#include "surface.h"

struct language {
    struct lit language;
    struct lit word[SURFACE_WORDS];
};

/* ISO C has no compound literal in the initializer of a static object. */
#define WORDS(text) \
    { \
        "" text "", sizeof(text) - 1 \
    }

static const struct lit key_row[SURFACE_WORDS] = {
    [WORD_TITLE] = WORDS("title"),     [WORD_LEAD] = WORDS("lead"),
    [WORD_ALLOW] = WORDS("allow"),     [WORD_REFUSE] = WORDS("refuse"),
    [WORD_CHOOSE] = WORDS("choose"),   [WORD_SAVE] = WORDS("save"),
    [WORD_CLOSE] = WORDS("close"),     [WORD_RECIPIENTS] = WORDS("recipients"),
    [WORD_BROWSER] = WORDS("browser"), [WORD_BROWSER_SAYS_NO] = WORDS("browser_says_no"),
    [WORD_FAILED] = WORDS("failed"),   [WORD_SAVED] = WORDS("saved"),
    [WORD_REOPEN] = WORDS("reopen"),   [WORD_NOTICE] = WORDS("notice"),
    [WORD_CHOSEN] = WORDS("chosen"),
};

static const struct language language_row[] = {
    {WORDS("en"),
     {
         [WORD_TITLE] = WORDS("Your data, your choice"),
         [WORD_LEAD] = WORDS("{name} would like to use data about your visit for what is listed "
                             "here. None of it happens without your yes, the page works the same "
                             "with a no, and you can change your mind at any time."),
         [WORD_ALLOW] = WORDS("Allow all"),
         [WORD_REFUSE] = WORDS("Refuse all"),
         [WORD_CHOOSE] = WORDS("Choose one by one"),
         [WORD_SAVE] = WORDS("Save my choice"),
         [WORD_CLOSE] = WORDS("Close without a change"),
         [WORD_RECIPIENTS] = WORDS("Given to:"),
         [WORD_BROWSER] = WORDS("Your browser asks not to sell or share your data (Global Privacy "
                                "Control). We follow it."),
         [WORD_BROWSER_SAYS_NO] = WORDS("Off, as your browser asks."),
         [WORD_FAILED] = WORDS("Your yes could not be recorded, so nothing was allowed. Please try "
                               "again."),
         [WORD_SAVED] = WORDS("Your choice is saved."),
         [WORD_REOPEN] = WORDS("Privacy choices"),
         [WORD_NOTICE] = WORDS("Privacy notice"),
         [WORD_CHOSEN] = WORDS("Your choice of"),
     }},
    {WORDS("de"),
     {
         [WORD_TITLE] = WORDS("Ihre Daten, Ihre Wahl"),
         [WORD_LEAD] =
             WORDS("{name} möchte Daten über Ihren Besuch für das verwenden, was hier steht. "
                   "Nichts davon geschieht ohne Ihr Ja, mit einem Nein funktioniert die Seite "
                   "genauso, und Sie können es sich jederzeit anders überlegen."),
         [WORD_ALLOW] = WORDS("Alle erlauben"),
         [WORD_REFUSE] = WORDS("Alle ablehnen"),
         [WORD_CHOOSE] = WORDS("Einzeln wählen"),
         [WORD_SAVE] = WORDS("Auswahl speichern"),
         [WORD_CLOSE] = WORDS("Ohne Änderung schließen"),
         [WORD_RECIPIENTS] = WORDS("Weitergegeben an:"),
         [WORD_BROWSER] = WORDS("Ihr Browser bittet darum, Ihre Daten nicht zu verkaufen oder zu "
                                "teilen (Global Privacy Control). Wir halten uns daran."),
         [WORD_BROWSER_SAYS_NO] = WORDS("Aus, wie Ihr Browser es verlangt."),
         [WORD_FAILED] = WORDS("Ihr Ja konnte nicht festgehalten werden, darum ist nichts erlaubt. "
                               "Bitte versuchen Sie es noch einmal."),
         [WORD_SAVED] = WORDS("Ihre Wahl ist gespeichert."),
         [WORD_REOPEN] = WORDS("Datenschutzwahl"),
         [WORD_NOTICE] = WORDS("Datenschutzhinweise"),
         [WORD_CHOSEN] = WORDS("Ihre Wahl vom"),
     }},
    {WORDS("fr"),
     {
         [WORD_TITLE] = WORDS("Vos données, votre choix"),
         [WORD_LEAD] =
             WORDS("{name} souhaite utiliser des données sur votre visite pour ce qui figure ici. "
                   "Rien ne se fait sans votre oui, la page fonctionne de même avec un non, et "
                   "vous pouvez changer d’avis à tout moment."),
         [WORD_ALLOW] = WORDS("Tout accepter"),
         [WORD_REFUSE] = WORDS("Tout refuser"),
         [WORD_CHOOSE] = WORDS("Choisir un par un"),
         [WORD_SAVE] = WORDS("Enregistrer mon choix"),
         [WORD_CLOSE] = WORDS("Fermer sans rien changer"),
         [WORD_RECIPIENTS] = WORDS("Transmis à :"),
         [WORD_BROWSER] = WORDS("Votre navigateur demande de ne pas vendre ni partager vos données "
                                "(Global Privacy Control). Nous le respectons."),
         [WORD_BROWSER_SAYS_NO] = WORDS("Désactivé, comme votre navigateur le demande."),
         [WORD_FAILED] =
             WORDS("Votre oui n’a pas pu être enregistré : rien n’est accepté. Veuillez "
                   "réessayer."),
         [WORD_SAVED] = WORDS("Votre choix est enregistré."),
         [WORD_REOPEN] = WORDS("Choix de confidentialité"),
         [WORD_NOTICE] = WORDS("Politique de confidentialité"),
         [WORD_CHOSEN] = WORDS("Votre choix du"),
     }},
};

enum { LANGUAGES = sizeof language_row / sizeof language_row[0] };

size_t surface_words_in(struct str language)
{
    for (size_t i = 0; i < LANGUAGES; i++) {
        if (str_equal(str_from(language_row[i].language), language)) {
            return i;
        }
    }
    return NONE;
}

struct str surface_words_language(size_t words)
{
    return words < LANGUAGES ? str_from(language_row[words].language) : STR("");
}

struct lit surface_word_key(enum surface_word word)
{
    return key_row[word];
}

struct str surface_word(struct arena *arena, size_t words, enum surface_word word,
                        struct str company)
{
    static const char name[] = "{name}";
    const struct str text = str_from(language_row[words].word[word]);
    for (size_t i = 0; i + sizeof name - 1 <= text.len; i++) {
        if (str_starts(str_slice(text, i, text.len), str_of(name))) {
            return str_format(arena, "%.*s%.*s%.*s", STR_ARG(str_slice(text, 0, i)),
                              STR_ARG(company),
                              STR_ARG(str_slice(text, i + sizeof name - 1, text.len)));
        }
    }
    return text;
}
