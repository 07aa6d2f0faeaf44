/*
 * random.c - numbers that can be guessed where nobody may, and random bytes that are made uneven.
 */
#include "inside.h"

/* What nobody may guess, by its name. */
bool is_token_name(struct str name)
{
    static const char *const part[] = {"token", "nonce", "session_id", "sessionid", "otp", "salt"};
    return word_is_secret(name) || has_one_small(name, part, sizeof part / sizeof part[0]);
}

bool says_random(struct str text)
{
    return str_contains(text, STR("Math.random")) || str_contains(text, STR("random.choice")) ||
           str_contains(text, STR("random.randint")) || str_contains(text, STR("random.sample")) ||
           str_contains(text, STR("random.random")) || str_contains(text, STR("mt_rand("));
}

/* A token is made of guessable numbers, and nothing beside it makes better ones. */
void look_at_token_made(struct analysis *analysis, node_id target, struct str name)
{
    const struct tree *tree = analysis->tree;
    const struct str around =
        analysis->owner == 0 ? STR("") : str_slice(text_of(tree, analysis->owner), 0, 4000);
    size_t at = name.len;
    while (at > 0 && name.ptr[at - 1] != '.' && name.ptr[at - 1] != '$') {
        at--;
    }
    if (is_token_name(str_slice(name, at, name.len)) &&
        !str_contains(around, STR("getRandomValues")) &&
        !str_contains(around, STR("randomBytes"))) {
        report(analysis, RULE_RANDOM, target, 0);
    }
}

static bool is_random_byte(struct str path)
{
    return str_ends(path, STR("randomBytes().[]")) || str_ends(path, STR("secure-random().[]"));
}

/* A name, or one place of a list by a name or number: what is nested deeper is no random byte. */
static bool is_plain_byte(const struct tree *tree, node_id id)
{
    if (kind_of(tree, id) != N_INDEX) {
        return kind_of(tree, id) == N_NAME;
    }
    const node_id index = nth_of(tree, id, 1);
    return kind_of(tree, first_of(tree, id)) != N_INDEX && index != 0 &&
           (kind_of(tree, index) == N_NUMBER || kind_of(tree, index) == N_NAME);
}

/* randomBytes(1)[0] % 10: 256 is no multiple of 10. Of a power of two it is; bytes that are too large may be left out. */
void look_at_random(struct analysis *analysis, node_id id, node_id left, node_id right)
{
    const struct tree *tree = analysis->tree;
    const struct str sign = sign_of(tree, id);
    if (!is_plain_byte(tree, left) || sign.len != 1) {
        return;
    }
    const struct value byte = eval(analysis, left);
    if (!is_random_byte(byte.path) || (byte.safe & SAFE_SIZE) != 0) {
        return;
    }
    const struct value other = eval(analysis, right);
    const struct str text = other.literal == 0 ? STR("") : text_of(tree, other.literal);
    const bool is_number = other.literal != 0 && kind_of(tree, other.literal) == N_NUMBER;
    const bool is_even = one_of(text, "1 2 4 8 16 32 64 128 256 255 0xff 0xFF 0x100 0x10 0x20 0x40 "
                                      "0x80 255.0 256.0 0x1000000 65536 16777216");
    const node_id around = tree->node[tree->node[id].parent].parent;
    const struct str rounds =
        kind_of(tree, around) == N_CALL ? text_of(tree, first_of(tree, around)) : STR("");
    const bool is_rounded = one_of(rounds, "Math.floor Math.ceil Math.round");
    if ((str_is(sign, "%") && is_number && !is_even) ||
        (str_is(sign, "/") && is_number && !is_even && is_rounded) ||
        (one_of(sign, "+ *") && is_random_byte(other.path))) {
        report(analysis, RULE_BIASED, id, 0);
    }
}
