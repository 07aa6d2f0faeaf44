/*
 * cookie.c - cookies of sessions and the like that are set without what keeps them: Secure, HttpOnly.
 *
 * Which cookie it is says its name: one that holds a choice of colours may be read by scripts, one that says who
 * somebody is may not. Settings that are not written out beside the call are not known, and not judged.
 */
#include "inside.h"

static bool is_telling(struct str name)
{
    static const char *const part[] = {"sess", "auth",  "token",    "login",  "remember", "jwt",
                                       "user", "passw", "identity", "secret", "account"};
    /* A token against forged requests is there to be read by scripts. */
    if (has_small(name, "csrf") || has_small(name, "xsrf")) {
        return false;
    }
    return has_one_small(name, part, sizeof part / sizeof part[0]) || same_small(name, "sid") ||
           same_small(name, "uid") || same_small(name, "connect.sid");
}

/* The name as it is written; a call of session_name() names the session. */
static bool names_somebody(const struct tree *tree, node_id name)
{
    if (name == 0) {
        return false;
    }
    return kind_of(tree, name) == N_STRING ? is_telling(string_of(tree, name))
                                           : has_small(text_of(tree, name), "session_name");
}

static bool is_on(const struct tree *tree, node_id flag)
{
    const struct str text = flag == 0 ? STR("") : text_of(tree, flag);
    return same_small(text, "true") || str_is(text, "1");
}

static bool is_written_out(struct str settings)
{
    return settings.len > 0 &&
           (settings.ptr[0] == '{' || settings.ptr[0] == '[' ||
            str_starts(settings, STR("array(")) || str_starts(settings, STR("array (")));
}

/* Both are named; one that is turned off is told where it stands. */
static bool is_kept(struct str settings)
{
    return has_small(settings, "secure") && has_small(settings, "httponly");
}

/* An empty value, or an end in the past, takes a cookie away. */
static bool is_taken_away(const struct tree *tree, node_id value, node_id end)
{
    const struct str given = value == 0 ? STR("") : text_of(tree, value);
    const struct str text = end == 0 ? STR("") : text_of(tree, end);
    const bool is_empty =
        value != 0 && ((kind_of(tree, value) == N_STRING && string_of(tree, value).len == 0) ||
                       same_small(given, "null"));
    return is_empty || str_contains(text, STR("time() -")) || str_contains(text, STR("time()-")) ||
           str_is(text, "1");
}

static bool is_open_in_php(const struct tree *tree, node_id id)
{
    const node_id third = argument_of(tree, id, 2);
    const struct str settings = third == 0 ? STR("") : text_of(tree, third);
    const bool is_list = is_written_out(settings);
    if (is_taken_away(tree, argument_of(tree, id, 1), third)) {
        return false;
    }
    if (is_list) {
        return !is_kept(settings);
    }
    /* setcookie(name, value, $options): what is in it is not seen. */
    const bool may_be_list =
        third != 0 && argument_of(tree, id, 3) == 0 && settings.len > 0 && settings.ptr[0] == '$';
    return !may_be_list &&
           !(is_on(tree, argument_of(tree, id, 5)) && is_on(tree, argument_of(tree, id, 6)));
}

static bool is_open_in_javascript(const struct tree *tree, node_id id)
{
    const node_id third = argument_of(tree, id, 2);
    const struct str settings = third == 0 ? STR("") : text_of(tree, third);
    return (third == 0 || (is_written_out(settings) && !str_contains(settings, STR("...")))) &&
           !is_kept(settings) && !is_taken_away(tree, argument_of(tree, id, 1), 0);
}

static bool is_open_in_python(const struct tree *tree, node_id id)
{
    const struct str all = text_of(tree, id);
    return !is_kept(all) && !str_contains(all, STR("**"));
}

void look_at_cookie(struct analysis *analysis, node_id id, struct str path, struct str name)
{
    const struct tree *tree = analysis->tree;
    const unsigned language = language_bit(tree->language);
    const bool sets_cookie = language == IN_PHP ? one_of(name, "setcookie setrawcookie")
                             : language == IN_PYTHON
                                 ? str_is(name, "set_cookie")
                                 : one_of(path, "res.cookie response.cookie") ||
                                       one_of(name, "setCookie") ||
                                       str_ends(path, STR("res.status().cookie"));
    if (!sets_cookie || !names_somebody(tree, argument_of(tree, id, 0))) {
        return;
    }
    const bool is_open = language == IN_PHP ? is_open_in_php(tree, id)
                         : language == IN_PYTHON
                             ? is_open_in_python(tree, id)
                             : argument_of(tree, id, 1) != 0 && is_open_in_javascript(tree, id);
    if (is_open) {
        report(analysis, RULE_COOKIE, id, 0);
    }
}
