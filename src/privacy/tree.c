/*
 * tree.c - hierarchies of values, from a document.
 *
 * Leaves are numbered as they stand, so the leaves under a node are a range, and the smallest node over some
 * leaves is found by climbing from the first of them.
 */
#include "privacy.h"
#include "text.h"

struct reading {
    struct tree *tree;
    struct map *leaves; /* text of a leaf to its line's value */
    struct map *groups;
    size_t node_room;
    size_t leaf_room;
};

static enum candor_status claim(struct job *job, struct map *known, struct str text,
                                const struct value *value, const char *what)
{
    if (text.len == 0) {
        return fail(job, CANDOR_BAD_INPUT, "hierarchy%s: an empty %s",
                    value_where(job->arena, value), what);
    }
    if (map_get(known, KEY(text)) != NULL) {
        return fail(job, CANDOR_BAD_INPUT, "hierarchy%s: a %s stands twice",
                    value_where(job->arena, value), what);
    }
    map_put(known, KEY(text), known);
    return CANDOR_OK;
}

static uint32_t add_node(struct job *job, struct reading *reading, struct str name, uint32_t parent)
{
    struct tree *tree = reading->tree;
    if (tree->node_count == reading->node_room) {
        reading->node_room = reading->node_room * 2 + 16;
        struct tree_node *node = NEW_ARRAY(job->arena, reading->node_room, struct tree_node);
        bytes_copy(node, tree->node, tree->node_count * sizeof *node);
        tree->node = node;
    }
    tree->node[tree->node_count] =
        (struct tree_node){str_copy(job->arena, name), parent, (uint32_t)tree->leaf_count, 0};
    return (uint32_t)tree->node_count++;
}

static enum candor_status add_leaf(struct job *job, struct reading *reading,
                                   const struct value *value, uint32_t parent)
{
    struct tree *tree = reading->tree;
    struct str text = value->text;
    if (value->kind == VALUE_NUMBER) {
        text = value->is_integer ? str_format(job->arena, "%lld", (long long)value->integer)
                                 : str_from_double(job->arena, value->number);
    } else {
        TRY(value_text(job, value, "a value of a hierarchy", &text));
    }
    TRY(claim(job, reading->leaves, text, value, "value"));
    if (tree->leaf_count == TREE_LEAVES_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "hierarchy: more than %zu values", TREE_LEAVES_MAX);
    }
    if (tree->leaf_count == reading->leaf_room) {
        reading->leaf_room = reading->leaf_room * 2 + 64;
        struct str *leaf = NEW_ARRAY(job->arena, reading->leaf_room, struct str);
        uint32_t *of = NEW_ARRAY(job->arena, reading->leaf_room, uint32_t);
        bytes_copy(leaf, tree->leaf, tree->leaf_count * sizeof *leaf);
        bytes_copy(of, tree->parent, tree->leaf_count * sizeof *of);
        tree->leaf = leaf;
        tree->parent = of;
    }
    tree->leaf[tree->leaf_count] = str_copy(job->arena, text);
    tree->parent[tree->leaf_count++] = parent;
    return CANDOR_OK;
}

/* The reader of documents bounds how deep this goes. */
static enum candor_status add_group(struct job *job, struct reading *reading,
                                    const struct value *value, uint32_t node)
{
    if ((value->kind != VALUE_MAP && value->kind != VALUE_LIST) || value->count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "hierarchy%s: a group is a list of values or of groups",
                    value_where(job->arena, value));
    }
    for (size_t i = 0; i < value->count; i++) {
        if (value->kind == VALUE_LIST) {
            TRY(add_leaf(job, reading, &value->item[i], node));
            continue;
        }
        TRY(claim(job, reading->groups, value->key[i], &value->item[i], "group"));
        const uint32_t made = add_node(job, reading, value->key[i], node);
        TRY(add_group(job, reading, &value->item[i], made));
        reading->tree->node[made].last = (uint32_t)reading->tree->leaf_count - 1;
    }
    return CANDOR_OK;
}

enum candor_status tree_read(struct job *job, const struct value *value, struct tree **tree)
{
    struct reading reading = {.tree = NEW(job->arena, struct tree),
                              .leaves = map_begin(job->arena),
                              .groups = map_begin(job->arena)};
    TRY(value_is(job, value, VALUE_MAP, "a hierarchy"));
    const uint32_t root = add_node(job, &reading, STR("*"), 0);
    TRY(add_group(job, &reading, value, root));
    reading.tree->node[root].last = (uint32_t)reading.tree->leaf_count - 1;
    *tree = reading.tree;
    return CANDOR_OK;
}

size_t tree_over(const struct tree *tree, uint32_t first, uint32_t last)
{
    must(first <= last);
    must(last < tree->leaf_count);
    if (first == last) {
        return SIZE_MAX;
    }
    size_t node = tree->parent[first];
    while (tree->node[node].last < last) {
        node = tree->node[node].parent;
    }
    return node;
}
