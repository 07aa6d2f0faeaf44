/*
 * request_file.c - the bytes of a request, as the home keeps them sealed.
 *
 *     version u8 = 1 | id 16 | has subject u8 | subject id 16 | slot u32
 *     | clause: jurisdiction block, right u8, 4 spans (count u16, unit u8), pause u8, proof u8,
 *       mode u8, signals u8, reask days u16, source block, date block
 *     | source block | reference block | argument block | wants suppression u8
 *     | steps u16 | steps * (time u64, event u8, code u8, actor 16, note block)
 */
#include "rights.h"

enum { REQUEST_VERSION = 1, SOURCE_MAX = 256 };

/* ---- writing ------------------------------------------------------------------------------- */

static void put_span(struct buf *buf, struct span span)
{
    buf_u16le(buf, span.count);
    buf_u8(buf, (uint8_t)span.unit);
}

static void put_clause(struct buf *buf, const struct clause *clause)
{
    buf_block(buf, bytes_of(clause->jurisdiction));
    buf_u8(buf, (uint8_t)clause->right);
    put_span(buf, clause->answer);
    put_span(buf, clause->acknowledge);
    put_span(buf, clause->extension);
    put_span(buf, clause->appeal);
    buf_u8(buf, clause->pause);
    buf_u8(buf, (uint8_t)clause->proof);
    buf_u8(buf, (uint8_t)clause->mode);
    buf_u8(buf, (uint8_t)clause->signals);
    buf_u16le(buf, clause->reask_days);
    buf_block(buf, bytes_of(clause->source));
    buf_block(buf, bytes_of(clause->date));
}

void request_write(const struct request *request, struct buf *buf)
{
    buf_u8(buf, REQUEST_VERSION);
    buf_bytes(buf, request->id, sizeof request->id);
    buf_u8(buf, request->has_subject);
    buf_bytes(buf, request->subject.id, sizeof request->subject.id);
    buf_u32le(buf, request->subject.slot);
    put_clause(buf, &request->clause);
    buf_block(buf, bytes_of(request->source));
    buf_block(buf, bytes_of(request->reference));
    buf_block(buf, bytes_of(request->argument));
    buf_u8(buf, request->wants_suppression);
    buf_u16le(buf, (uint16_t)request->step_count);
    for (size_t i = 0; i < request->step_count; i++) {
        const struct request_step *step = &request->step[i];
        buf_u64le(buf, (uint64_t)step->time);
        buf_u8(buf, (uint8_t)step->event);
        buf_u8(buf, step->code);
        buf_bytes(buf, step->actor, sizeof step->actor);
        buf_block(buf, bytes_of(step->note));
    }
}

/* ---- reading ------------------------------------------------------------------------------- */

/* A small number below an end; anything else makes the reader bad. */
static unsigned get_choice(struct reader *reader, unsigned end)
{
    const unsigned number = read_u8(reader);
    if (number >= end) {
        reader->bad = true;
        return 0;
    }
    return number;
}

static struct str get_text(struct reader *reader, size_t len_max)
{
    const struct str text = read_text(reader);
    if (text.len > len_max) {
        reader->bad = true;
    }
    return reader->bad ? STR("") : text;
}

static struct span get_span(struct reader *reader)
{
    struct span span = {.count = read_u16le(reader)};
    span.unit = (enum span_unit)get_choice(reader, SPAN_MONTHS + 1);
    if (span.count > SPAN_COUNT_MAX || (span.unit == SPAN_NONE && span.count != 0)) {
        reader->bad = true;
        return (struct span){0};
    }
    return span;
}

static void get_clause(struct reader *reader, struct clause *clause)
{
    clause->jurisdiction = get_text(reader, JURISDICTION_NAME_MAX);
    clause->right = (enum right)get_choice(reader, RIGHTS);
    clause->answer = get_span(reader);
    clause->acknowledge = get_span(reader);
    clause->extension = get_span(reader);
    clause->appeal = get_span(reader);
    clause->pause = get_choice(reader, 2) == 1;
    clause->proof = (enum proof_level)get_choice(reader, PROOF_LEVELS);
    clause->mode = (enum choice_mode)get_choice(reader, 2);
    clause->signals = get_choice(reader, 1U << SIGNAL_KINDS);
    clause->reask_days = read_u16le(reader);
    clause->source = get_text(reader, SOURCE_MAX);
    clause->date = get_text(reader, SOURCE_MAX);
    if (clause->answer.unit == SPAN_NONE) {
        reader->bad = true;
    }
}

/* What the fold relies on: it begins with the arrival, and extends or appeals only by a clock that
 * there is. */
static bool step_could_be(const struct request *request, size_t at)
{
    const struct request_step *step = &request->step[at];
    if ((at == 0) != (step->event == EVENT_RECEIVED)) {
        return false;
    }
    switch (step->event) {
    case EVENT_EXTENDED:
        return request->clause.extension.unit != SPAN_NONE;
    case EVENT_APPEALED:
        return request->clause.appeal.unit != SPAN_NONE;
    case EVENT_REFUSED:
        return step->code > REFUSAL_NONE && step->code < REFUSALS;
    case EVENT_PROVEN:
        return step->code < PROOF_LEVELS;
    case EVENT_RECEIVED:
    case EVENT_ACKNOWLEDGED:
    case EVENT_PROOF_ASKED:
    case EVENT_STARTED:
    case EVENT_PAUSED:
    case EVENT_RESUMED:
    case EVENT_FULFILLED:
    case EVENT_CANCELLED:
    case EVENT_ESCALATED_50:
    case EVENT_ESCALATED_80:
    case EVENT_ESCALATED_100:
    case EVENT_ESCALATED_RECEIPT:
        return true;
    case EVENT_END:
        break;
    }
    return false;
}

/* Beyond the year 9999 a sum of times could overflow. */
static const int64_t time_max = INT64_C(253402300800) * MICROS_PER_SECOND;

static void get_step(struct reader *reader, struct request *request, size_t at)
{
    struct request_step *step = &request->step[at];
    step->time = (int64_t)read_u64le(reader);
    step->event = (enum request_event)get_choice(reader, EVENT_END);
    step->code = read_u8(reader);
    const struct bytes actor = read_bytes(reader, sizeof step->actor);
    step->note = get_text(reader, REQUEST_NOTE_MAX);
    if (reader->bad || step->time < 0 || step->time > time_max || !step_could_be(request, at)) {
        reader->bad = true;
        return;
    }
    bytes_copy(step->actor, actor.ptr, actor.len);
}

static void get_steps(struct job *job, struct reader *reader, struct request *request)
{
    const size_t count = read_u16le(reader);
    if (reader->bad || count == 0 || count > REQUEST_STEPS_MAX) {
        reader->bad = true;
        return;
    }
    request->step = NEW_ARRAY(job->arena, count, struct request_step);
    for (size_t i = 0; i < count && !reader->bad; i++) {
        get_step(reader, request, i);
    }
    request->step_count = count;
}

enum candor_status request_read(struct job *job, struct bytes bytes, struct request *request)
{
    struct reader reader = reader_of(bytes);
    *request = (struct request){0};
    const unsigned version = read_u8(&reader);
    const struct bytes id = read_bytes(&reader, sizeof request->id);
    request->has_subject = get_choice(&reader, 2) == 1;
    const struct bytes subject = read_bytes(&reader, sizeof request->subject.id);
    request->subject.slot = read_u32le(&reader);
    get_clause(&reader, &request->clause);
    request->source = get_text(&reader, SOURCE_MAX);
    request->reference = get_text(&reader, REQUEST_REFERENCE_MAX);
    request->argument = get_text(&reader, REQUEST_REFERENCE_MAX);
    request->wants_suppression = get_choice(&reader, 2) == 1;
    get_steps(job, &reader, request);
    if (!reader_is_done(&reader) || version != REQUEST_VERSION) {
        return fail(job, CANDOR_CORRUPT, "the record of a request is damaged");
    }
    bytes_copy(request->id, id.ptr, id.len);
    bytes_copy(request->subject.id, subject.ptr, subject.len);
    return CANDOR_OK;
}
