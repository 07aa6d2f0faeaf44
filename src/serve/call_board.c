/*
 * call_board.c - the routes about reviews of models, campaigns, policies, notices and content.
 *
 * A step is taken, and signed, by whoever holds the key that asks: theirs is the vote.
 */
#include "candor_board.h"
#include "serving.h"

enum candor_status call_board(struct job *job, struct candor *candor, const struct ask *ask,
                              struct candor_text *report)
{
    const enum call call = ask->route->call;
    size_t findings = 0;
    if (call == CALL_BOARD_LIST) {
        return candor_board_list(job, candor, NULL, NULL, report);
    }
    if (call == CALL_BOARD_PROPOSE) {
        return candor_board_propose(job, candor, ask->text[0], ask->text[1], ask->text[2],
                                    ask->text[3], report);
    }
    if (call == CALL_BOARD_SHOW) {
        return candor_board_show(job, candor, ask->request_id, report);
    }
    if (call == CALL_BOARD_STATUS) {
        return candor_board_status(job, candor, &findings, report); /* the answer counts them too */
    }
    must(call == CALL_BOARD_ACT);
    return candor_board_act(job, candor, ask->request_id, ask->text[0], ask->text[1], ask->text[2],
                            report);
}
