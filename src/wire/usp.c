/*
 * usp.c - US Privacy strings: version 1, notice given, opted out of sale, covered by the LSPA.
 *
 * Deprecated since January 2024 and still met. A hyphen for the opt-out while the law applies is
 * outside the specification; it reads as opted out.
 */
#include "wire.h"

enum { LEN = 4 };

static bool is_answer(char letter)
{
    return letter == 'Y' || letter == 'N' || letter == '-';
}

enum signal_fault usp_decode(struct str text, struct usp *usp)
{
    *usp = (struct usp){'-', 'Y', '-'};
    if (text.len == 0) {
        return SIGNAL_EMPTY;
    }
    if (text.ptr[0] != '1') {
        return SIGNAL_UNSUPPORTED_VERSION;
    }
    if (text.len != LEN) {
        return SIGNAL_BAD_LENGTH;
    }
    if (!is_answer(text.ptr[1]) || !is_answer(text.ptr[2]) || !is_answer(text.ptr[3])) {
        return SIGNAL_BAD_CHARACTER;
    }
    *usp = (struct usp){text.ptr[1], text.ptr[2], text.ptr[3]};
    return SIGNAL_FINE;
}

bool usp_applies(const struct usp *usp)
{
    return usp->notice != '-' || usp->opt_out != '-' || usp->lspa != '-';
}

bool usp_sale_allowed(const struct usp *usp)
{
    return usp->opt_out == 'N' || !usp_applies(usp);
}

bool usp_is_irregular(const struct usp *usp)
{
    return usp->opt_out == '-' && usp_applies(usp);
}

struct str usp_encode(struct arena *arena, const struct usp *usp)
{
    must(is_answer(usp->notice) && is_answer(usp->opt_out) && is_answer(usp->lspa));
    return str_format(arena, "1%c%c%c", usp->notice, usp->opt_out, usp->lspa);
}
