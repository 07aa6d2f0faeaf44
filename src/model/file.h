/*
 * file.h - what the writers and readers of a model share: file.c, file_read.c, check.c and the JSON.
 */
#ifndef CANDOR_MODEL_FILE_H
#define CANDOR_MODEL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MODEL_MAGIC_LEN = 8, MODEL_VERSION = 3, MODEL_VERSION_FIRST = 1 };

extern const uint8_t model_magic[MODEL_MAGIC_LEN];

/* The NaN that stands for what is not known; no other is written, and none is read. */
#define NOT_KNOWN_BITS UINT64_C(0x7ff8000000000000)

/* The numbers of struct measures, in the order of the file and by the names of the JSON. */
enum { MEASURE_NUMBERS = 13, MEASURE_NUMBERS_FIRST = 5 /* of them in version 1 */ };

struct measure_number {
    const char *name;
    size_t offset; /* in struct measures: a double */
    double least;
    double most;
};

extern const struct measure_number measure_number[MEASURE_NUMBERS];

/* What is written in fewer bytes: numbers whose bins hold one value each, factors without lower halves. */
struct model_feature;
bool values_are_single(const struct model_feature *feature);
bool factor_is_half(const float *factor, size_t count);
uint32_t bits_of_f32(float value);

struct measures;
double measure_of(const struct measures *measures, size_t number);
void measure_set(struct measures *measures, size_t number, double value);

#endif
