/*
 * candor_status.h - every way a call of the library can end. Part of the public header candor.h.
 */
#ifndef CANDOR_STATUS_H
#define CANDOR_STATUS_H

enum candor_status {
    CANDOR_OK = 0,
    CANDOR_BAD_INPUT, /* what was given cannot be used; the message says what and where */
    CANDOR_NOT_FOUND, /* no such file, subject, campaign, model */
    CANDOR_EXISTS,    /* it is already there */
    CANDOR_TOO_LARGE, /* a stated limit was reached */
    CANDOR_REFUSED,   /* the law, a policy or a person's choice says no */
    CANDOR_FORBIDDEN, /* the caller lacks the role, or the key is wrong */
    CANDOR_SPENT,     /* a budget (privacy, contacts, rate) is used up */
    CANDOR_BUSY,      /* someone else holds it now; try again */
    CANDOR_CORRUPT,   /* stored bytes are not what was written: damage or tampering */
    CANDOR_IO,        /* disk, network or operating system */
    CANDOR_NO_MEMORY,
    CANDOR_CANCELLED, /* stopped by a signal or a time limit */
};

#endif
