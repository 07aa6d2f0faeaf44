/*
 * test_source.c - rows from CSV and JSON lines by the names that the inventory knows. Each row of
 * the tables is a file, a map and what comes out: per row of the file its line and the values of the
 * targets between bars, "-" where the row says nothing, or its fault.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

#include "testing.h"

static const char *const target[] = {"identifier", "email", "age", "event"};
enum { TARGETS = sizeof target / sizeof target[0] };

struct place {
    char dir[64];
    char file[96];
    char map[96];
};

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    must(file != NULL);
    must(fputs(text, file) >= 0);
    must(fclose(file) == 0);
}

/* Files of a test, in a folder of their own; map NULL: none. */
static void place_begin(struct place *place, const char *name, const char *text, const char *map)
{
    const char *folder = getenv("TMPDIR");
    (void)snprintf(place->dir, sizeof place->dir, "%.40s/candor-XXXXXX",
                   folder != NULL ? folder : "/tmp");
    must(mkdtemp(place->dir) != NULL);
    (void)snprintf(place->file, sizeof place->file, "%s/%s", place->dir, name);
    (void)snprintf(place->map, sizeof place->map, "%s/map.yaml", place->dir);
    write_file(place->file, text);
    if (map != NULL) {
        write_file(place->map, map);
    }
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about;
    (void)kind;
    (void)at;
    return remove(path);
}

static void place_end(const struct place *place)
{
    must(nftw(place->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

static void put_row(struct buf *buf, const struct source_row *row)
{
    buf_format(buf, "%llu", (unsigned long long)row->line);
    if (row->fault != NULL) {
        buf_format(buf, " %s\n", row->fault);
        return;
    }
    for (size_t t = 0; t < TARGETS; t++) {
        const struct str value = row->value[t];
        buf_format(buf, "|%.*s", value.ptr == NULL ? 1 : (int)value.len,
                   value.ptr == NULL ? "-" : value.ptr);
    }
    buf_lit(buf, LIT("\n"));
}

/* All rows as text, in an arena beside the job's: the source rewinds that one. */
static enum candor_status read_all(struct job *job, struct arena *arena, const struct place *place,
                                   bool has_map, struct str *text)
{
    struct source *source = NULL;
    struct source_row row;
    struct buf buf = buf_begin(arena);
    TRY(source_open(job, place->file, has_map ? place->map : NULL, target, TARGETS, &source));
    enum candor_status status = source_next(job, source, &row);
    while (status == CANDOR_OK) {
        put_row(&buf, &row);
        status = source_next(job, source, &row);
    }
    *text = buf_text(&buf);
    return status == CANDOR_NOT_FOUND ? CANDOR_OK : status;
}

struct sample {
    const char *what;
    const char *name;
    const char *text;
    const char *map;
    const char *rows;
};

static const struct sample sample[] = {
    {"columns by their own names, in any order", "a.csv", "age,identifier\n40,P1\n,P2\n", NULL,
     "2|P1|-|40|-\n3|P2|-||-\n"},
    {"other separators", "a.csv", "age;identifier\n40;P1\n", NULL, "2|P1|-|40|-\n"},
    {"a row too short and one too long", "a.csv", "identifier,age\nP1\nP2,1,2\nP3,1\n", NULL,
     "2 ragged\n3 ragged\n4|P3|-|1|-\n"},
    {"the line of a row after one over two lines", "a.csv", "identifier,age\n\"P\n1\",1\nP2,2\n",
     NULL, "2|P\n1|-|1|-\n4|P2|-|2|-\n"},
    {"a map renames", "a.csv", "customer,mail\nP1,p@x\n", "identifier: customer\nemail: mail\n",
     "2|P1|p@x|-|-\n"},
    {"a map ignores", "a.csv", "identifier,secret\nP1,s\n", "secret: ignore\n", "2|P1|-|-|-\n"},
    {"a map ignores what the inventory knows", "a.csv", "identifier,age\nP1,40\n", "age: ignore\n",
     "2|P1|-|-|-\n"},
    {"a column that is called ignore", "a.csv", "identifier,ignore\nP1,x\n", "ignore: ignore\n",
     "2|P1|-|-|-\n"},
    {"to ignore what is not there does no harm", "a.csv", "identifier\nP1\n", "secret: ignore\n",
     "2|P1|-|-|-\n"},
    {"a literal is the same in every row", "a.csv", "identifier\nP1\nP2\n", "event: \"=bought\"\n",
     "2|P1|-|-|bought\n3|P2|-|-|bought\n"},
    {"a literal wins over a column of that name", "a.csv", "identifier,event\nP1,sold\n",
     "event: \"=bought\"\n", "2|P1|-|-|bought\n"},
    {"an empty literal", "a.csv", "identifier\nP1\n", "event: \"=\"\n", "2|P1|-|-|\n"},
    {"one column fills two targets", "a.csv", "mail\np@x\n", "identifier: mail\nemail: mail\n",
     "2|p@x|p@x|-|-\n"},
    {"a column that the map uses elsewhere is not taken by its name too", "a.csv", "email\np@x\n",
     "identifier: email\n", "2|p@x|-|-|-\n"},
    {"two names exchanged", "a.csv", "email,identifier\nP1,p@x\n",
     "identifier: email\nemail: identifier\n", "2|P1|p@x|-|-\n"},
    {"no rows", "a.csv", "identifier,age\n", NULL, ""},

    {"lines of JSON", "a.jsonl",
     "{\"identifier\":\"P1\",\"age\":40}\n\n{\"age\":1.5,\"identifier\":\"P2\"}\n", NULL,
     "1|P1|-|40|-\n3|P2|-|1.5|-\n"},
    {"the other ending", "a.ndjson", "{\"identifier\":\"P1\"}\n", NULL, "1|P1|-|-|-\n"},
    {"null is empty, and true is a word", "a.jsonl",
     "{\"identifier\":\"P1\",\"age\":null,\"event\":true}\n", NULL, "1|P1|-||true\n"},
    {"whole numbers stay whole", "a.jsonl",
     "{\"identifier\":9007199254740993,\"age\":-1,\"event\":1e3}\n", NULL,
     "1|9007199254740993|-|-1|1000\n"},
    {"values do not stay for the next row", "a.jsonl",
     "{\"identifier\":\"P1\",\"age\":40}\n{\"identifier\":\"P2\"}\n", NULL,
     "1|P1|-|40|-\n2|P2|-|-|-\n"},
    {"what is no object", "a.jsonl", "[1]\n{\"identifier\":\nnull\n{\"identifier\":\"P1\"}\n", NULL,
     "1 not_json\n2 not_json\n3 not_json\n4|P1|-|-|-\n"},
    {"one key twice", "a.jsonl", "{\"age\":1,\"age\":2}\n", NULL, "1 not_json\n"},
    {"a key that nobody knows", "a.jsonl", "{\"identifier\":\"P1\",\"sex\":\"f\"}\n", NULL,
     "1 unknown_field\n"},
    {"a list where a value must be", "a.jsonl",
     "{\"identifier\":\"P1\",\"age\":[40]}\n{\"identifier\":{}}\n", NULL, "1 nested\n2 nested\n"},
    {"a list that is ignored", "a.jsonl", "{\"identifier\":\"P1\",\"tags\":[1]}\n",
     "tags: ignore\n", "1|P1|-|-|-\n"},
    {"a map for JSON", "a.jsonl", "{\"who\":\"P1\"}\n", "identifier: who\nevent: \"=bought\"\n",
     "1|P1|-|-|bought\n"},
    {"two keys for one target", "a.jsonl", "{\"mail\":\"a\",\"email\":\"b\"}\n", "email: mail\n",
     "1 filled_twice\n"},
    {"a key that only some lines have", "a.jsonl", "{\"mail\":\"a\"}\n{\"email\":\"b\"}\n",
     "email: mail\n", "1|-|a|-|-\n2|-|b|-|-\n"},
};

static void rows_come_by_the_names_of_the_inventory(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sample / sizeof sample[0]; i++) {
        struct place place;
        struct str text = {NULL, 0};
        struct arena *arena = arena_begin();
        struct job job;
        job_begin(&job, host_real());
        place_begin(&place, sample[i].name, sample[i].text, sample[i].map);
        const enum candor_status status =
            read_all(&job, arena, &place, sample[i].map != NULL, &text);
        expect(status == CANDOR_OK, "%s: %s", sample[i].what, job.message);
        expect(str_is(text, sample[i].rows), "%s:\n%.*s", sample[i].what, STR_ARG(text));
        job_end(&job);
        arena_end(arena);
        place_end(&place);
    }
}

/* What is refused before the first row, and what the message says. */
static const struct sample refused[] = {
    {"a column nobody knows", "a.csv", "identifier,shoe\n", NULL,
     "column 'shoe' is not in the inventory; add it to candor.yaml, or a map with the line 'shoe: "
     "ignore'"},
    {"nearly the right name", "a.csv", "identifer,age\n", NULL, "did you mean 'identifier'?"},
    {"no header at all: the line is not quoted", "a.csv", "P1,p1@example.org\nP2,x\n", NULL,
     "none of the 2 columns is in the inventory"},
    {"two columns for one target", "a.csv", "identifier,mail,email\n", "email: mail\n",
     "two columns fill 'email'"},
    {"a map for a target nobody knows", "a.csv", "identifier\n", "identifier: identifier\nx: y\n",
     "--map: the map (line 2): 'x' is not a name that the inventory knows"},
    {"a map for a column that is not there", "a.csv", "identifier\n", "# names\nemail: mail\n",
     "the map (line 2): the file has no column 'mail'"},
    {"a map that is a list", "a.csv", "identifier\n", "- identifier\n", "the map (line 1)"},
    {"a map with a number", "a.csv", "identifier\n", "age: 7\n", "a line of the map (line 1)"},
    {"a map that is no YAML", "a.csv", "identifier\n", "age: [\n", "--map: "},
    {"an empty file", "a.csv", "", NULL, "must name the columns"},
    {"not UTF-8", "a.csv", "identifier,\xff\n", NULL, "UTF-8"},
};

static void a_file_that_does_not_fit_is_refused_with_the_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct place place;
        struct str text = {NULL, 0};
        struct arena *arena = arena_begin();
        struct job job;
        job_begin(&job, host_real());
        place_begin(&place, refused[i].name, refused[i].text, refused[i].map);
        const enum candor_status status =
            read_all(&job, arena, &place, refused[i].map != NULL, &text);
        expect(status == CANDOR_BAD_INPUT, "%s: %s", refused[i].what, status_name(status));
        expect(strstr(job.message, refused[i].rows) != NULL, "%s: %s", refused[i].what,
               job.message);
        expect(strstr(job.message, "p1@example.org") == NULL, "%s: %s", refused[i].what,
               job.message);
        job_end(&job);
        arena_end(arena);
        place_end(&place);
    }
}

static void what_is_not_there_is_not_found(void **state)
{
    (void)state;
    struct source *source = NULL;
    struct place place;
    struct job job;
    job_begin(&job, host_real());
    place_begin(&place, "a.csv", "identifier\n", NULL);
    assert_int_equal(source_open(&job, "/no/such/file.csv", NULL, target, TARGETS, &source),
                     CANDOR_NOT_FOUND);
    job_forgive(&job);
    assert_int_equal(source_open(&job, place.file, place.map, target, TARGETS, &source),
                     CANDOR_NOT_FOUND);
    expect(strstr(job.message, "--map") != NULL, "%s", job.message);
    job_end(&job);
    place_end(&place);
}

/* ---- the report ---------------------------------------------------------------------------- */

static void the_report_counts_all_and_shows_the_first(void **state)
{
    (void)state;
    struct import_report report = {0};
    for (uint64_t line = 1; line <= 30; line++) {
        import_reject(&report, line, line % 3 == 0 ? "ragged" : "below_min", STR("age"), "is so");
    }
    assert_int_equal(report.rejected, 30);
    assert_int_equal(report.shown_count, REJECTED_SHOWN_MAX);
    assert_int_equal(report.shown[REJECTED_SHOWN_MAX - 1].line, REJECTED_SHOWN_MAX);
    assert_int_equal(report.reasons.len, 2);
    assert_string_equal(report.reasons.reason[0], "below_min");
    assert_int_equal(report.reasons.count[0], 20);
    assert_int_equal(report.reasons.count[1], 10);
    import_accounted(&report, 7);
    import_accounted(&report, 9);
    assert_int_equal(report.ledger_first, 7);
    assert_int_equal(report.ledger_last, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_by_the_names_of_the_inventory),
        cmocka_unit_test(a_file_that_does_not_fit_is_refused_with_the_reason),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(the_report_counts_all_and_shows_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
