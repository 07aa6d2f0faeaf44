/*
 * test_config.c - the section `models` of candor.yaml: what is read, and each way to be wrong with
 * the line where it stands.
 */
#include <string.h>

#include "flow.h"

#include "testing.h"

/* Lines 1 to 26. The models follow from line 27. */
static const char inventory_yaml[] =
    "candor: 1\n"
    "name: Test\n"
    "channels: [email]\n"
    "purposes:\n"
    "  - {name: profiling, basis: contract}\n"
    "  - {name: training, basis: contract}\n"
    "  - {name: audit, basis: legal_obligation}\n"
    "  - {name: service, basis: contract}\n"
    "subjects:\n"
    "  identifier: identifier\n"
    "  fields:\n"
    "    - {name: age, type: number, purposes: [profiling, training]}\n"
    "    - {name: sex, type: category, protected: true, purposes: [audit, "
    "profiling, training]}\n"
    "    - {name: faith, type: category, protected: true, purposes: "
    "[service]}\n"
    "    - {name: shoe, type: number, purposes: [service]}\n"
    "events:\n"
    "  - name: answer\n"
    "    purposes: [profiling, training]\n"
    "    properties: [{name: yes, type: boolean}, {name: campaign, type: "
    "category}]\n"
    "  - {name: called, purposes: [service], properties: [{name: yes, type: "
    "boolean}]}\n"
    "features:\n"
    "  - {name: age, measure: field, field: age}\n"
    "  - {name: shoe, measure: field, field: shoe}\n"
    "  - {name: answers, measure: count, event: answer, days: 30}\n"
    "  - {name: sex, measure: field, field: sex}\n"
    "models:\n";

/* The YAML of a home with these models, up to the section's end. */
static enum candor_status read_models(struct job *job, const char *models, struct model_spec **spec,
                                      size_t *count)
{
    const struct inventory *inventory = NULL;
    const struct value *root = NULL;
    const struct str text = str_format(job->arena, "%s%s", inventory_yaml, models);
    expect(yaml_read(job, bytes_of(text), NULL, "the file", &root) == CANDOR_OK, "%s",
           job->message);
    expect(inventory_read(job, root, &inventory) == CANDOR_OK, "%s", job->message);
    return config_model_specs(job, inventory, root, spec, count);
}

static void a_model_is_read_with_all_its_parts(void **state)
{
    (void)state;
    struct model_spec *spec = NULL;
    size_t count = 0;
    struct job job;
    job_begin(&job, host_real());
    const enum candor_status status = read_models(
        &job,
        "  - name: lead\n"
        "    title: Likely to answer\n"
        "    training: training\n"
        "    uses: profiling\n"
        "    target: {event: answer, property: yes, where: {property: campaign, equals: spring}}\n"
        "    features: [answers, age]\n"
        "    protect: [sex]\n"
        "    audit: audit\n"
        "    seed: 7\n"
        "  - {name: plain, training: training, uses: training, features: [age],"
        " target: {event: answer, property: yes}}\n",
        &spec, &count);
    expect(status == CANDOR_OK, "%s", job.message);
    assert_int_equal(count, 2);
    expect(str_is(spec[0].name, "lead") && str_is(spec[0].title, "Likely to answer"), "texts");
    assert_int_equal(spec[0].training, 1);
    assert_int_equal(spec[0].uses, 0);
    assert_int_equal(spec[0].audit, 2);
    assert_int_equal(spec[0].target_event, 0);
    assert_int_equal(spec[0].target_property, 0);
    assert_int_equal(spec[0].where_property, 1);
    expect(str_is(spec[0].where_equals, "spring"), "where");
    assert_int_equal(spec[0].feature_count, 2);
    assert_int_equal(spec[0].feature[0], 2);
    assert_int_equal(spec[0].feature[1], 0);
    assert_int_equal(spec[0].protect_count, 1);
    assert_int_equal(spec[0].protect[0], 1);
    assert_int_equal(spec[0].seed, 7);
    expect(str_is(spec[1].title, "plain"), "a title is the name without");
    expect(spec[1].where_property == NONE && spec[1].audit == NONE, "nothing asked");
    assert_int_equal(spec[1].protect_count, 0);
    assert_int_equal(spec[1].seed, 1);
    job_end(&job);
}

static void no_models_are_fine(void **state)
{
    (void)state;
    struct model_spec *spec = NULL;
    size_t count = 7;
    struct job job;
    job_begin(&job, host_real());
    expect(read_models(&job, "", &spec, &count) == CANDOR_OK, "%s", job.message);
    assert_int_equal(count, 0);
    expect(read_models(&job, "  []\n", &spec, &count) == CANDOR_OK, "%s", job.message);
    assert_int_equal(count, 0);
    job_end(&job);
}

/* A model with one part replaced: "-" takes it out. */
struct wrong {
    const char *part;
    const char *text;
    enum candor_status status;
    const char *message; /* what it must hold */
};

#define BAD CANDOR_BAD_INPUT

static const struct wrong wrong[] = {
    {"name", "-", BAD, "the model's name is missing"},
    {"name", "7", BAD, "(line 27)"},
    {"training", "-", BAD, "the model's training is missing"},
    {"training", "trainings", BAD, "the model's training (line 28): there is no purpose"},
    {"uses", "-", BAD, "the model's uses is missing"},
    {"uses", "{}", BAD, "(line 29)"},
    {"uses", "nothing", BAD, "the model's uses (line 29): there is no purpose"},
    {"target", "-", BAD, "the model's target is missing"},
    {"target", "answer", BAD, "(line 30)"},
    {"target", "{event: answer, property: yes, when: x}", BAD, "'when'"},
    {"target", "{event: ask, property: yes}", BAD,
     "the target's event (line 30): there is no event"},
    {"target", "{event: answer}", BAD, "the target's property is missing"},
    {"target", "{event: answer, property: no}", BAD,
     "the target's property (line 30): event 'answer' has no property"},
    {"target", "{event: answer, property: campaign}", BAD,
     "the target's property (line 30) must be of type boolean"},
    {"target", "{event: called, property: yes}", BAD,
     "the target's event (line 30) may not be used for the purpose 'training'"},
    {"target", "{event: answer, property: yes, where: {property: x, equals: y}}", BAD,
     "the property of 'where' (line 30): event 'answer' has no property"},
    {"target", "{event: answer, property: yes, where: {property: campaign}}", BAD,
     "the value of 'where' is missing"},
    {"target", "{event: answer, property: yes, where: {property: campaign, is: y}}", BAD, "'is'"},
    {"features", "-", BAD, "the model's features is missing"},
    {"features", "age", BAD, "(line 31)"},
    {"features", "[]", BAD, "the model's features (line 31): name 1 to"},
    {"features", "[height]", BAD, "features (line 31): there is no feature"},
    {"features", "[shoe]", BAD,
     "features (line 31): 'shoe' may not be used for the purpose 'training'"},
    {"features", "[sex]", BAD, "features (line 31): 'sex' comes from a protected attribute"},
    {"features", "[age, 7]", BAD, "(line 31)"},
    {"features", "[age, answers, age]", BAD, "features (line 31): 'age' stands twice"},
    {"protect", "sex", BAD, "(line 32)"},
    {"protect", "[age]", BAD, "protect (line 32): there is no field of that name with 'protected"},
    {"protect", "[faith]", BAD,
     "protect (line 32): the field may not be used for the model's audit purpose"},
    {"protect", "[sex, sex]", BAD, "protect (line 32): 'sex' stands twice"},
    {"audit", "-", BAD, "the model's audit is missing"},
    {"audit", "audits", BAD, "the model's audit (line 33): there is no purpose"},
    {"seed", "often", BAD, "(line 34)"},
    {"seed", "-1", BAD, "the model's seed (line 34)"},
    {"sead", "7", BAD, "'sead'"},
    {"title", "[]", BAD, "(line 35)"},
};

static const struct {
    const char *part;
    const char *text;
} good[] = {
    {"name", "lead"},      {"training", "training"},
    {"uses", "profiling"}, {"target", "{event: answer, property: yes}"},
    {"features", "[age]"}, {"protect", "[sex]"},
    {"audit", "audit"},    {"seed", "7"},
};

static struct str model_with(struct arena *arena, const struct wrong *row)
{
    struct buf buf = buf_begin(arena);
    bool is_replaced = false;
    for (size_t p = 0; p < sizeof good / sizeof good[0]; p++) {
        const bool is_it = strcmp(good[p].part, row->part) == 0;
        const char *text = is_it ? row->text : good[p].text;
        is_replaced = is_replaced || is_it;
        if (strcmp(text, "-") != 0) {
            buf_format(&buf, "%s%s: %s\n", buf.len == 0 ? "  - " : "    ", good[p].part, text);
        }
    }
    if (!is_replaced) {
        buf_format(&buf, "    %s: %s\n", row->part, row->text);
    }
    return buf_text(&buf);
}

static void each_mistake_is_named_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct model_spec *spec = NULL;
        size_t count = 0;
        struct job job;
        job_begin(&job, host_real());
        const char *models = str_z(job.arena, model_with(job.arena, &wrong[i]));
        const enum candor_status status = read_models(&job, models, &spec, &count);
        expect(status == wrong[i].status, "%s: %s gives %s", wrong[i].part, wrong[i].text,
               status_name(status));
        expect(strstr(job.message, wrong[i].message) != NULL, "%s: %s says \"%s\"", wrong[i].part,
               wrong[i].text, job.message);
        job_end(&job);
    }
}

static void a_name_stands_once(void **state)
{
    (void)state;
    static const char one[] = "  - {name: lead, training: training, uses: profiling,"
                              " features: [age], target: {event: answer, property: yes}}\n";
    struct model_spec *spec = NULL;
    size_t count = 0;
    struct job job;
    job_begin(&job, host_real());
    const char *two = str_z(job.arena, str_format(job.arena, "%s%s", one, one));
    assert_int_equal(read_models(&job, two, &spec, &count), CANDOR_BAD_INPUT);
    expect(strstr(job.message, "models (line 28): the name stands twice") != NULL, "%s",
           job.message);
    job_end(&job);
}

static void there_are_at_most_sixty_four_models(void **state)
{
    (void)state;
    for (size_t models = MODEL_SPECS_MAX; models <= MODEL_SPECS_MAX + 1; models++) {
        struct model_spec *spec = NULL;
        size_t count = 0;
        struct job job;
        job_begin(&job, host_real());
        struct buf buf = buf_begin(job.arena);
        for (size_t m = 0; m < models; m++) {
            buf_format(&buf,
                       "  - {name: m%zu, training: training, uses: profiling, features: [age],"
                       " target: {event: answer, property: yes}}\n",
                       m);
        }
        const enum candor_status status =
            read_models(&job, str_z(job.arena, buf_text(&buf)), &spec, &count);
        expect(status == (models > MODEL_SPECS_MAX ? CANDOR_TOO_LARGE : CANDOR_OK), "%zu: %s",
               models, job.message);
        job_end(&job);
    }
}

static void a_section_that_nobody_knows_is_refused(void **state)
{
    (void)state;
    static const char yaml[] = "candor: 1\nname: Test\nmodel: []\n";
    const struct value *root = NULL;
    struct job job;
    job_begin(&job, host_real());
    must(yaml_read(&job, bytes_of(str_of(yaml)), NULL, "the file", &root) == CANDOR_OK);
    assert_int_equal(config_known_sections(&job, root), CANDOR_BAD_INPUT);
    expect(strstr(job.message, "line 3") != NULL && strstr(job.message, "models") != NULL, "%s",
           job.message);
    job_end(&job);
}

/* What a fresh home gets, with its name in place and the commented model taken in. */
static struct str example_with_model(struct arena *arena)
{
    struct buf buf = buf_begin(arena);
    struct str rest = config_example(arena);
    bool in_model = false;
    while (rest.ptr != NULL) {
        const struct str line = str_cut(&rest, '\n');
        in_model = in_model ? str_starts(line, STR("#")) : str_is(line, "# models:");
        buf_str(&buf, in_model ? str_slice(line, 2, line.len) : line);
        buf_lit(&buf, LIT("\n"));
    }
    return buf_text(&buf);
}

static void the_example_of_a_fresh_home_is_right_also_where_it_is_commented_out(void **state)
{
    (void)state;
    const struct inventory *inventory = NULL;
    const struct value *root = NULL;
    struct model_spec *spec = NULL;
    size_t count = 0;
    struct job job;
    job_begin(&job, host_real());
    const char *text = str_z(job.arena, example_with_model(job.arena));
    const char *at = strchr(text, '@');
    must(at != NULL);
    const struct str named = str_format(job.arena, "%.*sTest%s", (int)(at - text), text, at + 1);
    expect(yaml_read(&job, bytes_of(named), NULL, "the example", &root) == CANDOR_OK, "%s",
           job.message);
    expect(config_known_sections(&job, root) == CANDOR_OK, "%s", job.message);
    expect(inventory_read(&job, root, &inventory) == CANDOR_OK, "%s", job.message);
    expect(config_model_specs(&job, inventory, root, &spec, &count) == CANDOR_OK, "%s",
           job.message);
    assert_int_equal(count, 1);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_is_read_with_all_its_parts),
        cmocka_unit_test(no_models_are_fine),
        cmocka_unit_test(each_mistake_is_named_with_its_line),
        cmocka_unit_test(a_name_stands_once),
        cmocka_unit_test(there_are_at_most_sixty_four_models),
        cmocka_unit_test(a_section_that_nobody_knows_is_refused),
        cmocka_unit_test(the_example_of_a_fresh_home_is_right_also_where_it_is_commented_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
