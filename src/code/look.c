/*
 * look.c - rules that look at one expression: what is called with which settings, what is written beside a telling name.
 */
#include "inside.h"

/* ---- beside a name ------------------------------------------------------------------------------------- */

static struct str last_of(struct str name)
{
    size_t at = name.len;
    while (at > 0 && name.ptr[at - 1] != '.' && name.ptr[at - 1] != '$') {
        at--;
    }
    struct str last = str_slice(name, at, name.len);
    while (last.len > 0 && (last.ptr[last.len - 1] == ']' || last.ptr[last.len - 1] == '\'' ||
                            last.ptr[last.len - 1] == '"')) {
        last.len--;
    }
    return last;
}

static bool looks_like_key(struct str text)
{
    if (text.len < 3 || text.len > 200 || text.ptr[0] == '.') {
        return false; /* a class of elements, the ending of a file */
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ' ' || text.ptr[i] == '/' || text.ptr[i] == '{' || text.ptr[i] == '<' ||
            text.ptr[i] == '%' || text.ptr[i] == '(') {
            return false;
        }
    }
    return true;
}

void look_at_pair(struct analysis *analysis, node_id key, node_id value, node_id at)
{
    const struct tree *tree = analysis->tree;
    value = value == 0 ? 0 : unwrapped(tree, value);
    if (key == 0 || value == 0) {
        return;
    }
    const struct str name = last_of(string_of(tree, key));
    const enum node_kind kind = kind_of(tree, value);
    if (str_is(name, "NODE_TLS_REJECT_UNAUTHORIZED") && str_is(string_of(tree, value), "0")) {
        report(analysis, RULE_TLS, at, 0);
    }
    if (kind == N_STRING) {
        const struct str text = string_of(tree, value);
        if (one_of(name, "auth basicAuth") && looks_like_key(text) &&
            str_find(text, ':') < text.len) {
            report(analysis, RULE_KEY, at, 0);
        }
        if ((word_is_secret(name) || one_of(name, "bearer")) && looks_like_key(text) &&
            !same_small(text, "password") && !word_is_secret(text) && !has_small(name, "name") &&
            !has_small(name, "field") && !has_small(name, "url") && !has_small(name, "path") &&
            !has_small(name, "template")) {
            report(analysis, RULE_KEY, at, 0);
        }
        return;
    }
    if (kind == N_FALSE || (kind == N_TRUE && same_small(text_of(tree, value), "false"))) {
        if (one_of(name,
                   "rejectUnauthorized strictSSL verify verify_ssl verify_mode check_hostname")) {
            report(analysis, RULE_TLS, at, 0);
        } else if (one_of(name, "secure httpOnly httponly")) {
            report(analysis, RULE_COOKIE, at, 0);
        } else if (one_of(name, "webSecurity contextIsolation")) {
            report(analysis, RULE_NODE_PAGE, at, 0);
        } else if (one_of(name, "autoescape")) {
            report(analysis, RULE_SELF_CONTEXT, at, 0);
        }
        return;
    }
    if (kind == N_TRUE && one_of(name, "nodeIntegration allowRunningInsecureContent "
                                       "nodeIntegrationInWorker nodeIntegrationInSubFrames")) {
        report(analysis, RULE_NODE_PAGE, at, 0);
    }
    if (kind == N_TRUE && one_of(name, "debug") && kind_of(tree, at) == N_NAMED_ARGUMENT) {
        report(analysis, RULE_DEBUG, at, 0);
    }
    if (kind == N_TRUE && one_of(name, "noent")) {
        report(analysis, RULE_XXE, at, 0);
    }
    if (kind == N_CALL && is_token_name(name) && says_random(text_of(tree, value))) {
        report(analysis, RULE_RANDOM, at, 0);
    }
    if (kind == N_NUMBER && str_is(name, "modulusLength") &&
        one_of(text_of(tree, value), "512 768 1024 1536")) {
        report(analysis, RULE_WEAK_KEY, at, 0);
    }
}

/* ---- comparisons ----------------------------------------------------------------------------------------- */

static bool is_secret_place(const struct tree *tree, node_id id)
{
    const enum node_kind kind = kind_of(tree, id);
    const struct str name = last_of(text_of(tree, id));
    return (kind == N_NAME || kind == N_MEMBER) &&
           (one_of(name,
                   "password secret token hash hmac signature digest apiKey api_key csrfToken") ||
            word_is_secret(name));
}

void look_at_binary(struct analysis *analysis, node_id id)
{
    const struct tree *tree = analysis->tree;
    const node_id left = first_of(tree, id);
    const node_id right = left == 0 ? 0 : next_of(tree, left);
    if (right != 0 && language_bit(tree->language) == IN_JS) {
        look_at_random(analysis, id, left, right);
    }
    if (right == 0 || !one_of(sign_of(tree, id), "== === != !==")) {
        return;
    }
    const enum node_kind left_kind = kind_of(tree, left);
    const enum node_kind right_kind = kind_of(tree, right);
    const bool is_place = (left_kind == N_NAME || left_kind == N_MEMBER) &&
                          (right_kind == N_NAME || right_kind == N_MEMBER);
    if (is_place && analysis->is_fragment &&
        (is_secret_place(tree, left) || is_secret_place(tree, right)) &&
        tree->language != CODE_PYTHON) {
        report(analysis, RULE_TIMING, id, 0);
    }
    const node_id call = left_kind == N_CALL ? left : right_kind == N_CALL ? right : 0;
    const node_id other = call == left ? right : left;
    const node_id callee = call == 0 ? 0 : first_of(tree, call);
    if (callee == 0 || kind_of(tree, callee) != N_MEMBER) {
        return;
    }
    const node_id name = nth_of(tree, callee, 1);
    const node_id given = argument_of(tree, call, 0);
    if (name == 0 || given == 0 || !one_of(text_of(tree, name), "indexOf lastIndexOf")) {
        return;
    }
    if (str_contains(text_of(tree, other), STR(".length"))) {
        node_id above = tree->node[id].parent;
        while (kind_of(tree, above) == N_WRAP) {
            above = tree->node[above].parent;
        }
        const bool is_sign = kind_of(tree, given) == N_STRING && string_of(tree, given).len == 1;
        if (kind_of(tree, above) != N_BINARY && !is_sign) {
            report(analysis, RULE_SUFFIX_CHECK, id, 0);
        }
    }
}

/* ---- addresses and hosts ------------------------------------------------------------------------------------ */

static bool looks_like_host(struct str text)
{
    static const char *const end[] = {".com", ".org", ".net", ".edu", ".gov",
                                      ".uk",  ".de",  ".io",  ".cn",  ".eu"};
    for (size_t i = 0; i < sizeof end / sizeof end[0]; i++) {
        if (has_small(text, end[i]) && str_find(text, ' ') == text.len &&
            !str_contains(text, STR("@"))) {
            return true;
        }
    }
    return false;
}

static void look_at_part_check(struct analysis *analysis, node_id call, struct str name)
{
    const struct tree *tree = analysis->tree;
    const node_id given = argument_of(tree, call, 0);
    if (given == 0 || kind_of(tree, given) != N_STRING ||
        !one_of(name, "indexOf includes startsWith endsWith startswith endswith")) {
        return;
    }
    const struct str text = string_of(tree, given);
    if (same_small(text, "javascript:") && one_of(name, "startsWith startswith indexOf")) {
        report(analysis, RULE_SCHEME, call, 0);
        return;
    }
    if (!looks_like_host(text)) {
        return;
    }
    const bool is_end = one_of(name, "endsWith endswith");
    const bool is_start = one_of(name, "startsWith startswith");
    const bool has_path = str_ends(text, STR("/"));
    if ((is_end && text.ptr[0] != '.' && text.ptr[0] != '/') ||
        (is_start && !has_path && str_contains(text, STR("://"))) || (!is_end && !is_start)) {
        report(analysis, RULE_URL_CHECK, call, 0);
    }
}

/* ---- calls ---------------------------------------------------------------------------------------------------- */

static bool is_text(const struct tree *tree, node_id id, const char *words)
{
    if (id == 0 || kind_of(tree, id) != N_STRING) {
        return false;
    }
    const struct str text = string_of(tree, id);
    struct str rest = str_of(words);
    while (rest.ptr != NULL) {
        const struct str word = str_cut(&rest, ' ');
        char small[16] = {0};
        bytes_copy(small, word.ptr, word.len < 15 ? word.len : 15);
        if (same_small(text, small)) {
            return true;
        }
    }
    return false;
}

/* CryptoJS.AES.encrypt(text, key) */
static bool is_cipher_of_page(struct str path)
{
    return str_ends(path, STR("AES.encrypt")) || str_ends(path, STR("AES.decrypt")) ||
           str_ends(path, STR("TripleDES.encrypt")) ||
           str_ends(path, STR("crypto-js/aes.encrypt")) ||
           str_ends(path, STR("crypto-js/aes.decrypt")) || str_ends(path, STR("HmacSHA256"));
}

static void look_at_javascript(struct analysis *analysis, node_id id, struct str path,
                               struct str name)
{
    const struct tree *tree = analysis->tree;
    const node_id first = argument_of(tree, id, 0);
    const node_id second = argument_of(tree, id, 1);
    if (str_is(name, "postMessage") &&
        (is_text(tree, second, "*") || (second == 0 && analysis->is_fragment &&
                                        one_of(path, "window.postMessage parent.postMessage")))) {
        report(analysis, RULE_MESSAGE_TARGET, id, 0);
    }
    if (str_is(name, "createHash") && is_text(tree, first, "md5 sha1 md4 md2")) {
        report(analysis, RULE_HASH_NOTE, id, 0);
    }
    if (one_of(name, "createCipheriv createCipher createDecipheriv") && first != 0 &&
        kind_of(tree, first) == N_STRING &&
        (has_small(string_of(tree, first), "des") || has_small(string_of(tree, first), "rc4") ||
         has_small(string_of(tree, first), "ecb") ||
         has_small(string_of(tree, first), "blowfish"))) {
        report(analysis, RULE_WEAK_CIPHER, id, 0);
    }
    if (str_is(name, "addEventListener") && is_text(tree, first, "message") && second != 0 &&
        kind_of(tree, second) == N_FUNCTION) {
        const struct str body = text_of(tree, second);
        if (!str_contains(body, STR("origin")) && !str_contains(body, STR(".source")) &&
            str_contains(body, STR(".data"))) {
            report(analysis, RULE_MESSAGE_ORIGIN, id, 0);
        }
    }
    if (first != 0 && kind_of(tree, first) != N_STRING && str_is(path, "require") &&
        !eval(analysis, first).is_constant) {
        report(analysis, RULE_REQUIRE, id, 0);
    }
    const bool is_noassert = str_starts(name, STR("read")) || str_starts(name, STR("write"));
    if (is_noassert &&
        (has_small(name, "int") || has_small(name, "float") || has_small(name, "double"))) {
        const size_t place = str_starts(name, STR("read")) ? 1 : 2;
        const node_id flag = argument_of(tree, id, place);
        const node_id only = argument_of(tree, id, 0);
        if ((flag != 0 && kind_of(tree, flag) == N_TRUE) ||
            (only != 0 && kind_of(tree, only) == N_TRUE)) {
            report(analysis, RULE_NO_ASSERT, id, 0);
        }
    }
    if ((one_of(name, "createHmac createSecretKey createDecipher createCipheriv "
                      "createDecipheriv") ||
         is_cipher_of_page(path)) &&
        second != 0 && kind_of(tree, second) == N_STRING) {
        report(analysis, RULE_KEY, second, 0);
    }
    if (one_of(path, "console.log console.info console.error console.debug") && first != 0 &&
        str_is(text_of(tree, first), "process.env")) {
        report(analysis, RULE_LOG_SECRET, id, 0);
    }
    if (str_is(name, "auth") && second != 0 && kind_of(tree, second) == N_STRING &&
        string_of(tree, second).len > 2) {
        report(analysis, RULE_KEY, second, 0);
    }
    if (analysis->is_fragment && str_ends(path, STR("child_process.exec"))) {
        report(analysis, RULE_SHELL_NOTE, id, 0);
    }
    if ((str_is(path, "eval") || str_is(path, "Function")) && first != 0) {
        node_id last = first;
        for (size_t a = 1; argument_of(tree, id, a) != 0; a++) {
            last = argument_of(tree, id, a);
        }
        if (!eval(analysis, last).is_constant) {
            report(analysis, RULE_EVAL, id, 0);
        }
    }
}

static void look_at_python(struct analysis *analysis, node_id id, struct str path, struct str name)
{
    const struct tree *tree = analysis->tree;
    const node_id first = argument_of(tree, id, 0);
    const node_id shell = named_argument(tree, id, "shell");
    const struct value value = first == 0 ? (struct value){0} : eval(analysis, first);
    if (shell != 0 && kind_of(tree, shell) == N_TRUE) {
        report(analysis, value.is_constant ? RULE_SHELL_NOTE : RULE_SHELL, id, value.step);
    }
    if (one_of(path, "eval exec") && first != 0 && (analysis->is_fragment || !value.is_constant)) {
        report(analysis, value.labels != 0 || !value.is_constant ? RULE_EVAL : RULE_SHELL_NOTE, id,
               value.step);
    }
    if ((str_ends(path, STR("os.system")) || str_ends(path, STR("os.popen"))) &&
        !value.is_constant && value.is_built) {
        report(analysis, RULE_SHELL, id, value.step);
    }
    if (one_of(name, "execute executemany") && first != 0 && value.is_built && !value.is_constant) {
        report(analysis, RULE_SQL, id, value.step);
    } else if (one_of(name, "execute") && analysis->is_fragment && first != 0 &&
               argument_of(tree, id, 1) == 0) {
        report(analysis, RULE_SQL_NOTE, id, value.step);
    }
    const struct str given = first == 0 ? STR("") : text_of(tree, first);
    if (str_is(name, "set_missing_host_key_policy") &&
        (str_ends(given, STR("AutoAddPolicy")) || str_ends(given, STR("WarningPolicy")))) {
        report(analysis, RULE_TLS, id, 0);
    }
    if (first == 0 &&
        (str_ends(path, STR("ssl.wrap_socket")) || str_ends(path, STR("SSLContext")))) {
        report(analysis, RULE_WEAK_CIPHER, id, 0); /* any version, old ones too */
    }
    if (str_is(path, "hashlib.new") && is_text(tree, first, "md5 sha1")) {
        report(analysis, RULE_HASH_NOTE, id, 0);
    }
    if (str_is(path, "yaml.load")) {
        const node_id loader = named_argument(tree, id, "Loader");
        const node_id second = argument_of(tree, id, 1);
        const node_id which = loader != 0 ? loader : second;
        if (which == 0 || !str_contains(text_of(tree, which), STR("Safe"))) {
            report(analysis, RULE_UNPICKLE, id, value.step);
        }
    }
    if (str_is(name, "bind") && first != 0) {
        const struct str text = text_of(tree, value.literal != 0 ? value.literal : first);
        const node_id host = value.literal == 0 ? 0 : first_of(tree, value.literal);
        const struct value held = host == 0 ? (struct value){0} : eval(analysis, host);
        const struct str address = held.literal == 0 ? text : string_of(tree, held.literal);
        if (held.literal != 0 && kind_of(tree, held.literal) == N_STRING &&
            (address.len == 0 || str_is(address, "0.0.0.0") || str_is(address, "::"))) {
            report(analysis, RULE_BIND, id, 0);
        }
    }
    if (one_of(path, "os.chmod os.fchmod") || str_ends(path, STR("os.open"))) {
        const node_id mode = argument_of(tree, id, str_ends(path, STR("open")) ? 2 : 1);
        const struct str text = mode == 0 ? STR("") : text_of(tree, mode);
        const bool is_octal = text.len >= 4 && text.ptr[0] == '0';
        const bool is_other = is_octal && text.ptr[text.len - 1] != '0';
        const bool is_group =
            is_octal && (text.ptr[text.len - 2] & 3) >= 2 && text.ptr[text.len - 2] != '0';
        if (is_other || is_group || str_contains(text, STR("S_IRWXO")) ||
            str_contains(text, STR("S_IWOTH")) || str_contains(text, STR("S_IROTH")) ||
            str_contains(text, STR("S_IXGRP")) || str_contains(text, STR("S_IWGRP"))) {
            report(analysis, RULE_MODE, id, 0);
        }
    }
    if (str_ends(path, STR("SSLContext")) || str_ends(path, STR("wrap_socket")) ||
        str_ends(path, STR("SSL.Context"))) {
        const struct str text = text_of(tree, id);
        if (str_contains(text, STR("SSLv2")) || str_contains(text, STR("SSLv3")) ||
            str_contains(text, STR("TLSv1)")) || str_contains(text, STR("PROTOCOL_TLSv1")) ||
            str_contains(text, STR("SSLv23")) || str_contains(text, STR("TLSv1_METHOD"))) {
            report(analysis, RULE_WEAK_CIPHER, id, 0);
        }
    }
    if (one_of(name, "generate_private_key generate")) {
        for (size_t a = 0; a < 3; a++) {
            const node_id size = argument_of(tree, id, a);
            const struct str text = size == 0 ? STR("") : text_of(tree, size);
            if (one_of(text, "512 768 1024")) {
                report(analysis, RULE_WEAK_KEY, id, 0);
            }
        }
        const node_id size = named_argument(tree, id, "key_size");
        if (size != 0 && one_of(text_of(tree, size), "512 768 1024")) {
            report(analysis, RULE_WEAK_KEY, id, 0);
        }
    }
}

/* '/.../e': what is put in is run as a program. PHP before 7. */
static bool runs_replacement(struct str pattern)
{
    const char first = pattern.len == 0 ? '\0' : pattern.ptr[0];
    const char last = first == '(' ? ')' : first == '[' ? ']' : first == '{' ? '}' : first;
    size_t at = pattern.len;
    while (at > 1 && pattern.ptr[at - 1] >= 'A' && pattern.ptr[at - 1] <= 'z' &&
           pattern.ptr[at - 1] != last) {
        at--;
    }
    return at > 1 && pattern.ptr[at - 1] == last &&
           str_find(str_slice(pattern, at, pattern.len), 'e') < pattern.len - at;
}

static void look_at_php(struct analysis *analysis, node_id id, struct str path, struct str name)
{
    const struct tree *tree = analysis->tree;
    const node_id first = argument_of(tree, id, 0);
    const node_id third = argument_of(tree, id, 2);
    if (third != 0 && kind_of(tree, third) == N_STRING && string_of(tree, third).len > 0 &&
        one_of(name, "mysqli_connect mysqli mysql_connect PDO oci_connect odbc_connect")) {
        report(analysis, RULE_KEY, third, 0);
    }
    if (str_is(path, "preg_replace") && first != 0 && kind_of(tree, first) == N_STRING &&
        runs_replacement(string_of(tree, first))) {
        report(analysis, RULE_EVAL, id, 0);
    }
    const struct str option =
        argument_of(tree, id, 1) == 0 ? STR("") : text_of(tree, argument_of(tree, id, 1));
    if (str_is(path, "curl_setopt") && third != 0 &&
        str_starts(option, STR("CURLOPT_SSL_VERIFY")) &&
        (same_small(text_of(tree, third), "false") || str_is(text_of(tree, third), "0"))) {
        report(analysis, RULE_TLS, id, 0);
    }
    if (str_ends(path, STR("loadXML")) && str_contains(text_of(tree, id), STR("LIBXML_NOENT"))) {
        report(analysis, RULE_XXE, id, 0);
    }
    if (str_is(path, "ini_set") && is_text(tree, first, "display_errors")) {
        report(analysis, RULE_INFO, id, 0);
    }
    if (str_is(path, "hash") && is_text(tree, first, "md5 sha1")) {
        report(analysis, RULE_HASH_NOTE, id, 0);
    }
}

void look_at_call(struct analysis *analysis, node_id id, struct str path, struct value receiver)
{
    const struct tree *tree = analysis->tree;
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '.') {
        at--;
    }
    const struct str name = str_slice(path, at, path.len);
    const struct named *row = NULL;
    while (path.len > 0 && (row = match_next(analysis->matcher, language_bit(tree->language), path,
                                             IS_CALL, row)) != NULL) {
        report(analysis, (enum rule_id)row->number, id, 0);
    }
    look_at_part_check(analysis, id, name);
    look_at_cookie(analysis, id, path, name);
    if (str_is(path, "RegExp") || str_is(path, "re.compile")) {
        const node_id given = argument_of(tree, id, 0);
        if (given != 0 && kind_of(tree, given) == N_STRING) {
            look_at_pattern(analysis, given);
            if (language_bit(tree->language) == IN_JS) {
                look_at_pattern_text(analysis, given);
            }
        }
    }
    (void)receiver;
    note_answer_type(analysis, id, name);
    if (tree->language == CODE_PYTHON) {
        look_at_python(analysis, id, path, name);
    } else if (tree->language == CODE_PHP) {
        look_at_php(analysis, id, path, name);
    } else {
        look_at_javascript(analysis, id, path, name);
        look_at_server(analysis, id, path, name);
    }
}
