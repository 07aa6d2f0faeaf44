/*
 * anomaly_names.c - hosts and packages that the company knows, and names that are nearly those.
 *
 * Near is what a slip or a trap makes of a name: one change in four letters and more, two in nine and more
 * (Damerau and Levenshtein: a letter more, less, other, or two swapped), other signs between the words, or scope and
 * name of @scope/name swapped.
 */
#include "anomaly.h"

enum { NEAR_NAME_MAX = 64, ONE_CHANGE = 4, TWO_CHANGES = 9 };

bool host_is_allowed(const struct gate_policy *policy, struct str host)
{
    for (size_t i = 0; i < policy->host_count; i++) {
        const struct str one = policy->host[i];
        const bool is_any = str_starts(one, STR("*."));
        if (is_any ? str_ends(host, str_slice(one, 1, one.len)) : str_equal(host, one)) {
            return true;
        }
    }
    return false;
}

/* Names that every installation has. */
static bool is_built_in(struct str name)
{
    static const char *const word =
        " assert async_hooks buffer child_process cluster console constants crypto dgram dns "
        "domain "
        "events fs http http2 https inspector module net os path perf_hooks process punycode "
        "querystring readline repl stream string_decoder timers tls tty url util v8 vm "
        "worker_threads zlib abc argparse array ast asyncio base64 bisect calendar collections "
        "concurrent configparser contextlib copy csv ctypes dataclasses datetime decimal difflib "
        "email enum errno functools gc getpass glob gzip hashlib heapq hmac html importlib inspect "
        "io ipaddress itertools json locale logging math mimetypes multiprocessing numbers "
        "operator "
        "pathlib pickle pkgutil platform pprint queue random re secrets select shlex shutil signal "
        "smtplib socket sqlite3 ssl stat statistics string struct subprocess sys tarfile tempfile "
        "textwrap threading time timeit token traceback types typing unicodedata unittest urllib "
        "uuid warnings weakref webbrowser xml zipfile __future__ ";
    const struct str list = str_of(word);
    if (str_starts(name, STR("node:"))) {
        return true;
    }
    for (size_t at = 0; at + name.len + 2 <= list.len; at++) {
        if (list.ptr[at] == ' ' && list.ptr[at + name.len + 1] == ' ' &&
            bytes_same(list.ptr + at + 1, name.ptr, name.len)) {
            return true;
        }
    }
    return false;
}

/* Signs between words and capitals are alike: what the registries take for one name. */
static char folded(char letter)
{
    return is_among(letter, "_.") ? '-' : lower_of(letter);
}

static bool same_folded(struct str left, struct str right)
{
    bool same = left.len == right.len;
    for (size_t i = 0; same && i < left.len; i++) {
        same = folded(left.ptr[i]) == folded(right.ptr[i]);
    }
    return same;
}

bool package_is_known(const struct gate_policy *policy, const struct trait *trait)
{
    if (is_built_in(trait->name)) {
        return true;
    }
    for (size_t i = 0; i < policy->package_count; i++) {
        if (trait->is_import ? same_folded(policy->package[i], trait->name)
                             : str_equal(policy->package[i], trait->name)) {
            return true;
        }
    }
    return false;
}

static unsigned least_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Changes from one name to the other, at most `most` + 1 (restricted Damerau-Levenshtein). */
static unsigned changes(struct str left, struct str right, unsigned most)
{
    unsigned row[3][NEAR_NAME_MAX + 1];
    const size_t more = left.len > right.len ? left.len - right.len : right.len - left.len;
    if (left.len > NEAR_NAME_MAX || right.len > NEAR_NAME_MAX || more > most) {
        return most + 1;
    }
    for (size_t j = 0; j <= right.len; j++) {
        row[0][j] = (unsigned)j;
    }
    for (size_t i = 1; i <= left.len; i++) {
        unsigned *now = row[i % 3];
        const unsigned *last = row[(i + 2) % 3];
        const unsigned *before = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= right.len; j++) {
            const unsigned other = left.ptr[i - 1] != right.ptr[j - 1];
            now[j] = least_of(least_of(last[j] + 1, now[j - 1] + 1), last[j - 1] + other);
            if (i > 1 && j > 1 && left.ptr[i - 1] == right.ptr[j - 2] &&
                left.ptr[i - 2] == right.ptr[j - 1]) {
                now[j] = least_of(now[j], before[j - 2] + 1);
            }
        }
    }
    return row[left.len % 3][right.len];
}

/* "@b/a" is "@a/b" with scope and name swapped; "a-b" is "@a/b" without its scope's sign. */
static bool is_swapped(struct str left, struct str right)
{
    const size_t slash = str_find(left, '/');
    if (left.len == 0 || left.ptr[0] != '@' || slash == left.len) {
        return false;
    }
    const struct str scope = str_slice(left, 1, slash);
    const struct str name = str_slice(left, slash + 1, left.len);
    const size_t len = scope.len + name.len;
    if (right.len == left.len && right.ptr[0] == '@' && right.ptr[1 + name.len] == '/') {
        return bytes_same(right.ptr + 1, name.ptr, name.len) &&
               bytes_same(right.ptr + 2 + name.len, scope.ptr, scope.len);
    }
    return right.len == len + 1 && is_among(right.ptr[scope.len], "-/_") &&
           bytes_same(right.ptr, scope.ptr, scope.len) &&
           bytes_same(right.ptr + scope.len + 1, name.ptr, name.len);
}

struct str package_near(const struct gate_policy *policy, struct str name)
{
    struct str best = STR("");
    unsigned least = 3;
    const unsigned most = name.len >= TWO_CHANGES ? 2 : name.len >= ONE_CHANGE ? 1 : 0;
    for (size_t i = 0; i < policy->package_count; i++) {
        const struct str known = policy->package[i];
        if (is_swapped(known, name) || is_swapped(name, known) || same_folded(known, name)) {
            return known;
        }
        const unsigned count = changes(name, known, most);
        if (count <= most && count < least && known.len >= ONE_CHANGE) {
            least = count;
            best = known;
        }
    }
    return best;
}
