/*
 * rule_read.c - audience rules out of candor.yaml. The notation stands in decide.h.
 *
 * A leaf with several tests becomes an `all` over them. What a leaf compares with is read by the
 * rules of the field itself, so that a value nobody can have is a mistake and not an empty audience.
 */
#include "rule.h"

#include "text.h"

static const char *const test_word[TEST_COUNT] = {"at_least", "at_most", "above",     "below",
                                                  "equals",   "one_of",  "is_missing"};

/* ---- reading: one test --------------------------------------------------------------------- */

struct reading {
    const struct inventory *inventory;
    size_t purpose;
    size_t part_count;
    size_t depth;
    bool *uses_field; /* by inventory index */
    bool *uses_feature;
};

/* What is compared in one leaf: a field or feature seen as a field, with its type and words. */
struct subject_of_test {
    bool is_feature;
    size_t index;
    uint64_t purposes;
    bool is_protected;
    struct field as_field;
};

/* A feature is compared by what it gives: a category, or a number (of a date the days). */
static struct field field_of_feature(const struct inventory *inventory,
                                     const struct feature *feature)
{
    struct field field = {.name = feature->name, .type = FIELD_NUMBER};
    if (feature->measure == MEASURE_FIELD) {
        const struct field *source = &inventory->field[feature->field];
        field = *source;
        field.name = feature->name;
        field.has_min = false;
        field.has_max = false;
        field.type = source->type == FIELD_DATE ? FIELD_NUMBER : source->type;
    } else if (feature->is_category) {
        field = inventory->event_kind[feature->event_kind].property[feature->property];
        field.name = feature->name;
    }
    return field;
}

static enum candor_status read_source(struct job *job, const struct reading *reading,
                                      const struct section *leaf, struct subject_of_test *source)
{
    const struct inventory *inventory = reading->inventory;
    const struct catalogue fields = catalogue_fields(inventory);
    const struct catalogue features = catalogue_features(inventory);
    source->is_feature = section_has(leaf, "feature");
    if (source->is_feature == section_has(leaf, "field")) {
        return fail(job, CANDOR_BAD_INPUT,
                    "%s%s: a rule has one of all, any, not, field and feature", leaf->what,
                    value_where(job->arena, leaf->map));
    }
    if (source->is_feature) {
        TRY(section_reference(job, leaf, "feature", &features, &source->index));
        const struct feature *feature = &inventory->feature[source->index];
        source->purposes = feature->purposes;
        source->is_protected = feature->is_protected;
        source->as_field = field_of_feature(inventory, feature);
        return CANDOR_OK;
    }
    TRY(section_reference(job, leaf, "field", &fields, &source->index));
    source->as_field = inventory->field[source->index];
    source->purposes = source->as_field.purposes;
    source->is_protected = source->as_field.is_protected;
    return CANDOR_OK;
}

static enum candor_status check_source(struct job *job, const struct reading *reading,
                                       const struct section *leaf,
                                       const struct subject_of_test *source)
{
    const char *key = source->is_feature ? "feature" : "field";
    const uint64_t purposes = source->purposes;
    if (source->is_protected) {
        return section_fail(job, leaf, key,
                            "a protected attribute may not decide who is contacted");
    }
    if ((purposes >> reading->purpose & 1) == 0) {
        return section_fail(job, leaf, key, "may not be used for the purpose '%.*s'",
                            STR_ARG(reading->inventory->purpose[reading->purpose].name));
    }
    return CANDOR_OK;
}

/* The value is read like one of the field's own, so that it can be met at all. */
static enum candor_status read_cell(struct job *job, const struct section *leaf, enum test test,
                                    const struct subject_of_test *source, const struct value *value,
                                    struct cell *cell)
{
    struct field field = source->as_field;
    if (test < TEST_EQUALS) {
        field.has_min = false; /* "at least 0" is fine where the smallest is 1 */
        field.has_max = false;
    }
    const struct str text = section_scalar(job->arena, value);
    const enum cell_fault fault = cell_read(&field, text, INT64_MAX, cell);
    if (fault == CELL_FINE && cell->kind != CELL_MISSING) {
        return CANDOR_OK;
    }
    return section_fail(job, leaf, test_word[test], "for '%.*s' it %s", STR_ARG(field.name),
                        fault == CELL_FINE || fault == CELL_REQUIRED
                            ? "must be one value that is not a missing one"
                            : cell_fault_sentence(fault));
}

static enum candor_status read_values(struct job *job, const struct section *leaf,
                                      const struct subject_of_test *source, struct node *node)
{
    const struct value *value = value_get(leaf->map, test_word[node->test]);
    const struct value *item = value;
    node->value_count = 1;
    if (node->test == TEST_ONE_OF) {
        TRY(section_list(job, leaf, "one_of", ALLOWED_MAX, &value));
        item = value->item;
        node->value_count = value->count;
    }
    if (node->value_count == 0) {
        return section_fail(job, leaf, "one_of", "at least one value is needed");
    }
    TRY_ALLOC(job, node->value, node->value_count, struct cell);
    for (size_t i = 0; i < node->value_count; i++) {
        TRY(read_cell(job, leaf, node->test, source, &item[i], &node->value[i]));
    }
    return CANDOR_OK;
}

static enum candor_status read_missing(struct job *job, const struct section *leaf,
                                       struct node *node)
{
    bool is_missing = false;
    TRY(section_bool(job, leaf, "is_missing", &is_missing));
    node->value = NEW(job->arena, struct cell);
    *node->value = (struct cell){.kind = CELL_NUMBER, .number = is_missing ? 1 : 0};
    node->value_count = 1;
    return CANDOR_OK;
}

static enum candor_status read_test(struct job *job, const struct section *leaf, enum test test,
                                    const struct subject_of_test *source, const struct node **made)
{
    struct node *node = NEW(job->arena, struct node);
    *node = (struct node){.kind = NODE_TEST,
                          .is_feature = source->is_feature,
                          .index = source->index,
                          .type = source->as_field.type,
                          .test = test};
    *made = node;
    if (test == TEST_IS_MISSING) {
        return read_missing(job, leaf, node);
    }
    const enum field_type type = source->as_field.type;
    if (test < TEST_EQUALS && type != FIELD_NUMBER && type != FIELD_DATE) {
        return section_fail(job, leaf, test_word[test],
                            "'%.*s' is a %s, which has no order; use equals or one_of",
                            STR_ARG(source->as_field.name), field_type_name(type));
    }
    return read_values(job, leaf, source, node);
}

static enum candor_status read_leaf(struct job *job, struct reading *reading,
                                    const struct value *value, struct node *node)
{
    static const char *const known[] = {"field",      "feature", "at_least", "at_most",
                                        "above",      "below",   "equals",   "one_of",
                                        "is_missing", "all",     "any",      "not"};
    struct section leaf;
    struct subject_of_test source = {0};
    TRY(section_open(job, value, "a rule", known, sizeof known / sizeof known[0], &leaf));
    TRY(read_source(job, reading, &leaf, &source));
    TRY(check_source(job, reading, &leaf, &source));
    (source.is_feature ? reading->uses_feature : reading->uses_field)[source.index] = true;

    node->kind = NODE_ALL;
    node->part = NEW_ARRAY(job->arena, TEST_COUNT, const struct node *);
    for (unsigned test = 0; test < TEST_COUNT; test++) {
        if (section_has(&leaf, test_word[test])) {
            TRY(read_test(job, &leaf, (enum test)test, &source, &node->part[node->part_count]));
            node->part_count++;
        }
    }
    return node->part_count > 0 ? CANDOR_OK
                                : fail(job, CANDOR_BAD_INPUT,
                                       "a rule%s: it tests nothing; give at_least, at_most, "
                                       "above, below, equals, one_of or is_missing",
                                       value_where(job->arena, value));
}

/* ---- reading: the tree --------------------------------------------------------------------- */

static enum candor_status read_node(struct job *job, struct reading *reading,
                                    const struct value *value, const struct node **made);

static enum candor_status read_parts(struct job *job, struct reading *reading, const char *key,
                                     const struct value *list, struct node *node)
{
    const bool is_one = node->kind == NODE_NOT;
    TRY(value_is(job, list, is_one ? VALUE_MAP : VALUE_LIST, key));
    const struct value *item = is_one ? list : list->item;
    node->part_count = is_one ? 1 : list->count;
    if (node->part_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "%s%s: at least one rule is needed", key,
                    value_where(job->arena, list));
    }
    TRY_ALLOC(job, node->part, node->part_count, const struct node *);
    for (size_t i = 0; i < node->part_count; i++) {
        TRY(read_node(job, reading, &item[i], &node->part[i]));
    }
    return CANDOR_OK;
}

static enum candor_status read_branch(struct job *job, struct reading *reading,
                                      const struct value *value, struct node *node)
{
    static const char *const word[] = {[NODE_ALL] = "all", [NODE_ANY] = "any", [NODE_NOT] = "not"};
    for (unsigned kind = NODE_ALL; kind <= NODE_NOT; kind++) {
        const struct value *parts = value_get(value, word[kind]);
        if (parts == NULL) {
            continue;
        }
        if (value->count != 1) {
            return fail(job, CANDOR_BAD_INPUT, "a rule%s: '%s' must be the only key here",
                        value_where(job->arena, value), word[kind]);
        }
        node->kind = (enum node_kind)kind;
        return read_parts(job, reading, word[kind], parts, node);
    }
    return read_leaf(job, reading, value, node);
}

static enum candor_status read_node(struct job *job, struct reading *reading,
                                    const struct value *value, const struct node **made)
{
    if (reading->depth == RULE_DEPTH_MAX || reading->part_count == RULE_PARTS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "a rule%s: at most %d levels and %d parts are allowed",
                    value_where(job->arena, value), RULE_DEPTH_MAX, RULE_PARTS_MAX);
    }
    struct node *node = NEW(job->arena, struct node);
    *made = node;
    reading->part_count++;
    reading->depth++;
    TRY(value_is(job, value, VALUE_MAP, "a rule"));
    TRY(read_branch(job, reading, value, node));
    reading->depth--;
    return CANDOR_OK;
}

static size_t list_used(struct arena *arena, const bool *used, size_t count, const size_t **list)
{
    size_t *index = NEW_ARRAY(arena, count + 1, size_t);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (used[i]) {
            index[found++] = i;
        }
    }
    *list = index;
    return found;
}

enum candor_status rule_read(struct job *job, const struct inventory *inventory,
                             const struct value *value, size_t purpose, const struct rule **rule)
{
    must(purpose < inventory->purpose_count);
    *rule = NULL;
    if (value == NULL) {
        return CANDOR_OK;
    }
    struct reading reading = {.inventory = inventory, .purpose = purpose};
    reading.uses_field = NEW_ARRAY(job->arena, inventory->field_count + 1, bool);
    reading.uses_feature = NEW_ARRAY(job->arena, inventory->feature_count + 1, bool);
    struct rule *made = NEW(job->arena, struct rule);
    TRY(read_node(job, &reading, value, &made->root));
    made->needs.field_count =
        list_used(job->arena, reading.uses_field, inventory->field_count, &made->needs.field);
    made->needs.feature_count =
        list_used(job->arena, reading.uses_feature, inventory->feature_count, &made->needs.feature);
    *rule = made;
    return CANDOR_OK;
}
