/*
 * mitigate_plugin.c - one rule that does not see the group of whom it decides about.
 *
 * It learns the chance of a yes, and the chance of the group: of everybody, of those with label 1, of those
 * with label 0, as the constraint asks. None of these models sees the group's columns or the label.
 */
#include "mitigate.h"

#include <math.h>

#include "learn.h"
#include "model.h"
#include "numeric.h"

enum { FOLDS = 3, FOLD_ROWS_MIN = 30 };

/* What a model says of rows: one of all rows that choose, and of each of these one that has not seen it. */
struct said {
    double *whole;
    double *apart; /* of rows that were held out, as whole */
};

struct heads {
    const struct mitigating *mitigating;
    bool *use;          /* columns that may be seen */
    uint32_t *side;     /* of each row: 0, 1, or UINT32_MAX */
    uint8_t *fold;      /* of each row that chooses; FOLDS: held out */
    bool is_apart;      /* there are enough rows to judge each by a model that has not seen it */
    struct said chance; /* of a yes */
    bool *tells;        /* columns that tell the side best */
    struct said duller; /* the chance without these; odds only */
    struct str name[2];
};

/* ---- who is on which side ------------------------------------------------------------------ */

static enum candor_status take_sides(struct job *job, struct heads *heads)
{
    const struct mitigating *mitigating = heads->mitigating;
    const struct grouping *grouping = &mitigating->grouping;
    const char *value = mitigating->asked->value;
    uint32_t first = value == NULL ? 0 : UINT32_MAX;
    for (uint32_t g = 0; value != NULL && g < grouping->count; g++) {
        first = str_is(grouping->name[g], value) ? g : first;
    }
    if (first == UINT32_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "--value: no such group");
    }
    if (value == NULL && grouping->count != 2) {
        return fail(job, CANDOR_BAD_INPUT,
                    "--method plugin compares two groups, and there are %zu: name one that all "
                    "others are compared with, --value VALUE",
                    grouping->count);
    }
    TRY_ALLOC(job, heads->side, mitigating->table.row_count, uint32_t);
    for (size_t row = 0; row < mitigating->table.row_count; row++) {
        const uint32_t group = grouping->group[row];
        heads->side[row] = group == UINT32_MAX ? group : group != first;
    }
    heads->name[0] = grouping->name[first];
    heads->name[1] = value == NULL ? grouping->name[1] : STR("all others");
    return CANDOR_OK;
}

static enum candor_status choose_columns(struct job *job, struct heads *heads)
{
    const struct candor_mitigate *asked = heads->mitigating->asked;
    const struct frame *frame = heads->mitigating->table.frame;
    size_t used = 0;
    TRY_ALLOC(job, heads->use, frame->column_count, bool);
    for (size_t c = 0; c < frame->column_count; c++) {
        const struct str name = frame->column[c].name;
        heads->use[c] = !list_holds(asked->label, name) && !list_holds(asked->groups, name) &&
                        !(asked->drop != NULL && list_holds(asked->drop, name));
        used += heads->use[c];
    }
    return used > 0 ? CANDOR_OK
                    : fail(job, CANDOR_BAD_INPUT, "no column is left that the rule may see");
}

/* ---- rows apart ---------------------------------------------------------------------------- */

/*
 * A chance that a model gives the rows it was learnt from is too sure of them, and prices that hold the limit
 * on such chances do not hold it for anybody else. So each row that chooses is judged by models that
 * have not seen it. Each fold has as many rows of each side and label, give or take one.
 */
static enum candor_status deal_folds(struct job *job, struct heads *heads)
{
    const struct mitigating *mitigating = heads->mitigating;
    const size_t rows = mitigating->table.row_count;
    size_t seen[2][2] = {{0}};
    size_t others = 0;
    TRY_ALLOC(job, heads->fold, rows, uint8_t);
    for (size_t row = 0; row < rows; row++) {
        const uint32_t side = heads->side[row];
        size_t *count = side <= 1 ? &seen[side][mitigating->happened[row]] : &others;
        heads->fold[row] =
            mitigate_chooses(mitigating, row) ? (uint8_t)((*count)++ % FOLDS) : FOLDS;
    }
    heads->is_apart = seen[0][0] >= FOLD_ROWS_MIN && seen[0][1] >= FOLD_ROWS_MIN &&
                      seen[1][0] >= FOLD_ROWS_MIN && seen[1][1] >= FOLD_ROWS_MIN;
    return CANDOR_OK;
}

/* ---- learning ------------------------------------------------------------------------------ */

static enum candor_status said_begin(struct job *job, size_t rows, struct said *said)
{
    TRY_ALLOC(job, said->whole, rows, double);
    TRY_ALLOC(job, said->apart, rows, double);
    return CANDOR_OK;
}

/* What is learnt: what value says of the rows of keep, from the columns of use. */
struct learning {
    const double *value;
    const bool *keep;
    const bool *use;
};

/* Learn from the rows of keep, and score all rows. */
static enum candor_status learn(struct job *job, const struct heads *heads,
                                const struct learning *learning, const bool *keep, double *score)
{
    const struct mitigating *mitigating = heads->mitigating;
    const struct target all = {.task = TASK_BINARY,
                               .name = STR("head"),
                               .positive = STR("1"),
                               .negative = STR("0"),
                               .class_count = 1,
                               .value = learning->value};
    const struct fit_options options = {.seed = 1,
                                        .threads = mitigating->asked->threads,
                                        .pairs_max = PAIRS_AUTO,
                                        .use = learning->use};
    struct frame *part = NULL;
    struct target target;
    struct model *model = NULL;
    struct binding *binding = NULL;
    TRY(frame_take(job, mitigating->table.frame, keep, &part));
    TRY(target_take(job, &all, mitigating->table.row_count, keep, &target));
    TRY(fit_additive(job, part, &target, &options, &model));
    TRY(model_bind(job, model, mitigating->table.frame, &binding));
    binding_score(binding, mitigating->asked->threads, NULL, score);
    return CANDOR_OK;
}

static enum candor_status learn_head(struct job *job, const struct heads *heads,
                                     const struct learning *learning, const struct said *said)
{
    const size_t rows = heads->mitigating->table.row_count;
    bool *others = NULL;
    double *score = NULL;
    TRY(learn(job, heads, learning, learning->keep, said->whole));
    bytes_copy(said->apart, said->whole, rows * sizeof *said->apart);
    TRY_ALLOC(job, others, rows, bool);
    TRY_ALLOC(job, score, rows, double);
    for (uint8_t fold = 0; heads->is_apart && fold < FOLDS; fold++) {
        const struct arena_mark mark = arena_mark(job->arena);
        for (size_t row = 0; row < rows; row++) {
            others[row] = learning->keep[row] && heads->fold[row] != fold;
        }
        TRY(learn(job, heads, learning, others, score));
        for (size_t row = 0; row < rows; row++) {
            said->apart[row] = heads->fold[row] == fold ? score[row] : said->apart[row];
        }
        arena_rewind(job->arena, mark);
    }
    return CANDOR_OK;
}

/* How much of the side a column knows, by the rows that choose. */
static enum candor_status share_of_side(struct job *job, const struct heads *heads,
                                        const struct column *column, double *share)
{
    const struct mitigating *mitigating = heads->mitigating;
    const size_t rows = mitigating->table.row_count;
    const struct arena_mark mark = arena_mark(job->arena);
    struct parity_codes codes;
    struct parity_proxy proxy;
    uint32_t *side = NULL;
    TRY_ALLOC(job, side, rows, uint32_t);
    for (size_t row = 0; row < rows; row++) {
        side[row] = mitigate_chooses(mitigating, row) ? heads->side[row] : UINT32_MAX;
    }
    TRY(column_codes(job, column, rows, &codes));
    TRY(parity_proxy(job, &codes, side, 2, rows, 1, 0, &proxy));
    *share = column_names_people(column, rows) ? 0 : proxy.share;
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

static enum candor_status learn_chance(struct job *job, const struct heads *heads, const bool *use,
                                       struct said *chance)
{
    const struct mitigating *mitigating = heads->mitigating;
    const size_t rows = mitigating->table.row_count;
    bool *keep = NULL;
    TRY(said_begin(job, rows, chance));
    TRY_ALLOC(job, keep, rows, bool);
    for (size_t row = 0; row < rows; row++) {
        keep[row] = mitigate_chooses(mitigating, row);
    }
    const struct learning learning = {mitigating->label.value, keep, use};
    return during(job, learn_head(job, heads, &learning, chance), "learning the label");
}

/*
 * The columns that know at least a quarter as much of the side as the one that knows most, and the chance
 * without them. None where they are all that there is.
 */
static enum candor_status learn_duller(struct job *job, struct heads *heads)
{
    const struct mitigating *mitigating = heads->mitigating;
    const struct frame *frame = mitigating->table.frame;
    double most = 0;
    size_t left = 0;
    double *share = NULL;
    bool *use = NULL;
    TRY_ALLOC(job, share, frame->column_count, double);
    TRY_ALLOC(job, use, frame->column_count, bool);
    TRY_ALLOC(job, heads->tells, frame->column_count, bool);
    for (size_t c = 0; c < frame->column_count; c++) {
        TRY(share_of_side(job, heads, &frame->column[c], &share[c]));
        most = heads->use[c] ? fmax(most, share[c]) : most;
    }
    for (size_t c = 0; c < frame->column_count; c++) {
        heads->tells[c] = heads->use[c] && share[c] >= most / 4;
        use[c] = heads->use[c] && !heads->tells[c];
        left += use[c];
    }
    return left == 0 ? CANDOR_OK : learn_chance(job, heads, use, &heads->duller);
}

/* The chance of side 0, of those that `which` speaks of; and the pull it makes. */
static enum candor_status learn_pull(struct job *job, const struct heads *heads, enum parity which,
                                     struct said *pull)
{
    const struct mitigating *mitigating = heads->mitigating;
    const size_t rows = mitigating->table.row_count;
    struct said of_side;
    double *value = NULL;
    bool *keep = NULL;
    double known = 0;
    double taken = 0;
    double first = 0;
    TRY(said_begin(job, rows, pull));
    TRY(said_begin(job, rows, &of_side));
    TRY_ALLOC(job, value, rows, double);
    TRY_ALLOC(job, keep, rows, bool);
    for (size_t row = 0; row < rows; row++) {
        const bool is_known = heads->side[row] <= 1 && mitigate_chooses(mitigating, row);
        const uint8_t label = mitigating->happened[row];
        keep[row] = is_known && (which == EQUAL_SELECTION || label == (which == EQUAL_TPR));
        value[row] = heads->side[row] == 0;
        known += is_known;
        taken += keep[row];
        first += keep[row] && heads->side[row] == 0;
    }
    const struct learning learning = {value, keep, heads->use};
    TRY(during(job, learn_head(job, heads, &learning, &of_side), "learning the group"));
    plugin_pull(which, heads->chance.whole, of_side.whole, rows, first / taken, taken / known,
                pull->whole);
    plugin_pull(which, heads->chance.apart, of_side.apart, rows, first / taken, taken / known,
                pull->apart);
    return CANDOR_OK;
}

/* ---- the rule ------------------------------------------------------------------------------ */

/* The rows that choose, as models say that have not seen them; or those that were held out. */
static enum candor_status part_of(struct job *job, const struct heads *heads,
                                  const struct said pull[2], bool chooses, struct plugin_rows *part)
{
    const struct mitigating *mitigating = heads->mitigating;
    const size_t rows = mitigating->table.row_count;
    double *chance = NULL;
    double *pulled[2] = {NULL, NULL};
    double *duller = NULL;
    uint8_t *label = NULL;
    uint32_t *side = NULL;
    size_t count = 0;
    TRY_ALLOC(job, chance, rows, double);
    TRY_ALLOC(job, pulled[0], rows, double);
    TRY_ALLOC(job, pulled[1], rows, double);
    TRY_ALLOC(job, duller, rows, double);
    TRY_ALLOC(job, label, rows, uint8_t);
    TRY_ALLOC(job, side, rows, uint32_t);
    for (size_t row = 0; row < rows; row++) {
        if (mitigate_chooses(mitigating, row) == chooses) {
            chance[count] = heads->chance.apart[row];
            pulled[0][count] = pull[0].apart[row];
            pulled[1][count] = pull[1].apart == NULL ? 0 : pull[1].apart[row];
            duller[count] = heads->duller.apart == NULL ? 0 : heads->duller.apart[row];
            label[count] = mitigating->happened[row];
            side[count++] = heads->side[row];
        }
    }
    *part = (struct plugin_rows){.row_count = count,
                                 .chance = chance,
                                 .pull = {pulled[0], pull[1].apart == NULL ? NULL : pulled[1]},
                                 .label = label,
                                 .side = side,
                                 .duller = heads->duller.apart == NULL ? NULL : duller};
    return CANDOR_OK;
}

/* The limits of the frontier, and the one that is asked for in its place among them. */
static size_t limits_with(double asked, double *limit)
{
    size_t count = 0;
    bool is_in = false;
    for (size_t i = 0; i < mitigate_limit_count; i++) {
        if (!is_in && asked <= mitigate_limit[i]) {
            is_in = true;
            limit[count++] = asked;
        }
        if (mitigate_limit[i] != asked) {
            limit[count++] = mitigate_limit[i];
        }
    }
    return count;
}

static void add_frontier(struct mitigating *mitigating, double limit,
                         const struct plugin_point *point, const struct plugin_rows *held_out)
{
    struct plugin_point apart = {.accuracy = (double)NAN, .disparity = (double)NAN};
    if (held_out->row_count > 0) {
        plugin_measure(held_out, mitigating->parity, point->price, &apart);
    }
    mitigating->frontier[mitigating->frontier_count++] =
        (struct frontier_point){.limit = limit,
                                .accuracy = point->accuracy,
                                .disparity = point->disparity,
                                .by_lot = (double)NAN,
                                .strength = point->price[0],
                                .held_out_accuracy = apart.accuracy,
                                .held_out_disparity = apart.disparity};
}

static enum candor_status choose_price(struct job *job, struct mitigating *mitigating,
                                       const struct plugin_rows *rows,
                                       const struct plugin_rows *held_out,
                                       struct plugin_point *chosen)
{
    double limit[FRONTIER_MAX];
    struct plugin_point point[FRONTIER_MAX];
    const size_t count = limits_with(mitigating->limit, limit);
    *chosen = (struct plugin_point){.is_found = false};
    TRY(plugin_frontier(job, rows, mitigating->parity, limit, count, point));
    for (size_t i = 0; i < count; i++) {
        if (point[i].is_found) {
            add_frontier(mitigating, limit[i], &point[i], held_out);
        }
        if (limit[i] == mitigating->limit) {
            *chosen = point[i];
        }
    }
    return chosen->is_found
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT,
                      "no rule without the group keeps the difference within %g on these rows; "
                      "ask for a larger --limit, or use --method threshold",
                      mitigating->limit);
}

/* What the rule wilfully does not know, and by how much. */
static void put_duller(struct json *json, const struct heads *heads,
                       const struct plugin_point *chosen)
{
    const struct frame *frame = heads->mitigating->table.frame;
    if (heads->duller.whole == NULL) {
        return;
    }
    put_member(json, LIT("duller"), chosen->price[2]);
    json_key(json, LIT("duller_without"));
    json_list_begin(json);
    for (size_t c = 0; c < frame->column_count; c++) {
        if (heads->tells[c]) {
            json_text(json, frame->column[c].name);
        }
    }
    json_list_end(json);
}

static void put_rule(struct mitigating *mitigating, const struct heads *heads,
                     const struct plugin_point *chosen)
{
    struct json *json = mitigating->json;
    json_key(json, LIT("between"));
    json_list_begin(json);
    json_text(json, heads->name[0]);
    json_text(json, heads->name[1]);
    json_list_end(json);
    json_key(json, LIT("price"));
    json_list_begin(json);
    json_f64(json, chosen->price[0]);
    if (mitigating->parity == EQUAL_ODDS) {
        json_f64(json, chosen->price[1]);
    }
    json_list_end(json);
    put_duller(json, heads, chosen);
    json_key(json, LIT("sees_group"));
    json_bool(json, false);
}

static enum candor_status write_decisions(struct job *job, const struct mitigating *mitigating,
                                          const struct plugin_rows *rows,
                                          const struct plugin_point *chosen)
{
    struct extended *extended = NULL;
    TRY(extended_begin(job, mitigating->asked->data_path, mitigating->asked->out_path,
                       "chance,decision", &extended));
    for (size_t row = 0; row < mitigating->table.row_count; row++) {
        struct buf *line = NULL;
        TRY(extended_next(job, extended, &line));
        csv_put_f64(line, rows->chance[row]);
        buf_u8(line, ',');
        mitigating->after[row] = plugin_decides(rows, row, chosen->price);
        csv_put_u64(line, mitigating->after[row]);
        TRY(extended_put(job, extended));
    }
    return extended_end(job, extended);
}

static void warn_rows(struct mitigating *mitigating, const struct heads *heads)
{
    if (!heads->is_apart) {
        mitigate_warn(mitigating,
                      STR("A group has fewer than 30 rows of one label: the prices were chosen on "
                          "rows that the chances were learnt from, and will not hold the limit as "
                          "well elsewhere."));
    }
}

enum candor_status mitigate_plugin(struct job *job, struct mitigating *mitigating)
{
    struct heads heads = {.mitigating = mitigating};
    const enum parity parity = mitigating->parity;
    struct said pull[2] = {{NULL, NULL}, {NULL, NULL}};
    struct plugin_rows part;
    struct plugin_rows held_out;
    struct plugin_point chosen;
    TRY(take_sides(job, &heads));
    TRY(choose_columns(job, &heads));
    TRY(deal_folds(job, &heads));
    TRY(learn_chance(job, &heads, heads.use, &heads.chance));
    TRY(learn_pull(job, &heads, parity == EQUAL_ODDS ? EQUAL_FPR : parity, &pull[0]));
    if (parity == EQUAL_ODDS) {
        TRY(learn_pull(job, &heads, EQUAL_TPR, &pull[1]));
        TRY(learn_duller(job, &heads));
    }
    const struct plugin_rows rows = {.row_count = mitigating->table.row_count,
                                     .chance = heads.chance.whole,
                                     .pull = {pull[0].whole, pull[1].whole},
                                     .label = mitigating->happened,
                                     .side = heads.side,
                                     .duller = heads.duller.whole};
    TRY(part_of(job, &heads, pull, true, &part));
    TRY(part_of(job, &heads, pull, false, &held_out));
    TRY(choose_price(job, mitigating, &part, &held_out, &chosen));
    TRY_ALLOC(job, mitigating->before, rows.row_count, uint8_t);
    TRY_ALLOC(job, mitigating->after, rows.row_count, uint8_t);
    for (size_t row = 0; row < rows.row_count; row++) {
        mitigating->before[row] = rows.chance[row] >= mitigating->asked->threshold;
    }
    put_rule(mitigating, &heads, &chosen);
    warn_rows(mitigating, &heads);
    return write_decisions(job, mitigating, &rows, &chosen);
}
