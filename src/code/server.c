/*
 * server.c - settings of servers and their sessions, and what they are given in objects.
 */
#include "inside.h"

static bool is_true(const struct tree *tree, node_id id)
{
    return id != 0 && (str_is(text_of(tree, id), "true") || str_is(string_of(tree, id), "true"));
}

/* An object that stands there, or that a name was given. */
static node_id object_of(struct analysis *analysis, node_id id)
{
    const enum node_kind kind = id == 0 ? N_OTHER : kind_of(analysis->tree, id);
    const node_id literal = kind == N_OBJECT ? id : kind == N_NAME ? eval(analysis, id).literal : 0;
    return literal != 0 && kind_of(analysis->tree, literal) == N_OBJECT ? literal : 0;
}

/* ---- who may ask ------------------------------------------------------------------------------- */

/* cors({origin: true, credentials: true}): each origin is answered as its own. */
static void look_at_origins(struct analysis *analysis, node_id call)
{
    const struct tree *tree = analysis->tree;
    const node_id object = object_of(analysis, argument_of(tree, call, 0));
    if (object == 0) {
        return;
    }
    const node_id origin = pair_of(tree, object, "origin");
    const node_id credentials = pair_of(tree, object, "credentials");
    if (is_true(tree, origin) && is_true(tree, credentials)) {
        report(analysis, RULE_CORS, call, 0);
    }
}

/* ---- tokens -------------------------------------------------------------------------------------- */

static void look_at_token(struct analysis *analysis, node_id call, struct str path)
{
    const struct tree *tree = analysis->tree;
    const node_id key = argument_of(tree, call, 1);
    const node_id settings = argument_of(tree, call, 2);
    if (str_ends(path, STR("jsonwebtoken.verify")) || str_is(path, "jwt.verify")) {
        const enum node_kind kind = key == 0 ? N_OTHER : kind_of(tree, key);
        const bool is_nothing = kind == N_FALSE || kind == N_NULL ||
                                (kind == N_STRING && string_of(tree, key).len == 0);
        if (is_nothing || (settings != 0 && has_small(text_of(tree, settings), "'none'")) ||
            (settings != 0 && has_small(text_of(tree, settings), "\"none\""))) {
            report(analysis, RULE_UNVERIFIED, call, 0);
        }
    } else if (str_ends(path, STR("jsonwebtoken.sign")) || str_is(path, "jwt.sign")) {
        const enum node_kind kind = key == 0 ? N_OTHER : kind_of(tree, key);
        const node_id literal =
            kind == N_NAME || kind == N_STRING ? eval(analysis, key).literal : 0;
        if (literal != 0 && kind_of(tree, literal) == N_STRING &&
            string_of(tree, literal).len > 0) {
            report(analysis, RULE_KEY, literal, 0);
        }
    }
}

/* basicAuth({users: {admin: 'words'}}), basicAuth('admin', 'words') */
static void look_at_users(struct analysis *analysis, node_id call)
{
    const struct tree *tree = analysis->tree;
    const node_id first = argument_of(tree, call, 0);
    const node_id second = argument_of(tree, call, 1);
    const node_id object = object_of(analysis, first);
    const node_id users = object == 0 ? 0 : pair_of(tree, object, "users");
    if (first != 0 && second != 0 && kind_of(tree, first) == N_STRING &&
        kind_of(tree, second) == N_STRING && string_of(tree, second).len > 2) {
        report(analysis, RULE_KEY, call, 0);
    }
    for (node_id pair = users == 0 || kind_of(tree, users) != N_OBJECT ? 0 : first_of(tree, users);
         pair != 0; pair = next_of(tree, pair)) {
        const node_id key = first_of(tree, pair);
        const node_id held = key == 0 ? 0 : next_of(tree, key);
        if (held != 0 && kind_of(tree, key) != N_OTHER && kind_of(tree, held) == N_STRING &&
            string_of(tree, held).len > 2) {
            report(analysis, RULE_KEY, pair, 0);
        }
    }
}

/* ---- cookies of sessions ---------------------------------------------------------------------------- */

static void look_at_session(struct analysis *analysis, node_id call)
{
    const struct tree *tree = analysis->tree;
    const node_id given = argument_of(tree, call, 0);
    if (given == 0 || kind_of(tree, unwrapped(tree, given)) != N_OBJECT) {
        return;
    }
    const struct str text = text_of(tree, given);
    const node_id cookie = pair_of(tree, unwrapped(tree, given), "cookie");
    const bool is_seen = cookie == 0 || kind_of(tree, cookie) == N_OBJECT;
    if (is_seen && !has_small(text, "secure") && !str_contains(text, STR("..."))) {
        report(analysis, RULE_COOKIE, call, 0);
    }
}

/* ---- folders ------------------------------------------------------------------------------------------ */

static bool is_root_folder(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    const struct str text = id == 0 ? STR("") : text_of(tree, id);
    if (one_of(text, "__dirname process.cwd() os.homedir()")) {
        return true;
    }
    const node_id literal = id == 0 ? 0 : eval(analysis, id).literal;
    const struct str folder =
        literal != 0 && kind_of(tree, literal) == N_STRING ? string_of(tree, literal) : STR("");
    static const char *const telling[] = {"node_modules", "backup",      "/logs", "secret",
                                          "private",      "config",      ".git",  "keys",
                                          ".ssh",         "package.json"};
    return one_of(folder, ". ./ .. ../ / logs log") ||
           has_one_small(folder, telling, sizeof telling / sizeof telling[0]);
}

static void look_at_folder(struct analysis *analysis, node_id call)
{
    const struct tree *tree = analysis->tree;
    const node_id first = argument_of(tree, call, 0);
    const node_id inner = first == 0 ? 0 : unwrapped(tree, first);
    bool is_open = is_root_folder(analysis, inner);
    if (inner != 0 && kind_of(tree, inner) == N_CALL) { /* path.join(__dirname, 'node_modules') */
        for (size_t a = 0; a < 4 && !is_open; a++) {
            const node_id part = argument_of(tree, inner, a);
            const bool is_alone = a == 0 && argument_of(tree, inner, 1) == 0;
            is_open = part != 0 && (kind_of(tree, part) == N_STRING || is_alone) &&
                      is_root_folder(analysis, part) &&
                      (is_alone || !one_of(string_of(tree, part), ". ./ .. ../ /"));
        }
    }
    if (is_open) {
        report(analysis, RULE_SHARED_FOLDER, call, 0);
    }
}

/* ---- what a sink is only beside something else ------------------------------------------------------------ */

/* spawn('sh', ['-c', x]), spawn(program, [x], {shell: true}), spawn('node', ['-e', x]): the list is a program. */
static bool is_program_list(struct analysis *analysis, node_id call, enum rule_id rule)
{
    const struct tree *tree = analysis->tree;
    const node_id program = argument_of(tree, call, 0);
    const node_id list = argument_of(tree, call, 1);
    const node_id settings = object_of(analysis, argument_of(tree, call, 2));
    const node_id first = kind_of(tree, list) == N_ARRAY ? first_of(tree, list) : 0;
    const struct str name = string_of(tree, program);
    const struct str flag = first == 0 ? STR("") : string_of(tree, first);
    if (rule == RULE_EVAL) {
        return one_of(name, "node nodejs") && one_of(flag, "-e --eval -p --print");
    }
    return (one_of(flag, "-c -lc /c /C -Command -command") &&
            (kind_of(tree, program) != N_STRING ||
             one_of(name, "sh bash zsh dash cmd cmd.exe powershell /bin/sh /bin/bash"))) ||
           (settings != 0 && is_true(tree, pair_of(tree, settings, "shell")));
}

/* setAttribute('onclick', x): a program; ('href', x): an address that may be one. */
static bool is_program_attribute(const struct tree *tree, node_id call, enum rule_id rule,
                                 struct value value)
{
    const node_id name = argument_of(tree, call, 0);
    const struct str text = kind_of(tree, name) == N_STRING ? string_of(tree, name) : STR("");
    if (rule == RULE_EVAL) {
        return text.len > 4 && has_small(str_slice(text, 0, 2), "on");
    }
    return (value.labels & FROM_OUTSIDE) != 0 &&
           (str_is(text, "srcdoc") ||
            (one_of(text, "href src action formaction xlink:href") && value.lead == LEAD_START));
}

/* A header of the answer that names whoever asked, with the visitor's cookies. */
static bool is_open_origin(const struct tree *tree, node_id call)
{
    const node_id name = argument_of(tree, call, 0);
    return kind_of(tree, name) == N_STRING &&
           same_small(string_of(tree, name), "access-control-allow-origin") &&
           has_small(tree->text, "allow-credentials");
}

bool is_harmful_here(struct analysis *analysis, const struct named *row, node_id call,
                     struct value value)
{
    const struct tree *tree = analysis->tree;
    const enum rule_id rule = (enum rule_id)row->number;
    if (rule == RULE_CORS) {
        return is_open_origin(tree, call);
    }
    if (rule == RULE_UNVERIFIED) {
        return !has_small(tree->text, "jwt.verify") && !has_small(tree->text, "jwtverify");
    }
    if (str_is(row->name, "setAttribute")) {
        return is_program_attribute(tree, call, rule, value);
    }
    if (row->argument == 1 && one_of(row->name, "spawn spawnSync execFile execFileSync")) {
        return is_program_list(analysis, call, rule);
    }
    return true;
}

/* ---- what stands in an object ------------------------------------------------------------------------------- */

/* get({hostname: x}), options.url = x; request(options): the members that say which server it is. */
bool is_given_outside(struct analysis *analysis, enum rule_id rule, node_id object)
{
    static const char *const place[] = {"url",  "uri",     "host",    "hostname",
                                        "href", "baseURL", "baseUrl", "socketPath"};
    static const char *const mail[] = {"text", "html", "body"};
    const bool is_mail = rule == RULE_HOST_MAIL;
    const size_t count = is_mail ? sizeof mail / sizeof mail[0] : sizeof place / sizeof place[0];
    const struct tree *tree = analysis->tree;
    for (size_t k = 0; k < count; k++) {
        const node_id held = pair_of(tree, object, is_mail ? mail[k] : place[k]);
        if (held != 0 && label_is_risky(analysis, rule, eval(analysis, held))) {
            return true;
        }
    }
    for (node_id part = first_of(tree, object); part != 0 && !is_mail; part = next_of(tree, part)) {
        if (kind_of(tree, part) == N_NAME && one_of(text_of(tree, part), "url uri host hostname") &&
            label_is_risky(analysis, rule, eval(analysis, part))) {
            return true;
        }
    }
    return false;
}

static void look_at_mail(struct analysis *analysis, node_id call)
{
    const node_id object = object_of(analysis, argument_of(analysis->tree, call, 0));
    if (object != 0 && is_given_outside(analysis, RULE_HOST_MAIL, object)) {
        report(analysis, RULE_HOST_MAIL, call, 0);
    }
}

/* { filter: '(uid=' + x + ')' } */
static void look_at_filter(struct analysis *analysis, node_id call)
{
    const struct tree *tree = analysis->tree;
    const node_id object = object_of(analysis, argument_of(tree, call, 1));
    const node_id filter = object == 0 ? 0 : pair_of(tree, object, "filter");
    if (filter == 0) {
        return;
    }
    const struct value value = eval(analysis, filter);
    if (value.is_built && str_find(text_of(tree, filter), '=') < text_of(tree, filter).len &&
        label_is_risky(analysis, RULE_LDAP, value)) {
        report(analysis, RULE_LDAP, call, value.step);
    }
}

/* for (i = 0; i < body.list.length; i++): whatever says how long it is. */
void look_at_bound(struct analysis *analysis, node_id condition)
{
    const struct tree *tree = analysis->tree;
    condition = condition == 0 ? 0 : unwrapped(tree, condition);
    if (condition == 0 || kind_of(tree, condition) != N_BINARY) {
        return;
    }
    const node_id right = unwrapped(tree, next_of(tree, first_of(tree, condition)));
    if (right == 0 || kind_of(tree, right) != N_MEMBER ||
        !str_is(text_of(tree, nth_of(tree, right, 1)), "length")) {
        return;
    }
    const struct value list = eval(analysis, first_of(tree, right));
    if ((list.labels & FROM_REQUEST) != 0 && (list.safe & (SAFE_SIZE | SAFE_TEXT)) == 0 &&
        str_contains(list.path, STR(".body.")) && !str_ends(list.path, STR(")"))) {
        report(analysis, RULE_SIZE, right, list.step);
    }
}

/* ---- the whole ------------------------------------------------------------------------------------------------ */

/* Cookies are read by routes that change something, and nothing tells the visitor's own pages from others. */
void look_at_program(struct analysis *analysis)
{
    const struct tree *tree = analysis->tree;
    const struct str text = tree->text;
    static const char *const guard[] = {"csrf", "xsrf", "csurf", "lusca", "samesite", "same_site"};
    const bool changes = str_contains(text, STR(".post(")) || str_contains(text, STR(".put(")) ||
                         str_contains(text, STR(".delete(")) || str_contains(text, STR(".patch("));
    const bool reads = str_contains(text, STR(".cookies")) || str_contains(text, STR(".session")) ||
                       str_contains(text, STR(".user"));
    if (!changes || !reads || has_one_small(text, guard, sizeof guard / sizeof guard[0]) ||
        !str_contains(text, STR(".use("))) {
        return;
    }
    for (node_id id = 1; id < tree->count; id++) {
        if (kind_of(tree, id) != N_CALL || argument_of(tree, id, 0) == 0) {
            continue;
        }
        const node_id callee = first_of(tree, id);
        const node_id given = argument_of(tree, id, 0);
        if (kind_of(tree, callee) != N_MEMBER || kind_of(tree, given) != N_CALL ||
            !str_is(text_of(tree, nth_of(tree, callee, 1)), "use")) {
            continue;
        }
        const struct str made = text_of(tree, first_of(tree, given));
        if (one_of(made,
                   "cookieParser express.cookieParser cookieSession session expressSession")) {
            report(analysis, RULE_FORGERY, id, 0);
        }
    }
}

/* sign, session, static, sendMail, search */
static void look_at_s_calls(struct analysis *analysis, node_id id, struct str path, struct str name)
{
    if (str_is(name, "sign")) {
        look_at_token(analysis, id, path);
    } else if (str_ends(path, STR("express.session"))) {
        look_at_session(analysis, id);
    } else if (str_ends(path, STR("express.static")) ||
               one_of(path, "serve-index serve-static serveIndex")) {
        look_at_folder(analysis, id);
    } else if (str_is(name, "sendMail")) {
        look_at_mail(analysis, id);
    } else if (str_is(name, "search")) {
        look_at_filter(analysis, id);
    }
}

/* By the first letter of what is called: this is asked of every call. */
void look_at_server(struct analysis *analysis, node_id id, struct str path, struct str name)
{
    switch (name.len == 0 ? '\0' : name.ptr[0]) {
    case 'b':
        if (str_is(path, "basic-auth-connect")) {
            look_at_users(analysis, id);
        }
        break;
    case 'c':
        if (str_is(path, "cors")) {
            look_at_origins(analysis, id);
        } else if (str_is(path, "cookie-session")) {
            look_at_session(analysis, id);
        }
        break;
    case 'e':
        if (str_is(path, "express-session")) {
            look_at_session(analysis, id);
        } else if (str_is(path, "express-basic-auth")) {
            look_at_users(analysis, id);
        }
        break;
    case 's':
        look_at_s_calls(analysis, id, path, name);
        break;
    case 'v':
        if (str_is(name, "verify")) {
            look_at_token(analysis, id, path);
        }
        break;
    default:
        break;
    }
}
