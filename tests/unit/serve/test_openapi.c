#include "serving.h"
#include "testing.h"

/* The description as a tree; the job holds it. */
static const struct value *describe(struct job *job)
{
    const struct value *root = NULL;
    job_begin(job, host_real());
    const struct str text = openapi_write(job->arena);
    expect(json_read(job, bytes_of(text), NULL, "openapi", &root) == CANDOR_OK, "%s", job->message);
    return root;
}

static const struct value *operation_of(struct job *job, const struct value *root,
                                        const struct route *route)
{
    const struct value *path = value_get(value_get(root, "paths"), route->pattern);
    const struct str method = str_lower(job->arena, str_of(net_method_name(route->method)));
    return value_get(path, str_z(job->arena, method));
}

static size_t count_in(const struct value *parameters, const char *where)
{
    size_t count = 0;
    for (size_t i = 0; i < parameters->count; i++) {
        count += str_is(value_get(&parameters->item[i], "in")->text, where);
    }
    return count;
}

static size_t count_braces(const char *pattern)
{
    size_t count = 0;
    for (; *pattern != '\0'; pattern++) {
        count += *pattern == '{';
    }
    return count;
}

static size_t count_queries(const struct route *route)
{
    size_t count = 0;
    for (size_t i = 0; route->member[i].name != NULL; i++) {
        count += route->member[i].kind == MEMBER_QUERY;
    }
    return count;
}

/* Every {…} of the path, every name of the query, and the reason where a key names who looks. */
static bool describes(const struct value *operation, const struct route *route)
{
    const struct value *id = value_get(operation, "operationId");
    const struct value *parameters = value_get(operation, "parameters");
    const bool has_body = value_get(operation, "requestBody") != NULL;
    return id != NULL && str_is(id->text, route->name.ptr) &&
           has_body ==
               (route->is_form || route->is_raw || route->is_tracking || route->is_chat ||
                route_has_body(route)) &&
           parameters != NULL && count_in(parameters, "path") == count_braces(route->pattern) &&
           count_in(parameters, "query") == count_queries(route) &&
           count_in(parameters, "header") ==
               (route->act != NULL ? 1U : 0U) + (route->is_chat ? 2U : 0U);
}

/* First the key, if one is needed, then nothing, if that is enough. */
static bool secures(const struct value *security, const struct route *route)
{
    return security != NULL &&
           security->count ==
               (route->is_open_here || (route->is_shared && route->act != NULL) ? 2U : 1U) &&
           (value_get(&security->item[0], "apiKey") != NULL) == (route->act != NULL);
}

static void every_route_is_described_under_its_path_and_method(void **state)
{
    (void)state;
    struct job job;
    size_t count = 0;
    const struct value *root = describe(&job);
    const struct route *table = routes(&count);
    for (size_t i = 0; i < count && table[i].page == NULL; i++) {
        const struct value *operation = operation_of(&job, root, &table[i]);
        expect(describes(operation, &table[i]), "%s", table[i].name.ptr);
        expect(secures(value_get(operation, "security"), &table[i]), "%s", table[i].name.ptr);
    }
    job_end(&job);
}

static void a_body_lists_what_is_required_and_allows_nothing_else(void **state)
{
    (void)state;
    struct job job;
    size_t count = 0;
    const struct value *root = describe(&job);
    const struct value *body =
        value_get(operation_of(&job, root, &routes(&count)[0]), "requestBody");
    const struct value *schema =
        value_get(value_get(value_get(body, "content"), "application/json"), "schema");
    const struct value *required = value_get(schema, "required");
    assert_non_null(required);
    assert_int_equal(required->count, 1);
    expect(str_is(required->item[0].text, "identifier"), "first");
    assert_non_null(value_get(value_get(schema, "properties"), "campaign"));
    assert_false(value_get(schema, "additionalProperties")->boolean);
    job_end(&job);
}

static bool leads_to_a_schema(struct str reference, const struct value *schemas)
{
    static const struct str start = {"#/components/schemas/", 21};
    return str_starts(reference, start) && value_get(schemas, reference.ptr + start.len) != NULL;
}

/* Every "$ref" in the tree; the tree has the depth that our own writer gave it. */
static void check_references(const struct value *value, const struct value *schemas)
{
    const struct value *reference = value_get(value, "$ref");
    expect(reference == NULL || leads_to_a_schema(reference->text, schemas), "%.*s",
           STR_ARG(reference->text));
    const bool has_items = value->kind == VALUE_MAP || value->kind == VALUE_LIST;
    for (size_t i = 0; has_items && i < value->count; i++) {
        check_references(&value->item[i], schemas);
    }
}

static void every_reference_leads_to_a_schema(void **state)
{
    (void)state;
    struct job job;
    const struct value *root = describe(&job);
    const struct value *schemas = value_get(value_get(root, "components"), "schemas");
    assert_non_null(schemas);
    check_references(root, schemas);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_route_is_described_under_its_path_and_method),
        cmocka_unit_test(a_body_lists_what_is_required_and_allows_nothing_else),
        cmocka_unit_test(every_reference_leads_to_a_schema),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
