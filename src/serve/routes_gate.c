/*
 * routes_gate.c - the routes of the gate.
 */
#include "serving.h"

const struct route routes_gate[] = {
    {.method = NET_POST,
     .pattern = "/v1/scan",
     .call = CALL_SCAN,
     .act = "decide",
     .name = WORDS("scan"),
     .summary =
         WORDS("What must not leave or go live in a text, such as personal data and secrets, and "
               "in a program: where, what and how grave, never the value. Nothing is kept."),
     .member = {{"text", MEMBER_TEXT, true, WORDS("Any text, JSON and code too; 32 KiB at most.")},
                {"only", MEMBER_TEXT, false,
                 WORDS("pii, secrets, code, injection, copy or anomaly; all without.")},
                {"region", MEMBER_TEXT, false,
                 WORDS("Also telephone numbers as they are written in this country: DE.")},
                {"least", MEMBER_TEXT, false,
                 WORDS("unlikely, possible, likely or very-likely; likely without.")},
                {"fail_on", MEMBER_TEXT, false,
                 WORDS("What blocks: low, medium, high or critical; medium without.")},
                {"as", MEMBER_TEXT, false,
                 WORDS("The name that it would have as a file, banner.js: programs are read by "
                       "their language.")},
                {"market", MEMBER_TEXT, false,
                 WORDS("Countries in which it is to be read, DE or DE,FR: what copy must and must "
                       "not say there is told too.")}}},
    {.method = NET_POST,
     .pattern = "/v1/chat/completions",
     .call = CALL_CHAT,
     .act = "chat",
     .is_chat = true,
     .name = WORDS("chat"),
     .summary = WORDS(
         "Ask a language model of others, as OpenAI's interface has it: without personal data, on "
         "record, and with the values in the answer again.")},
    {.method = NET_GET,
     .pattern = "/v1/models",
     .call = CALL_MODELS,
     .act = "chat",
     .name = WORDS("models"),
     .summary = WORDS("The models that may be asked.")},
    {.pattern = NULL},
};
