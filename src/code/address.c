/*
 * address.c - addresses: whose they are, and whether they carry somebody's data.
 */
#include <string.h>

#include "inside_page.h"

static const struct {
    const char *host;
    unsigned family;
} tracker[] = {
#define TRACKER(host, family) {host, family},
#define EMBEDDED(host)
#define LETTERS(host)
#define STARTS(callee, first, family)
#include "trackers.def"
#undef TRACKER
#undef EMBEDDED
#undef LETTERS
#undef STARTS
};

static const char *const embedded[] = {
#define TRACKER(host, family)
#define EMBEDDED(host) host,
#define LETTERS(host)
#define STARTS(callee, first, family)
#include "trackers.def"
#undef TRACKER
#undef EMBEDDED
#undef LETTERS
#undef STARTS
};

static const char *const letters[] = {
#define TRACKER(host, family)
#define EMBEDDED(host)
#define LETTERS(host) host,
#define STARTS(callee, first, family)
#include "trackers.def"
#undef TRACKER
#undef EMBEDDED
#undef LETTERS
#undef STARTS
};

static bool starts_small(struct str text, const char *small)
{
    return same_small(str_slice(text, 0, strlen(small)), small);
}

struct str address_host(struct str address)
{
    address = str_trim(address);
    size_t at = str_starts(address, STR("//"))      ? 2
                : starts_small(address, "https://") ? 8
                : starts_small(address, "http://")  ? 7
                                                    : 0;
    if (at == 0) {
        return STR("");
    }
    const size_t from = at;
    while (at < address.len && strchr("/?#: ", address.ptr[at]) == NULL) {
        at++;
    }
    return str_slice(address, from, at);
}

/* The address without what stands before its host, and not all of its query. */
static struct str from_host(struct str address)
{
    const struct str host = address_host(address);
    if (host.len == 0) {
        return host;
    }
    const struct str all = str_trim(address);
    const size_t from = (size_t)(host.ptr - all.ptr);
    return str_slice(all, from, from + 200);
}

static bool has_one(struct str text, const char *const *host, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (has_small(text, host[i])) {
            return true;
        }
    }
    return false;
}

unsigned tracker_family(struct str text)
{
    for (size_t i = 0; i < sizeof tracker / sizeof tracker[0]; i++) {
        if (has_small(text, tracker[i].host)) {
            return tracker[i].family;
        }
    }
    return 0;
}

bool is_tracker_address(struct str address)
{
    return tracker_family(from_host(address)) != 0;
}

bool is_embedded_tracker(struct str address)
{
    return has_one(from_host(address), embedded, sizeof embedded / sizeof embedded[0]);
}

bool is_font_address(struct str address)
{
    return has_one(from_host(address), letters, sizeof letters / sizeof letters[0]);
}

bool is_open_address(struct str address)
{
    address = str_trim(address);
    return (starts_small(address, "http://") || starts_small(address, "ws://")) &&
           !has_small(str_slice(address, 0, 24), "//localhost") &&
           !has_small(str_slice(address, 0, 24), "//127.");
}

/* "{{user.email}}", "*|EMAIL|*", "<?= $user->email ?>", or an e-mail address as it is. */
static bool is_personal_value(struct str value)
{
    const bool is_filled = str_contains(value, STR("{{")) || str_contains(value, STR("*|")) ||
                           str_contains(value, STR("<?")) || str_contains(value, STR("<%")) ||
                           str_contains(value, STR("%%")) || str_contains(value, STR("${")) ||
                           str_contains(value, STR("[["));
    if (is_filled && value.len < 120) {
        return has_small(value, "email") || has_small(value, "e-mail") ||
               has_small(value, "phone") || has_small(value, "first_name") ||
               has_small(value, "firstname") || has_small(value, "fname") ||
               has_small(value, "last_name") || has_small(value, "lname");
    }
    size_t at = str_find(value, '@');
    if (at == value.len) {
        at = str_contains(value, STR("%40")) ? str_find(value, '%') : value.len;
    }
    return at > 0 && at < value.len && !is_filled &&
           str_find(str_slice(value, at, value.len), '.') < value.len - at;
}

bool has_personal_query(struct str address)
{
    if (str_starts(str_trim(address), STR("mailto:"))) {
        return false;
    }
    size_t at = str_find(address, '?');
    while (at < address.len) {
        const size_t from = ++at;
        while (at < address.len && address.ptr[at] != '=' && address.ptr[at] != '&' &&
               address.ptr[at] != ';') {
            at++;
        }
        const struct str name = str_slice(address, from, at);
        const bool is_filled =
            at + 1 < address.len && address.ptr[at] == '=' && address.ptr[at + 1] != '&';
        const size_t value_at = at + 1;
        while (at < address.len && address.ptr[at] != '&') {
            at++;
        }
        if (is_filled && ((name.len < 40 && word_is_personal(name)) ||
                          is_personal_value(str_slice(address, value_at, at)))) {
            return true;
        }
    }
    return false;
}
