/*
 * anomaly_traits.c - what a program reaches for: hosts, packages, interfaces of the browser and of the system.
 *
 * A host counts where something is sent to it or loaded from it: behind the name of a call that does so, or in an
 * attribute that loads by itself. An address that is only shown or followed by a person is none.
 */
#include "anomaly.h"

#include <string.h>

enum { SINK_BEFORE = 8, ADDRESS_MAX = 2048, LINES_MAX = 20000 };

struct str token_quoted(const struct code *code, size_t at)
{
    const struct str text = token_text(code, at);
    if (at >= code->count || code->token[at].kind != TOKEN_TEXT || text.len < 2) {
        return STR("");
    }
    return str_slice(text, 1, text.len - (text.ptr[text.len - 1] == text.ptr[0]));
}

static bool is_of_host(char letter)
{
    return is_alnum(letter) || is_among(letter, ".-") || (unsigned char)letter >= 0x80;
}

struct str host_of(struct str address)
{
    static const char *const begin[] = {"https://", "http://", "wss://", "ws://", "//"};
    for (size_t i = 0; i < sizeof begin / sizeof begin[0]; i++) {
        if (!begins_small(address, 0, begin[i])) {
            continue;
        }
        size_t from = strlen(begin[i]);
        size_t to = from;
        while (to < address.len &&
               (is_of_host(address.ptr[to]) || is_among(address.ptr[to], "@:"))) {
            from = address.ptr[to] == '@' ? to + 1 : from;
            to++;
        }
        const struct str host = str_slice(address, from, to);
        const struct str bare = str_slice(host, 0, str_find(host, ':'));
        const bool is_host = memchr(bare.ptr, '.', bare.len) != NULL;
        return is_host && !str_ends(bare, STR(".")) ? bare : STR("");
    }
    return STR("");
}

static bool is_one_of(struct str word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(word, list[i])) {
            return true;
        }
    }
    return false;
}

/* ---- hosts ---------------------------------------------------------------------------------- */

static bool is_sink(struct str name)
{
    static const char *const list[] = {
        "fetch",     "sendBeacon",   "open",          "axios",
        "ajax",      "get",          "post",          "put",
        "request",   "src",          "action",        "formAction",
        "WebSocket", "EventSource",  "importScripts", "Image",
        "urlopen",   "getJSON",      "getScript",     "import",
        "Worker",    "SharedWorker", "curl_init",     "file_get_contents",
        "curl",      "wget",         "ping",          "srcset",
        "fsockopen", "connect",      "urlretrieve",   "require",
        "load"};
    return is_one_of(name, list, sizeof list / sizeof list[0]);
}

static bool has_sink_before(const struct code *code, size_t at)
{
    for (size_t back = 1; back <= SINK_BEFORE && back <= at; back++) {
        const struct token *token = &code->token[at - back];
        if (token->kind == TOKEN_SIGN && (token->hash == ';' || token->hash == '}')) {
            return false;
        }
        if ((token->kind == TOKEN_NAME || token->kind == TOKEN_KEYWORD) &&
            is_sink(token_text(code, at - back))) {
            return true;
        }
    }
    return false;
}

static void look_at_address(const struct code *code, size_t at, struct traits *traits)
{
    const struct str host = host_of(token_quoted(code, at));
    if (host.len > 0 && has_sink_before(code, at)) {
        trait_add(traits, &(struct trait){.kind = TRAIT_HOST,
                                          .name = str_lower(traits->arena, host),
                                          .start = code->token[at].start,
                                          .end = code->token[at].end});
    }
}

/* ---- packages ------------------------------------------------------------------------------- */

/* "lodash/fp" is of lodash, "@a/b/c" of @a/b; paths and addresses are none. */
static struct str package_of(struct str name)
{
    if (name.len == 0 || is_among(name.ptr[0], "./~#$") || str_starts(name, STR("@/")) ||
        memchr(name.ptr, ':', name.len) != NULL || memchr(name.ptr, ' ', name.len) != NULL ||
        memchr(name.ptr, '{', name.len) != NULL) {
        return str_starts(name, STR("node:")) ? name : STR("");
    }
    size_t end = str_find(name, '/');
    if (name.ptr[0] == '@' && end < name.len) {
        end += 1 + str_find(str_slice(name, end + 1, name.len), '/');
    }
    return str_slice(name, 0, end);
}

static void add_package(const struct code *code, size_t at, struct str name, bool is_import,
                        struct traits *traits)
{
    trait_add(traits, &(struct trait){.kind = TRAIT_PACKAGE,
                                      .name = name,
                                      .is_import = is_import,
                                      .start = code->token[at].start,
                                      .end = code->token[at].end});
}

/* from "x", import "x", import("x"), require("x") */
static void look_at_import(const struct code *code, size_t at, struct traits *traits)
{
    const size_t next = token_is(code, at + 1, "(") ? at + 2 : at + 1;
    const bool is_call = next == at + 2;
    if ((token_is(code, at, "from") && !is_call) || token_is(code, at, "import") ||
        (token_is(code, at, "require") && is_call)) {
        if (at == 0 || !token_is(code, at - 1, ".")) {
            add_package(code, next < code->count ? next : at, package_of(token_quoted(code, next)),
                        false, traits);
        }
    }
}

/* import a.b, c; from d import e */
static void look_at_python(const struct code *code, size_t at, struct traits *traits)
{
    const bool is_from = token_is(code, at, "from");
    if ((!is_from && !token_is(code, at, "import")) || code->token[at].kind != TOKEN_KEYWORD) {
        return;
    }
    const size_t start = code->token[at].start;
    const bool begins_line = start == 0 || code->text.ptr[start - 1] == '\n';
    if (begins_line && at + 1 < code->count && code->token[at + 1].kind == TOKEN_NAME) {
        add_package(code, at + 1, token_text(code, at + 1), true, traits);
    }
}

/* ---- interfaces ----------------------------------------------------------------------------- */

static void look_at_interface(const struct code *code, size_t at, struct traits *traits)
{
    static const char *const list[] = {"eval",
                                       "Function",
                                       "cookie",
                                       "localStorage",
                                       "sessionStorage",
                                       "indexedDB",
                                       "geolocation",
                                       "clipboard",
                                       "getUserMedia",
                                       "getDisplayMedia",
                                       "sendBeacon",
                                       "XMLHttpRequest",
                                       "fetch",
                                       "WebSocket",
                                       "EventSource",
                                       "RTCPeerConnection",
                                       "Notification",
                                       "serviceWorker",
                                       "postMessage",
                                       "innerHTML",
                                       "outerHTML",
                                       "insertAdjacentHTML",
                                       "importScripts",
                                       "bluetooth",
                                       "usb",
                                       "credentials",
                                       "child_process",
                                       "exec",
                                       "execSync",
                                       "spawn",
                                       "subprocess",
                                       "os.system",
                                       "popen",
                                       "shell_exec",
                                       "passthru",
                                       "proc_open",
                                       "base64_decode",
                                       "unserialize",
                                       "pickle",
                                       "marshal",
                                       "ctypes",
                                       "deviceMemory",
                                       "hardwareConcurrency",
                                       "getBattery",
                                       "toDataURL",
                                       "keydown",
                                       "keypress"};
    const struct token *token = &code->token[at];
    const struct str name =
        token->kind == TOKEN_TEXT ? token_quoted(code, at) : token_text(code, at);
    if (token->kind != TOKEN_SIGN && is_one_of(name, list, sizeof list / sizeof list[0])) {
        trait_add(traits, &(struct trait){TRAIT_INTERFACE, name, false, token->start, token->end});
    }
    if (token_is(code, at, "document") && token_is(code, at + 1, ".") &&
        token_is(code, at + 2, "write")) {
        trait_add(traits, &(struct trait){TRAIT_INTERFACE, STR("document.write"), false,
                                          token->start, code->token[at + 2].end});
    }
}

void code_traits(const struct code *code, struct traits *traits)
{
    for (size_t at = 0; at < code->count; at++) {
        if (code->token[at].kind == TOKEN_TEXT) {
            look_at_address(code, at, traits);
        }
        if (code->tongue == TONGUE_NUMBER) {
            look_at_python(code, at, traits);
        } else if (code->token[at].kind == TOKEN_KEYWORD) {
            look_at_import(code, at, traits);
        }
        look_at_interface(code, at, traits);
    }
}

/* ---- pages ---------------------------------------------------------------------------------- */

/* Whether the attribute loads or sends by itself in this kind of element. */
static bool loads_by_itself(struct str tag, struct str attribute)
{
    static const char *const loading[] = {"src",  "srcset", "action", "formaction",
                                          "data", "poster", "ping",   "background"};
    const bool is_link = begins_small(tag, 0, "link") && tag.len == 4;
    return is_one_of(attribute, loading, sizeof loading / sizeof loading[0]) ||
           (is_link && str_is(attribute, "href"));
}

static size_t name_end(struct str text, size_t at)
{
    while (at < text.len && (is_alnum(text.ptr[at]) || is_among(text.ptr[at], "-:_"))) {
        at++;
    }
    return at;
}

static void look_at_attributes(struct str text, struct str tag, size_t at, size_t end,
                               struct traits *traits)
{
    while (at < end) {
        if (!is_letter(text.ptr[at])) {
            at++;
            continue;
        }
        const size_t named = name_end(text, at);
        const struct str name = str_slice(text, at, named);
        at = named;
        if (letter_at(text, at) != '=') {
            continue;
        }
        const char quote = letter_at(text, at + 1);
        const bool is_quoted = quote == '"' || quote == '\'';
        const size_t from = at + 1 + is_quoted;
        size_t to = from;
        while (to < end &&
               (is_quoted ? text.ptr[to] != quote : !is_among(text.ptr[to], " \t\n>"))) {
            to++;
        }
        if (loads_by_itself(tag, str_lower(traits->arena, name))) {
            trait_add(traits, &(struct trait){.kind = TRAIT_HOST,
                                              .name = str_lower(traits->arena,
                                                                host_of(str_slice(text, from, to))),
                                              .start = from,
                                              .end = to});
        }
        at = to + 1;
    }
}

static size_t tag_end(struct str text, size_t at)
{
    char quote = '\0';
    const size_t most = text.len - at < ADDRESS_MAX * 4 ? text.len : at + ADDRESS_MAX * 4;
    for (; at < most && (quote != '\0' || text.ptr[at] != '>'); at++) {
        if (quote != '\0') {
            quote = text.ptr[at] == quote ? '\0' : quote;
        } else if (is_among(text.ptr[at], "\"'")) {
            quote = text.ptr[at];
        }
    }
    return at;
}

void page_traits(struct str text, struct traits *traits)
{
    for (size_t at = 0; at < text.len; at++) {
        const char *next = memchr(text.ptr + at, '<', text.len - at);
        if (next == NULL) {
            return;
        }
        at = (size_t)(next - text.ptr);
        if (is_letter(letter_at(text, at + 1))) {
            const size_t named = name_end(text, at + 1);
            const size_t end = tag_end(text, named);
            look_at_attributes(text, str_slice(text, at + 1, named), named, end, traits);
            at = end > at ? end - 1 : at;
        }
    }
}

/* ---- lists of packages ---------------------------------------------------------------------- */

/* "dependencies": {"name": "version", ...} and its kin. */
static void look_at_dependencies(struct str text, size_t at, struct traits *traits)
{
    while (at < text.len && text.ptr[at] != '{') {
        at++;
    }
    bool is_name = true;
    for (at++; at < text.len && text.ptr[at] != '}'; at++) {
        if (text.ptr[at] == ',') {
            is_name = true;
        } else if (text.ptr[at] == '"') {
            const size_t end = at + 1 + str_find(str_slice(text, at + 1, text.len), '"');
            if (is_name) {
                trait_add(traits, &(struct trait){.kind = TRAIT_PACKAGE,
                                                  .name = str_slice(text, at + 1, end),
                                                  .start = at + 1,
                                                  .end = end});
            }
            is_name = false;
            at = end;
        }
    }
}

static void look_at_requirements(struct str text, struct traits *traits)
{
    size_t at = 0;
    for (size_t line = 0; line < LINES_MAX && at < text.len; line++) {
        size_t end = at;
        while (end < text.len && (is_alnum(text.ptr[end]) || is_among(text.ptr[end], "._-"))) {
            end++;
        }
        if (is_alnum(letter_at(text, at))) {
            trait_add(traits, &(struct trait){.kind = TRAIT_PACKAGE,
                                              .name = str_slice(text, at, end),
                                              .start = at,
                                              .end = end});
        }
        at = end + str_find(str_slice(text, end, text.len), '\n') + 1;
    }
}

static struct str file_name(struct str path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '/') {
        at--;
    }
    return str_slice(path, at, path.len);
}

void list_traits(struct str text, struct str path, struct traits *traits)
{
    static const char *const key[] = {"\"dependencies\"", "\"devDependencies\"",
                                      "\"peerDependencies\"", "\"optionalDependencies\""};
    const struct str name = file_name(path);
    if (str_is(name, "package.json")) {
        for (size_t i = 0; i < sizeof key / sizeof key[0]; i++) {
            const char *at = memmem(text.ptr, text.len, key[i], strlen(key[i]));
            if (at != NULL) {
                look_at_dependencies(text, (size_t)(at - text.ptr), traits);
            }
        }
    } else if (str_starts(name, STR("requirements")) && str_ends(name, STR(".txt"))) {
        look_at_requirements(text, traits);
    }
}
