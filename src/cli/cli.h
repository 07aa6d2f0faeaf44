/*
 * cli.h - the door of the cli room: the program's commands over candor.h.
 *
 *   cli.c        the arguments of a command, from its table; help and the man page from the same
 *   commands.c   all commands, chapter by chapter; commands_*.c are the chapters' tables
 *   run_*.c      what each command calls
 *   show*.c      JSON answers as people want to read them on a terminal
 *   terminal.c   width, colour, progress
 *   hidden.c     a password that nobody sees
 *
 * The room opens base, and the public header. The server is handed in by main.c.
 */
#ifndef CANDOR_CLI_H
#define CANDOR_CLI_H

#include "base.h"
#include "candor.h"
#include "candor_ledger.h"
#include "candor_people.h"
#include "candor_visit.h"
#include "text.h"

#define ARGUMENTS_MAX 8
#define OPTIONS_MAX 32

/* One option: a switch when it has no placeholder. */
struct option_spec {
    const char *name;        /* "target", typed as --target */
    const char *placeholder; /* "COL"; NULL: a switch */
    const char *help;
    bool required;
};

struct invocation;

/* Where to listen, and whom to tell when it does. */
struct cli_listen {
    const char *address;  /* NULL: the server's own choice */
    const char *tls_cert; /* files; NULL: no TLS */
    const char *tls_key;
    const char *tls_clients; /* NULL: clients need no certificate */
    void (*ready)(void *self, const char *address);
    void *self;
};

/* How to serve: what main.c wires to the serve room. Returns when it is told to stop. */
struct cli_server {
    enum candor_status (*run)(struct job *job, struct candor *candor,
                              const struct cli_listen *listen);
    enum candor_status (*run_witness)(struct job *job, struct candor_witness *witness,
                                      const struct cli_listen *listen);
    /* The HTTP client, as struct candor_post has it. */
    enum candor_status (*post)(struct job *job, void *self, const struct candor_letter *letter,
                               unsigned *code, struct candor_text *answer);
};

struct command {
    const char *name;      /* "subject show" */
    const char *arguments; /* "IDENTIFIER"; words in [] may be left out, [PATH...] is several */
    const char *summary;
    const char *example;
    const char *group; /* "Studies", "A home" */
    struct option_spec option[OPTIONS_MAX];
    enum candor_status (*run)(struct invocation *invocation);
};

/* A command with its arguments, as it runs. */
struct invocation {
    struct job *job;
    const struct command *command;
    const char *program;
    const struct cli_server *server;
    const char *home;     /* --home, else CANDOR_HOME, else "." */
    const char *operator; /* --operator, else CANDOR_OPERATOR, else NULL */
    const char *because;  /* --because: why people are looked at */
    bool json;
    const char *argument[ARGUMENTS_MAX];
    size_t argument_count;
    const char *value[OPTIONS_MAX]; /* of each option; NULL: not given */
    struct candor *candor;          /* opened by the command, closed after it */
    struct candor_text report;
    void (*show)(struct invocation *invocation, const struct value *report); /* for people */
    bool has_findings;                                                       /* exit code 1 */
};

/* All commands in the order of the help, from 0; NULL: there are no more. */
const struct command *command_at(size_t index);

/* Run the program; returns its exit code. */
int cli_run(int argc, char **argv, const struct cli_server *server);

/* The value of an option by name; NULL: not given. The name is in the command's table. */
const char *option(const struct invocation *invocation, const char *name);
bool is_set(const struct invocation *invocation, const char *name);
CANDOR_MUST_USE enum candor_status option_u64(struct invocation *invocation, const char *name,
                                              uint64_t fallback, uint64_t *value);
CANDOR_MUST_USE enum candor_status option_f64(struct invocation *invocation, const char *name,
                                              double fallback, double *value);
/* Open the home that the invocation names. */
CANDOR_MUST_USE enum candor_status open_home(struct invocation *invocation);

/* help.c */
void help_overview(struct buf *out);
void help_command(struct buf *out, const struct command *command);
void help_man(struct buf *out);

/* terminal.c */
bool terminal_is_wide(int fd); /* a terminal, so colours and progress make sense */
void terminal_progress(void *listener, const char *what, uint64_t done, uint64_t total);
void terminal_clear_progress(void);
void put(const char *format, ...) CANDOR_PRINTF(1, 2); /* to standard output */
const char *bold(void);
const char *faint(void);
const char *plain(void);
const char *good(void);
const char *bad(void);
/* ██████▌     of the given width */
void put_bar(double share, unsigned width);
/* A text in a column of so many places; one that is too long ends in an ellipsis. */
void put_padded(const char *text, unsigned width);
const char *count_text(uint64_t count, char text[32]); /* 12,345 */

/* hidden.c: from the terminal, twice and unseen, or the one line of standard input. CANDOR_BAD_INPUT: too
 * long, no text, not the same twice, or stopped; CANDOR_IO. */
CANDOR_MUST_USE enum candor_status hidden_password(struct job *job, const char **password);

/* show.c, show_consent.c, show_explain.c, show_plan.c, show_model.c,
 * show_repair.c: answers for people. */
void show_generic(struct invocation *invocation, const struct value *report);
void show_init(struct invocation *invocation, const struct value *report);
void show_import(struct invocation *invocation, const struct value *report);
void show_train(struct invocation *invocation, const struct value *report);
void show_plan(struct invocation *invocation, const struct value *report);
void show_decide(struct invocation *invocation, const struct value *report);
void show_subject(struct invocation *invocation, const struct value *report);
void show_may_ask(struct invocation *invocation, const struct value *report);
void show_receipt_check(struct invocation *invocation, const struct value *report);
void show_consents(struct invocation *invocation, const struct value *report);
void show_erase(struct invocation *invocation, const struct value *report);
void show_verify(struct invocation *invocation, const struct value *report);
void show_security(const struct value *security); /* worst first */
void show_monitors(struct invocation *invocation, const struct value *report);
void show_audit(struct invocation *invocation, const struct value *report);
void show_fit(struct invocation *invocation, const struct value *report);
void show_explain(struct invocation *invocation, const struct value *report);
void show_rules(struct invocation *invocation, const struct value *report);
void show_evasion(struct invocation *invocation, const struct value *report);
void show_fairness(struct invocation *invocation, const struct value *report);
void show_mitigate(struct invocation *invocation, const struct value *report);
void show_why(struct invocation *invocation, const struct value *report);
void show_scan(struct invocation *invocation, const struct value *report);
void show_rules_test(struct invocation *invocation, const struct value *report);
void show_generate(struct invocation *invocation, const struct value *report); /* run_generate.c */
void show_origin(struct invocation *invocation, const struct value *report);
void show_fairness_data(struct invocation *invocation, const struct value *report);
/* show_fair.c: gaps with their verdicts, and scores by group. */
void put_audit(struct arena *arena, const struct value *report);
void put_compat(const struct value *report);
void show_shapes(struct invocation *invocation, const struct value *report);
void show_compare(struct invocation *invocation, const struct value *report);
void show_retrain(struct invocation *invocation, const struct value *report);
void show_edit(struct invocation *invocation, const struct value *report);
void show_poison(struct invocation *invocation, const struct value *report);
void show_drift(struct invocation *invocation, const struct value *report);
void show_request(struct invocation *invocation, const struct value *report);
void show_requests(struct invocation *invocation, const struct value *report);
void show_jurisdictions(struct invocation *invocation, const struct value *report);
void show_quality(struct invocation *invocation, const struct value *report);
void show_quarantine(struct invocation *invocation, const struct value *report);
void show_inventory(struct invocation *invocation, const struct value *report);
void show_retention(struct invocation *invocation, const struct value *report);
void show_holds(struct invocation *invocation, const struct value *report);
void show_quality_history(struct invocation *invocation, const struct value *report);
void show_models(struct invocation *invocation, const struct value *report);

/* Reading answers: what is missing reads as zero or empty. */
double number_at(const struct value *map, const char *key);
uint64_t count_at(const struct value *map, const char *key);
const char *text_at(const struct value *map, const char *key);
bool bool_at(const struct value *map, const char *key);

#endif
