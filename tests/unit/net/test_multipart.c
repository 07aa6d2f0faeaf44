/*
 * test_multipart.c - forms with files against their bytes: names, file names, contents of any bytes, and
 * everything that is not whole.
 */
#include "net.h"
#include "testing.h"

#define B "\r\n--xYz"

static struct bytes bytes_z(const char *text)
{
    return bytes_of(str_of(text));
}

/* "name/file/content;" of all parts, then "end" or "bad"; "none" when it does not begin. */
static struct str told(struct arena *arena, const char *boundary, struct bytes body)
{
    struct buf buf = buf_begin(arena);
    struct net_parts parts;
    struct net_part part;
    enum net_part_found found = NET_PART_FOUND;
    if (!net_parts_of(arena, str_of(boundary), body, &parts)) {
        return STR("none");
    }
    while ((found = net_part_next(&parts, &part)) == NET_PART_FOUND) {
        buf_str(&buf, part.name);
        buf_u8(&buf, '/');
        buf_str(&buf, part.file_name.ptr == NULL ? STR("-") : part.file_name);
        buf_u8(&buf, '/');
        buf_bytes(&buf, part.content.ptr, part.content.len);
        buf_u8(&buf, ';');
    }
    buf_lit(&buf, found == NET_PART_END ? LIT("end") : LIT("bad"));
    return buf_text(&buf);
}

static void parts_are_taken_as_they_came(void **state)
{
    static const struct {
        const char *body;
        const char *told;
    } row[] = {
        {"--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none" B "--\r\n",
         "a/-/one;end"},
        {"--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" B "--", "a/-/;end"},
        {"--xYz\r\nContent-Disposition: form-data; name=a; filename=\"x;y.csv\"\r\nContent-Type: "
         "text/csv\r\n\r\n1,2\r\n3,4\r\n" B
         "\r\ncontent-disposition: form-data; name=\"b\"\r\n\r\n--xY" B "--\r\n",
         "a/x;y.csv/1,2\r\n3,4\r\n;b/-/--xY;end"},
        {"--xYz--", "end"},
        {"--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none", "bad"},
        {"--xYz\r\nContent-Disposition: form-data\r\n\r\none" B "--", "bad"},
        {"--xYz\r\nContent-Disposition: form-data; name=\"a\r\n\r\none" B "--", "bad"},
        {"--xYzContent-Disposition: form-data; name=\"a\"\r\n\r\none" B "--", "bad"},
        {"--xYz\r\n", "bad"},
        {"x--xYz\r\n", "none"},
        {"", "none"},
    };
    (void)state;
    struct arena *arena = arena_begin();
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct str found = told(arena, "xYz", bytes_z(row[i].body));
        expect(str_is(found, row[i].told), "%zu: %.*s", i, STR_ARG(found));
    }
    arena_end(arena);
}

static void a_boundary_has_1_to_70_bytes(void **state)
{
    static const char long_one[] =
        "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghh";
    struct net_parts parts;
    (void)state;
    struct arena *arena = arena_begin();
    assert_false(net_parts_of(arena, STR(""), bytes_z("----"), &parts));
    assert_false(net_parts_of(arena, (struct str){NULL, 0}, bytes_z("----"), &parts));
    assert_false(net_parts_of(arena, str_of(long_one), bytes_z("----"), &parts));
    arena_end(arena);
}

/* Whatever is cut off, no content is longer than what is there, and a form that is not whole is not taken. */
static void every_beginning_of_a_form_is_bad(void **state)
{
    static const char whole[] =
        "--xYz\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n\r\n"
        "some\r\nbytes" B "\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n2" B "--";
    (void)state;
    struct arena *arena = arena_begin();
    for (size_t len = 0; len < sizeof whole - 1; len++) {
        /* A copy of exactly this length, so that a sanitizer sees what is read beyond it. */
        uint8_t *copy = NEW_ARRAY(arena, len + 1, uint8_t);
        bytes_copy(copy, whole, len);
        const struct str found = told(arena, "xYz", (struct bytes){copy, len});
        expect(!str_ends(found, STR("end")), "%zu: %.*s", len, STR_ARG(found));
    }
    arena_end(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_taken_as_they_came),
        cmocka_unit_test(a_boundary_has_1_to_70_bytes),
        cmocka_unit_test(every_beginning_of_a_form_is_bad),
    };
    return cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}
