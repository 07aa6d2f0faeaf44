/*
 * commands_gate.c - the commands that look at what is about to leave: no home is needed.
 */
#include "run.h"

const struct command commands_gate[] = {
    {"scan",
     "PATH [PATH...]",
     "Find personal data, secrets, manipulation of models and risky copy in files and folders; - "
     "is "
     "standard input. Exit 1: some block.",
     "candor scan site/ --format sarif --baseline baseline.sarif",
     "The gate",
     {{"format", "KIND", "text, json or sarif; text without", false},
      {"only", "KIND", "pii, secrets, injection or copy; all without", false},
      {"region", "CC", "also telephone numbers as they are written in this country: DE", false},
      {"least", "LEVEL", "unlikely, possible, likely or very-likely; likely without", false},
      {"fail-on", "SEVERITY", "low, medium, high or critical; medium without", false},
      {"baseline", "FILE", "SARIF of an earlier scan: what stands in it does not block", false},
      {"write-baseline", "FILE", "write what is found now as a baseline", false}},
     run_scan},
    {NULL, NULL, NULL, NULL, NULL, {{NULL, NULL, NULL, false}}, NULL},
};
