/*
 * commands.c - all commands, chapter by chapter: help, the man page and the parser read them here.
 */
#include "run.h"

static const struct command commands_program[] = {
    {"man",
     "",
     "Print the man page (roff).",
     "candor man > candor.1",
     "This program",
     {{NULL, NULL, NULL, false}},
     run_man},
    {NULL, NULL, NULL, NULL, NULL, {{NULL, NULL, NULL, false}}, NULL},
};

/* In the order of the help. Chapters with the same group stand one after the other. */
static const struct command *const chapter[] = {
    commands_study, commands_gate,   commands_home,  commands_subject, commands_request,
    commands_data,  commands_people, commands_board, commands_ledger,  commands_program,
};

const struct command *command_at(size_t index)
{
    for (size_t c = 0; c < sizeof chapter / sizeof chapter[0]; c++) {
        size_t count = 0;
        while (chapter[c][count].name != NULL) {
            count++;
        }
        if (index < count) {
            return &chapter[c][index];
        }
        index -= count;
    }
    return NULL;
}
