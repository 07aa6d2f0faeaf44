/*
 * inside.h - what the files of the code room share. Inside the room only.
 */
#ifndef CANDOR_CODE_INSIDE_H
#define CANDOR_CODE_INSIDE_H

#include "code.h"

/* ---- nodes --------------------------------------------------------------------------------- */

enum node_kind {
    N_OTHER,
    N_SKIP, /* comments, types: not kept */
    N_ERROR,
    N_NAME,
    N_THIS,
    N_STRING, /* without anything filled in */
    N_TEMPLATE,
    N_CHUNK,
    N_FILLED, /* what is filled into a template */
    N_NUMBER,
    N_TRUE,
    N_FALSE,
    N_NULL,
    N_REGEX,
    N_MEMBER,
    N_INDEX,
    N_CALL,
    N_NEW,
    N_ARGUMENTS,
    N_NAMED_ARGUMENT,
    N_BINARY,
    N_UNARY,
    N_ASSIGN,
    N_GROW, /* += and the like */
    N_DECLARE,
    N_FUNCTION,
    N_CLASS,
    N_PARAMETERS,
    N_PARAMETER,
    N_RETURN,
    N_LEAVE, /* throw, break, continue */
    N_IF,
    N_ELSE,
    N_CHOICE, /* a ? b : c */
    N_LOOP,
    N_EACH,
    N_SWITCH,
    N_CASE,
    N_TRY,
    N_CATCH,
    N_WITH,
    N_BLOCK,
    N_OBJECT,
    N_PAIR,
    N_ARRAY,
    N_SPREAD,
    N_PATTERN,
    N_IMPORT,
    N_IMPORT_FROM,
    N_IMPORTED,
    N_WRAP, /* brackets, await, casts: what is inside */
    N_ECHO,
    N_INCLUDE,
    N_SHELL,
    N_TAG,
    N_ATTRIBUTE,
    N_DECORATOR,
};

enum node_field {
    F_NONE,
    F_NAME,
    F_VALUE,
    F_LEFT,
    F_RIGHT,
    F_OBJECT,
    F_PROPERTY,
    F_FUNCTION,
    F_ARGUMENTS,
    F_INDEX,
    F_BODY,
    F_CONDITION,
    F_CONSEQUENCE,
    F_ALTERNATIVE,
    F_KEY,
    F_PARAMETERS,
    F_SOURCE,
    F_ALIAS,
    F_OPERATOR,
    FIELDS,
};

typedef uint32_t node_id; /* 0: none */

struct node {
    uint8_t kind;
    uint8_t field;
    uint16_t depth;
    uint32_t start;
    uint32_t end;
    node_id parent;
    node_id first;
    node_id next;
};

struct tree {
    struct node *node;
    uint32_t count;
    uint32_t errors; /* places that do not parse */
    struct str text;
    enum code_language language;
    bool is_fragment; /* it does not parse as a whole: what is not seen may be anything */
    bool is_deep;
};

enum { DEPTH_MAX = 500 };

enum parsed { PARSED, PARSED_TOO_SLOW, PARSED_NO_MEMORY };
/* parse.c */
enum parsed parse(struct arena *arena, struct str text, enum code_language language,
                  struct tree *tree);

static inline const struct node *node_of(const struct tree *tree, node_id id)
{
    must(id < tree->count);
    return &tree->node[id];
}
static inline enum node_kind kind_of(const struct tree *tree, node_id id)
{
    return (enum node_kind)tree->node[id].kind;
}
static inline struct str text_of(const struct tree *tree, node_id id)
{
    const struct node *node = node_of(tree, id);
    return (struct str){tree->text.ptr + node->start, node->end - node->start};
}
static inline node_id first_of(const struct tree *tree, node_id id)
{
    return tree->node[id].first;
}
static inline node_id next_of(const struct tree *tree, node_id id)
{
    return tree->node[id].next;
}
/* memory.c: what tree-sitter takes in between is given back at the end, all at once; under the address sanitizer it is
 * not, and memory_holds nothing. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_POOL false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_POOL false
#endif
#endif
#ifndef HAS_POOL
#define HAS_POOL true
#endif
void memory_begin(void);
bool memory_holds(const void *piece);
void memory_end(void);
/* piece.c: where the piece that begins there ends. */
size_t piece_end(struct str text, size_t from);
/* tree.c: a child by its field; 0: none. */
node_id child_of(const struct tree *tree, node_id id, enum node_field field);
node_id nth_of(const struct tree *tree, node_id id, size_t index);
size_t count_of(const struct tree *tree, node_id id);
/* The text of a string without its quotes; of others as it stands. */
struct str string_of(const struct tree *tree, node_id id);
/* The sign between two sides: "+", "===". */
struct str sign_of(const struct tree *tree, node_id id);
node_id unwrapped(const struct tree *tree, node_id id);
node_id argument_of(const struct tree *tree, node_id call, size_t index);
node_id named_argument(const struct tree *tree, node_id call, const char *name);
/* The value of a key in an object that stands there. */
node_id pair_of(const struct tree *tree, node_id object, const char *key);

/* ---- values -------------------------------------------------------------------------------- */

enum label {
    FROM_REQUEST = 1,
    FROM_ADDRESS = 2, /* of the page */
    FROM_MESSAGE = 4,
    FROM_COMMAND = 8, /* arguments, environment, standard input */
    FROM_PERSON = 16, /* personal data by its name */
    FROM_RANDOM = 32,
    FROM_SECRET = 64,
    FROM_CALLER = 128, /* of an exported function */
    FROM_ANSWER = 256, /* of another server, or a file */
    FROM_UNSEEN = 512, /* a fragment does not show it */
    FROM_PAGE = 1024,  /* what stands in the page */
    FROM_ERROR = 2048,
    FROM_PLACE = 4096, /* a path of this machine */
    FROM_FILES = 8192, /* names in an archive */
    FROM_HOST = 16384, /* which host a request says that it means */
    FROM_TEMP = 32768, /* the folder of everybody's temporary files */
    FROM_OUTSIDE = FROM_REQUEST | FROM_ADDRESS | FROM_MESSAGE | FROM_COMMAND,
};

enum safe {
    SAFE_HTML = 1,
    SAFE_URL = 2,
    SAFE_SHELL = 4,
    SAFE_SQL = 8,
    SAFE_PATH = 16,
    SAFE_PATTERN = 32,
    SAFE_LOG = 64,
    SAFE_HOST = 128,
    SAFE_NAME = 256, /* as the name of a member */
    SAFE_ALL = 511,
    SAFE_MOST = SAFE_ALL & ~SAFE_NAME,
    SAFE_TEXT = 512,   /* it is a text, no object */
    SAFE_STEPS = 1024, /* as a path it does not lead upwards */
    SAFE_SIZE = 2048,  /* it is no larger than it may be */
    SAFE_TEMP = 4096,  /* nobody else can have taken the name */
    SAFE_OWN = 8192,   /* no page of somebody else can make a browser send it */
};

/* What stands before the part that comes from outside. */
enum lead {
    LEAD_START,
    LEAD_SLASH,
    LEAD_OPEN,
    LEAD_HOST_OPEN,
    LEAD_HOST,
    LEAD_PATH,
    LEAD_QUERY,
    LEAD_UNKNOWN
};

/* What was replaced in a text so far: replace.c. */
struct replaced {
    uint8_t signs; /* all of them are replaced */
    uint8_t put;   /* what came in their place */
    char undone_by;
    node_id
        undone; /* the call that gave back what begins an escape, while others still stand; 0: none */
};

struct value {
    uint16_t labels;
    uint16_t safe;    /* what it may be used for although it comes from outside */
    uint32_t step;    /* the way it came */
    node_id literal;  /* the one literal or function that it is */
    bool is_constant; /* made of literals only */
    bool is_built;    /* of pieces, one of which is no constant */
    bool has_markup;
    bool may_steer; /* it is, or has in it, an object that a request brings */
    uint8_t lead;
    uint16_t within; /* labels of what its members hold */
    uint32_t within_step;
    struct replaced replaced;
    struct str path; /* "child_process.exec": what it is, by its name */
};

struct step {
    node_id node;
    uint32_t before;
    const char *what;
};

struct variable {
    struct str name;
    node_id owner; /* the function that it is of; 0: the file */
    struct value value;
    struct value any; /* all that it was ever given */
    uint32_t when;    /* it was set last */
    uint32_t before;  /* the one with the same hash */
};

struct undo {
    uint32_t variable;
    uint32_t when;
    struct value value;
};

/* What a branch changed. */
struct change {
    uint32_t variable;
    struct value value;
};
struct changes {
    struct change *item;
    uint32_t count;
    bool has_left;
};

struct function {
    node_id node;
    node_id outer;           /* the function around it; 0: the file */
    struct value *parameter; /* joined over its calls */
    size_t parameter_count;
    struct value back; /* what it returns */
    bool has_back;
    bool is_inline; /* it was looked at where it stands */
    bool is_running;
    bool is_bound; /* its parameters are what a call of the file gives */
};

struct analysis {
    struct arena *arena;
    struct tree *tree;
    struct code_findings *findings;
    const struct matcher *matcher;
    size_t shift;      /* of the text in its page */
    struct page *page; /* NULL: it does not stand in one */
    bool is_fragment;
    struct step *step;
    uint32_t step_count;
    uint32_t step_room;
    struct variable *variable;
    uint32_t variable_count;
    uint32_t variable_room;
    uint32_t *bucket;
    uint32_t bucket_count; /* a power of two */
    struct undo *undo;
    uint32_t undo_count;
    uint32_t undo_room;
    struct function *function;
    uint32_t function_count;
    uint32_t *function_at;  /* by node */
    node_id owner;          /* the function that is looked at */
    uint32_t running_since; /* what was set later is known */
    node_id base;           /* the one around it that is not looked at where it stands */
    uint32_t when;
    struct function *running;
    bool has_left;  /* the branch returned, threw or broke off */
    bool has_grown; /* a function was given or gives more than before */
    unsigned round;
    uint64_t *seen; /* findings already told, by rule and place */
    size_t seen_count;
    size_t seen_room;
    uint32_t work; /* expressions looked at so far */
    bool is_cut;
};

/* ---- rules --------------------------------------------------------------------------------- */

enum rule_id {
#define RULE(id, name, cwe, rank, what, fix) RULE_##id,
#include "rules.def"
#undef RULE
    RULES,
};

void report(struct analysis *analysis, enum rule_id rule, node_id node, uint32_t step);
bool seen_before(struct analysis *analysis, enum rule_id rule, node_id node); /* and remember it */
void report_at(struct code_findings *findings, enum rule_id rule, size_t start, size_t end);
void report_open(struct code_findings *findings, const char *what, size_t start, size_t end);

/* ---- match.c ------------------------------------------------------------------------------- */

enum role { IS_SOURCE, IS_SINK, IS_CLEANER, IS_CARRIER, IS_MEMBER_SOURCE, IS_SET_SINK, IS_CALL };

struct named {
    uint8_t languages;
    uint8_t role;
    int8_t argument; /* -1: any; -2: what it is called on */
    bool needs_receiver;
    bool is_exact;
    uint16_t number; /* labels, rule, safe */
    struct str name;
    uint32_t next;
};

enum { IN_JS = 1, IN_PYTHON = 2, IN_PHP = 4, IN_ALL = 7 };

const struct matcher *matcher_of_all(void);
/* The next row after `row` (NULL: the first) of a role whose name the path is; NULL: no more. */
const struct named *match_next(const struct matcher *matcher, unsigned language, struct str path,
                               enum role role, const struct named *row);
unsigned language_bit(enum code_language language);

/* ---- scope.c ------------------------------------------------------------------------------- */

uint32_t variable_find(const struct analysis *analysis, struct str name,
                       node_id owner);                                  /* 0: there is none */
uint32_t variable_of(const struct analysis *analysis, struct str name); /* seen from here */
uint32_t variable_make(struct analysis *analysis, struct str name, node_id owner);
struct value variable_value(const struct analysis *analysis, uint32_t variable);
void variable_set(struct analysis *analysis, uint32_t variable, struct value value);
void scope_begin(struct analysis *analysis);
/* A branch begins at a mark; its changes are taken back and kept, or joined with those of the other one. */
struct changes branch_end(struct analysis *analysis, uint32_t mark);
void branches_join(struct analysis *analysis, uint32_t mark, const struct changes *other);

struct value value_join(struct value left, struct value right);
uint32_t step_add(struct analysis *analysis, node_id node, uint32_t before, const char *what);
struct value value_from(struct analysis *analysis, unsigned label, node_id node, const char *what);
bool label_is_risky(const struct analysis *analysis, enum rule_id rule, struct value value);

/* ---- eval.c, call.c, guard.c ------------------------------------------------------------------ */

void analyse(struct analysis *analysis);
struct value eval(struct analysis *analysis, node_id id);
bool may_be_object(struct value value);
struct value eval_name(struct analysis *analysis, node_id id);
struct value eval_index(struct analysis *analysis, node_id id);
struct value eval_member(struct analysis *analysis, node_id id, struct value object);
void run(struct analysis *analysis, node_id id);
void run_function(struct analysis *analysis, struct function *function);
bool is_option(const struct tree *tree, node_id condition);
bool is_cleaned_form(const struct tree *tree, node_id call, node_id plain);
void give(struct analysis *analysis, node_id target, struct value value, node_id from);
struct value concat(const struct analysis *analysis, struct value left, struct value right);
struct value eval_call(struct analysis *analysis, node_id id);
struct value call_function(struct analysis *analysis, struct function *function, node_id call,
                           size_t shift); /* its arguments begin there */
struct function *function_of(struct analysis *analysis, node_id id);
void check_sinks(struct analysis *analysis, enum role role, struct str path, node_id at,
                 node_id at_argument, struct value value, int argument);
void refine(struct analysis *analysis, node_id condition, bool is_true);
struct str path_below(struct arena *arena, struct str path, struct str name); /* "path.name" */
struct str path_called(struct arena *arena, struct str path);                 /* "path()" */
/* What x.replace(/[^a-z]/g, '') is good for. */
unsigned safe_after_replace(const struct tree *tree, node_id call, struct str name);
uint32_t key_of(struct analysis *analysis, node_id id,
                bool is_made); /* the place that an expression names */

/* given.c */
bool has_outside_address(struct analysis *analysis, node_id given);
bool has_folder(const struct tree *tree, const struct named *row, node_id call);
bool is_text_searched(struct analysis *analysis, node_id call, const struct named *row);
bool is_filtered(struct str call);
bool is_page_read(const struct tree *tree, node_id call, struct value receiver, struct str called);
node_id own_method(const struct analysis *analysis, node_id callee);

/* parameter.c: what a function is given by others, what it gives back to them. */
bool is_of_request(struct str parameter);
struct value given_by_others(struct analysis *analysis, const struct function *function,
                             node_id name, struct value value);
void look_at_page_given_back(struct analysis *analysis, node_id id, struct value value);
void keep_option(struct analysis *analysis, node_id condition, node_id yes,
                 const struct changes *changes);

/* random.c */
bool is_token_name(struct str name);
bool says_random(struct str text);
void look_at_random(struct analysis *analysis, node_id id, node_id left, node_id right);
void look_at_token_made(struct analysis *analysis, node_id target, struct str name);

/* answer.c: what a server says of its answers, and whether one is no page. */
void note_answer_type(struct analysis *analysis, node_id id, struct str name);
bool is_plain_answer(const struct analysis *analysis, node_id call);
bool is_fluent(struct str path, struct str name); /* res.status(): the answer again */

/* server.c: settings of servers and what they are given. */
void look_at_server(struct analysis *analysis, node_id id, struct str path, struct str name);
void look_at_program(struct analysis *analysis);
bool is_given_outside(struct analysis *analysis, enum rule_id rule, node_id object);
bool is_harmful_here(struct analysis *analysis, const struct named *row, node_id call,
                     struct value value);
void look_at_bound(struct analysis *analysis, node_id condition);

/* slow_pattern.c */
bool is_slow_pattern(struct str pattern);

/* ---- look.c, text.c, replace.c: rules about one node ------------------------------------------------------- */

void look_at_call(struct analysis *analysis, node_id id, struct str path, struct value receiver);
void look_at_cookie(struct analysis *analysis, node_id id, struct str path,
                    struct str name); /* cookie.c */
void look_at_pair(struct analysis *analysis, node_id key, node_id value, node_id at);
void look_at_binary(struct analysis *analysis, node_id id);
void look_at_text(struct analysis *analysis, node_id id);
void look_at_pattern(struct analysis *analysis, node_id id);
void look_at_pattern_text(struct analysis *analysis, node_id id);

/* replace.c: what is replaced after this call; a text put into markup behind `before`. */
struct replaced look_at_replace(struct analysis *analysis, node_id call, struct value receiver,
                                struct value pattern_value, struct value with_value, bool is_all);
void look_at_attribute(struct analysis *analysis, node_id before, struct value value, node_id at);
bool keeps_replaced(struct str name);
/* replace_pattern.c: whether a pattern names more than what may be written there. */
bool has_other_words(struct str plain, const char *allowed);
struct replaced replaced_by_json(void);

bool same_small(struct str text, const char *small);
bool has_small(struct str text, const char *small);
bool has_one_small(struct str text, const char *const *small, size_t count);
bool one_of(struct str text, const char *words); /* words between blanks */

/* words.c: what the words of words.def tell that stand somewhere in the text, in any case. */
enum {
    TELLS_PERSONAL = 1,
    TELLS_ABOUT = 2,
    TELLS_SECRET = 4,
    TELLS_GUARD = 8,
    TELLS_OWN = 16,
    TELLS_TRAIT = 32,
};
unsigned words_in(struct str text);
bool word_is_secret(struct str name);
bool word_is_personal(struct str name);
unsigned label_of_word(struct str name); /* FROM_PERSON, FROM_SECRET or 0 */

/* merge.c */
void look_at_merging(struct analysis *analysis);

/* yes.c, contact.c, client.c: what runs before a yes, what is done with people. */
bool waits_for_yes(const struct analysis *analysis, node_id id);
void look_before_yes(struct analysis *analysis);
void look_at_client(struct analysis *analysis);

/* page.c */
void scan_page(struct str text, struct code_findings *findings);
/* scan.c: a program, also one within a page. */
void scan_program(struct str text, enum code_language language, size_t shift,
                  struct code_findings *findings);
void look_for_hidden_signs(struct str text, size_t shift, struct code_findings *findings);
/* sql.c; query.c: a text that goes to a database */
void look_at_query(struct analysis *analysis, node_id given, struct value value);
void scan_sql(struct str text, size_t shift, struct code_findings *findings);

#endif
