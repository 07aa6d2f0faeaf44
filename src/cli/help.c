/*
 * help.c - help and the man page, both from the table of commands.
 */
#include <string.h>

#include "cli.h"

static void put_usage(struct buf *out, const struct command *command)
{
    buf_format(out, "candor %s", command->name);
    if (command->arguments[0] != '\0') {
        buf_format(out, " %s", command->arguments);
    }
    for (size_t o = 0; o < OPTIONS_MAX && command->option[o].name != NULL; o++) {
        const struct option_spec *spec = &command->option[o];
        buf_format(out, spec->required ? " --%s" : " [--%s", spec->name);
        if (spec->placeholder != NULL) {
            buf_format(out, " %s", spec->placeholder);
        }
        buf_format(out, "%s", spec->required ? "" : "]");
    }
}

void help_command(struct buf *out, const struct command *command)
{
    buf_format(out, "%s\n\n  ", command->summary);
    put_usage(out, command);
    buf_format(out, "\n");
    if (command->option[0].name != NULL) {
        buf_format(out, "\nOptions\n");
    }
    for (size_t o = 0; o < OPTIONS_MAX && command->option[o].name != NULL; o++) {
        const struct option_spec *spec = &command->option[o];
        const struct str left =
            str_format(out->arena, "--%s%s%s", spec->name, spec->placeholder == NULL ? "" : " ",
                       spec->placeholder == NULL ? "" : spec->placeholder);
        buf_format(out, "  %-24.*s %s\n", STR_ARG(left), spec->help);
    }
    buf_format(out, "\nEvery command also has --json and --help");
    if (strcmp(command->group, "Studies") != 0 && strcmp(command->group, "Signals") != 0 &&
        strcmp(command->group, "The gate") != 0 && strcmp(command->group, "A witness") != 0) {
        buf_format(out, ", --home DIR (or CANDOR_HOME), --operator NAME\n"
                        "(or CANDOR_OPERATOR) and --because TEXT, why people are looked at");
    }
    buf_format(out, ".\n\nExample\n  %s\n", command->example);
}

void help_overview(struct buf *out)
{
    const char *group = "";
    buf_format(
        out,
        "candor %s - privacy-first marketing AI\n"
        "No marketing decision without consent, a reason, a fairness check and a record that\n"
        "anyone can verify.\n",
        candor_version());
    const struct command *command = NULL;
    for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
        if (strcmp(group, command->group) != 0) {
            group = command->group;
            buf_format(out, "\n%s\n", group);
        }
        const struct str left = str_format(out->arena, "%s %s", command->name, command->arguments);
        buf_format(out, "  %-40.*s %s\n", STR_ARG(left), command->summary);
    }
    buf_format(
        out,
        "\ncandor COMMAND --help says more, with an example.\n"
        "Exit codes: 0 done, 1 findings, 2 bad usage or input, 3 refused by policy, 4 internal "
        "error.\n");
}

/* In roff a backslash, and a dot or quote at the beginning of a line, mean something. */
static void put_roff(struct buf *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\\') {
            buf_lit(out, LIT("\\\\"));
        } else if (*c == '-') {
            buf_lit(out, LIT("\\-"));
        } else {
            buf_bytes(out, c, 1);
        }
    }
}

static void put_man_command(struct buf *out, const struct command *command)
{
    struct buf usage = buf_begin(out->arena);
    put_usage(&usage, command);
    buf_lit(out, LIT(".SS "));
    put_roff(out, str_z(out->arena, buf_text(&usage)));
    buf_lit(out, LIT("\n"));
    put_roff(out, command->summary);
    buf_lit(out, LIT("\n"));
    for (size_t o = 0; o < OPTIONS_MAX && command->option[o].name != NULL; o++) {
        const struct option_spec *spec = &command->option[o];
        buf_lit(out, LIT(".TP\n.B \\-\\-"));
        put_roff(out, spec->name);
        if (spec->placeholder != NULL) {
            buf_format(out, " %s", spec->placeholder);
        }
        buf_lit(out, LIT("\n"));
        put_roff(out, spec->help);
        buf_lit(out, LIT("\n"));
    }
    buf_lit(out, LIT(".PP\n.EX\n"));
    put_roff(out, command->example);
    buf_lit(out, LIT("\n.EE\n"));
}

void help_man(struct buf *out)
{
    const char *group = "";
    buf_format(out, ".TH CANDOR 1 \"\" \"candor %s\"\n", candor_version());
    buf_lit(out, LIT(".SH NAME\ncandor \\- privacy\\-first marketing AI\n"
                     ".SH SYNOPSIS\n.B candor\n[\\-\\-home DIR] [\\-\\-operator NAME] COMMAND ...\n"
                     ".SH DESCRIPTION\nNo marketing decision without consent, a reason, a fairness "
                     "check and a record that anyone can verify.\n.PP\nEvery command has "
                     "\\-\\-help, and \\-\\-json for one JSON document on standard output. "
                     "Progress and messages go to standard error.\n"));
    const struct command *command = NULL;
    for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
        if (strcmp(group, command->group) != 0) {
            group = command->group;
            buf_lit(out, LIT(".SH "));
            for (const char *letter = group; *letter != '\0'; letter++) {
                const bool is_small = *letter >= 'a' && *letter <= 'z';
                buf_u8(out, (uint8_t)(is_small ? *letter - 'a' + 'A' : *letter));
            }
            buf_lit(out, LIT("\n"));
        }
        put_man_command(out, command);
    }
    buf_lit(out,
            LIT(".SH ENVIRONMENT\n.TP\n.B CANDOR_HOME\nThe home, where \\-\\-home is not "
                "given.\n.TP\n.B CANDOR_OPERATOR\nThe operator, where \\-\\-operator is not "
                "given.\n.TP\n.B NO_COLOR\nNo colours.\n.SH EXIT STATUS\n0 done, 1 findings or "
                "a check that failed, 2 wrong usage or bad input, 3 refused by policy, 4 "
                "internal error.\n"));
}
