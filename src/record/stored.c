/*
 * stored.c - named values as bytes. The layout stands in stored.h.
 */
#include "stored.h"

#include <math.h>

void stored_name_write(struct str name, struct buf *buf)
{
    must(name.len > 0 && name.len <= NAME_LEN_MAX);
    buf_u8(buf, (uint8_t)name.len);
    buf_str(buf, name);
}

struct str stored_name_read(struct reader *reader)
{
    const size_t len = read_u8(reader);
    const struct bytes bytes = read_bytes(reader, len);
    if (len == 0 || len > NAME_LEN_MAX || bytes.len != len) {
        reader->bad = true;
        return STR("");
    }
    return (struct str){(const char *)bytes.ptr, bytes.len};
}

void stored_write(struct str name, const struct cell *cell, struct buf *buf)
{
    must(cell->kind != CELL_MISSING);
    stored_name_write(name, buf);
    buf_u8(buf, (uint8_t)cell->kind);
    switch (cell->kind) {
    case CELL_MISSING:
        break;
    case CELL_NUMBER:
        must(isfinite(cell->number));
        buf_f64le(buf, cell->number);
        break;
    case CELL_TEXT:
        must(cell->text.len <= CELL_TEXT_MAX);
        buf_u16le(buf, (uint16_t)cell->text.len);
        buf_str(buf, cell->text);
        break;
    case CELL_TIME:
        buf_u64le(buf, (uint64_t)cell->time);
        break;
    }
}

static struct str text_read(struct reader *reader)
{
    const size_t len = read_u16le(reader);
    const struct bytes bytes = read_bytes(reader, len);
    const struct str text = {(const char *)bytes.ptr, bytes.len};
    if (len > CELL_TEXT_MAX || !str_is_utf8(text)) {
        reader->bad = true;
        return STR("");
    }
    return text;
}

struct stored stored_read(struct reader *reader)
{
    struct stored stored = {.name = stored_name_read(reader)};
    switch (read_u8(reader)) {
    case CELL_NUMBER:
        stored.cell = (struct cell){.kind = CELL_NUMBER, .number = read_f64le(reader)};
        reader->bad = reader->bad || !isfinite(stored.cell.number);
        break;
    case CELL_TEXT:
        stored.cell = (struct cell){.kind = CELL_TEXT, .text = text_read(reader)};
        break;
    case CELL_TIME:
        stored.cell = (struct cell){.kind = CELL_TIME, .time = (int64_t)read_u64le(reader)};
        break;
    default:
        reader->bad = true;
        break;
    }
    return stored;
}

bool stored_fits(const struct field *field, const struct cell *cell)
{
    switch (field->type) {
    case FIELD_NUMBER:
    case FIELD_BOOLEAN:
        return cell->kind == CELL_NUMBER;
    case FIELD_CATEGORY:
    case FIELD_TEXT:
        return cell->kind == CELL_TEXT;
    case FIELD_DATE:
        return cell->kind == CELL_TIME;
    }
    base_broken("a field has one of the known types", __FILE__, __LINE__);
}

size_t stored_field(const struct field *field, size_t field_count, size_t expected, struct str name)
{
    for (size_t i = expected; i < field_count; i++) {
        if (str_equal(field[i].name, name)) {
            return i;
        }
    }
    for (size_t i = 0; i < expected && i < field_count; i++) {
        if (str_equal(field[i].name, name)) {
            return i;
        }
    }
    return NONE;
}
