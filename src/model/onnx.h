/*
 * onnx.h - what onnx.c writes of the ONNX format, for to_onnx.c.
 */
#ifndef CANDOR_MODEL_ONNX_H
#define CANDOR_MODEL_ONNX_H

#include "base.h"

/* The element types of a tensor that we use. */
enum onnx_type { ONNX_INT64 = 7, ONNX_STRING = 8, ONNX_DOUBLE = 11 };

/* A graph while it grows: its parts are messages of their own, put together by onnx_end. */
struct onnx {
    struct arena *arena;
    struct buf node;
    struct buf initializer;
    struct buf input;
    struct buf output;
    struct buf metadata;
    const char *prefix; /* of the names of everything between inputs and outputs */
};

struct onnx onnx_begin(struct arena *arena, const char *prefix);

/* Constants: dimensions are rank numbers. */
void onnx_doubles(struct onnx *onnx, struct str name, const int64_t *dimension, size_t rank,
                  const double *value, size_t count);
void onnx_integers(struct onnx *onnx, struct str name, const int64_t *dimension, size_t rank,
                   const int64_t *value, size_t count);
void onnx_texts(struct onnx *onnx, struct str name, const struct str *text, size_t count);

/* A node: attributes are added between its begin and its end. */
struct onnx_node {
    struct onnx *onnx;
    struct buf message;
};
struct onnx_node onnx_node_begin(struct onnx *onnx, const char *operator, const struct str * input,
                                 size_t input_count, struct str output);
void onnx_attribute_integer(struct onnx_node *node, const char *name, int64_t value);
void onnx_attribute_integers(struct onnx_node *node, const char *name, const int64_t *value,
                             size_t count);
void onnx_attribute_texts(struct onnx_node *node, const char *name, const struct str *text,
                          size_t count);
/* domain "": the operators that all have */
void onnx_node_end(struct onnx_node *node, const char *domain);

/* A value that goes in or comes out: rows of any number, then rank more dimensions. */
void onnx_input(struct onnx *onnx, struct str name, enum onnx_type type, int64_t width);
void onnx_output(struct onnx *onnx, struct str name, enum onnx_type type, const int64_t *dimension,
                 size_t rank);

void onnx_metadata(struct onnx *onnx, const char *key, struct str text);

/* Append the whole file. */
void onnx_end(struct onnx *onnx, struct str title, struct buf *buf);

#endif
