/*
 * test_inventory.c - the audit of the inventory through candor.h: what looks personal and does not say
 * so, what nobody uses, what a source is worth, what stands in for a protected attribute. Each is
 * planted, and found; what is not there is not.
 */
#include "candor_inventory.h"
#include "company.h"

static const char policy[] =
    "candor: 1\n"
    "name: Inventory\n"
    "channels: [email]\n"
    "purposes:\n"
    "  - {name: news, basis: consent, channels: [email]}\n"
    "  - {name: profiling, basis: consent, direct_marketing: false}\n"
    "  - {name: training, basis: consent, direct_marketing: false}\n"
    "  - {name: audit, basis: legal_obligation}\n"
    "subjects:\n"
    "  fields:\n"
    "    - {name: email, pii: email, lookup: true, owner: crm, purposes: [news]}\n"
    "    - {name: sex, type: category, protected: true, purposes: [audit]}\n"
    "    - {name: shoe, type: number, purposes: [profiling, training]}\n"
    "    - {name: luck, type: number, purposes: [profiling, training]}\n"
    "    - {name: taste, type: number, purposes: [profiling, training]}\n"
    "    - {name: remark, purposes: [profiling]}\n"                  /* hides addresses */
    "    - {name: reference, type: number, purposes: [profiling]}\n" /* hides card numbers */
    "    - {name: attic}\n"                                          /* no purpose */
    "events:\n"
    "  - name: answer\n"
    "    purposes: [profiling, training]\n"
    "    properties: [{name: yes, type: boolean}, {name: from, type: category}]\n"
    "  - {name: idle, purposes: [profiling]}\n"
    "features:\n"
    "  - {name: shoe, measure: field, field: shoe}\n"
    "  - {name: luck, measure: field, field: luck}\n"
    "  - {name: taste, measure: field, field: taste}\n"
    "  - {name: spare, measure: field, field: luck}\n"
    "models:\n"
    "  - {name: lead, training: training, uses: profiling, target: {event: answer, property: yes},"
    " features: [shoe, luck, taste], protect: [sex], audit: audit}\n"
    "campaigns:\n"
    "  - {name: spring, purpose: news, channel: email, uses: profiling, address: email, model: "
    "lead,"
    " offers: [{name: gift, title: A gift}]}\n"
    "quality: {rules: [{name: shod, then: {field: shoe, at_least: 1}}]}\n";

enum { CROWD = 600 };

/* Shoes tell the sex, taste tells the answer, luck tells nothing. */
static void import_crowd(struct company *company)
{
    struct job apart;
    job_begin(&apart, host_real());
    struct buf people = buf_begin(apart.arena);
    struct buf said = buf_begin(apart.arena);
    struct buf done = buf_begin(apart.arena);
    uint64_t seed = 1;
    buf_lit(&people, LIT("identifier,email,sex,shoe,luck,taste,remark,reference,attic\n"));
    buf_lit(&said, LIT("identifier,purpose,decision,time\n"));
    buf_lit(&done, LIT("identifier,event,time,yes,from\n"));
    for (unsigned i = 0; i < CROWD; i++) {
        unsigned draw[4];
        for (unsigned d = 0; d < 4; d++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
            draw[d] = (unsigned)(seed >> 33) % 100;
        }
        const bool is_woman = draw[0] < 50;
        const char *remark = i % 10 == 0 ? "call anna@example.org" : "likes blue";
        buf_format(&people, "C%u,c%u@example.org,%s,%u,%u,%u,%s,4111111111111111,x\n", i, i,
                   is_woman ? "f" : "m", (is_woman ? 36 : 41) + draw[1] % 6, draw[2], draw[3],
                   remark);
        buf_format(&said, "C%u,profiling,given,2026-01-02\nC%u,training,given,2026-01-02\n", i, i);
        buf_format(&done, "C%u,answer,2026-02-01,%s,192.0.2.%u\n", i,
                   draw[3] > 50 ? "true" : "false", i % 250);
    }
    company_import(company, "subjects", buf_text(&people));
    company_import(company, "consents", buf_text(&said));
    company_import(company, "events", buf_text(&done));
    job_end(&apart);
}

static const struct value *find(const struct value *list, const char *key, const char *text,
                                const char *other_key, const char *other)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct value *name = value_get(&list->item[i], key);
        const struct value *beside = value_get(&list->item[i], other_key);
        if (str_is(name->text, text) && (other == NULL || str_is(beside->text, other))) {
            return &list->item[i];
        }
    }
    return NULL;
}

static double number(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    must(value != NULL && value->kind == VALUE_NUMBER);
    return value->number;
}

struct audited {
    struct company company;
    struct job *of;
    const struct value *inventory;
    struct candor_text text;
    size_t findings;
};

static int begin(void **state)
{
    static const struct text_limits limits = {.size_max = 1 << 28};
    struct audited *audited = calloc(1, sizeof *audited);
    const struct value *root = NULL;
    char path[128];
    must(audited != NULL);
    company_found(&audited->company);
    company_write(&audited->company, "home/candor.yaml", policy, path);
    company_open(&audited->company);
    import_crowd(&audited->company);
    audited->of = candor_job_begin();
    const enum candor_status status = candor_audit(audited->of, audited->company.candor,
                                                   "inventory", &audited->findings, &audited->text);
    expect(status == CANDOR_OK, "%s", candor_job_message(audited->of));
    must(json_read(audited->of,
                   (struct bytes){(const uint8_t *)audited->text.ptr, audited->text.len}, &limits,
                   "report", &root) == CANDOR_OK);
    audited->inventory = value_get(root, "inventory");
    *state = audited;
    return 0;
}

static int end(void **state)
{
    struct audited *audited = *state;
    candor_job_end(audited->of);
    company_end(&audited->company);
    free(audited);
    return 0;
}

static void what_looks_personal_and_does_not_say_so_is_found(void **state)
{
    const struct audited *audited = *state;
    const struct value *list = value_get(audited->inventory, "undeclared");
    const struct value *remark = find(list, "name", "remark", "looks_like", "email");
    expect(remark != NULL && number(remark, "share") == 0.1, "every tenth remark");
    expect(find(list, "name", "reference", "looks_like", "card") != NULL, "card numbers");
    expect(find(list, "name", "from", "event", "answer") != NULL,
           "addresses of machines in events");
    expect(find(list, "name", "email", "looks_like", NULL) == NULL, "it says so");
    expect(list->count == 3, "%zu: and nothing else", list->count);
}

static void no_value_is_in_the_report(void **state)
{
    const struct audited *audited = *state;
    static const char *const value[] = {"anna@example.org", "likes blue", "4111111111111111", "192.0.2.",
                                        "c1@example.org"};
    for (size_t i = 0; i < sizeof value / sizeof value[0]; i++) {
        expect(strstr(audited->text.ptr, value[i]) == NULL, "value %zu", i);
    }
}

static void what_nobody_uses_is_named(void **state)
{
    const struct audited *audited = *state;
    const struct value *list = value_get(audited->inventory, "unused");
    const struct value *attic = find(list, "name", "attic", "what", "field");
    expect(attic != NULL && !value_get(attic, "has_purpose")->boolean, "no purpose");
    expect(find(list, "name", "remark", "what", "field") != NULL, "no feature of it");
    expect(find(list, "name", "idle", "what", "event") != NULL, "no feature of it either");
    expect(find(list, "name", "spare", "what", "feature") != NULL, "no model looks at it");
    expect(find(list, "name", "shoe", "what", "field") == NULL &&
               find(list, "name", "email", "what", "field") == NULL &&
               find(list, "name", "sex", "what", "field") == NULL &&
               find(list, "name", "answer", "what", "event") == NULL,
           "the others are used");
}

static void what_a_source_is_worth_is_measured(void **state)
{
    const struct audited *audited = *state;
    const struct value *list = value_get(audited->inventory, "cost");
    const struct value *taste = find(list, "source", "taste", "model", "lead");
    const struct value *luck = find(list, "source", "luck", "model", "lead");
    must(taste != NULL && luck != NULL);
    expect(number(taste, "cost") > 0.3 && !value_get(taste, "can_be_dropped")->boolean,
           "taste tells it all: %g", number(taste, "cost"));
    expect(number(luck, "cost") < 0.02 && number(luck, "cost") > -0.02, "luck: %g",
           number(luck, "cost"));
    const struct value *ci = value_get(taste, "ci");
    expect(ci->item[0].number < number(taste, "cost") && number(taste, "cost") < ci->item[1].number,
           "its interval");
}

static void what_stands_in_for_an_attribute_is_found(void **state)
{
    const struct audited *audited = *state;
    const struct value *list = value_get(audited->inventory, "proxies");
    const struct value *shoe = find(list, "feature", "shoe", "attribute", "sex");
    const struct value *luck = find(list, "feature", "luck", "attribute", "sex");
    const struct value *all = find(list, "feature", "all together", "attribute", "sex");
    must(shoe != NULL && luck != NULL && all != NULL);
    /* Two uniform draws of 6 that overlap in one value: 1 - 1/36/2. */
    expect(number(shoe, "auc") > 0.96, "%g", number(shoe, "auc"));
    expect(number(shoe, "uncertainty") > 0.7, "%g", number(shoe, "uncertainty"));
    expect(str_is(value_get(shoe, "verdict")->text, "stands in for it"), "verdict");
    expect(number(luck, "auc") < 0.6 && number(luck, "uncertainty") < 0.1, "%g",
           number(luck, "auc"));
    expect(number(all, "auc") > 0.9, "%g", number(all, "auc"));
    expect(audited->findings == 5, "%zu: three undeclared, shoe, all together", audited->findings);
}

static void a_field_is_shown_with_all_that_is_asked_of_it(void **state)
{
    const struct audited *audited = *state;
    const struct value *list = value_get(audited->inventory, "fields");
    const struct value *email = find(list, "name", "email", "event", "");
    const struct value *shoe = find(list, "name", "shoe", "event", "");
    must(email != NULL && shoe != NULL);
    expect(str_is(value_get(email, "owner")->text, "crm") &&
               str_is(value_get(email, "pii")->text, "email") &&
               !value_get(email, "special_category")->boolean,
           "owner and kind");
    expect(value_get(email, "used_by")->count == 2, "a campaign and the look-up");
    expect(value_get(shoe, "rules")->count == 1, "its rule");
    expect(number(audited->inventory, "without_owner") == 9, "all others");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_looks_personal_and_does_not_say_so_is_found),
        cmocka_unit_test(no_value_is_in_the_report),
        cmocka_unit_test(what_nobody_uses_is_named),
        cmocka_unit_test(what_a_source_is_worth_is_measured),
        cmocka_unit_test(what_stands_in_for_an_attribute_is_found),
        cmocka_unit_test(a_field_is_shown_with_all_that_is_asked_of_it),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
