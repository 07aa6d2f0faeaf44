/*
 * test_permit.c - every answer is reached, and a permit cannot be forged, copied or kept.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "govern.h"
#include "testing.h"

#define NOW (INT64_C(1790000000) * MICROS_PER_SECOND)

enum { NEWS, PROFILING, HINTS, PURPOSES };

static struct str channel_name[] = {{"email", 5}, {"sms", 3}};

static struct purpose purpose_row[PURPOSES] = {
    [NEWS] = {.name = {"news", 4}, .basis = BASIS_CONSENT, .channels = 1},
    [PROFILING] = {.name = {"profiling", 9}, .basis = BASIS_CONSENT, .valid_days = 7},
    [HINTS] = {.name = {"hints", 5}, .basis = BASIS_LEGITIMATE_INTEREST},
};

static const struct inventory inventory = {
    .purpose = purpose_row, .purpose_count = PURPOSES, .channel = channel_name, .channel_count = 2};

static const struct subject anna = {.id = {1, 2, 3}, .slot = 7};
static const struct subject ben = {.id = {1, 2, 4}, .slot = 7};
static const struct subject nobody = {.slot = 7};

static struct consent_state state_after(size_t purpose, size_t channel,
                                        enum consent_decision decision, int64_t time)
{
    const struct consent_record record = {
        .purpose = purpose, .channel = channel, .decision = decision, .time = time};
    struct consent_state state;
    consent_fold(&inventory, &record, 1, NOW, &state);
    return state;
}

static const struct {
    const char *name;
    size_t said_purpose;
    int64_t said;
    size_t purpose;
    size_t channel;
    int64_t now;
    enum consent_decision decision;
    enum permit_code code;
} ask_row[] = {
    {"agreed", NEWS, NOW - 1, NEWS, 0, NOW, CONSENT_GIVEN, PERMIT_OK_CONSENT},
    {"other basis", NEWS, NOW - 1, HINTS, NONE, NOW, CONSENT_GIVEN, PERMIT_OK_BASIS},
    {"never asked", NEWS, NOW - 1, PROFILING, NONE, NOW, CONSENT_GIVEN, PERMIT_NO_CONSENT},
    {"refused", NEWS, NOW - 1, NEWS, 0, NOW, CONSENT_REFUSED, PERMIT_REFUSED},
    {"withdrawn", NEWS, NOW - 1, NEWS, 0, NOW, CONSENT_WITHDRAWN, PERMIT_WITHDRAWN},
    {"objected", HINTS, NOW - 1, HINTS, NONE, NOW, CONSENT_OBJECTED, PERMIT_OBJECTED},
    {"expired", PROFILING, NOW - 8 * MICROS_PER_DAY, PROFILING, NONE, NOW, CONSENT_GIVEN,
     PERMIT_EXPIRED},
    {"restricted", EVERY, NOW - 1, HINTS, NONE, NOW, CONSENT_RESTRICTED, PERMIT_RESTRICTED},
    {"no purpose", NEWS, NOW - 1, NONE, 0, NOW, CONSENT_GIVEN, PERMIT_UNKNOWN_PURPOSE},
    {"a purpose past the last", NEWS, NOW - 1, PURPOSES, 0, NOW, CONSENT_GIVEN,
     PERMIT_UNKNOWN_PURPOSE},
    {"another channel", NEWS, NOW - 1, NEWS, 1, NOW, CONSENT_GIVEN, PERMIT_WRONG_CHANNEL},
    {"no such channel", NEWS, NOW - 1, NEWS, CHANNELS_MAX, NOW, CONSENT_GIVEN,
     PERMIT_WRONG_CHANNEL},
    {"no channel", NEWS, NOW - 1, NEWS, NONE, NOW, CONSENT_GIVEN, PERMIT_WRONG_CHANNEL},
    {"dated ahead", NEWS, NOW + 1, NEWS, 0, NOW, CONSENT_GIVEN, PERMIT_NOT_YET},
    {"the state's last instant", PROFILING, NOW, PROFILING, NONE, NOW + 7 * MICROS_PER_DAY - 1,
     CONSENT_GIVEN, PERMIT_OK_CONSENT},
    {"the state is too old", PROFILING, NOW, PROFILING, NONE, NOW + 7 * MICROS_PER_DAY,
     CONSENT_GIVEN, PERMIT_EXPIRED},
    {"too old for the others too", PROFILING, NOW, HINTS, NONE, NOW + 7 * MICROS_PER_DAY,
     CONSENT_GIVEN, PERMIT_EXPIRED},
    {"a clock that went back", NEWS, NOW - 1, NEWS, 0, NOW - 1, CONSENT_GIVEN, PERMIT_EXPIRED},
};

static void questions_get_the_answer_of_the_law(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ask_row / sizeof ask_row[0]; i++) {
        const struct consent_state folded =
            state_after(ask_row[i].said_purpose, EVERY, ask_row[i].decision, ask_row[i].said);
        const struct permit_question question = {anna, ask_row[i].purpose, ask_row[i].channel,
                                                 OURSELVES};
        const enum permit_code code = permit_ask(&inventory, &folded, &question, ask_row[i].now);
        expect(code == ask_row[i].code, "%s: %s", ask_row[i].name, permit_code_name(code));
    }
}

static void nobody_gets_no_permit(void **state)
{
    (void)state;
    const struct consent_state folded = state_after(NEWS, EVERY, CONSENT_GIVEN, NOW);
    const struct permit_question of_nobody = {nobody, NEWS, 0, OURSELVES};
    const struct permit_question of_anna = {anna, NEWS, 0, OURSELVES};
    expect(permit_ask(&inventory, &folded, &of_nobody, NOW) == PERMIT_UNKNOWN_SUBJECT, "zeros");
    expect(permit_ask(&inventory, NULL, &of_anna, NOW) == PERMIT_UNKNOWN_SUBJECT, "no state");
    const struct consent_state empty = {0};
    expect(permit_ask(&inventory, &empty, &of_anna, NOW) == PERMIT_EXPIRED, "never folded");
}

static void a_permit_names_its_subject_and_opens_one_purpose(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    job.now = NOW;
    const struct consent_state folded = state_after(PROFILING, EVERY, CONSENT_GIVEN, NOW);
    const struct permit_question question = {anna, PROFILING, NONE, OURSELVES};
    const struct permit *permit = NULL;
    enum permit_code code = PERMIT_CODES;
    expect(permit_issue(&job, &inventory, &folded, &question, &code, &permit) == CANDOR_OK, "%s",
           job.message);
    expect(code == PERMIT_OK_CONSENT && permit_code_of(permit) == code, "code");
    expect(permit_purposes(permit) == 1U << PROFILING, "purposes");
    expect(permit_names(permit, anna) && !permit_names(permit, ben), "subject");
    expect(memcmp(permit_subject(permit).id, anna.id, 16) == 0, "id");
    struct subject moved = anna;
    moved.slot++;
    expect(!permit_names(permit, moved), "slot");
    for (int right = RIGHT_ACCESS; right < RIGHTS; right++) {
        expect(!permit_executes(permit, (enum right)right), "right %d", right);
    }
    job_end(&job);
}

static void a_refusal_says_why_and_makes_no_permit(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    job.now = NOW;
    const struct consent_state folded = state_after(NEWS, EVERY, CONSENT_WITHDRAWN, NOW);
    const struct permit_question question = {anna, NEWS, 0, OURSELVES};
    const struct permit *permit = NULL;
    enum permit_code code = PERMIT_CODES;
    expect(permit_issue(&job, &inventory, &folded, &question, &code, &permit) == CANDOR_REFUSED,
           "status");
    expect(code == PERMIT_WITHDRAWN && permit == NULL, "code");
    expect(strstr(job.message, permit_code_sentence(PERMIT_WITHDRAWN)) != NULL, "%s", job.message);
    job_end(&job);
}

static void a_right_opens_everything_of_one_subject(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct permit *permit = permit_for_right(&job, anna, RIGHT_ERASURE);
    expect(permit_purposes(permit) == PURPOSES_ALL, "all");
    expect(permit_code_of(permit) == PERMIT_OK_RIGHT, "code");
    expect(permit_names(permit, anna) && !permit_names(permit, ben), "subject");
    expect(permit_executes(permit, RIGHT_ERASURE) && !permit_executes(permit, RIGHT_ACCESS),
           "right");
    job_end(&job);
}

static void every_code_has_a_name_and_a_sentence_of_its_own(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PERMIT_CODES; i++) {
        const enum permit_code code = (enum permit_code)i;
        expect(strlen(permit_code_name(code)) > 0, "code %u", i);
        expect(str_ends(str_of(permit_code_sentence(code)), STR(".")), "code %u", i);
        expect(permit_code_allows(code) == (i <= PERMIT_OK_DUTY), "code %u", i);
        for (unsigned j = 0; j < i; j++) {
            expect(strcmp(permit_code_name(code), permit_code_name((enum permit_code)j)) != 0,
                   "codes %u and %u", i, j);
        }
    }
    for (unsigned i = 0; i < RIGHTS; i++) {
        expect(strlen(right_name((enum right)i)) > 0, "right %u", i);
    }
}

/* ---- forgeries: each must stop the process, so each runs in one of its own ------------------ */

static const struct permit *some_permit(struct job *job)
{
    job_begin(job, host_real());
    return permit_for_right(job, anna, RIGHT_ACCESS);
}

enum { PERMIT_BYTES = 56 }; /* at least; a copy of so much of it is a copy of its content */

static void use_a_copy(void)
{
    struct job job;
    const struct permit *permit = some_permit(&job);
    void *copy = arena_new(job.arena, 256);
    memcpy(copy, permit, PERMIT_BYTES);
    (void)permit_purposes(copy);
}

static void use_a_changed_one(void)
{
    struct job job;
    union {
        const struct permit *permit;
        uint8_t *byte;
    } view = {.permit = some_permit(&job)};
    view.byte[8] ^= 1; /* the first byte of the subject's id */
    (void)permit_names(view.permit, anna);
}

static void use_zeros(void)
{
    const uint64_t zeros[16] = {0};
    (void)permit_code_of((const struct permit *)(const void *)zeros);
}

static void use_one_of_a_past_part_of_the_job(void)
{
    struct job job;
    job_begin(&job, host_real());
    const struct arena_mark mark = arena_mark(job.arena);
    const struct permit *permit = permit_for_right(&job, anna, RIGHT_ACCESS);
    arena_rewind(job.arena, mark);
    (void)permit_purposes(permit);
}

static bool stops_the_process(void (*forgery)(void))
{
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit no_core = {0, 0};
        (void)setrlimit(RLIMIT_CORE, &no_core);
        (void)close(STDERR_FILENO);
        (void)signal(SIGABRT, SIG_DFL); /* cmocka catches it */
        forgery();
        _exit(0);
    }
    int how = 0;
    must(child > 0 && waitpid(child, &how, 0) == child);
    return !(WIFEXITED(how) && WEXITSTATUS(how) == 0);
}

static const struct {
    const char *name;
    void (*forgery)(void);
} forgery_row[] = {
    {"a copy", use_a_copy},
    {"a changed one", use_a_changed_one},
    {"zeros", use_zeros},
    {"one of a past part of the job", use_one_of_a_past_part_of_the_job},
};

static void a_permit_that_was_not_issued_stops_the_process(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forgery_row / sizeof forgery_row[0]; i++) {
        expect(stops_the_process(forgery_row[i].forgery), "%s", forgery_row[i].name);
    }
}

static void asking_takes_nanoseconds(void **state)
{
    (void)state;
    enum { QUESTIONS = 200000, LIMIT_NS = 2000 }; /* sanitizers and busy machines are slow */
    const struct consent_state folded = state_after(PROFILING, EVERY, CONSENT_GIVEN, NOW);
    struct permit_question question = {anna, PROFILING, NONE, OURSELVES};
    unsigned allowed = 0;
    const uint64_t begin = host_ticks();
    for (unsigned i = 0; i < QUESTIONS; i++) {
        question.purpose = i % PURPOSES;
        allowed += permit_code_allows(permit_ask(&inventory, &folded, &question, NOW)) ? 1 : 0;
    }
    const double each = (double)(host_ticks() - begin) / QUESTIONS;
    print_message("permit_ask: %.1f ns\n", each);
    expect(allowed > 0 && each < LIMIT_NS, "%.1f ns", each);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(questions_get_the_answer_of_the_law),
        cmocka_unit_test(nobody_gets_no_permit),
        cmocka_unit_test(a_permit_names_its_subject_and_opens_one_purpose),
        cmocka_unit_test(a_refusal_says_why_and_makes_no_permit),
        cmocka_unit_test(a_right_opens_everything_of_one_subject),
        cmocka_unit_test(every_code_has_a_name_and_a_sentence_of_its_own),
        cmocka_unit_test(a_permit_that_was_not_issued_stops_the_process),
        cmocka_unit_test(asking_takes_nanoseconds),
    };
    return cmocka_run_group_tests_name("permit", test, NULL, NULL);
}
