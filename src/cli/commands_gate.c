/*
 * commands_gate.c - the commands that look at what is about to leave: no home is needed.
 */
#include "run.h"

const struct command commands_gate[] = {
    {"scan",
     "PATH [PATH...]",
     "Find personal data and secrets in files and folders; - is standard input. Exit 1: some "
     "block.",
     "candor scan site/ --format sarif --baseline baseline.sarif",
     "The gate",
     {{"format", "KIND", "text, json or sarif; text without", false},
      {"only", "KIND", "pii or secrets; both without", false},
      {"region", "CC", "also telephone numbers as they are written in this country: DE", false},
      {"least", "LEVEL", "unlikely, possible, likely or very-likely; likely without", false},
      {"fail-on", "SEVERITY", "low, medium, high or critical; medium without", false},
      {"baseline", "FILE", "SARIF of an earlier scan: what stands in it does not block", false},
      {"write-baseline", "FILE", "write what is found now as a baseline", false}},
     run_scan},
    {"redact",
     "[FILE]",
     "Put pseudonyms such as [[EMAIL_1]] in the place of personal data and secrets; without FILE, "
     "or with -, of standard input.",
     "candor redact prompt.txt --map map.json",
     "The gate",
     {{"map", "FILE", "keep what they stand for, for candor restore; it grows with each text",
       false},
      {"key", "FILE", "pseudonyms that are the same in every text, from this key", false},
      {"make-key", "FILE", "only make such a key", false},
      {"only", "KIND", "pii or secrets; both without", false},
      {"region", "CC", "also telephone numbers as they are written in this country: DE", false},
      {"least", "LEVEL", "unlikely, possible, likely or very-likely; likely without", false}},
     run_redact},
    {"restore",
     "[FILE]",
     "Put the values back into a text that candor redact has made, or an answer to it.",
     "candor restore reply.txt --map map.json",
     "The gate",
     {{"map", "FILE", "what candor redact has kept", true}},
     run_restore},
    {NULL, NULL, NULL, NULL, NULL, {{NULL, NULL, NULL, false}}, NULL},
};
