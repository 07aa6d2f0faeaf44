/*
 * guess_lines.c - Python, JavaScript, TypeScript or PHP, by what the lines of a text look like.
 *
 * A line counts by a form that no sentence has. Most lines must have one, at least one must be a form that only programs of
 * that language have, and lines of languages that the room does not read (Go, Java, C#, Rust ...) take all of it back.
 */
#include "inside_guess.h"

enum { LINES_MAX = 400 };

/* ---- lines ----------------------------------------------------------------------------------- */

enum {
    LINE_PYTHON = 1, /* forms that only one of them has */
    LINE_SCRIPT = 2,
    LINE_TYPED = 4,
    LINE_OF_PYTHON = 8, /* forms that no sentence has, and the other neither */
    LINE_OF_SCRIPT = 16,
    LINE_OF_ANY = 32, /* of programs */
    LINE_PHP = 64,
    LINE_FOREIGN = 128
};

static char last_of(struct str line)
{
    return line.len == 0 ? '\0' : line.ptr[line.len - 1];
}

/* Keywords of these languages are small: a sentence begins with "For", a program with "for". */
static bool goes(struct str line, size_t at, const char *with)
{
    return at <= line.len && str_starts(str_slice(line, at, line.len), str_of(with));
}

static bool is_word(struct str line, size_t at, const char *word)
{
    return goes(line, at, word) && !is_name_byte(at_of(line, at + strlen(word)));
}

static bool is_any_word(struct str line, size_t at, const char *const word[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_word(line, at, word[i])) {
            return true;
        }
    }
    return false;
}

/* Go, C, C#, Java, Kotlin, Rust, Solidity and the like, which this room does not read. */
static bool is_foreign_line(struct str line)
{
    static const char *const word[] = {
        "package", "pragma", "using",  "namespace", "func",     "fn",  "#include",   "use",
        "val",     "fun",    "struct", "impl",      "contract", "mod", "@interface", "defmodule"};
    return (is_any_word(line, 0, word, sizeof word / sizeof word[0]) &&
            !goes(line, 0, "use strict")) ||
           goes(line, 0, "let mut ") || goes(line, 0, "public class ") ||
           goes(line, 0, "public static ") || goes(line, 0, "import java") ||
           goes(line, 0, "import (") || str_contains(line, STR(" := ")) ||
           goes(line, 0, "private static ") || goes(line, 0, "@Override");
}

/* $name = , $this->name */
static bool is_php_line(struct str line)
{
    const size_t end = at_of(line, 0) == '$' ? skip_name(line, 1) : 0;
    const size_t sign = skip_blanks(line, end);
    return str_contains(line, STR("$this->")) ||
           (end > 1 &&
            (goes(line, end, "->") ||
             (at_of(line, sign) == '=' && at_of(line, sign + 1) != '>' && last_of(line) == ';') ||
             goes(line, end, "[")));
}

/* def name(, class Name:, import a.b, from a import b, except X:, elif x: */
static bool is_python_line(struct str line)
{
    const char last = last_of(line);
    if (is_word(line, 0, "def") || goes(line, 0, "async def ")) {
        const size_t name = goes(line, 0, "async") ? 10 : 4;
        const size_t end = skip_name(line, name);
        return end > name && at_of(line, end) == '(';
    }
    if (is_word(line, 0, "class")) {
        const size_t end = skip_name(line, 6);
        return end > 6 && last == ':' && (at_of(line, end) == '(' || at_of(line, end) == ':');
    }
    if (goes(line, 0, "from ")) {
        const size_t end = at_of(line, 5) == '.' ? 6 : skip_path(line, 5);
        return goes(line, end, " import ") && last != ';' && last != '.';
    }
    if (goes(line, 0, "import ")) {
        size_t end = skip_path(line, 7);
        end = goes(line, end, " as ") ? skip_name(line, end + 4) : end;
        return end == line.len && end > 7;
    }
    return last == ':' && (goes(line, 0, "if __name__") || is_word(line, 0, "elif") ||
                           (is_word(line, 0, "except") && line.len < 60) || str_is(line, "try:") ||
                           (goes(line, 0, "with ") && str_contains(line, STR("("))) ||
                           (goes(line, 0, "for ") && str_contains(line, STR("("))));
}

/* const a =, function name(, =>, require('a'), import .. from 'a', export default */
static bool is_script_line(struct str line)
{
    static const char *const declares[] = {"const", "let", "var"};
    const char last = last_of(line);
    if (is_any_word(line, 0, declares, sizeof declares / sizeof declares[0])) {
        const size_t name = skip_blanks(line, line.ptr[0] == 'c' ? 5 : 3);
        const size_t end = skip_name(line, name);
        const char next = at_of(line, skip_blanks(line, end));
        return at_of(line, name) == '{' || at_of(line, name) == '[' ||
               (end > name && (next == '=' || next == ':' || (next == ';' && end + 1 == line.len)));
    }
    if (is_word(line, 0, "function") || goes(line, 0, "async function") ||
        goes(line, 0, "export function") || goes(line, 0, "export async function") ||
        goes(line, 0, "export default function")) {
        return str_contains(line, STR("(")) &&
               (last == '{' || last == '}' || last == ')' || last == ',' || last == '(');
    }
    if (goes(line, 0, "import ")) {
        return (str_contains(line, STR(" from '")) || str_contains(line, STR(" from \"")) ||
                line.ptr[7] == '\'' || line.ptr[7] == '"') &&
               (last == ';' || last == '\'' || last == '"');
    }
    return goes(line, 0, "module.exports") || goes(line, 0, "export const ") ||
           goes(line, 0, "export class ") || goes(line, 0, "document.") ||
           goes(line, 0, "window.") || goes(line, 0, "location.") || goes(line, 0, "$(") ||
           goes(line, 0, "localStorage.") || goes(line, 0, "sessionStorage.") ||
           goes(line, 0, "app.use(") || goes(line, 0, "app.get(") || goes(line, 0, "app.post(") ||
           goes(line, 0, "router.") || goes(line, 0, "eval(") ||
           goes(line, 0, "throw new Error(") || goes(line, 0, "console.log(") ||
           (str_contains(line, STR("=>")) &&
            (last == '{' || last == ';' || last == ')' || last == ',')) ||
           (str_contains(line, STR("function")) && last == '{' && str_contains(line, STR("("))) ||
           (str_contains(line, STR("require(")) && last == ';');
}

static bool is_typed_line(struct str line)
{
    static const char *const type[] = {": string",  ": number", ": boolean",
                                       ": any",     ": void",   ": Promise<",
                                       ": unknown", " as any",  "private readonly "};
    for (size_t i = 0; i < sizeof type / sizeof type[0]; i++) {
        if (str_contains(line, str_of(type[i]))) {
            return true;
        }
    }
    const size_t declared = goes(line, 0, "const ") ? 6 : goes(line, 0, "let ") ? 4 : 0;
    if (goes(line, 0, "import type ") || (declared > 0 && skip_name(line, declared) > declared &&
                                          goes(line, skip_name(line, declared), ": "))) {
        return true;
    }
    const size_t name = goes(line, 0, "export interface ") ? 17
                        : goes(line, 0, "interface ")      ? 10
                                                           : 0;
    return name > 0 && skip_name(line, name) > name && last_of(line) == '{';
}

/* A path, and "(", "=" or "[" behind it; a keyword before it does no harm. No sentence has that. */
static bool is_call_or_assignment(struct str line)
{
    static const char *const keyword[] = {"return", "await", "if",    "while",  "for", "else",
                                          "throw",  "raise", "yield", "assert", "new", "switch",
                                          "case",   "del",   "elif",  "not"};
    size_t at = 0;
    for (size_t words = 0;
         words < 3 && is_any_word(line, at, keyword, sizeof keyword / sizeof keyword[0]); words++) {
        at = skip_blanks(line, skip_name(line, at));
        if (at_of(line, at) == '(') {
            const char last = last_of(line);
            return last == '{' || last == ';' || last == ':' || last == ')';
        }
    }
    const size_t end = skip_path(line, at);
    const char next = at_of(line, end);
    if (end == at) {
        return false;
    }
    if (next == '(' || next == '[') {
        return true;
    }
    const size_t sign = skip_blanks(line, end);
    return (at_of(line, sign) == '=' || goes(line, sign, "+=") || goes(line, sign, "-=")) &&
           at_of(line, sign + 1) != '\0';
}

static unsigned forms_of(struct str line)
{
    const char last = last_of(line);
    unsigned forms = 0;
    forms |= is_python_line(line) ? LINE_PYTHON : 0;
    forms |= is_script_line(line) ? LINE_SCRIPT : 0;
    forms |= is_php_line(line) ? LINE_PHP : 0;
    forms |= is_foreign_line(line) ? LINE_FOREIGN : 0;
    forms |= is_typed_line(line) ? LINE_TYPED : 0;
    forms |= last == ';' || last == '{' || goes(line, 0, "}") || goes(line, 0, "//")
                 ? LINE_OF_SCRIPT
                 : 0;
    forms |= last == ':' && is_call_or_assignment(line) ? LINE_OF_PYTHON : 0;
    forms |= goes(line, 0, "@") && is_name_byte(at_of(line, 1)) && skip_path(line, 1) > 1 &&
                     (last == ')' || skip_path(line, 1) == line.len)
                 ? LINE_OF_ANY
                 : 0;
    forms |=
        is_call_or_assignment(line) || (line.len <= 3 && has_any(line, "{}[]()")) ? LINE_OF_ANY : 0;
    forms |=
        (last == ',' || last == '(' || last == '[') && has_any(line, "'\"([{:=") ? LINE_OF_ANY : 0;
    return forms;
}

/* What all lines have. */
struct tally {
    size_t lines; /* but empty ones and comments */
    size_t of_programs;
    size_t python;
    size_t script;
    size_t typed;
    size_t php;
    size_t foreign;
    size_t of_python;
    size_t of_script;
};

static struct tally tally_of(struct str text)
{
    struct tally tally = {0};
    struct str rest = text;
    bool is_quoted = false; /* """, or a comment of several lines */
    while (rest.len > 0 && tally.lines < LINES_MAX) {
        const struct str line = str_trim(str_cut(&rest, '\n'));
        const bool has_quotes = str_contains(line, STR("\"\"\"")) || str_contains(line, STR("'''"));
        if (goes(line, 0, "/*") || goes(line, 0, "*") || goes(line, 0, "//")) {
            tally.of_script += goes(line, 0, "//");
            continue;
        }
        if (line.len == 0 || goes(line, 0, "#") || is_quoted || has_quotes) {
            is_quoted = is_quoted !=
                        (has_quotes && !(line.len > 5 && str_ends(line, str_slice(line, 0, 3))));
            continue;
        }
        const unsigned forms = forms_of(line);
        tally.lines++;
        tally.of_programs += forms != 0;
        tally.python += (forms & LINE_PYTHON) != 0;
        tally.script += (forms & LINE_SCRIPT) != 0;
        tally.php += (forms & LINE_PHP) != 0;
        tally.foreign += (forms & LINE_FOREIGN) != 0;
        tally.typed += (forms & LINE_TYPED) != 0;
        tally.of_python += (forms & LINE_OF_PYTHON) != 0;
        tally.of_script += (forms & LINE_OF_SCRIPT) != 0;
    }
    return tally;
}

enum code_language guess_by_lines(struct str text)
{
    const struct tally tally = tally_of(text);
    if (tally.lines == 0 || tally.of_programs * 10 < tally.lines * 6) {
        return CODE_NONE;
    }
    const size_t python = 2 * tally.python + tally.of_python;
    const size_t script = 2 * tally.script + tally.of_script;
    if (tally.foreign > 0 && tally.foreign > tally.python) {
        return CODE_NONE;
    }
    if (tally.php > 0 && tally.php * 6 >= tally.lines && tally.python == 0) {
        return CODE_PHP;
    }
    if (tally.python > 0 && python > script) {
        return CODE_PYTHON;
    }
    if (tally.script > 0 && script > python) {
        return tally.typed > 0 ? CODE_TYPESCRIPT : CODE_JAVASCRIPT;
    }
    return CODE_NONE;
}
