/*
 * off.c - stands for the room where it was configured without the grammars: it says that nothing was checked.
 */
#include "code.h"

bool code_is_built(void)
{
    return false;
}

void code_scan(struct str text, enum code_language language, struct code_findings *findings)
{
    if (language == CODE_NONE || findings->count > 0) {
        return;
    }
    findings->item = NEW(findings->arena, struct code_finding);
    findings->room = 1;
    findings->item[findings->count++] = (struct code_finding){
        .rule = "cdr.code.not-checked",
        .what = "this build cannot read programs: it was made without the grammars",
        .fix = "configure with -Dcode=enabled, with the npm registry in reach",
        .rank = CODE_MEDIUM,
        .is_open = true,
        .end = text.len < 40 ? text.len : 40};
}
