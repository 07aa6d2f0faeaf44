/*
 * risk.c - how likely somebody is found again, from the sizes of classes.
 *
 * El Emam, "Guide to the De-Identification of Personal Health Information" (2013), chapter 16: with f rows of
 * the table and F people of the population in a class, the prosecutor's risk is 1/f, the journalist's 1/F, and
 * the marketer finds sum(f/F) of all rows.
 */
#include "privacy.h"

static const struct {
    uint64_t low;
    uint64_t high;
} bands[RISK_BANDS] = {{1, 1},   {2, 2},   {3, 4},     {5, 9},   {10, 19},
                       {20, 49}, {50, 99}, {100, 999}, {1000, 0}};

static void count_band(struct risk *risk, uint64_t size)
{
    for (size_t b = 0; b < RISK_BANDS; b++) {
        if (size >= bands[b].low && (bands[b].high == 0 || size <= bands[b].high)) {
            risk->band[b].classes++;
            risk->band[b].rows += size;
        }
    }
}

void risk_of(const uint64_t *size, const double *population, size_t class_count, double fraction,
             double threshold, struct risk *risk)
{
    double found = 0; /* sum of f/F */
    double people = 0;
    *risk = (struct risk){.classes = class_count};
    for (size_t b = 0; b < RISK_BANDS; b++) {
        risk->band[b] = (struct risk_band){.low = bands[b].low, .high = bands[b].high};
    }
    for (size_t c = 0; c < class_count; c++) {
        const double alike = population != NULL ? population[c] : (double)size[c] / fraction;
        must(size[c] > 0);
        must(alike >= (double)size[c]);
        risk->rows += size[c];
        risk->smallest = c == 0 || size[c] < risk->smallest ? size[c] : risk->smallest;
        risk->uniques += size[c] == 1;
        risk->above_rows += 1 / (double)size[c] > threshold ? size[c] : 0;
        risk->journalist_highest =
            1 / alike > risk->journalist_highest ? 1 / alike : risk->journalist_highest;
        found += (double)size[c] / alike;
        people += alike;
        count_band(risk, size[c]);
    }
    if (class_count == 0) {
        return;
    }
    const double of_rows = found / (double)risk->rows;
    const double of_people = (double)class_count / people;
    risk->prosecutor_highest = 1 / (double)risk->smallest;
    risk->prosecutor_average = (double)class_count / (double)risk->rows;
    risk->journalist_average = of_rows > of_people ? of_rows : of_people;
    risk->marketer = of_rows;
}

enum candor_status classes_as_they_are(struct job *job, const struct rows *rows,
                                       uint32_t **class_of, uint64_t **size, size_t *count)
{
    struct map *known = map_begin(job->arena);
    struct buf key = buf_begin(job->arena);
    uint32_t *number = NULL;
    *count = 0;
    TRY_ALLOC(job, *class_of, rows->row_count + 1, uint32_t);
    TRY_ALLOC(job, *size, rows->row_count + 1, uint64_t);
    TRY_ALLOC(job, number, rows->row_count + 1, uint32_t);
    for (size_t row = 0; row < rows->row_count; row++) {
        key.len = 0;
        for (size_t q = 0; q < rows->quasi_count; q++) {
            buf_u32le(&key, rows->quasi[q].rank[row]);
        }
        uint32_t *found = map_get(known, buf_all(&key));
        if (found == NULL) {
            found = &number[*count];
            *found = (uint32_t)(*count)++;
            map_put(known, buf_all(&key), found);
        }
        (*class_of)[row] = *found;
        (*size)[*found]++;
    }
    return CANDOR_OK;
}
