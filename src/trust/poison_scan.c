/*
 * poison_scan.c - every cell of one, two and three columns.
 *
 * A row carries four small whole numbers, which are added up by cell:
 *
 *     blind       label 0 | label 1 | residual | variance          of the learner's chance
 *     reference   label 0 | label 1 | label 0  | label 1           of the data | of the reference
 *
 * With 16 places a column, the 4096 cells of three columns are one row's index ab << 4 | c into a table of
 * four sums a cell, added as one vector. Rows go by in strips, so that 32 bits hold a strip's sums; two
 * tables take turns, since rows that follow each other are often in the same cell and would wait for each
 * other. All sums are whole numbers, so their order does not matter: the pieces of work, one for each
 * first column, may run on any number of threads.
 */
#include <math.h>

#include "poison.h"

enum {
    LANES = 4,
    CELLS = POISON_PLACES * POISON_PLACES * POISON_PLACES,
    STRIP = 1 << 18,
    PIECE_CANDIDATES = 256,
    SLOTS = 64, /* of a histogram of z^2 in sixteenths */
};
static const double residual_unit = 1.0 / 4096;
static const double variance_unit = 1.0 / 16384;
static const double bulk_variance = 10; /* cells with less say little about the inflation */
static const double chi_square_median = 0.4549;

/* What a stamp looks like: nearly all of a rare value, nearly all of one label, otherwise seldom together. */
static const double stamp_share = 0.9;
static const double stamp_pure = 0.97;
static const double stamp_rare = 0.05;
static const double stamp_together = 0.02;

typedef int16_t small __attribute__((vector_size(LANES * sizeof(int16_t)), aligned(8)));
typedef int32_t wide __attribute__((vector_size(LANES * sizeof(int32_t)), aligned(16)));

/* The work of one first column. */
struct piece {
    const struct scan *scan;
    const struct scanned *scanned;
    const small *row;
    const _Atomic bool *cancelled;
    wide *table[2];        /* CELLS each */
    int64_t (*sum)[LANES]; /* CELLS */
    size_t count;
    struct candidate *candidate; /* PIECE_CANDIDATES: a heap, the weakest first */
    uint64_t cells;
    uint64_t slot[SLOTS];
    uint64_t bulk;
};

/* ---- weighing ------------------------------------------------------------------------------ */

static bool is_blind(const struct scan *scan)
{
    return scan->chance != NULL;
}

/* -ln of at least the chance that so many of all are in the data, by Chernoff's bound. */
static double surprise_of(double count, double all, double share)
{
    if (all <= 0 || count <= all * share) {
        return 0;
    }
    const double rest = all - count;
    const double bound = count * log_of(count / (all * share));
    return rest > 0 ? bound + rest * log_of(rest / (all * (1 - share))) : bound;
}

static void weigh_reference(const struct scan *scan, const struct scanned *scanned,
                            struct candidate *candidate)
{
    const double data = (double)scan->data_count;
    const double reference = (double)(scan->coarse->row_count - scan->data_count);
    const double share = data / (data + reference);
    candidate->strength = 0;
    for (int label = 0; label < 2; label++) {
        const double count = candidate->sums.rows[label];
        const double known = candidate->sums.reference[label];
        const double expected = known * data / reference;
        const double strength = surprise_of(count, count + known, share) / scanned->threshold;
        if (count >= POISON_CELL_ROWS_MIN && count - expected >= POISON_EXCESS_MIN * count &&
            strength > candidate->strength) {
            candidate->strength = strength;
            candidate->label = label == 1;
            candidate->expected = expected;
        }
    }
}

/* The single value that holds the largest part of the cell, by variance. */
static const struct cell_sums *nearest_parent(const struct scanned *scanned,
                                              const struct corner *cell)
{
    const struct cell_sums *nearest = NULL;
    for (unsigned i = 0; i < cell->feature_count && cell->feature_count > 1; i++) {
        const struct cell_sums *single = &scanned->single[cell->feature[i]][cell->place[i]];
        if (nearest == NULL || single->variance < nearest->variance) {
            nearest = single;
        }
    }
    return nearest;
}

/* The efficient score of the cell beside its nearest value: z, and how far the share is off. */
static double blind_z(const struct scanned *scanned, const struct candidate *candidate, double *off)
{
    const struct cell_sums *sums = &candidate->sums;
    const struct cell_sums *parent = nearest_parent(scanned, &candidate->cell);
    const double rows = sums->rows[0] + sums->rows[1];
    double share = 0;
    double score = sums->residual;
    if (parent != NULL && parent->variance > 0) {
        share = fmin(sums->variance / parent->variance, 1);
        score -= share * parent->residual;
    }
    const double rest = 1 - share;
    *off = rest * rows > 0 ? score / (rest * rows) : 0;
    return score / sqrt(sums->variance * rest + 1);
}

/*
 * A learner gives a rare value that is nearly always positive an effect of its own, and nothing is left to
 * see. But where nearly all its rows also share two other values that seldom come together elsewhere, and
 * nearly all have the rarer label, somebody stamped them.
 */
static double stamp_strength(const struct scanned *scanned, const struct candidate *candidate,
                             bool label)
{
    const struct corner *cell = &candidate->cell;
    const double *of = candidate->sums.rows;
    const double rows = of[0] + of[1];
    const double all = scanned->all.rows[0] + scanned->all.rows[1];
    const double base = scanned->all.rows[label] / all;
    if (cell->feature_count < CELL_FEATURES_MAX || of[label] < stamp_pure * rows || !(base < 0.5)) {
        return 0;
    }
    double together = 1;
    double most = 0;
    unsigned stamped = 0;
    for (unsigned i = 0; i < cell->feature_count; i++) {
        const double *single = scanned->single[cell->feature[i]][cell->place[i]].rows;
        const double share = rows / (single[0] + single[1]);
        most = share > most ? share : most;
        stamped = share >= most ? i : stamped;
    }
    for (unsigned i = 0; i < cell->feature_count; i++) {
        const double *single = scanned->single[cell->feature[i]][cell->place[i]].rows;
        together *= i == stamped ? 1 : (single[0] + single[1] - rows) / (all - rows);
    }
    if (most < stamp_share || rows > stamp_rare * all || together > stamp_together) {
        return 0;
    }
    const double surprise = of[label] * -log_of(base) * 0.5;
    return surprise / -log_of(POISON_FALSE_ALARM / (2 * (double)scanned->asked));
}

static void weigh_blind(const struct scan *scan, const struct scanned *scanned,
                        struct candidate *candidate)
{
    double off = 0;
    const double z = blind_z(scanned, candidate, &off);
    const double rows = candidate->sums.rows[0] + candidate->sums.rows[1];
    candidate->label = z > 0;
    const double count = candidate->sums.rows[candidate->label];
    const bool is_one = candidate->cell.feature_count == 1;
    candidate->expected = count - fmin(fabs(off) * rows, count);
    candidate->strength = fabs(z) / (scanned->threshold * sqrt(scanned->inflation));
    if (count < POISON_CELL_ROWS_MIN || fabs(off) < POISON_EXCESS_MIN || 2 * count < rows ||
        (!is_one && rows > POISON_CELL_SHARE_MAX * (double)scan->data_count)) {
        candidate->strength = 0;
    }
    for (int label = 0; label < 2; label++) {
        const double stamp = stamp_strength(scanned, candidate, label == 1);
        if (stamp > candidate->strength && candidate->sums.rows[label] >= POISON_CELL_ROWS_MIN) {
            const double *all = scanned->all.rows;
            candidate->strength = stamp;
            candidate->label = label == 1;
            candidate->expected = rows * all[label] / (all[0] + all[1]);
        }
    }
}

void candidate_weigh(const struct scan *scan, const struct scanned *scanned,
                     struct candidate *candidate)
{
    if (is_blind(scan)) {
        weigh_blind(scan, scanned, candidate);
    } else {
        weigh_reference(scan, scanned, candidate);
    }
}

/* ---- the candidates of a piece ------------------------------------------------------------- */

/* A total order, so that the result does not depend on who came first. */
static bool is_weaker(const struct candidate *left, const struct candidate *right)
{
    if (left->strength < right->strength || left->strength > right->strength) {
        return left->strength < right->strength;
    }
    if (left->cell.feature_count != right->cell.feature_count) {
        return left->cell.feature_count > right->cell.feature_count;
    }
    for (unsigned i = 0; i < left->cell.feature_count; i++) {
        if (left->cell.feature[i] != right->cell.feature[i]) {
            return left->cell.feature[i] > right->cell.feature[i];
        }
        if (left->cell.place[i] != right->cell.place[i]) {
            return left->cell.place[i] > right->cell.place[i];
        }
    }
    return false;
}

static void sink(struct candidate *heap, size_t count, size_t at)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count) {
            return;
        }
        if (child + 1 < count && is_weaker(&heap[child + 1], &heap[child])) {
            child++;
        }
        if (!is_weaker(&heap[child], &heap[at])) {
            return;
        }
        const struct candidate lower = heap[at];
        heap[at] = heap[child];
        heap[child] = lower;
        at = child;
    }
}

static void offer(struct piece *piece, const struct candidate *candidate)
{
    if (piece->count < PIECE_CANDIDATES) {
        piece->candidate[piece->count++] = *candidate;
        for (size_t i = piece->count == PIECE_CANDIDATES ? PIECE_CANDIDATES / 2 : 0; i-- > 0;) {
            sink(piece->candidate, piece->count, i);
        }
        return;
    }
    if (is_weaker(&piece->candidate[0], candidate)) {
        piece->candidate[0] = *candidate;
        sink(piece->candidate, piece->count, 0);
    }
}

static struct cell_sums sums_of(const struct scan *scan, const int64_t sum[LANES])
{
    struct cell_sums sums = {.rows = {(double)sum[0], (double)sum[1]}};
    if (is_blind(scan)) {
        sums.residual = (double)sum[2] * residual_unit;
        sums.variance = (double)sum[3] * variance_unit;
    } else {
        sums.reference[0] = (double)sum[2];
        sums.reference[1] = (double)sum[3];
    }
    return sums;
}

/* How wide the bulk of the cells lies. */
static void count_bulk(struct piece *piece, const struct candidate *candidate)
{
    double off = 0;
    if (candidate->sums.variance >= bulk_variance) {
        const double z = blind_z(piece->scanned, candidate, &off);
        const double slot = z * z * 16;
        piece->slot[slot < SLOTS - 1 ? (size_t)slot : SLOTS - 1]++;
        piece->bulk++;
    }
}

static void weigh_cell(struct piece *piece, const struct corner *cell, const int64_t sum[LANES])
{
    if (sum[0] + sum[1] < POISON_CELL_ROWS_MIN) {
        return;
    }
    struct candidate candidate = {.cell = *cell, .sums = sums_of(piece->scan, sum)};
    piece->cells++;
    if (is_blind(piece->scan)) {
        count_bulk(piece, &candidate);
    }
    candidate_weigh(piece->scan, piece->scanned, &candidate);
    if (candidate.strength > 0.5) {
        offer(piece, &candidate);
    }
}

/* ---- adding up ----------------------------------------------------------------------------- */

/* The columns of one table: count of them, 1 to 3. */
struct columns {
    unsigned count;
    size_t at[CELL_FEATURES_MAX];
};

static size_t cells_of(const struct columns *columns)
{
    size_t cells = 1;
    for (unsigned i = 0; i < columns->count; i++) {
        cells *= POISON_PLACES;
    }
    return cells;
}

static wide widen(small row)
{
    return __builtin_convertvector(row, wide);
}

static void add_three(wide *const table[2], const small *row, const uint8_t *const place[3],
                      size_t count)
{
    const uint8_t *a = place[0];
    const uint8_t *b = place[1];
    const uint8_t *c = place[2];
    wide *first = table[0];
    wide *second = table[1];
    size_t i = 0;
    for (; i + 1 < count; i += 2) {
        first[(unsigned)a[i] << 8 | (unsigned)b[i] << 4 | c[i]] += widen(row[i]);
        second[(unsigned)a[i + 1] << 8 | (unsigned)b[i + 1] << 4 | c[i + 1]] += widen(row[i + 1]);
    }
    if (i < count) {
        first[(unsigned)a[i] << 8 | (unsigned)b[i] << 4 | c[i]] += widen(row[i]);
    }
}

/* One or two columns: rare enough not to be in a hurry. */
static void add_few(wide *table, const small *row, const uint8_t *const place[2], size_t columns,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const size_t at =
            columns == 1 ? place[0][i] : (size_t)place[0][i] * POISON_PLACES + place[1][i];
        table[at] += widen(row[i]);
    }
}

static void add_up(struct piece *piece, const struct columns *columns)
{
    const struct coarse *coarse = piece->scan->coarse;
    const size_t cells = cells_of(columns);
    for (size_t cell = 0; cell < cells; cell++) {
        for (int lane = 0; lane < LANES; lane++) {
            piece->sum[cell][lane] = 0;
        }
    }
    for (size_t first = 0; first < coarse->row_count; first += STRIP) {
        const size_t rest = coarse->row_count - first;
        const size_t count = rest < STRIP ? rest : STRIP;
        const uint8_t *place[CELL_FEATURES_MAX] = {NULL};
        for (unsigned i = 0; i < columns->count; i++) {
            place[i] = coarse->place[columns->at[i]] + first;
        }
        for (size_t cell = 0; cell < cells; cell++) {
            piece->table[0][cell] = (wide){0, 0, 0, 0};
            piece->table[1][cell] = (wide){0, 0, 0, 0};
        }
        if (columns->count == CELL_FEATURES_MAX) {
            add_three(piece->table, piece->row + first, place, count);
        } else {
            add_few(piece->table[0], piece->row + first, place, columns->count, count);
        }
        for (size_t cell = 0; cell < cells; cell++) {
            for (int lane = 0; lane < LANES; lane++) {
                piece->sum[cell][lane] +=
                    (int64_t)piece->table[0][cell][lane] + piece->table[1][cell][lane];
            }
        }
    }
}

static void look_at(struct piece *piece, const struct columns *columns)
{
    const size_t cells = cells_of(columns);
    add_up(piece, columns);
    for (size_t at = 0; at < cells; at++) {
        struct corner cell = {.feature_count = columns->count};
        size_t rest = at;
        for (unsigned i = columns->count; i-- > 0;) {
            cell.feature[i] = (uint16_t)columns->at[i];
            cell.place[i] = (uint8_t)(rest % POISON_PLACES);
            rest /= POISON_PLACES;
        }
        weigh_cell(piece, &cell, piece->sum[at]);
    }
}

static void scan_piece(void *context, size_t a)
{
    struct piece *piece = (struct piece *)context + a;
    const size_t columns = piece->scan->coarse->column_count;
    const size_t tripled = piece->scanned->tripled;
    for (size_t one = a; one < columns; one += POISON_PAIRED_MAX) {
        look_at(piece, &(struct columns){1, {one}});
    }
    for (size_t b = a + 1; b < columns && b < POISON_PAIRED_MAX; b++) {
        look_at(piece, &(struct columns){2, {a, b}});
        for (size_t c = b + 1; c < tripled && !*piece->cancelled; c++) {
            look_at(piece, &(struct columns){CELL_FEATURES_MAX, {a, b, c}});
        }
    }
}

/* ---- the whole ----------------------------------------------------------------------------- */

static int16_t whole(double value, double unit)
{
    return (int16_t)floor(value / unit + 0.5);
}

static enum candor_status pack_rows(struct job *job, const struct scan *scan, const small **packed)
{
    const size_t rows = scan->coarse->row_count;
    small *row = NULL;
    TRY_ALLOC(job, row, rows + 1, small);
    for (size_t i = 0; i < rows; i++) {
        const int16_t one = scan->label[i];
        const int16_t zero = (int16_t)(1 - one);
        if (is_blind(scan)) {
            const double chance = scan->chance[i];
            row[i] = (small){zero, one, whole(one - chance, residual_unit),
                             whole(chance * (1 - chance), variance_unit)};
        } else if (i < scan->data_count) {
            row[i] = (small){zero, one, 0, 0};
        } else {
            row[i] = (small){0, 0, zero, one};
        }
    }
    *packed = row;
    return CANDOR_OK;
}

static enum candor_status piece_begin(struct job *job, struct piece *piece)
{
    TRY_ALLOC(job, piece->table[0], CELLS, wide);
    TRY_ALLOC(job, piece->table[1], CELLS, wide);
    piece->sum = arena_try(job->arena, CELLS, sizeof *piece->sum);
    TRY_ALLOC(job, piece->candidate, PIECE_CANDIDATES, struct candidate);
    return piece->sum == NULL ? fail(job, CANDOR_NO_MEMORY, "no memory for a table of cells")
                              : CANDOR_OK;
}

/* The sums of each single value, which cells are compared with. */
static enum candor_status add_singles(struct job *job, struct piece *piece, struct scanned *scanned)
{
    const size_t columns = piece->scan->coarse->column_count;
    scanned->single = arena_try(job->arena, columns + 1, sizeof *scanned->single);
    if (scanned->single == NULL) {
        return fail(job, CANDOR_NO_MEMORY, "no memory for the values of %zu columns", columns);
    }
    for (size_t c = 0; c < columns; c++) {
        add_up(piece, &(struct columns){1, {c}});
        for (size_t place = 0; place < POISON_PLACES; place++) {
            scanned->single[c][place] = sums_of(piece->scan, piece->sum[place]);
            for (int label = 0; label < 2 && c == 0; label++) {
                scanned->all.rows[label] += scanned->single[c][place].rows[label];
            }
        }
    }
    return CANDOR_OK;
}

static size_t cells_asked(const struct scanned *scanned, size_t columns)
{
    const size_t paired = columns < POISON_PAIRED_MAX ? columns : POISON_PAIRED_MAX;
    const size_t three = scanned->tripled;
    const size_t pairs = paired * (paired - 1) / 2;
    const size_t triples = three < 3 ? 0 : three * (three - 1) * (three - 2) / 6;
    return columns * POISON_PLACES + pairs * POISON_PLACES * POISON_PLACES + triples * CELLS;
}

/* Each cell has two labels, and all that could be there count, found or not. */
static double threshold_of(const struct scan *scan, const struct scanned *scanned)
{
    const double each = POISON_FALSE_ALARM / (2 * (double)scanned->asked);
    return is_blind(scan) ? fmax(POISON_Z_MIN, -normal_quantile(each)) : -log_of(each);
}

static double inflation_of(const struct piece *piece, size_t count)
{
    uint64_t slot[SLOTS] = {0};
    uint64_t bulk = 0;
    for (size_t p = 0; p < count; p++) {
        bulk += piece[p].bulk;
        for (size_t s = 0; s < SLOTS; s++) {
            slot[s] += piece[p].slot[s];
        }
    }
    uint64_t below = 0;
    size_t s = 0;
    while (s + 1 < SLOTS && below + slot[s] < bulk / 2) {
        below += slot[s++];
    }
    return bulk == 0 ? 1 : fmax(1, ((double)s + 0.5) / 16 / chi_square_median);
}

/* The strongest of all pieces, the strongest first. */
static enum candor_status gather(struct job *job, const struct scan *scan,
                                 const struct piece *piece, size_t count, struct scanned *scanned)
{
    struct piece all = {.scan = scan, .scanned = scanned};
    size_t found = 0;
    for (size_t p = 0; p < count; p++) {
        found += piece[p].count;
        scanned->cells += piece[p].cells;
    }
    TRY_ALLOC(job, all.candidate, found + 1, struct candidate);
    for (size_t p = 0; p < count; p++) {
        for (size_t i = 0; i < piece[p].count; i++) {
            struct candidate candidate = piece[p].candidate[i];
            candidate_weigh(scan, scanned, &candidate);
            all.candidate[all.count++] = candidate;
        }
    }
    for (size_t i = found / 2 + 1; i-- > 0;) {
        sink(all.candidate, found, i);
    }
    /* A heap that gives the weakest first: what it gives last is the strongest. */
    for (size_t end = found; end > 1; end--) {
        const struct candidate weakest = all.candidate[0];
        all.candidate[0] = all.candidate[end - 1];
        all.candidate[end - 1] = weakest;
        sink(all.candidate, end - 1, 0);
    }
    scanned->candidate = all.candidate;
    scanned->candidate_count = found < POISON_CANDIDATES ? found : POISON_CANDIDATES;
    return CANDOR_OK;
}

enum candor_status scan_cells(struct job *job, const struct scan *scan, struct scanned *scanned)
{
    const size_t columns = scan->coarse->column_count;
    struct piece *piece = NULL;
    *scanned = (struct scanned){.inflation = 1, .threshold = 1};
    scanned->tripled = columns < POISON_TRIPLED_MAX ? columns : POISON_TRIPLED_MAX;
    if (columns == 0 || scan->data_count == 0) {
        return CANDOR_OK;
    }
    scanned->asked = cells_asked(scanned, columns);
    scanned->threshold = threshold_of(scan, scanned);
    const small *row = NULL;
    TRY(pack_rows(job, scan, &row));
    const size_t pieces = columns < POISON_PAIRED_MAX ? columns : POISON_PAIRED_MAX;
    TRY_ALLOC(job, piece, pieces, struct piece);
    for (size_t p = 0; p < pieces; p++) {
        piece[p] = (struct piece){
            .scan = scan, .scanned = scanned, .row = row, .cancelled = &job->cancelled};
        TRY(piece_begin(job, &piece[p]));
    }
    TRY(add_singles(job, &piece[0], scanned));
    pool_each(scan->threads, pieces, scan_piece, piece);
    if (job->cancelled) {
        return fail(job, CANDOR_CANCELLED, "stopped while looking at cells");
    }
    if (is_blind(scan)) {
        scanned->inflation = inflation_of(piece, pieces);
    }
    return gather(job, scan, piece, pieces, scanned);
}
