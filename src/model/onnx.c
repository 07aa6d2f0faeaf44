/*
 * onnx.c - ONNX graphs as bytes: the little of protocol buffers that they need.
 *
 * A message is a row of fields, each a tag (field number and wire type, a varint) and a value: a varint,
 * or a length and bytes, which may again be a message. Field numbers are those of onnx.proto at IR
 * version 7; repeated fields stand one by one, as proto2 has them. Tensors keep numbers as raw little-endian
 * bytes, so a double is in the file as it is in the model.
 */
#include "onnx.h"

enum { IR_VERSION = 7, OPERATORS = 13, OPERATORS_ML = 2 };

enum wire { WIRE_VARINT = 0, WIRE_BYTES = 2 };

/* ---- the wire ---- */

static void put_varint(struct buf *buf, uint64_t value)
{
    while (value >= 0x80) {
        buf_u8(buf, (uint8_t)(value | 0x80));
        value >>= 7;
    }
    buf_u8(buf, (uint8_t)value);
}

static void put_tag(struct buf *buf, unsigned field, enum wire wire)
{
    put_varint(buf, (uint64_t)field << 3 | wire);
}

static void put_integer(struct buf *buf, unsigned field, int64_t value)
{
    put_tag(buf, field, WIRE_VARINT);
    put_varint(buf, (uint64_t)value);
}

static void put_bytes(struct buf *buf, unsigned field, struct bytes bytes)
{
    put_tag(buf, field, WIRE_BYTES);
    put_varint(buf, bytes.len);
    buf_bytes(buf, bytes.ptr, bytes.len);
}

static void put_text(struct buf *buf, unsigned field, struct str text)
{
    put_bytes(buf, field, bytes_of(text));
}

static void put_message(struct buf *buf, unsigned field, const struct buf *message)
{
    put_bytes(buf, field, buf_all(message));
}

static void put_integers(struct buf *buf, unsigned field, const int64_t *value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put_integer(buf, field, value[i]);
    }
}

/* ---- TensorProto ---- */

enum { TENSOR_DIMS = 1, TENSOR_TYPE = 2, TENSOR_STRINGS = 6, TENSOR_NAME = 8, TENSOR_RAW = 9 };
enum { GRAPH_NODE = 1, GRAPH_NAME = 2, GRAPH_INITIALIZER = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };

static struct buf tensor_begin(struct arena *arena, struct str name, enum onnx_type type,
                               const int64_t *dimension, size_t rank)
{
    struct buf tensor = buf_begin(arena);
    put_integers(&tensor, TENSOR_DIMS, dimension, rank);
    put_integer(&tensor, TENSOR_TYPE, type);
    put_text(&tensor, TENSOR_NAME, name);
    return tensor;
}

void onnx_doubles(struct onnx *onnx, struct str name, const int64_t *dimension, size_t rank,
                  const double *value, size_t count)
{
    struct buf tensor = tensor_begin(onnx->arena, name, ONNX_DOUBLE, dimension, rank);
    struct buf raw = buf_begin(onnx->arena);
    for (size_t i = 0; i < count; i++) {
        buf_f64le(&raw, value[i]);
    }
    put_message(&tensor, TENSOR_RAW, &raw);
    put_message(&onnx->initializer, GRAPH_INITIALIZER, &tensor);
}

void onnx_integers(struct onnx *onnx, struct str name, const int64_t *dimension, size_t rank,
                   const int64_t *value, size_t count)
{
    struct buf tensor = tensor_begin(onnx->arena, name, ONNX_INT64, dimension, rank);
    struct buf raw = buf_begin(onnx->arena);
    for (size_t i = 0; i < count; i++) {
        buf_u64le(&raw, (uint64_t)value[i]);
    }
    put_message(&tensor, TENSOR_RAW, &raw);
    put_message(&onnx->initializer, GRAPH_INITIALIZER, &tensor);
}

void onnx_texts(struct onnx *onnx, struct str name, const struct str *text, size_t count)
{
    const int64_t dimension = (int64_t)count;
    struct buf tensor = tensor_begin(onnx->arena, name, ONNX_STRING, &dimension, 1);
    for (size_t i = 0; i < count; i++) {
        put_text(&tensor, TENSOR_STRINGS, text[i]);
    }
    put_message(&onnx->initializer, GRAPH_INITIALIZER, &tensor);
}

/* ---- NodeProto, AttributeProto ---- */

enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_NAME = 3, NODE_OPERATOR = 4, NODE_ATTRIBUTE = 5 };
enum { NODE_DOMAIN = 7 };
enum { ATTRIBUTE_NAME = 1, ATTRIBUTE_I = 3, ATTRIBUTE_INTS = 8, ATTRIBUTE_STRINGS = 9 };
enum { ATTRIBUTE_TYPE = 20, TYPE_INT = 2, TYPE_INTS = 7, TYPE_STRINGS = 8 };

struct onnx_node onnx_node_begin(struct onnx *onnx, const char *operator, const struct str * input,
                                 size_t input_count, struct str output)
{
    struct onnx_node node = {.onnx = onnx, .message = buf_begin(onnx->arena)};
    for (size_t i = 0; i < input_count; i++) {
        put_text(&node.message, NODE_INPUT, input[i]);
    }
    put_text(&node.message, NODE_OUTPUT, output);
    put_text(&node.message, NODE_NAME, output);
    put_text(&node.message, NODE_OPERATOR, str_of(operator));
    return node;
}

static void put_attribute(struct onnx_node *node, struct buf *attribute, const char *name,
                          int64_t type)
{
    put_text(attribute, ATTRIBUTE_NAME, str_of(name));
    put_integer(attribute, ATTRIBUTE_TYPE, type);
    put_message(&node->message, NODE_ATTRIBUTE, attribute);
}

void onnx_attribute_integer(struct onnx_node *node, const char *name, int64_t value)
{
    struct buf attribute = buf_begin(node->onnx->arena);
    put_integer(&attribute, ATTRIBUTE_I, value);
    put_attribute(node, &attribute, name, TYPE_INT);
}

void onnx_attribute_integers(struct onnx_node *node, const char *name, const int64_t *value,
                             size_t count)
{
    struct buf attribute = buf_begin(node->onnx->arena);
    put_integers(&attribute, ATTRIBUTE_INTS, value, count);
    put_attribute(node, &attribute, name, TYPE_INTS);
}

void onnx_attribute_texts(struct onnx_node *node, const char *name, const struct str *text,
                          size_t count)
{
    struct buf attribute = buf_begin(node->onnx->arena);
    for (size_t i = 0; i < count; i++) {
        put_text(&attribute, ATTRIBUTE_STRINGS, text[i]);
    }
    put_attribute(node, &attribute, name, TYPE_STRINGS);
}

void onnx_node_end(struct onnx_node *node, const char *domain)
{
    if (domain[0] != '\0') {
        put_text(&node->message, NODE_DOMAIN, str_of(domain));
    }
    put_message(&node->onnx->node, GRAPH_NODE, &node->message);
}

/* ---- ValueInfoProto: name 1, type 2 { tensor 1 { element 1, shape 2 { dimension 1 } } } ---- */

enum { DIMENSION_VALUE = 1, DIMENSION_NAME = 2 };

static void put_value_info(struct buf *buf, unsigned field, struct str name, enum onnx_type type,
                           const int64_t *dimension, size_t rank)
{
    struct buf shape = buf_begin(buf->arena);
    struct buf rows = buf_begin(buf->arena);
    put_text(&rows, DIMENSION_NAME, STR("rows"));
    put_message(&shape, 1, &rows);
    for (size_t i = 0; i < rank; i++) {
        struct buf one = buf_begin(buf->arena);
        put_integer(&one, DIMENSION_VALUE, dimension[i]);
        put_message(&shape, 1, &one);
    }
    struct buf tensor = buf_begin(buf->arena);
    put_integer(&tensor, 1, type);
    put_message(&tensor, 2, &shape);
    struct buf of_type = buf_begin(buf->arena);
    put_message(&of_type, 1, &tensor);
    struct buf info = buf_begin(buf->arena);
    put_text(&info, 1, name);
    put_message(&info, 2, &of_type);
    put_message(buf, field, &info);
}

void onnx_input(struct onnx *onnx, struct str name, enum onnx_type type, int64_t width)
{
    put_value_info(&onnx->input, GRAPH_INPUT, name, type, &width, 1);
}

void onnx_output(struct onnx *onnx, struct str name, enum onnx_type type, const int64_t *dimension,
                 size_t rank)
{
    put_value_info(&onnx->output, GRAPH_OUTPUT, name, type, dimension, rank);
}

/* ---- ModelProto ---- */

enum { MODEL_IR = 1, MODEL_PRODUCER = 2, MODEL_PRODUCER_VERSION = 3, MODEL_GRAPH = 7 };
enum { MODEL_OPERATORS = 8, MODEL_METADATA = 14 };

struct onnx onnx_begin(struct arena *arena, const char *prefix)
{
    return (struct onnx){
        .arena = arena,
        .node = buf_begin(arena),
        .initializer = buf_begin(arena),
        .input = buf_begin(arena),
        .output = buf_begin(arena),
        .metadata = buf_begin(arena),
        .prefix = prefix,
    };
}

void onnx_metadata(struct onnx *onnx, const char *key, struct str text)
{
    struct buf entry = buf_begin(onnx->arena);
    put_text(&entry, 1, str_of(key));
    put_text(&entry, 2, text);
    put_message(&onnx->metadata, MODEL_METADATA, &entry);
}

static void put_operators(struct buf *buf, const char *domain, int64_t version)
{
    struct buf operators = buf_begin(buf->arena);
    put_text(&operators, 1, str_of(domain));
    put_integer(&operators, 2, version);
    put_message(buf, MODEL_OPERATORS, &operators);
}

void onnx_end(struct onnx *onnx, struct str title, struct buf *buf)
{
    struct buf graph = buf_begin(onnx->arena);
    buf_bytes(&graph, onnx->node.ptr, onnx->node.len);
    put_text(&graph, GRAPH_NAME, title);
    buf_bytes(&graph, onnx->initializer.ptr, onnx->initializer.len);
    buf_bytes(&graph, onnx->input.ptr, onnx->input.len);
    buf_bytes(&graph, onnx->output.ptr, onnx->output.len);

    put_integer(buf, MODEL_IR, IR_VERSION);
    put_text(buf, MODEL_PRODUCER, STR("candor"));
    put_text(buf, MODEL_PRODUCER_VERSION, STR(CANDOR_VERSION));
    put_message(buf, MODEL_GRAPH, &graph);
    put_operators(buf, "", OPERATORS);
    put_operators(buf, "ai.onnx.ml", OPERATORS_ML);
    buf_bytes(buf, onnx->metadata.ptr, onnx->metadata.len);
}
