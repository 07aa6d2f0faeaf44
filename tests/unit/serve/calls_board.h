/*
 * calls_board.h - the calls of candor_board.h for a desk without a home.
 */
#ifndef CALLS_BOARD_H
#define CALLS_BOARD_H

#include "calls_rights.h" /* PLAIN_CALL */
#include "candor_board.h"

/* Their parameters are the public header's. NOLINTBEGIN(misc-unused-parameters) */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
PLAIN_CALL(candor_board_propose, const char *kind, const char *name, const char *authors,
           const char *note)
PLAIN_CALL(candor_board_act, const char *id, const char *act, const char *note,
           const char *conflict)
PLAIN_CALL(candor_board_list, const char *kind, const char *state)
PLAIN_CALL(candor_board_show, const char *id)
PLAIN_CALL(candor_board_status, size_t *findings)
#pragma GCC diagnostic pop
/* NOLINTEND(misc-unused-parameters) */

#endif
