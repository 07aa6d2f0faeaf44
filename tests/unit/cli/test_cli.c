/*
 * test_cli.c - the program from its arguments to its output and exit code, in this process: standard
 * output and error are files while it runs.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#include "testing.h"

enum { WORDS_MAX = 24, TEXT_MAX = 1 << 16 };

struct outcome {
    int code;
    char out[TEXT_MAX];
    char err[TEXT_MAX];
};

/* ---- running ------------------------------------------------------------------------------- */

static int scratch(void)
{
    char path[] = "/tmp/candor-cli-XXXXXX";
    const int fd = mkostemp(path, O_CLOEXEC);
    must(fd >= 0 && unlink(path) == 0);
    return fd;
}

static void take_back(int fd, int kept, int scratch_fd, char text[TEXT_MAX])
{
    must(dup2(kept, fd) == fd && close(kept) == 0);
    must(lseek(scratch_fd, 0, SEEK_SET) == 0);
    const ssize_t len = read(scratch_fd, text, TEXT_MAX - 1);
    must(len >= 0);
    text[len] = '\0';
    must(close(scratch_fd) == 0);
}

static void run_words(char **word, int count, struct outcome *outcome)
{
    const int out = scratch();
    const int err = scratch();
    must(fflush(NULL) == 0);
    const int kept_out = dup(STDOUT_FILENO);
    const int kept_err = dup(STDERR_FILENO);
    must(kept_out >= 0 && kept_err >= 0);
    must(dup2(out, STDOUT_FILENO) == STDOUT_FILENO && dup2(err, STDERR_FILENO) == STDERR_FILENO);
    outcome->code = cli_run(count, word, NULL);
    must(fflush(NULL) == 0);
    take_back(STDOUT_FILENO, kept_out, out, outcome->out);
    take_back(STDERR_FILENO, kept_err, err, outcome->err);
}

/* The words of a line, cut at spaces; quotes hold a word together and '' is an empty one. */
static int split(char *line, char **word)
{
    int count = 0;
    char *at = line;
    while (*at != '\0') {
        if (*at == ' ') {
            *at++ = '\0';
            continue;
        }
        char quote = ' ';
        if (*at == '"' || *at == '\'') {
            quote = *at++;
        }
        must(count < WORDS_MAX);
        word[count++] = at;
        while (*at != '\0' && *at != quote) {
            at++;
        }
        if (*at == quote) {
            *at++ = '\0';
        }
    }
    return count;
}

/* Run "candor" with the words of a line. */
static void run(const char *line, struct outcome *outcome)
{
    char *word[WORDS_MAX + 1] = {NULL};
    char program[] = "candor";
    char *text = strdup(line);
    must(text != NULL);
    word[0] = program;
    run_words(word, 1 + split(text, word + 1), outcome);
    free(text);
}

/* ---- arguments ----------------------------------------------------------------------------- */

struct sample {
    const char *line;
    int code;
    const char *out; /* what it must hold; NULL: nothing is written */
    const char *err;
};

static const struct sample sample[] = {
    {"", 0, "candor COMMAND --help", NULL},
    {"--help", 0, "Exit codes: 0 done", NULL},
    {"-h", 0, "Exit codes: 0 done", NULL},
    {"help", 0, "Exit codes: 0 done", NULL},
    {"help fit", 0, "candor fit DATA --target COL", NULL},
    {"help model show", 0, "candor model show MODEL", NULL},
    {"fit -h", 0, "candor fit DATA --target COL", NULL},
    {"--home x plan --help", 0, "candor plan CAMPAIGN", NULL},
    {"--version", 0, "candor 0.", NULL},
    {"consent --help", 0, "candor consent give IDENTIFIER", NULL},
    {"help consent", 0, "candor consent give IDENTIFIER", NULL},
    {"--home x request -h", 0, "candor request open IDENTIFIER", NULL},
    {"zzzzzzzz --help", 2, NULL, "unknown command 'zzzzzzzz'; see: candor --help"},

    {"fitt", 2, NULL, "unknown command 'fitt'; did you mean 'fit'?"},
    {"zzzzzzzz", 2, NULL, "unknown command 'zzzzzzzz'; see: candor --help"},
    {"subject", 2, NULL, "'subject' needs one more word:\n  candor subject show"},
    {"subject shw X", 2, NULL, "'subject' needs one more word"},
    {"--json", 2, NULL, "which command?"},
    {"--jason fit", 2, NULL, "unknown option --jason before the command"},
    {"--home", 2, NULL, "--home needs a value"},
    {"operator list --operator", 2, NULL, "--operator needs a value"},

    {"fit", 2, NULL, "usage: candor fit DATA"},
    {"fit a b --target t --out o", 2, NULL, "usage: candor fit DATA"},
    {"fit a", 2, NULL, "--target COL is needed"},
    {"fit a --target t", 2, NULL, "--out MODEL is needed"},
    {"fit a --out o --target", 2, NULL, "--target needs COL"},
    {"fit a --targt t", 2, NULL, "unknown option --targt; did you mean --target?"},
    {"fit a --zzzzzzzz", 2, NULL, "unknown option --zzzzzzzz; see: candor fit --help"},
    {"fit a --hom h", 2, NULL, "did you mean --home?"},
    {"fit a --target=t --out=o --seed=x", 2, NULL, "--seed needs a whole number"},
    {"fit a --target=t --out=o --seed -1", 2, NULL, "--seed needs a whole number"},
    {"fit a --target=t --out=o --threads 65", 2, NULL, "--threads is 0 to 64"},
    {"fit a --target=t --out=o --pairs 257", 2, NULL, "--pairs is auto, or 0 to 256"},
    {"fairness a --label=y --group=g --score s --threshold half", 2, NULL, "--threshold needs a"},
    {"fairness a --label=y --group=g", 2, NULL, "either --score COL or --decision COL"},
    {"fairness a --label=y --group=g --intersect=1", 2, NULL, "--intersect takes no value"},
    {"score a b c d e f g h i", 2, NULL, "too many arguments"},
    {"explain a b --row", 2, NULL, "--row needs N"},
    {"explain a b", 2, NULL, "--row N is needed"},
    {"explain a b --row 1 --threshold x", 2, NULL, "--threshold needs a number"},
    {"explain a b --row 1 --changes 0", 2, NULL, "--changes is 1 to 6"},
    {"explain a b --row 1 --changes 7", 2, NULL, "--changes is 1 to 6"},
    {"explain a b --row 1 --plans 9", 2, NULL, "--plans is 1 to 8"},
    {"rules a", 2, NULL, "usage: candor rules MODEL DATA"},
    {"rules a b --max 0", 2, NULL, "--max is 1 to 200"},
    {"rules a b --max 201", 2, NULL, "--max is 1 to 200"},
    {"rules a b --conditions 7", 2, NULL, "--conditions is 1 to 6"},

    /* What is no option reaches the command: it looks for the files. */
    {"score no-model no-data", 2, NULL, "no-model"},
    {"score -- --model data", 2, NULL, "--model"},
    {"score --out=x=y no-model no-data", 2, NULL, "no-model"},
    {"score -- no-model -- no-data", 2, NULL, "usage: candor score MODEL DATA"},
    {"score -- no-model --help", 2, NULL, "no-model"},
    {"--home /no/such/home operator list", 2, NULL, "/no/such/home"},
    {"operator list --home /no/such/home", 2, NULL, "/no/such/home"},
    {"operator list --home=/no/such/home", 2, NULL, "/no/such/home"},
    {"--home=/no/such/home --json operator list", 2, NULL, "/no/such/home"},
};

static void arguments_are_taken_or_refused_with_what_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sample / sizeof sample[0]; i++) {
        static struct outcome got;
        run(sample[i].line, &got);
        expect(got.code == sample[i].code, "'%s' exits with %d: %s", sample[i].line, got.code,
               got.err);
        expect(sample[i].out == NULL ? got.out[0] == '\0' : strstr(got.out, sample[i].out) != NULL,
               "'%s' prints: %s", sample[i].line, got.out);
        expect(sample[i].err == NULL ? got.err[0] == '\0' : strstr(got.err, sample[i].err) != NULL,
               "'%s' complains: %s", sample[i].line, got.err);
        expect(got.err[0] == '\0' || strncmp(got.err, "candor: ", 8) == 0, "'%s': %s",
               sample[i].line, got.err);
    }
}

static void the_environment_names_the_home_unless_the_line_does(void **state)
{
    (void)state;
    static struct outcome got;
    must(setenv("CANDOR_HOME", "/no/home/of/the/environment", 1) == 0);
    run("operator list", &got);
    expect(strstr(got.err, "/no/home/of/the/environment") != NULL, "%s", got.err);
    run("operator list --home /no/such/home", &got);
    expect(strstr(got.err, "/no/such/home") != NULL, "%s", got.err);
    must(unsetenv("CANDOR_HOME") == 0);
}

/* ---- help ---------------------------------------------------------------------------------- */

static void must_hold(const char *text, const char *part, const char *name)
{
    expect(strstr(text, part) != NULL, "%s: no '%s'", name, part);
}

static void the_help_of_every_command_has_all_and_an_example(void **state)
{
    (void)state;
    const struct command *command = NULL;
    for (size_t c = 0; (command = command_at(c)) != NULL; c++) {
        static struct outcome got;
        char line[128];
        (void)snprintf(line, sizeof line, "%s --help", command->name);
        run(line, &got);
        expect(got.code == 0, "%s: %d", command->name, got.code);
        must_hold(got.out, command->summary, command->name);
        must_hold(got.out, command->example, command->name);
        for (size_t o = 0; o < OPTIONS_MAX && command->option[o].name != NULL; o++) {
            must_hold(got.out, command->option[o].name, command->name);
            must_hold(got.out, command->option[o].help, command->name);
        }
    }
}

static bool is_option_of(const struct command *command, const char *word)
{
    static const char *const common[] = {"--home", "--operator", "--json"};
    for (size_t c = 0; c < sizeof common / sizeof common[0]; c++) {
        if (strcmp(word, common[c]) == 0) {
            return true;
        }
    }
    for (size_t o = 0; o < OPTIONS_MAX && command->option[o].name != NULL; o++) {
        if (strcmp(word + 2, command->option[o].name) == 0) {
            return true;
        }
    }
    return false;
}

static void every_example_is_a_line_that_the_program_takes(void **state)
{
    (void)state;
    const struct command *command = NULL;
    for (size_t c = 0; (command = command_at(c)) != NULL; c++) {
        char *word[WORDS_MAX];
        char *example = strdup(command->example);
        must(example != NULL);
        must_hold(example, command->name, command->name);
        const int count = split(example, word);
        assert_string_equal(word[0], "candor");
        for (int i = 1; i < count; i++) {
            expect(strncmp(word[i], "--", 2) != 0 || is_option_of(command, word[i]), "%s: %s",
                   command->name, word[i]);
        }
        for (size_t o = 0; o < OPTIONS_MAX && command->option[o].name != NULL; o++) {
            if (command->option[o].required) {
                must_hold(command->example, command->option[o].name, command->name);
            }
        }
        free(example);
    }
}

static void the_overview_names_every_command(void **state)
{
    (void)state;
    static struct outcome got;
    run("--help", &got);
    const struct command *command = NULL;
    for (size_t c = 0; (command = command_at(c)) != NULL; c++) {
        must_hold(got.out, command->name, "the overview");
        must_hold(got.out, command->summary, "the overview");
    }
}

/* As roff writes it: each - is \-. */
static const char *in_roff(const char *text, char roff[256])
{
    size_t len = 0;
    for (const char *c = text; *c != '\0'; c++) {
        must(len < 250);
        if (*c == '-') {
            roff[len++] = '\\';
        }
        roff[len++] = *c;
    }
    roff[len] = '\0';
    return roff;
}

static void the_man_page_has_every_command_and_option(void **state)
{
    (void)state;
    static struct outcome got;
    char roff[256];
    run("man", &got);
    assert_int_equal(got.code, 0);
    const struct command *command = NULL;
    for (size_t c = 0; (command = command_at(c)) != NULL; c++) {
        must_hold(got.out, in_roff(command->name, roff), "the man page");
        must_hold(got.out, in_roff(command->summary, roff), "the man page");
        must_hold(got.out, in_roff(command->example, roff), "the man page");
        for (size_t o = 0; o < OPTIONS_MAX && command->option[o].name != NULL; o++) {
            must_hold(got.out, in_roff(command->option[o].help, roff), command->name);
        }
    }
}

/* A line that begins with a dot or a quote is an order to roff: only those we mean. */
static void no_line_of_the_man_page_is_an_order_by_accident(void **state)
{
    (void)state;
    static const char *const order[] = {".TH ", ".SH ", ".SS ", ".TP", ".B ", ".PP", ".EX", ".EE"};
    static struct outcome got;
    run("man", &got);
    expect(strncmp(got.out, ".TH CANDOR 1 ", 13) == 0, "%.40s", got.out);
    for (const char *line = got.out; line[0] != '\0'; line = strchr(line, '\n') + 1) {
        bool is_meant = line[0] != '.' && line[0] != '\'';
        for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
            is_meant = is_meant || strncmp(line, order[i], strlen(order[i])) == 0;
        }
        expect(is_meant, "%.40s", line);
    }
}

/* ---- answers and exit codes ---------------------------------------------------------------- */

struct place {
    char dir[64];
};

static void place_begin(struct place *place)
{
    (void)snprintf(place->dir, sizeof place->dir, "/tmp/candor-XXXXXX");
    must(mkdtemp(place->dir) != NULL);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about;
    (void)kind;
    (void)at;
    return remove(path);
}

static void place_end(const struct place *place)
{
    must(nftw(place->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

static void write_file(const struct place *place, const char *name, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", place->dir, name);
    FILE *file = fopen(path, "we");
    must(file != NULL);
    must(fputs(text, file) >= 0);
    must(fclose(file) == 0);
}

/* Run a line with each @ replaced by the folder. */
static void run_in(const struct place *place, const char *line, struct outcome *outcome)
{
    struct arena *arena = arena_begin();
    struct buf buf = buf_begin(arena);
    for (const char *c = line; *c != '\0'; c++) {
        if (*c == '@') {
            buf_str(&buf, str_of(place->dir));
        } else {
            buf_bytes(&buf, c, 1);
        }
    }
    run(str_z(arena, buf_text(&buf)), outcome);
    arena_end(arena);
}

static void must_be_json(const char *text, const char *line)
{
    const struct value *tree = NULL;
    struct job job;
    job_begin(&job, host_real());
    expect(json_read(&job, bytes_of(str_of(text)), NULL, "the answer", &tree) == CANDOR_OK,
           "'%s': %s: %s", line, job.message, text);
    job_end(&job);
}

/* One value gives orders to a terminal, and turns the direction of writing in three ways. */
#define ORDERS \
    "\x1b[31m\xc2\x9b" \
    "2J\xe2\x80\xae\xe2\x80\xab\xe2\x81\xa6"

static const char predictions[] = "y,d,g\n1,1,a\n0,0,a\n1,0,b\n0,1,b\n1,1,\"b" ORDERS "\"\n";

static void must_be_harmless(const char *text)
{
    /* They must mislead. NOLINTBEGIN(misc-misleading-bidirectional) */
    static const char *const order[] = {"\x1b", "\xc2\x9b", "\xe2\x80\xae", "\xe2\x80\xab",
                                        "\xe2\x81\xa6"};
    /* NOLINTEND(misc-misleading-bidirectional) */
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        expect(strstr(text, order[i]) == NULL, "order %zu reaches the terminal", i);
    }
}

static void an_answer_is_for_people_or_one_json_document(void **state)
{
    (void)state;
    static struct outcome got;
    struct place place;
    place_begin(&place);
    write_file(&place, "p.csv", predictions);
    run_in(&place, "fairness @/p.csv --label y --decision d --group g --json", &got);
    assert_int_equal(got.code, 0);
    must_be_json(got.out, "fairness");
    run_in(&place, "--json fairness @/p.csv --label y --decision d --group g", &got);
    must_be_json(got.out, "fairness");
    run_in(&place, "fairness @/p.csv --label y --decision d --group g", &got);
    assert_int_equal(got.code, 0);
    must_hold(got.out, "demographic_parity_ratio", "fairness");
    must_be_harmless(got.out);
    expect(got.err[0] == '\0', "%s", got.err);
    place_end(&place);
}

/* Lines about one home, in order. */
static const struct sample story[] = {
    {"--operator ana init @/home --name Test --json", 0, "\"operator\"", NULL},
    {"--operator ana init @/home", 2, NULL, "here already"},
    {"--home @/home --operator ana operator list --json", 0, "\"ana\"", NULL},
    {"--home @/home --operator ana operator add bea --roles analyst --json", 0, "\"bea\"", NULL},
    {"--home @/home --operator eva operator list", 3, NULL, "eva"},
    {"--home @/home --operator bea plan welcome", 3, NULL, "role"},
    {"--home @/home --operator ana plan wellcome", 2, NULL, "it has: welcome"},
    {"--home @/home --operator ana import people @/p.csv", 2, NULL, "subjects"},
    {"--home @/home --operator ana import subjects @/no.csv", 2, NULL, "no.csv"},
    {"--home @/home --operator ana ledger verify", 0, "", NULL},
    {"ledger verify @/home", 0, "", NULL},
    {"--home @/home --operator ana subject show nobody", 2, NULL, "no such subject"},
};

static void exit_codes_tell_wrong_input_from_a_no(void **state)
{
    (void)state;
    static struct outcome got;
    struct place place;
    place_begin(&place);
    write_file(&place, "p.csv", predictions);
    for (size_t i = 0; i < sizeof story / sizeof story[0]; i++) {
        run_in(&place, story[i].line, &got);
        expect(got.code == story[i].code, "'%s' exits with %d: %s", story[i].line, got.code,
               got.err);
        if (story[i].out == NULL) {
            expect(got.out[0] == '\0', "'%s' prints: %s", story[i].line, got.out);
        } else {
            must_hold(got.out, story[i].out, story[i].line);
        }
        if (story[i].err != NULL) {
            must_hold(got.err, story[i].err, story[i].line);
        }
    }
    place_end(&place);
}

static void what_cannot_be_written_is_a_failure(void **state)
{
    (void)state;
    char program[] = "candor";
    char help[] = "--help";
    char man[] = "man";
    char *line[][2] = {{program, help}, {program, man}};
    for (size_t i = 0; i < 2; i++) {
        must(fflush(NULL) == 0);
        const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
        const int kept = dup(STDOUT_FILENO);
        const int kept_err = dup(STDERR_FILENO);
        const int err = scratch();
        must(full >= 0 && kept >= 0 && kept_err >= 0);
        must(dup2(full, STDOUT_FILENO) == STDOUT_FILENO);
        must(dup2(err, STDERR_FILENO) == STDERR_FILENO);
        const int code = cli_run(2, line[i], NULL);
        (void)fflush(stdout); /* it failed already */
        clearerr(stdout);
        must(dup2(kept, STDOUT_FILENO) == STDOUT_FILENO && close(kept) == 0 && close(full) == 0);
        must(dup2(kept_err, STDERR_FILENO) == STDERR_FILENO && close(kept_err) == 0);
        must(close(err) == 0);
        expect(code == 4, "%s exits with %d", line[i][1], code);
    }
}

/* ---- small things -------------------------------------------------------------------------- */

static void counts_have_commas(void **state)
{
    (void)state;
    static const struct {
        uint64_t count;
        const char *text;
    } row[] = {
        {0, "0"},
        {999, "999"},
        {1000, "1,000"},
        {1234567, "1,234,567"},
        {UINT64_MAX, "18,446,744,073,709,551,615"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        char text[32];
        assert_string_equal(count_text(row[i].count, text), row[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_are_taken_or_refused_with_what_to_do),
        cmocka_unit_test(the_environment_names_the_home_unless_the_line_does),
        cmocka_unit_test(the_help_of_every_command_has_all_and_an_example),
        cmocka_unit_test(every_example_is_a_line_that_the_program_takes),
        cmocka_unit_test(the_overview_names_every_command),
        cmocka_unit_test(the_man_page_has_every_command_and_option),
        cmocka_unit_test(no_line_of_the_man_page_is_an_order_by_accident),
        cmocka_unit_test(an_answer_is_for_people_or_one_json_document),
        cmocka_unit_test(exit_codes_tell_wrong_input_from_a_no),
        cmocka_unit_test(what_cannot_be_written_is_a_failure),
        cmocka_unit_test(counts_have_commas),
    };
    must(unsetenv("CANDOR_HOME") == 0 && unsetenv("CANDOR_OPERATOR") == 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
