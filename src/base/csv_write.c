/*
 * csv_write.c - one cell of a CSV line, quoted when it needs to be.
 *
 * A cell is quoted when its text could be taken for structure, by our reader or by others: it has
 * a separator of any kind, a quote, a line end, spaces at an end, or a byte order mark in front. Nothing is put before texts
 * that a spreadsheet takes for formulas: data must come back as it was.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "inside_text.h"

static bool needs_quotes(struct str text)
{
    if (text.len == 0) {
        return false;
    }
    if (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ' ||
        str_starts(text, STR("\xEF\xBB\xBF"))) {
        return true;
    }
    for (size_t i = 0; i < text.len; i++) {
        const char byte = text.ptr[i];
        if (byte == ',' || byte == ';' || byte == '\t' || byte == '"' || byte == '\n' ||
            byte == '\r') {
            return true;
        }
    }
    return false;
}

void csv_put_text(struct buf *buf, struct str text)
{
    if (!needs_quotes(text)) {
        buf_str(buf, text);
        return;
    }
    buf_u8(buf, '"');
    for (size_t at = 0; at < text.len;) {
        const struct str rest = str_slice(text, at, text.len);
        const size_t quote = str_find(rest, '"');
        buf_str(buf, str_slice(rest, 0, quote));
        if (quote < rest.len) {
            buf_lit(buf, LIT("\"\""));
        }
        at += quote + 1;
    }
    buf_u8(buf, '"');
}

void csv_put_f64(struct buf *buf, double value)
{
    char text[NUMBER_TEXT_MAX];
    if (!isnan(value)) {
        buf_bytes(buf, text, number_write(text, value));
    }
}

void csv_put_i64(struct buf *buf, int64_t value)
{
    buf_format(buf, "%" PRId64, value);
}

void csv_put_u64(struct buf *buf, uint64_t value)
{
    buf_format(buf, "%" PRIu64, value);
}
