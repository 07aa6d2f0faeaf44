/*
 * to_c.c - a model as one C file: declarations, tables, and the few lines that look values up in them.
 *
 * The file is C99 and C++ alike, has no warnings in either, allocates nothing and may be called from any
 * thread. Tables hold the model's doubles as decimals that read back as the same bits, and contributions
 * are added in the model's order, so link values are the model's own bit for bit.
 * Nothing of the data gets into the code as it is: c_text.c sees to that.
 */
#include "model.h"

#include "c_text.h"

/* Half of the 4095 bytes that C99 promises for a literal, since a pair has two names. */
enum { TEXT_MAX = 2000 };

struct making {
    struct arena *arena;
    const struct model *model;
    struct buf *out;
    const char *name;         /* bought */
    const char *big;          /* BOUGHT */
    const char *const *field; /* of the row, one per feature */
};

#define OUT(making, ...) buf_format((making)->out, __VA_ARGS__)

/* ---- declarations -------------------------------------------------------------------------- */

static const char *score_words(enum task task)
{
    switch (task) {
    case TASK_BINARY:
        return "the chance of the positive value";
    case TASK_REGRESSION:
        return "the number";
    case TASK_COUNT:
        return "the mean count";
    case TASK_AMOUNT:
        return "the mean amount";
    case TASK_CLASSES:
        break;
    }
    return "the chances of the classes";
}

static void put_row(const struct making *making)
{
    OUT(making,
        "/* One row. A number that is missing is NaN, a text that is missing NULL or \"\". */\n"
        "struct %s_row {\n",
        making->name);
    for (size_t i = 0; i < making->model->feature_count; i++) {
        const struct model_feature *feature = &making->model->feature[i];
        OUT(making, "    %s%s; /* %s */\n",
            feature->kind == COLUMN_NUMBER ? "double " : "const char *", making->field[i],
            c_comment(making->arena, feature->name));
    }
    OUT(making, "};\n\n");
}

static void put_functions(const struct making *making)
{
    const char *name = making->name;
    const char *big = making->big;
    if (making->model->task != TASK_CLASSES) {
        OUT(making, "/* %s */\ndouble %s_score(const struct %s_row *row);\n",
            score_words(making->model->task), name, name);
        OUT(making,
            "/* the sum itself, before it is turned into a score */\n"
            "double %s_link(const struct %s_row *row);\n",
            name, name);
        OUT(making,
            "/* The same, with its summands: %s_BASE first, then these in order. */\n"
            "double %s_contributions(const struct %s_row *row, double contribution[%s_TERMS]);\n",
            big, name, name, big);
        return;
    }
    OUT(making, "/* %s */\nvoid %s_score(const struct %s_row *row, double score[%s_CLASSES]);\n",
        score_words(TASK_CLASSES), name, name, big);
    OUT(making,
        "/* the sums themselves, before they are turned into chances */\n"
        "void %s_link(const struct %s_row *row, double link[%s_CLASSES]);\n",
        name, name, big);
    OUT(making,
        "/* The link of one class, with its summands in order after its base. */\n"
        "double %s_contributions(const struct %s_row *row, int of_class,\n"
        "    double contribution[%s_TERMS]);\n"
        "/* the name of a class */\nconst char *%s_class(int of_class);\n",
        name, name, big, name);
}

static void put_declarations(const struct making *making)
{
    const struct model *model = making->model;
    OUT(making,
        "/*\n"
        " * %s: a model of '%s', %zu features, %zu terms, written by candor %s.\n"
        " *\n"
        " * C99 or C++; needs libm. Compile it beside your program, and where you call it:\n"
        " *     #define %s_DECLARATIONS_ONLY\n"
        " *     #include \"%s.c\"\n"
        " * Nothing here allocates, locks or keeps anything; any thread may call.\n"
        " */\n"
        "#ifndef %s_MODEL\n#define %s_MODEL\n\n"
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
        "enum { %s_TERMS = %zu, %s_CLASSES = %zu };\n\n",
        making->name, c_comment(making->arena, model->target), model->feature_count,
        model->term_count, CANDOR_VERSION, making->big, making->name, making->big, making->big,
        making->big, model->term_count, making->big, model->class_count);
    if (model->task != TASK_CLASSES) {
        OUT(making, "#define %s_BASE (", making->big);
        c_doubles(making->out, model->class_base, 1);
        OUT(making, ")\n\n");
    }
    put_row(making);
    put_functions(making);
    OUT(making,
        "/* the name of a summand */\nconst char *%s_term(int term);\n\n"
        "#ifdef __cplusplus\n}\n#endif\n\n",
        making->name);
}

/* ---- tables -------------------------------------------------------------------------------- */

static void put_levels(const struct making *making, size_t index)
{
    const struct model_feature *feature = &making->model->feature[index];
    OUT(making, "static const char *const %s_level_%zu[] = {\n    ", making->name, index);
    for (size_t v = 0; v < feature->value_count; v++) {
        c_literal(making->out, feature->level[v]);
        OUT(making, v + 1 < feature->value_count ? ",\n    " : "");
    }
    OUT(making, feature->value_count == 0 ? "\"\"};\n" : "};\n");
    if (feature->rank != NULL) {
        OUT(making, "static const unsigned char %s_rank_%zu[] = {\n    ", making->name, index);
        c_bytes(making->out, feature->rank, feature->value_count);
        OUT(making, feature->value_count == 0 ? "0};\n" : "};\n");
    }
}

static void put_feature(const struct making *making, size_t index)
{
    const struct model_feature *feature = &making->model->feature[index];
    if (feature->kind != COLUMN_NUMBER) {
        put_levels(making, index);
        return;
    }
    OUT(making, "static const double %s_cut_%zu[] = {\n    ", making->name, index);
    c_doubles(making->out, feature->cut, feature->value_count);
    OUT(making, feature->value_count == 0 ? "0.0};\n" : "};\n");
}

static void put_term(const struct making *making, size_t t)
{
    const struct model *model = making->model;
    const struct term *term = &model->term[t];
    OUT(making, "\n/* %s */\n", c_comment(making->arena, term->name));
    if (term->feature_count == 1) {
        put_feature(making, t);
    }
    for (size_t side = 0; side < term->feature_count && term->feature_count == 2; side++) {
        OUT(making, "static const unsigned char %s_%s_%zu[] = {\n    ", making->name,
            side == 0 ? "left" : "right", t);
        c_bytes(making->out, term->axis[side], model->feature[term->feature[side]].bin_count);
        OUT(making, "};\n");
    }
    OUT(making, "static const double %s_value_%zu[%zu][%zu] = {\n", making->name, t,
        model->class_count, term->cell_count);
    for (size_t c = 0; c < model->class_count; c++) {
        OUT(making, "    {");
        c_doubles(making->out, term->value + c * term->cell_count, term->cell_count);
        OUT(making, "},\n");
    }
    OUT(making, "};\n");
}

static void put_names(const struct making *making)
{
    const struct model *model = making->model;
    OUT(making, "\nstatic const char *const %s_term_name[] = {\n", making->name);
    for (size_t t = 0; t < model->term_count; t++) {
        OUT(making, "    ");
        c_literal(making->out, model->term[t].name);
        OUT(making, ",\n");
    }
    OUT(making, "};\n\nstatic const double %s_base[] = {\n    ", making->name);
    c_doubles(making->out, model->class_base, model->class_count);
    OUT(making, "};\n");
    if (model->task == TASK_CLASSES) {
        OUT(making, "\nstatic const char *const %s_class_name[] = {\n", making->name);
        for (size_t c = 0; c < model->class_count; c++) {
            OUT(making, "    ");
            c_literal(making->out, model->class_name[c]);
            OUT(making, ",\n");
        }
        OUT(making, "};\n");
    }
}

/* ---- code ---------------------------------------------------------------------------------- */

static bool has_kind(const struct model *model, bool numbers)
{
    for (size_t i = 0; i < model->feature_count; i++) {
        if ((model->feature[i].kind == COLUMN_NUMBER) == numbers) {
            return true;
        }
    }
    return false;
}

static void put_finders(const struct making *making)
{
    if (has_kind(making->model, true)) {
        OUT(making,
            "\n/* 0 is missing; else 1 + the last cut that is not above x. */\n"
            "static unsigned char %s_number_bin(const double *cut, int count, double x)\n"
            "{\n"
            "    int at = 0;\n"
            "    int left = count;\n"
            "    if (count == 0 || x != x) {\n"
            "        return 0;\n"
            "    }\n"
            "    while (left > 1) {\n"
            "        const int half = left / 2;\n"
            "        at += cut[at + half] <= x ? half : 0;\n"
            "        left -= half;\n"
            "    }\n"
            "    return (unsigned char)(at + 1);\n"
            "}\n",
            making->name);
    }
    if (has_kind(making->model, false)) {
        OUT(making,
            "\n/* 0 is missing; else 1 + the place of the level; the last bin is what was not "
            "seen. */\n"
            "static unsigned char %s_level_bin(const char *const *level, const unsigned char "
            "*rank,\n"
            "                                  int count, const char *text)\n"
            "{\n"
            "    int from = 0;\n"
            "    int to = count;\n"
            "    if (text == NULL || text[0] == '\\0') {\n"
            "        return 0;\n"
            "    }\n"
            "    while (from < to) {\n"
            "        const int middle = from + (to - from) / 2;\n"
            "        const int order = strcmp(level[middle], text);\n"
            "        if (order == 0) {\n"
            "            return (unsigned char)((rank == NULL ? middle : rank[middle]) + 1);\n"
            "        }\n"
            "        if (order < 0) {\n"
            "            from = middle + 1;\n"
            "        } else {\n"
            "            to = middle;\n"
            "        }\n"
            "    }\n"
            "    return (unsigned char)(count + 1);\n"
            "}\n",
            making->name);
    }
}

static void put_bins(const struct making *making)
{
    const char *name = making->name;
    OUT(making, "\nstatic void %s_bins(const struct %s_row *row, unsigned char *bin)\n{\n", name,
        name);
    for (size_t i = 0; i < making->model->feature_count; i++) {
        const struct model_feature *feature = &making->model->feature[i];
        if (feature->kind == COLUMN_NUMBER) {
            OUT(making, "    bin[%zu] = %s_number_bin(%s_cut_%zu, %zu, row->%s);\n", i, name, name,
                i, feature->value_count, making->field[i]);
        } else if (feature->rank != NULL) {
            OUT(making, "    bin[%zu] = %s_level_bin(%s_level_%zu, %s_rank_%zu, %zu, row->%s);\n",
                i, name, name, i, name, i, feature->value_count, making->field[i]);
        } else {
            OUT(making, "    bin[%zu] = %s_level_bin(%s_level_%zu, NULL, %zu, row->%s);\n", i, name,
                name, i, feature->value_count, making->field[i]);
        }
    }
    OUT(making, "}\n");
}

static void put_fill(const struct making *making)
{
    const char *name = making->name;
    OUT(making,
        "\nstatic double %s_fill(const unsigned char *bin, int of_class, double *contribution)\n"
        "{\n"
        "    double link = %s_base[of_class];\n"
        "    int term;\n",
        name, name);
    for (size_t t = 0; t < making->model->term_count; t++) {
        const struct term *term = &making->model->term[t];
        if (term->feature_count == 1) {
            OUT(making, "    contribution[%zu] = %s_value_%zu[of_class][bin[%zu]];\n", t, name, t,
                term->feature[0]);
        } else {
            OUT(making,
                "    contribution[%zu] =\n        %s_value_%zu[of_class][%s_left_%zu[bin[%zu]] * "
                "%zu "
                "+ %s_right_%zu[bin[%zu]]];\n",
                t, name, t, name, t, term->feature[0], term->axis_count[1], name, t,
                term->feature[1]);
        }
    }
    OUT(making,
        "    for (term = 0; term < %s_TERMS; term++) {\n"
        "        link += contribution[term];\n"
        "    }\n"
        "    return link;\n"
        "}\n",
        making->big);
}

static const char *mean_code(enum task task)
{
    switch (task) {
    case TASK_BINARY:
        return "1 / (1 + exp(-link))";
    case TASK_COUNT:
    case TASK_AMOUNT:
        return "exp(link)";
    case TASK_REGRESSION:
    case TASK_CLASSES:
        break;
    }
    return "link";
}

static void put_one(const struct making *making)
{
    const char *name = making->name;
    const char *big = making->big;
    OUT(making,
        "\ndouble %s_contributions(const struct %s_row *row, double contribution[%s_TERMS])\n"
        "{\n    unsigned char bin[%zu];\n    %s_bins(row, bin);\n"
        "    return %s_fill(bin, 0, contribution);\n}\n",
        name, name, big, making->model->feature_count, name, name);
    OUT(making,
        "\ndouble %s_link(const struct %s_row *row)\n"
        "{\n    double contribution[%s_TERMS];\n"
        "    return %s_contributions(row, contribution);\n}\n",
        name, name, big, name);
    OUT(making,
        "\ndouble %s_score(const struct %s_row *row)\n"
        "{\n    const double link = %s_link(row);\n    return %s;\n}\n",
        name, name, name, mean_code(making->model->task));
}

static void put_several(const struct making *making)
{
    const char *name = making->name;
    const char *big = making->big;
    OUT(making,
        "\ndouble %s_contributions(const struct %s_row *row, int of_class,\n"
        "    double contribution[%s_TERMS])\n"
        "{\n    unsigned char bin[%zu];\n    %s_bins(row, bin);\n"
        "    return %s_fill(bin, of_class, contribution);\n}\n",
        name, name, big, making->model->feature_count, name, name);
    OUT(making,
        "\nvoid %s_link(const struct %s_row *row, double link[%s_CLASSES])\n"
        "{\n    double contribution[%s_TERMS];\n    unsigned char bin[%zu];\n    int c;\n"
        "    %s_bins(row, bin);\n"
        "    for (c = 0; c < %s_CLASSES; c++) {\n"
        "        link[c] = %s_fill(bin, c, contribution);\n    }\n}\n",
        name, name, big, big, making->model->feature_count, name, big, name);
    OUT(making,
        "\nvoid %s_score(const struct %s_row *row, double score[%s_CLASSES])\n"
        "{\n    double most;\n    double sum = 0;\n    int c;\n    %s_link(row, score);\n"
        "    most = score[0];\n"
        "    for (c = 1; c < %s_CLASSES; c++) {\n"
        "        most = score[c] > most ? score[c] : most;\n    }\n"
        "    for (c = 0; c < %s_CLASSES; c++) {\n"
        "        score[c] = exp(score[c] - most);\n        sum += score[c];\n    }\n"
        "    for (c = 0; c < %s_CLASSES; c++) {\n        score[c] /= sum;\n    }\n}\n",
        name, name, big, name, big, big, big);
    OUT(making,
        "\nconst char *%s_class(int of_class)\n{\n"
        "    return of_class < 0 || of_class >= %s_CLASSES ? NULL : %s_class_name[of_class];\n}\n",
        name, big, name);
}

static void put_definitions(const struct making *making)
{
    OUT(making,
        "#ifndef %s_DECLARATIONS_ONLY\n\n#include <math.h>\n#include <stddef.h>\n"
        "#include <string.h>\n",
        making->big);
    for (size_t t = 0; t < making->model->term_count; t++) {
        put_term(making, t);
    }
    put_names(making);
    put_finders(making);
    put_bins(making);
    put_fill(making);
    if (making->model->task == TASK_CLASSES) {
        put_several(making);
    } else {
        put_one(making);
    }
    OUT(making,
        "\nconst char *%s_term(int term)\n{\n"
        "    return term < 0 || term >= %s_TERMS ? NULL : %s_term_name[term];\n}\n"
        "\n#endif /* %s_DECLARATIONS_ONLY */\n\n#endif /* %s_MODEL */\n",
        making->name, making->big, making->name, making->big, making->big);
}

/* ---- limits -------------------------------------------------------------------------------- */

static enum candor_status check_feature(struct job *job, const struct model *model, size_t index)
{
    const struct model_feature *feature = &model->feature[index];
    size_t longest = feature->name.len;
    for (size_t v = 0; v < feature->value_count && feature->level != NULL; v++) {
        longest = feature->level[v].len > longest ? feature->level[v].len : longest;
        if (feature->level[v].len == 0) {
            return fail(job, CANDOR_BAD_INPUT,
                        "a level of '%.*s' is the empty text, which in the C file stands for "
                        "missing: give it a name and learn again",
                        STR_ARG(str_slice(feature->name, 0, C_NAME_MAX)));
        }
    }
    return longest <= TEXT_MAX
               ? CANDOR_OK
               : fail(job, CANDOR_TOO_LARGE,
                      "the name or a level of feature %zu is longer than the %d bytes that go into "
                      "a C file",
                      index, TEXT_MAX);
}

static enum candor_status check_texts(struct job *job, const struct model *model)
{
    for (size_t i = 0; i < model->feature_count; i++) {
        TRY(check_feature(job, model, i));
    }
    for (size_t c = 0; c < model->class_count && model->task == TASK_CLASSES; c++) {
        if (model->class_name[c].len > TEXT_MAX) {
            return fail(job, CANDOR_TOO_LARGE,
                        "the name of class %zu is longer than the %d bytes that go into a C file",
                        c, TEXT_MAX);
        }
    }
    return CANDOR_OK;
}

enum candor_status model_to_c(struct job *job, const struct model *model, struct str name,
                              struct buf *buf)
{
    const struct str stem = c_name(job->arena, name);
    TRY(check_texts(job, model));
    const struct making making = {
        .arena = job->arena,
        .model = model,
        .out = buf,
        .name = str_z(job->arena, stem),
        .big = c_upper(job->arena, stem),
        .field = c_fields(job->arena, model),
    };
    put_declarations(&making);
    put_definitions(&making);
    return CANDOR_OK;
}
