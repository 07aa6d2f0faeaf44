/*
 * scan_gate.c - the gate's rules, made once for all texts that a process looks at.
 *
 * They are never changed, so whoever scans shares them; making them takes longer than looking through a page.
 */
#include <pthread.h>

#include "scanned.h"

static const struct gate *shared;

static void make_shared(void)
{
    shared = gate_begin(arena_begin());
}

const struct gate *scan_gate(void)
{
    static pthread_once_t made = PTHREAD_ONCE_INIT;
    must(pthread_once(&made, make_shared) == 0);
    return shared;
}
