/*
 * test_csv.c - CSV files: tables of small ones, a long one against what was written, and every way
 * in which a file can be broken.
 */
#include "base.h"
#include "text.h"

#include <math.h>
#include <zlib.h>

#include "support.h"

static enum candor_status open_text(struct job *job, struct str text, struct csv **csv)
{
    return csv_open(job, file_with(job, bytes_of(text)), NULL, csv);
}

/* All rows as text: fields in brackets, the line in front. */
static struct str show(struct job *job, struct csv *csv)
{
    struct buf buf = buf_begin(job->arena);
    struct csv_row row = *csv_header(csv);
    enum candor_status status = CANDOR_OK;
    while (status == CANDOR_OK) {
        buf_format(&buf, "%llu", (unsigned long long)row.line);
        for (size_t i = 0; i < row.field_count; i++) {
            buf_format(&buf, "[%.*s]", STR_ARG(row.field[i]));
        }
        buf_u8(&buf, ' ');
        status = csv_next(job, csv, &row);
    }
    expect(status == CANDOR_NOT_FOUND, "%s", job->message);
    return str_trim(buf_text(&buf));
}

static void files_are_read_as_they_are_meant(void **state)
{
    struct job *job = *state;
    static const struct {
        const char *csv;
        const char *rows;
    } row[] = {
        {"a,b\n1,2\n", "1[a][b] 2[1][2]"},
        {"a,b\n1,2", "1[a][b] 2[1][2]"},
        {"a,b\r\n1,2\r\n", "1[a][b] 2[1][2]"},
        {"a,b\r1,2\r3,4", "1[a][b] 2[1][2] 3[3][4]"},
        {"a;b\n1,5;2\n", "1[a][b] 2[1,5][2]"},
        {"a\tb\n1,5;2\t\n", "1[a][b] 2[1,5;2][]"},
        {"\"a,x\";b\n1;2\n", "1[a,x][b] 2[1][2]"},
        {"\"a;;;\",b\n1,2\n", "1[a;;;][b] 2[1][2]"},
        {"a\n1\n\n2\n", "1[a] 2[1] 4[2]"},
        {"\n\r\na,b\n1,2\n", "3[a][b] 4[1][2]"},
        {"\xEF\xBB\xBF"
         "a,b\n1,2\n",
         "1[a][b] 2[1][2]"},
        {"\xEF\xBB\xBF\xEF\xBB\xBF"
         "a,b\n1,2\n",
         "1[a][b] 2[1][2]"},
        {" a , b \n 1 , 2 \n", "1[a][b] 2[ 1 ][ 2 ]"},
        {"a,b\n\"1\n\n\",2\n3,4\n", "1[a][b] 2[1\n\n][2] 5[3][4]"},
        {"a,b\n\"x\"\"y\",\"\"\n", "1[a][b] 2[x\"y][]"},
        {"a,b\n1\n1,2,3\n,\n", "1[a][b] 2[1] 3[1][2][3] 4[][]"},
        {"a,b\n\"1\r\n2\",3\r\n4,5\r\n", "1[a][b] 2[1\r\n2][3] 4[4][5]"},
        {"a,b\n\"\"\n", "1[a][b] 2[]"},
        {"\xC3\xA9,b\n\xF0\x9F\x98\x80,2\n", "1[\xC3\xA9][b] 2[\xF0\x9F\x98\x80][2]"},
        {"a,b\n", "1[a][b]"},
        {"a", "1[a]"},
        {"\"a\"", "1[a]"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct csv *csv = NULL;
        expect(open_text(job, str_of(row[i].csv), &csv) == CANDOR_OK, "row %zu: %s", i,
               job->message);
        const struct str rows = show(job, csv);
        expect(str_is(rows, row[i].rows), "row %zu: %.*s", i, STR_ARG(rows));
    }
}

static void columns_are_found_by_name(void **state)
{
    struct job *job = *state;
    struct csv *csv = NULL;
    expect(open_text(job, STR("a, b ,c\n"), &csv) == CANDOR_OK, "%s", job->message);
    expect(csv_column(csv, "a") == 0 && csv_column(csv, "b") == 1, "there");
    expect(csv_column(csv, "d") == SIZE_MAX, "not there");
}

static void broken_files_are_refused_with_their_line(void **state)
{
    struct job *job = *state;
    static const struct {
        struct str csv;
        const char *message; /* part of it */
        bool late;           /* found by csv_next */
    } row[] = {
        {TEXT(""), "is empty", false},
        {TEXT("\n\n"), "is empty", false},
        {TEXT("a,a\n"), "line 1: two columns have the name 'a'", false},
        {TEXT("a,,b\n"), "line 1: column 2 has no name", false},
        {TEXT("a, \n"), "column 2 has no name", false},
        {TEXT("a,b\n1,\xFF\n"), "line 2, column 3: not UTF-8", false},
        {TEXT("\xC3\xA9,b\n\xC3\xA9,\xE9\n"), "line 2, column 3: not UTF-8", false},
        {TEXT("a,b\n1,\0\n"), "line 2, column 3: a zero byte", false},
        {TEXT("a,b\n1,\xC3"), "line 2, column 3: not UTF-8", false},
        {TEXT("PK\x03\x04\0\0"), "spreadsheet", false},
        {{"\xFF\xFE"
          "a\0",
          4},
         "UTF-16",
         false},
        {TEXT("a,b\n1,\"2\n3"), "line 2: a quote is opened here and never closed", true},
        {TEXT("a,b\n\"x\ny\",\"2"), "line 3: a quote is opened here and never closed", true},
        {TEXT("a,b\n1,2\n\"x\"y,2\n"), "line 3: a quote where none may stand", true},
        {TEXT("a,b\n1,2\nx\"y,2\n"), "line 3: a quote where none may stand", true},
        {TEXT("a,b\n\"x\nz\"y,2\n"), "line 3: a quote where none may stand", true},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct csv *csv = NULL;
        struct csv_row fields;
        enum candor_status status = open_text(job, row[i].csv, &csv);
        expect(status == (row[i].late ? CANDOR_OK : CANDOR_BAD_INPUT), "row %zu: %s", i,
               job->message);
        while (status == CANDOR_OK) {
            status = csv_next(job, csv, &fields);
        }
        expect(status == CANDOR_BAD_INPUT, "row %zu: %s", i, job->message);
        expect(str_contains(str_of(job->message), str_of(row[i].message)), "row %zu: %s", i,
               job->message);
        if (row[i].late) {
            expect(csv_next(job, csv, &fields) == CANDOR_BAD_INPUT, "row %zu: once more", i);
            expect(str_contains(str_of(job->message), str_of(row[i].message)), "row %zu: %s", i,
                   job->message);
        }
    }
    struct csv *csv = NULL;
    expect(csv_open(job, STR("/no/such/file"), NULL, &csv) == CANDOR_NOT_FOUND, "missing");
    expect(csv_open(job, STR("/tmp"), NULL, &csv) == CANDOR_IO, "folder");
}

static void what_was_readable_is_read_before_the_failure(void **state)
{
    struct job *job = *state;
    struct csv *csv = NULL;
    struct csv_row row;
    expect(open_text(job, STR("a,b\n1,2\n3,4\nx\"y,2\n5,6\n"), &csv) == CANDOR_OK, "%s",
           job->message);
    expect(csv_next(job, csv, &row) == CANDOR_OK && row.number == 0 && row.line == 2, "first");
    expect(csv_next(job, csv, &row) == CANDOR_OK && row.number == 1 && row.line == 3, "second");
    expect(csv_next(job, csv, &row) == CANDOR_BAD_INPUT, "third");
}

static void limits_hold_and_one_less_is_fine(void **state)
{
    struct job *job = *state;
    static const struct {
        const char *fine;
        const char *much;
        struct csv_limits limits;
        const char *message;
    } row[] = {
        {"a\n12345\n", "a\n1\n123456\n", {.row_max = 5}, "line 3: a row has more than 5 bytes"},
        {"a,b\n123,45\n", "a,b\n123,456\n", {.row_max = 5}, "line 2: a row has more than 5 bytes"},
        {"a,b,c\n", "a,b,c,d\n", {.column_max = 3}, "line 1: a row has more than 3 columns"},
        {"a,b\n1,2,3\n", "a,b\n1,2,3,4\n", {.column_max = 3}, "line 2: a row has more than 3"},
        {"a\n\"1\n2\n\"\n",
         "a\n\"1\n2\n3\n4\n",
         {.row_max = 5},
         "line 2: a row has more than 5 bytes; a quote may be missing its end"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        for (int much = 0; much < 2; much++) {
            struct csv *csv = NULL;
            struct csv_row fields;
            const struct str text = str_of(much == 1 ? row[i].much : row[i].fine);
            enum candor_status status =
                csv_open(job, file_with(job, bytes_of(text)), &row[i].limits, &csv);
            while (status == CANDOR_OK) {
                status = csv_next(job, csv, &fields);
            }
            expect(status == (much == 1 ? CANDOR_TOO_LARGE : CANDOR_NOT_FOUND), "row %zu: %s", i,
                   job->message);
            expect(much == 0 || str_contains(str_of(job->message), str_of(row[i].message)),
                   "row %zu: %s", i, job->message);
        }
    }
}

static void an_endless_row_takes_no_memory(void **state)
{
    struct job *job = *state;
    enum { LEN = 20 << 20 };
    char *text = malloc(LEN);
    must(text != NULL);
    memset(text, 'x', LEN);
    bytes_copy(text, "a,b\n1,\"", 7);
    const struct str path = file_with(job, (struct bytes){(uint8_t *)text, LEN});
    free(text);
    struct csv *csv = NULL;
    struct csv_row row;
    expect(csv_open(job, path, NULL, &csv) == CANDOR_OK, "%s", job->message);
    const size_t size = arena_size(job->arena);
    expect(csv_next(job, csv, &row) == CANDOR_TOO_LARGE, "%s", job->message);
    expect(str_contains(str_of(job->message), STR("line 2")), "%s", job->message);
    expect(arena_size(job->arena) == size, "the job's arena stays as it is");
}

/* ---- long files against what was written --------------------------------------------------- */

enum { ROWS = 4000, COLUMNS = 4 };

static struct str draw_cell(struct arena *arena, uint64_t *seed)
{
    static const char *const piece[] = {
        "a",    "b c", ",", ";", "\"", "\n", "\r\n", "\t", "\xC3\xA9", " ", "\xF0\x9F\x98\x80",
        "=1+1", "12.5"};
    struct buf buf = buf_begin(arena);
    const size_t count = draw_below(seed, 40) == 0 ? 2000 : draw_below(seed, 6);
    for (size_t i = 0; i < count; i++) {
        buf_str(&buf, str_of(piece[draw_below(seed, COUNT(piece))]));
    }
    return buf_text(&buf);
}

static void write_gzip(const char *path, struct bytes content)
{
    gzFile file = gzopen(path, "wb");
    must(file != NULL);
    must(gzwrite(file, content.ptr, (unsigned)content.len) == (int)content.len);
    must(gzclose(file) == Z_OK);
}

/* A table of drawn cells, the line where each row begins, and the file. */
struct table {
    struct str cell[ROWS][COLUMNS];
    uint64_t line[ROWS];
    struct buf file;
};

static void draw_table(struct job *job, struct table *table, uint64_t *seed)
{
    uint64_t line = 2;
    table->file = buf_begin(job->arena);
    buf_lit(&table->file, LIT("id,b,c,d\n"));
    for (size_t r = 0; r < ROWS; r++) {
        const size_t before = table->file.len;
        table->line[r] = line;
        for (size_t c = 0; c < COLUMNS; c++) {
            table->cell[r][c] = draw_cell(job->arena, seed);
            csv_put_text(&table->file, table->cell[r][c]);
            buf_u8(&table->file, c + 1 < COLUMNS ? ',' : '\n');
        }
        for (size_t i = before; i < table->file.len; i++) {
            line += table->file.ptr[i] == '\n' ? 1 : 0;
        }
    }
}

static void check_row(const struct csv_row *row, const struct table *table, size_t r)
{
    expect(row->number == r && row->line == table->line[r], "row %zu: line %llu", r,
           (unsigned long long)row->line);
    expect(row->field_count == COLUMNS, "row %zu", r);
    for (size_t c = 0; c < COLUMNS; c++) {
        expect(str_equal(row->field[c], table->cell[r][c]), "row %zu, column %zu", r, c);
    }
}

static void what_was_written_is_read(struct job *job, bool gzip, uint64_t *seed)
{
    struct table *table = NEW(job->arena, struct table);
    draw_table(job, table, seed);
    const struct str path = file_with(job, buf_all(&table->file));
    if (gzip) {
        write_gzip(path.ptr, buf_all(&table->file));
    }

    struct csv *csv = NULL;
    struct csv_row row;
    expect(csv_open(job, path, NULL, &csv) == CANDOR_OK, "%s", job->message);
    for (size_t r = 0; r < ROWS; r++) {
        expect(csv_next(job, csv, &row) == CANDOR_OK, "row %zu: %s", r, job->message);
        check_row(&row, table, r);
    }
    expect(csv_next(job, csv, &row) == CANDOR_NOT_FOUND, "no more");
    csv_close(csv);
    csv_close(csv);
    csv_close(NULL);
}

static void what_was_written_is_read_plain_and_gzipped(void **state)
{
    struct job *job = *state;
    uint64_t seed = printed_seed();
    what_was_written_is_read(job, false, &seed);
    what_was_written_is_read(job, true, &seed);
}

static void damaged_gzip_is_refused(void **state)
{
    struct job *job = *state;
    struct buf buf = buf_begin(job->arena);
    buf_lit(&buf, LIT("a,b\n"));
    uint64_t seed = 1;
    while (buf.len < 300000) {
        buf_format(&buf, "%llu,%llu\n", (unsigned long long)draw(&seed),
                   (unsigned long long)draw(&seed));
    }
    const struct str path = file_with(job, (struct bytes){0});
    write_gzip(path.ptr, buf_all(&buf));
    struct bytes packed = {0};
    must(file_read(job, path, 1 << 20, &packed) == CANDOR_OK);
    static const char *const message[] = {"is cut off", "is cut off", "is damaged"};
    for (size_t i = 0; i < 3; i++) {
        uint8_t *copy = arena_new(job->arena, packed.len);
        struct bytes broken = {copy, packed.len};
        bytes_copy(copy, packed.ptr, packed.len);
        if (i == 2) {
            memset(copy + broken.len / 2, 0x55, 100);
        } else {
            broken.len = i == 0 ? broken.len / 2 : broken.len - 1;
        }
        struct csv *csv = NULL;
        struct csv_row row;
        enum candor_status status = csv_open(job, file_with(job, broken), NULL, &csv);
        while (status == CANDOR_OK) {
            status = csv_next(job, csv, &row);
        }
        expect(status == CANDOR_BAD_INPUT, "case %zu: %s", i, job->message);
        /* Damage may first show as bytes that are no text. */
        expect(i == 2 || str_contains(str_of(job->message), str_of(message[i])), "case %zu: %s", i,
               job->message);
    }
}

static void a_character_at_the_edge_of_a_chunk_stays_whole(void **state)
{
    struct job *job = *state;
    for (size_t shift = 0; shift < 6; shift++) {
        struct buf buf = buf_begin(job->arena);
        buf_lit(&buf, LIT("a\n"));
        while (buf.len < 65530 + shift) {
            buf_u8(&buf, 'x');
        }
        buf_lit(&buf, LIT("\xF0\x9F\x98\x80\xE2\x82\xAC\n2\n"));
        struct csv *csv = NULL;
        struct csv_row row;
        expect(open_text(job, buf_text(&buf), &csv) == CANDOR_OK, "%s", job->message);
        expect(csv_next(job, csv, &row) == CANDOR_OK, "shift %zu: %s", shift, job->message);
        expect(str_ends(row.field[0], STR("x\xF0\x9F\x98\x80\xE2\x82\xAC")), "shift %zu", shift);
        expect(csv_next(job, csv, &row) == CANDOR_OK && row.line == 3, "shift %zu", shift);
    }
}

/* ---- writing ------------------------------------------------------------------------------- */

static void cells_are_quoted_when_they_need_to_be(void **state)
{
    struct job *job = *state;
    static const struct {
        const char *text;
        const char *cell;
    } row[] = {
        {"", ""},
        {"a b", "a b"},
        {" a", "\" a\""},
        {"a ", "\"a \""},
        {"a,b", "\"a,b\""},
        {"a;b", "\"a;b\""},
        {"a\tb", "\"a\tb\""},
        {"a\nb", "\"a\nb\""},
        {"\"", "\"\"\"\""},
        {"a\"b\"", "\"a\"\"b\"\"\""},
        {"\xEF\xBB\xBF"
         "a",
         "\"\xEF\xBB\xBF"
         "a\""},
        {"=1+1", "=1+1"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct buf buf = buf_begin(job->arena);
        csv_put_text(&buf, str_of(row[i].text));
        expect(str_is(buf_text(&buf), row[i].cell), "row %zu: %.*s", i, STR_ARG(buf_text(&buf)));
    }
    struct buf buf = buf_begin(job->arena);
    csv_put_f64(&buf, 0.1);
    csv_put_f64(&buf, (double)NAN);
    csv_put_i64(&buf, -1);
    csv_put_u64(&buf, UINT64_MAX);
    expect(str_is(buf_text(&buf), "0.1-118446744073709551615"), "%.*s", STR_ARG(buf_text(&buf)));
}

int main(void)
{
    const struct CMUnitTest test[] = {
        test_with_job(files_are_read_as_they_are_meant),
        test_with_job(columns_are_found_by_name),
        test_with_job(broken_files_are_refused_with_their_line),
        test_with_job(what_was_readable_is_read_before_the_failure),
        test_with_job(limits_hold_and_one_less_is_fine),
        test_with_job(an_endless_row_takes_no_memory),
        test_with_job(what_was_written_is_read_plain_and_gzipped),
        test_with_job(damaged_gzip_is_refused),
        test_with_job(a_character_at_the_edge_of_a_chunk_stays_whole),
        test_with_job(cells_are_quoted_when_they_need_to_be),
    };
    return cmocka_run_group_tests_name("csv", test, NULL, NULL);
}
