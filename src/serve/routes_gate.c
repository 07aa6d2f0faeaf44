/*
 * routes_gate.c - the routes of the gate.
 */
#include "serving.h"

const struct route routes_gate[] = {
    {.method = NET_POST,
     .pattern = "/v1/scan",
     .call = CALL_SCAN,
     .act = "decide",
     .is_aside = true,
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
                       "not say there is told too.")},
                {"hosts", MEMBER_TEXT, false,
                 WORDS(
                     "Hosts that it may reach, with commas: shop.example,*.cdn.example. Others are "
                     "told. Without, those of candor.yaml.")},
                {"packages", MEMBER_TEXT, false,
                 WORDS("Packages that a program may import, with commas. Others are told. Without, "
                       "those of candor.yaml.")}}},
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
    {.method = NET_GET,
     .pattern = "/v1/content",
     .call = CALL_CONTENT_LIST,
     .act = "ledger.read",
     .name = WORDS("content_list"),
     .summary = WORDS("Copy, pages and code that were submitted, and where each stands, by name."),
     .member = {{"after", MEMBER_QUERY, false,
                 WORDS("What comes behind this name: next of the answer before.")},
                {"limit", MEMBER_QUERY, false,
                 WORDS("At most so many, 1 to 1000; 1000 without.")}}},
    {.method = NET_POST,
     .pattern = "/v1/content",
     .call = CALL_CONTENT_SUBMIT,
     .act = "ledger.read",
     .is_large = true,
     .is_aside = true,
     .name = WORDS("content_submit"),
     .summary =
         WORDS("Submit bytes under a name: they are scanned and kept. The holder of the key is "
               "their author, and reviews nothing under this name."),
     .member = {{"name", MEMBER_TEXT, true, WORDS("Ours for it: letters, digits, - and _.")},
                {"file", MEMBER_TEXT, true,
                 WORDS("Its name as a file, spring.html: what it is goes by the ending.")},
                {"text", MEMBER_TEXT, true, WORDS("The bytes: UTF-8, 256 KiB at most.")},
                {"purpose", MEMBER_TEXT, true, WORDS("One of candor.yaml.")},
                {"media", MEMBER_TEXT, false, WORDS("text, html or code; by the file without.")},
                {"source", MEMBER_TEXT, false,
                 WORDS("human, ai or mixed; without, ai with a model and human else.")},
                {"model", MEMBER_TEXT, false, WORDS("That wrote it.")},
                {"prompt", MEMBER_TEXT, false, WORDS("Only its digest is kept.")},
                {"market", MEMBER_TEXT, false, WORDS("A country of two capitals, DE.")},
                {"personalised", MEMBER_FLAG, false, WORDS("Each person gets another text.")},
                {"mark", MEMBER_FLAG, false, WORDS("Put in the mark that it needs.")},
                {"c2pa", MEMBER_FLAG, false, WORDS("And a C2PA manifest.")}}},
    {.method = NET_GET,
     .pattern = "/v1/content/{name}",
     .call = CALL_CONTENT_SHOW,
     .act = "ledger.read",
     .name = WORDS("content_show"),
     .summary =
         WORDS("Where it stands, what the scan found, and the text with stars where it found "
               "what must not leave.")},
    {.method = NET_GET,
     .pattern = "/v1/content/{name}/approval",
     .call = CALL_CONTENT_APPROVAL,
     .act = "ledger.read",
     .name = WORDS("content_approval"),
     .summary =
         WORDS("The signed approval of exactly its bytes, a DSSE envelope; refused while none "
               "holds or a mark is missing.")},
    {.method = NET_POST,
     .pattern = "/v1/content/{name}/deploy",
     .call = CALL_CONTENT_DEPLOY,
     .act = "send",
     .name = WORDS("content_deploy"),
     .summary = WORDS("The approved bytes with their approval, on record before they are answered; "
                      "refused while no approval holds. Nothing is written on the server.")},
    {.method = NET_POST,
     .pattern = "/v1/content/{name}/retire",
     .call = CALL_CONTENT_RETIRE,
     .act = "ledger.read",
     .name = WORDS("content_retire"),
     .summary = WORDS("It is not to be deployed again.")},
    {.pattern = NULL},
};
