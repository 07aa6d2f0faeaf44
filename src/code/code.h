/*
 * code.h - the door of the code room: what is insecure in a program or a page.
 *
 *   language.c  which language a file is in; guess.c: a text without a name
 *   parse.c     tree-sitter's tree as nodes of our own, the same for every language
 *   memory.c    what tree-sitter takes while it reads
 *   piece.c     long programs in pieces, for the sake of tree-sitter's limits
 *   kinds.def   which node of a grammar is which of ours
 *   tree.c      what is asked of nodes
 *   run.c       statements and functions in the order in which they run
 *   eval.c      what each expression holds; name.c: what names and members hold
 *   call.c      calls: sources, sanitizers and sinks of names.def, functions of the same file
 *   guard.c     what a condition says of what it looks at
 *   scope.c     names and what they hold, branch by branch
 *   match.c     names.def by the last part of a name
 *   scan.c      one text, and its findings in order; off.c stands for all where there are no grammars
 *   look.c      rules that look at one expression, whatever flows
 *   words.c     words of words.def that tell something wherever they stand in a name
 *   text.c      rules about patterns; replace.c, replace_pattern.c: about text that is cleaned by replacing signs
 *   merge.c     members copied by their names, down to the prototype
 *   page.c      pages, tag by tag; markup.c: rules about one tag; policy.c, form.c, choice.c: about policies, forms and
 *               fields, and whether people choose; address.c: whose an address is (trackers.def)
 *   contact.c   trackers that a script calls before a yes; yes.c: which places wait for one; client.c: what a program does
 *               with people
 *   style.c     sheets and styles, by a reader of our own
 *   sql*.c      SQL of many dialects, by a reader of our own (inside_sql.h); sql.def: phrases that are findings;
 *               query.c: SQL in strings of programs that goes to a database
 *
 * A finding has a place, a rule, and the way from where a value comes from to where it does harm. The room is pure.
 */
#ifndef CANDOR_CODE_ROOM_H
#define CANDOR_CODE_ROOM_H

#include "base.h"

enum code_language {
    CODE_NONE,
    CODE_JAVASCRIPT,
    CODE_TYPESCRIPT,
    CODE_TSX,
    CODE_PYTHON,
    CODE_PHP,
    CODE_HTML,
    CODE_CSS,
    CODE_SQL,
    CODE_LANGUAGES,
};

enum code_rank { CODE_LOW, CODE_MEDIUM, CODE_HIGH, CODE_CRITICAL };

/* A place on the way of a value. */
struct code_step {
    size_t start; /* bytes of the text */
    size_t end;
    const char *what; /* "comes from outside here" */
};

enum { CODE_STEPS_MAX = 8 };

struct code_finding {
    const char *rule; /* "cdr.code.dom-xss" */
    const char *cwe;  /* "CWE-79"; NULL: none */
    const char *what;
    const char *fix;
    enum code_rank rank;
    bool is_open; /* not a flaw: something could not be checked, and why is what it says */
    size_t start; /* bytes of the text */
    size_t end;
    struct code_step step[CODE_STEPS_MAX]; /* from the source to the sink */
    size_t step_count;
};

struct code_findings {
    struct arena *arena;
    struct code_finding *item; /* by place */
    size_t count;
    size_t room;
};

enum { CODE_TEXT_MAX = 4 << 20, CODE_FINDINGS_MAX = 2000 };

/* By the name of the file. */
enum code_language code_language_of(struct str path);
/* By the text itself, where it has no name. CODE_NONE: it may be prose. */
enum code_language code_language_guess(struct str text);

/* Whether this build can read programs at all: it was configured with the grammars. */
bool code_is_built(void);

/*
 * Add what is insecure in the text. Any bytes will do; what is too long, too deep or too slow to be read gives a
 * finding that says so (is_open). Fragments are read as well: what they do not show is taken as unknown.
 */
void code_scan(struct str text, enum code_language language, struct code_findings *findings);

#endif
