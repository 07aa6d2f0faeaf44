/*
 * cli.c - from the command line to a command, and from its answer to the exit code.
 *
 * A command is the longest name in the table that the first words spell. What follows are its
 * arguments and options, in any order; "--" ends options. --home, --operator, --json and --help
 * belong to every command and may stand before it too.
 *
 * Standard output has the answer and nothing else; progress and messages go to standard error.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* ---- finding the command ------------------------------------------------------------------- */

/* Does the name ("subject show") begin the words? Returns how many words it takes; 0: no. */
static int name_fits(const char *name, char **word, int word_count)
{
    struct str rest = str_of(name);
    int used = 0;
    while (rest.ptr != NULL) {
        const struct str part = str_cut(&rest, ' ');
        if (used == word_count || !str_is(part, word[used])) {
            return 0;
        }
        used++;
    }
    return used;
}

static const struct command *find_command(char **word, int word_count, int *used)
{
    const struct command *found = NULL;
    *used = 0;
    const struct command *command = NULL;
    for (size_t c = 0; (command = command_at(c)) != NULL; c++) {
        const int fits = name_fits(command->name, word, word_count);
        if (fits > *used) {
            *used = fits;
            found = command;
        }
    }
    return found;
}

/* The commands that begin with a word: for "candor subject" alone. */
static void list_beginning(struct buf *out, const char *word)
{
    const struct str start = str_format(out->arena, "%s ", word);
    const struct command *command = NULL;
    for (size_t c = 0; (command = command_at(c)) != NULL; c++) {
        if (str_starts(str_of(command->name), start)) {
            buf_format(out, "\n  candor %s%s%s", command->name,
                       command->arguments[0] == '\0' ? "" : " ", command->arguments);
        }
    }
}

static enum candor_status unknown_command(struct job *job, const char *word)
{
    const char *name[256];
    size_t count = 0;
    struct buf part = buf_begin(job->arena);
    list_beginning(&part, word);
    if (part.len > 0) {
        return fail(job, CANDOR_BAD_INPUT, "'%s' needs one more word:%.*s", word,
                    STR_ARG(buf_text(&part)));
    }
    for (const struct command *command; count < 256 && (command = command_at(count)) != NULL;) {
        name[count++] = command->name;
    }
    const char *near = nearest_word(str_of(word), name, count);
    return fail(job, CANDOR_BAD_INPUT, "unknown command '%s'%s%s%s; see: candor --help", word,
                near == NULL ? "" : "; did you mean '", near == NULL ? "" : near,
                near == NULL ? "" : "'?");
}

/* ---- arguments and options ----------------------------------------------------------------- */

static size_t option_index(const struct command *command, struct str name)
{
    for (size_t o = 0; o < OPTIONS_MAX && command->option[o].name != NULL; o++) {
        if (str_is(name, command->option[o].name)) {
            return o;
        }
    }
    return SIZE_MAX;
}

/* One of the options that every command has; returns whether it was. */
static enum candor_status common_option(struct invocation *invocation, struct str name,
                                        const char *value, bool *is_common, bool *takes_value)
{
    *is_common = true;
    *takes_value = str_is(name, "home") || str_is(name, "operator") || str_is(name, "because");
    if (*takes_value && value == NULL) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--%.*s needs a value", STR_ARG(name));
    }
    if (str_is(name, "home")) {
        invocation->home = value;
    } else if (str_is(name, "operator")) {
        invocation->operator= value;
    } else if (str_is(name, "because")) {
        invocation->because = value;
    } else if (str_is(name, "json")) {
        invocation->json = true;
    } else {
        *is_common = false;
    }
    return CANDOR_OK;
}

static enum candor_status unknown_option(struct invocation *invocation, struct str name)
{
    const char *known[OPTIONS_MAX + 5] = {"home", "operator", "because", "json", "help"};
    size_t count = 5;
    for (size_t o = 0; o < OPTIONS_MAX && invocation->command->option[o].name != NULL; o++) {
        known[count++] = invocation->command->option[o].name;
    }
    const char *near = nearest_word(name, known, count);
    return fail(invocation->job, CANDOR_BAD_INPUT,
                "unknown option --%.*s%s%s%s; see: candor %s --help", STR_ARG(name),
                near == NULL ? "" : "; did you mean --", near == NULL ? "" : near,
                near == NULL ? "" : "?", invocation->command->name);
}

/* An option of the command: its own, not one that all have. */
static enum candor_status own_option(struct invocation *invocation, struct str name,
                                     const char *value, bool has_inline, bool *takes_value)
{
    const size_t o = option_index(invocation->command, name);
    if (o == SIZE_MAX) {
        return unknown_option(invocation, name);
    }
    const struct option_spec *spec = &invocation->command->option[o];
    *takes_value = spec->placeholder != NULL;
    if (*takes_value && value == NULL) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--%s needs %s", spec->name,
                    spec->placeholder);
    }
    if (!*takes_value && has_inline) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--%s takes no value", spec->name);
    }
    invocation->value[o] = *takes_value ? value : "";
    return CANDOR_OK;
}

/* --name value, --name=value, or a switch. Moves *at past what it used. */
static enum candor_status take_option(struct invocation *invocation, char **word, int count,
                                      int *at)
{
    const struct str text = str_of(word[*at] + 2);
    const size_t equals = str_find(text, '=');
    const struct str name = str_slice(text, 0, equals);
    const bool has_inline = equals < text.len;
    const char *inline_value = has_inline ? word[*at] + 2 + equals + 1 : NULL;
    const char *next = *at + 1 < count ? word[*at + 1] : NULL;
    const char *value = has_inline ? inline_value : next;
    bool is_common = false;
    bool takes_value = false;
    TRY(common_option(invocation, name, value, &is_common, &takes_value));
    if (!is_common) {
        TRY(own_option(invocation, name, value, has_inline, &takes_value));
    }
    *at += takes_value && !has_inline ? 2 : 1;
    return CANDOR_OK;
}

static void count_arguments(const char *arguments, size_t *least, size_t *most)
{
    struct str rest = str_of(arguments);
    *least = 0;
    *most = 0;
    while (rest.ptr != NULL && rest.len > 0) {
        const struct str word = str_trim(str_cut(&rest, ' '));
        *most += str_ends(word, STR("...]")) ? ARGUMENTS_MAX - *most : word.len > 0;
        *least += word.len > 0 && word.ptr[0] != '[';
    }
}

static enum candor_status check_invocation(struct invocation *invocation)
{
    const struct command *command = invocation->command;
    size_t least = 0;
    size_t most = 0;
    count_arguments(command->arguments, &least, &most);
    if (invocation->argument_count < least || invocation->argument_count > most) {
        return fail(invocation->job, CANDOR_BAD_INPUT,
                    "usage: candor %s%s%s; see: candor %s --help", command->name,
                    command->arguments[0] == '\0' ? "" : " ", command->arguments, command->name);
    }
    for (size_t o = 0; o < OPTIONS_MAX && command->option[o].name != NULL; o++) {
        if (command->option[o].required && invocation->value[o] == NULL) {
            return fail(invocation->job, CANDOR_BAD_INPUT,
                        "--%s %s is needed; see: candor %s "
                        "--help",
                        command->option[o].name, command->option[o].placeholder, command->name);
        }
    }
    return CANDOR_OK;
}

static enum candor_status take_words(struct invocation *invocation, char **word, int count)
{
    bool options_ended = false;
    for (int at = 0; at < count;) {
        if (!options_ended && strcmp(word[at], "--") == 0) {
            options_ended = true;
            at++;
        } else if (!options_ended && strncmp(word[at], "--", 2) == 0) {
            TRY(take_option(invocation, word, count, &at));
        } else if (invocation->argument_count == ARGUMENTS_MAX) {
            return fail(invocation->job, CANDOR_BAD_INPUT, "too many arguments");
        } else {
            invocation->argument[invocation->argument_count++] = word[at++];
        }
    }
    return check_invocation(invocation);
}

const char *option(const struct invocation *invocation, const char *name)
{
    const size_t o = option_index(invocation->command, str_of(name));
    must(o != SIZE_MAX);
    return invocation->value[o];
}

bool is_set(const struct invocation *invocation, const char *name)
{
    return option(invocation, name) != NULL;
}

enum candor_status option_u64(struct invocation *invocation, const char *name, uint64_t fallback,
                              uint64_t *value)
{
    const char *text = option(invocation, name);
    *value = fallback;
    if (text != NULL && !str_to_uint64(str_of(text), value)) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--%s needs a whole number", name);
    }
    return CANDOR_OK;
}

enum candor_status option_f64(struct invocation *invocation, const char *name, double fallback,
                              double *value)
{
    const char *text = option(invocation, name);
    *value = fallback;
    if (text != NULL && !str_to_double(str_of(text), value)) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--%s needs a number", name);
    }
    return CANDOR_OK;
}

enum candor_status open_home(struct invocation *invocation)
{
    TRY(candor_open(invocation->job, invocation->home, invocation->operator, & invocation->candor));
    return invocation->because == NULL
               ? CANDOR_OK
               : candor_because(invocation->job, invocation->candor, invocation->because);
}

/* ---- answering ----------------------------------------------------------------------------- */

/* U+202A to U+202E and U+2066 to U+2069 turn the direction of writing. */
static bool turns_writing(struct str text)
{
    if (text.len < 3) {
        return false;
    }
    const unsigned char last = (unsigned char)text.ptr[2];
    return (str_starts(text, STR("\xe2\x80")) && last >= 0xaa && last <= 0xae) ||
           (str_starts(text, STR("\xe2\x81")) && last >= 0xa6 && last <= 0xa9);
}

/* Put an escape of a JSON text, or what a terminal may have of it; returns how long it was. */
static size_t put_escape(struct buf *buf, struct str text)
{
    if (text.len >= 6 && text.ptr[1] == 'u') {
        buf_lit(buf, LIT("\\ufffd"));
        return 6;
    }
    if (text.len >= 2 && strchr("bfnrt", text.ptr[1]) != NULL) {
        buf_lit(buf, LIT(" "));
    } else {
        buf_str(buf, str_slice(text, 0, 2));
    }
    return 2;
}

/*
 * Data may hold control characters, which a terminal would obey. In a JSON text they are escapes;
 * each becomes U+FFFD before the answer is read for people. --json keeps what is.
 */
static struct bytes without_controls(struct job *job, struct candor_text report)
{
    struct buf buf = buf_begin(job->arena);
    struct str rest = {report.ptr, report.len};
    while (rest.len > 0) {
        size_t used = 1;
        if (rest.ptr[0] == '\\') {
            used = put_escape(&buf, rest);
        } else if (turns_writing(rest)) {
            buf_lit(&buf, LIT("\\ufffd"));
            used = 3;
        } else {
            buf_u8(&buf, (uint8_t)rest.ptr[0]);
        }
        rest = str_slice(rest, used, rest.len);
    }
    return buf_all(&buf);
}

static void answer(struct invocation *invocation)
{
    const struct candor_text report = invocation->report;
    const struct value *tree = NULL;
    if (report.ptr == NULL) {
        return;
    }
    const bool is_plain = invocation->show == NULL;
    if (invocation->json || is_plain) {
        put("%s%s", report.ptr, report.len > 0 && report.ptr[report.len - 1] == '\n' ? "" : "\n");
        return;
    }
    const struct bytes bytes = without_controls(invocation->job, report);
    const struct text_limits limits = {.size_max = (size_t)1 << 31, .count_max = (size_t)1 << 28};
    if (json_read(invocation->job, bytes, &limits, "the answer", &tree) == CANDOR_OK) {
        invocation->show(invocation, tree);
    } else {
        put("%s\n", report.ptr); /* better raw than silent */
    }
}

static int complain(const struct job *job, enum candor_status status)
{
    terminal_clear_progress();
    (void)fprintf(stderr, "candor: %s\n",
                  job->message[0] != '\0' ? job->message : status_sentence(status));
    return candor_status_exit_code(status);
}

static int run(struct invocation *invocation)
{
    if (terminal_is_wide(STDERR_FILENO)) {
        candor_job_listen(invocation->job, terminal_progress, NULL);
    }
    const enum candor_status status = invocation->command->run(invocation);
    terminal_clear_progress();
    if (status == CANDOR_OK) {
        answer(invocation);
    }
    candor_close(invocation->candor);
    if (status != CANDOR_OK) {
        return complain(invocation->job, status);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)fprintf(stderr, "candor: the answer could not be written\n");
        return 4;
    }
    return invocation->has_findings ? 1 : 0;
}

/* --home and its like may stand before the command. */
static enum candor_status take_leading(struct invocation *invocation, char **word, int count,
                                       int *at)
{
    while (*at < count && strncmp(word[*at], "--", 2) == 0) {
        const struct str text = str_of(word[*at] + 2);
        const size_t equals = str_find(text, '=');
        const char *value = equals < text.len ? word[*at] + 2 + equals + 1
                            : *at + 1 < count ? word[*at + 1]
                                              : NULL;
        bool is_common = false;
        bool takes_value = false;
        TRY(common_option(invocation, str_slice(text, 0, equals), value, &is_common, &takes_value));
        if (!is_common) {
            return fail(invocation->job, CANDOR_BAD_INPUT,
                        "unknown option %s before the command; see: candor --help", word[*at]);
        }
        *at += takes_value && equals == text.len ? 2 : 1;
    }
    return CANDOR_OK;
}

static bool wants_help(char **word, int count)
{
    for (int i = 0; i < count && strcmp(word[i], "--") != 0; i++) {
        if (strcmp(word[i], "--help") == 0 || strcmp(word[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

static int print_help(struct job *job, const struct command *command)
{
    struct buf out = buf_begin(job->arena);
    if (command == NULL) {
        help_overview(&out);
    } else {
        help_command(&out, command);
    }
    put("%.*s", STR_ARG(buf_text(&out)));
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 4;
}

/* "candor consent --help": the commands that begin so; false: none does. */
static bool print_family(struct job *job, const char *word)
{
    struct buf out = buf_begin(job->arena);
    list_beginning(&out, word);
    if (out.len == 0) {
        return false;
    }
    put("Commands that begin with '%s'; each has --help:\n%.*s\n", word, STR_ARG(buf_text(&out)));
    return true;
}

/* "candor help", "candor help fit", "candor help consent". */
static int print_help_about(struct job *job, char **word, int count)
{
    int used = 0;
    const struct command *about = count > 0 ? find_command(word, count, &used) : NULL;
    return about == NULL && count > 0 && print_family(job, word[0]) ? 0 : print_help(job, about);
}

static bool asks_for_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

static int run_words(struct invocation *invocation, char **word, int count)
{
    struct job *job = invocation->job;
    int at = 0;
    int used = 0;
    if (count == 0 || asks_for_help(word[0])) {
        return print_help_about(job, word + 1, count - 1);
    }
    if (strcmp(word[0], "--version") == 0) {
        put("candor %s\n", candor_version());
        return 0;
    }
    enum candor_status status = take_leading(invocation, word, count, &at);
    if (status == CANDOR_OK && at == count) {
        status = fail(job, CANDOR_BAD_INPUT, "which command? see: candor --help");
    }
    if (status == CANDOR_OK) {
        invocation->command = find_command(word + at, count - at, &used);
        if (invocation->command == NULL) {
            if (wants_help(word + at, count - at) && print_family(job, word[at])) {
                return 0;
            }
            status = unknown_command(job, word[at]);
        } else if (wants_help(word + at, count - at)) {
            return print_help(job, invocation->command);
        } else {
            status = take_words(invocation, word + at + used, count - at - used);
        }
    }
    return status == CANDOR_OK ? run(invocation) : complain(job, status);
}

int cli_run(int argc, char **argv, const struct cli_server *server)
{
    /* Threads begin with the server only. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    const char *home = getenv("CANDOR_HOME");
    struct invocation invocation = {
        .job = candor_job_begin(),
        .server = server,
        .program = argc > 0 ? argv[0] : "candor",
        .home = home != NULL && home[0] != '\0' ? home : ".",
        .operator= getenv("CANDOR_OPERATOR"), /* NOLINT(concurrency-mt-unsafe): as above */
    };
    /* A file that grows beyond ulimit -f is a failed write with a message, not a death that leaves a part. */
    (void)signal(SIGXFSZ, SIG_IGN);
    const int code = run_words(&invocation, argv + 1, argc > 0 ? argc - 1 : 0);
    candor_job_end(invocation.job);
    return code;
}
