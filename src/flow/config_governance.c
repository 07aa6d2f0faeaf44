/*
 * config_governance.c - candor.yaml's section `governance`: who judges what, before it is used.
 *
 *   governance:
 *     data_protection_officer: {operator: dora, contact: dpo@company.example}
 *     team:                        who reviews what has an ordinary risk; without it every approver
 *       - {operator: bea, function: Head of marketing, reviews: [campaigns, notices]}
 *     ethics_board: {members: [cem, eva, finn], chair: cem, quorum: 2}
 *     approvals: {ordinary: 1, high: 2}
 *     review: [models, campaigns, policies, notices]       content needs its review in any case
 *     valid_days: 365              then an approval lapses
 *     conflicts:                   who shares an interest does not vote on the other's work, nor on
 *       - {name: family, people: [ana, eva], about: ["campaign:loan"]}        what it is about
 *     high_risk: ["model:lead"]    besides what the program finds itself
 *     proxies: [region]            fields and features that stand in for a protected attribute
 *
 * The data protection officer advises and does not vote: tasks that conflict are not theirs (GDPR
 * Article 38(6)), and an advice that one votes on oneself is none.
 */
#include "reviewed.h"

enum { VALID_DAYS_DEFAULT = 365, FUNCTION_MAX = 200, HIGH_MAX = 512, ABOUT_MAX = 64 };

/* ---- lists --------------------------------------------------------------------------------- */

static enum candor_status read_names(struct job *job, const struct section *section,
                                     const char *key, size_t count_max, const struct str **name,
                                     size_t *count)
{
    const struct value *list = NULL;
    struct str *read = NULL;
    *count = 0;
    TRY(section_list(job, section, key, count_max, &list));
    if (list == NULL) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, read, list->count + 1, struct str);
    for (size_t i = 0; i < list->count; i++) {
        TRY(value_text(job, &list->item[i], section_what(job, section, key), &read[i]));
        if (read[i].len == 0 || read[i].len > 2 * NAME_LEN_MAX) {
            return section_fail(job, section, key, "a name has 1 to %d bytes", 2 * NAME_LEN_MAX);
        }
        for (size_t k = 0; k < i; k++) {
            if (str_equal(read[k], read[i])) {
                return section_fail(job, section, key, "'%.*s' stands twice", STR_ARG(read[i]));
            }
        }
    }
    *name = read;
    *count = list->count;
    return CANDOR_OK;
}

/* "campaign:loan" */
static enum candor_status check_things(struct job *job, const struct section *section,
                                       const char *key, const struct str *name, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str rest = name[i];
        enum board_kind kind;
        if (!board_kind_read(str_cut(&rest, ':'), &kind) || rest.len == 0) {
            return section_fail(job, section, key,
                                "'%.*s': write KIND:NAME, such as campaign:loan; the kinds are "
                                "model, campaign, policy, notice and content",
                                STR_ARG(name[i]));
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_kinds(struct job *job, const struct section *section,
                                     const char *key, unsigned *kinds)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, key, BOARD_KINDS, &list));
    if (list == NULL) {
        return CANDOR_OK;
    }
    *kinds = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct str name;
        enum board_kind kind;
        TRY(value_text(job, &list->item[i], section_what(job, section, key), &name));
        if (!board_kind_read(name, &kind)) {
            return section_fail(
                job, section, key,
                "what can be reviewed is models, campaigns, policies, notices and contents");
        }
        *kinds |= 1U << kind;
    }
    return CANDOR_OK;
}

/* ---- people -------------------------------------------------------------------------------- */

static enum candor_status read_officer(struct job *job, const struct section *section,
                                       struct board_rules *rules)
{
    static const char *const known[] = {"operator", "contact"};
    const struct value *map = NULL;
    struct section officer;
    TRY(section_map(job, section, "data_protection_officer", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "data_protection_officer", known, 2, &officer));
    TRY(section_need(job, &officer, "operator"));
    TRY(section_text(job, &officer, "operator", &rules->officer));
    TRY(section_text(job, &officer, "contact", &rules->contact));
    return rules->officer.len > 0 && rules->contact.len <= FUNCTION_MAX
               ? CANDOR_OK
               : section_fail(job, &officer, "operator",
                              "name an operator, and a contact of at most %d bytes", FUNCTION_MAX);
}

static enum candor_status read_seat(struct job *job, const struct value *item,
                                    struct board_seat *seat)
{
    static const char *const known[] = {"operator", "function", "reviews"};
    struct section section;
    *seat = (struct board_seat){.function = STR(""), .kinds = (1U << BOARD_KINDS) - 1};
    TRY(section_open(job, item, "team", known, 3, &section));
    TRY(section_need(job, &section, "operator"));
    TRY(section_text(job, &section, "operator", &seat->who));
    TRY(section_text(job, &section, "function", &seat->function));
    if (seat->who.len == 0 || seat->function.len > FUNCTION_MAX) {
        return section_fail(job, &section, "operator",
                            "name an operator, and a function of at most %d bytes", FUNCTION_MAX);
    }
    return read_kinds(job, &section, "reviews", &seat->kinds);
}

static enum candor_status read_team(struct job *job, const struct section *section,
                                    struct board_rules *rules)
{
    const struct value *list = NULL;
    struct board_seat *seat = NULL;
    TRY(section_list(job, section, "team", BOARD_PEOPLE_MAX, &list));
    if (list == NULL) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, seat, list->count + 1, struct board_seat);
    for (size_t i = 0; i < list->count; i++) {
        TRY(read_seat(job, &list->item[i], &seat[i]));
        for (size_t k = 0; k < i; k++) {
            if (str_equal(seat[k].who, seat[i].who)) {
                return section_fail(job, section, "team", "'%.*s' stands twice",
                                    STR_ARG(seat[i].who));
            }
        }
    }
    rules->seat = seat;
    rules->seat_count = list->count;
    return CANDOR_OK;
}

static enum candor_status read_chair(struct job *job, const struct section *board,
                                     struct board_rules *rules)
{
    struct str chair = STR("");
    TRY(section_text(job, board, "chair", &chair));
    if (!section_has(board, "chair")) {
        return CANDOR_OK; /* the first */
    }
    for (size_t i = 0; i < rules->member_count; i++) {
        if (str_equal(rules->member[i], chair)) {
            rules->chair = i;
            return CANDOR_OK;
        }
    }
    return section_fail(job, board, "chair", "the chair is one of the members");
}

static enum candor_status read_board(struct job *job, const struct section *section,
                                     struct board_rules *rules)
{
    static const char *const known[] = {"members", "chair", "quorum"};
    const struct value *map = NULL;
    struct section board;
    TRY(section_map(job, section, "ethics_board", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "ethics_board", known, 3, &board));
    TRY(section_need(job, &board, "members"));
    TRY(read_names(job, &board, "members", BOARD_PEOPLE_MAX, &rules->member, &rules->member_count));
    if (rules->member_count == 0) {
        return section_fail(job, &board, "members", "at least one member is needed");
    }
    for (size_t i = 0; i < rules->member_count; i++) {
        if (rules->officer.len > 0 && str_equal(rules->member[i], rules->officer)) {
            return section_fail(job, &board, "members",
                                "the data protection officer advises the board and does not vote "
                                "on it (GDPR Article 38(6))");
        }
    }
    TRY(read_chair(job, &board, rules));
    rules->quorum = (unsigned)rules->member_count / 2 + 1;
    return section_count(job, &board, "quorum", 1, (uint32_t)rules->member_count, &rules->quorum);
}

static enum candor_status read_approvals(struct job *job, const struct section *section,
                                         struct board_rules *rules)
{
    static const char *const known[] = {"ordinary", "high"};
    const struct value *map = NULL;
    struct section approvals;
    rules->approvals[BOARD_ORDINARY] = 1;
    rules->approvals[BOARD_HIGH] = rules->quorum / 2 + 1;
    TRY(section_map(job, section, "approvals", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "approvals", known, 2, &approvals));
    TRY(section_count(job, &approvals, "ordinary", 1, BOARD_PEOPLE_MAX,
                      &rules->approvals[BOARD_ORDINARY]));
    TRY(section_count(job, &approvals, "high", 1, BOARD_PEOPLE_MAX, &rules->approvals[BOARD_HIGH]));
    return rules->member_count == 0 || rules->approvals[BOARD_HIGH] <= rules->member_count
               ? CANDOR_OK
               : section_fail(job, &approvals, "high", "the ethics board has %zu members",
                              rules->member_count);
}

/* ---- conflicts, risk, proxies -------------------------------------------------------------- */

static enum candor_status read_conflict(struct job *job, const struct value *item,
                                        struct board_conflict *conflict)
{
    static const char *const known[] = {"name", "people", "about"};
    struct section section;
    *conflict = (struct board_conflict){0};
    TRY(section_open(job, item, "conflict", known, 3, &section));
    TRY(section_name(job, &section, &conflict->name));
    TRY(section_need(job, &section, "people"));
    TRY(read_names(job, &section, "people", BOARD_PEOPLE_MAX, &conflict->person,
                   &conflict->person_count));
    TRY(read_names(job, &section, "about", ABOUT_MAX, &conflict->about, &conflict->about_count));
    return check_things(job, &section, "about", conflict->about, conflict->about_count);
}

static enum candor_status read_conflicts(struct job *job, const struct section *section,
                                         struct board_rules *rules)
{
    const struct value *list = NULL;
    struct board_conflict *conflict = NULL;
    TRY(section_list(job, section, "conflicts", BOARD_CONFLICTS_MAX, &list));
    if (list == NULL) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, conflict, list->count + 1, struct board_conflict);
    for (size_t i = 0; i < list->count; i++) {
        const struct section one = {&list->item[i], "conflict"};
        const struct catalogue conflicts = {"conflict", conflict, sizeof *conflict, i + 1};
        TRY(read_conflict(job, &list->item[i], &conflict[i]));
        TRY(section_is_new(job, &one, &conflicts, i));
    }
    rules->conflict = conflict;
    rules->conflict_count = list->count;
    return CANDOR_OK;
}

static enum candor_status read_proxies(struct job *job, const struct section *section,
                                       const struct inventory *inventory,
                                       struct governance *governance)
{
    TRY(read_names(job, section, "proxies", FEATURES_MAX, &governance->proxy,
                   &governance->proxy_count));
    for (size_t i = 0; i < governance->proxy_count; i++) {
        if (inventory_feature(inventory, governance->proxy[i]) == NONE &&
            inventory_field(inventory, governance->proxy[i]) == NONE) {
            return section_fail(job, section, "proxies", "there is no field and no feature '%.*s'",
                                STR_ARG(governance->proxy[i]));
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_section(struct job *job, const struct value *map,
                                       const struct inventory *inventory,
                                       struct governance *governance)
{
    static const char *const known[] = {"data_protection_officer",
                                        "team",
                                        "ethics_board",
                                        "approvals",
                                        "review",
                                        "valid_days",
                                        "conflicts",
                                        "high_risk",
                                        "proxies"};
    struct board_rules *rules = &governance->rules;
    struct section section;
    TRY(value_is(job, map, VALUE_MAP, "governance"));
    TRY(section_open(job, map, "governance", known, sizeof known / sizeof known[0], &section));
    TRY(read_officer(job, &section, rules));
    TRY(read_team(job, &section, rules));
    TRY(read_board(job, &section, rules));
    TRY(read_approvals(job, &section, rules));
    TRY(read_kinds(job, &section, "review", &rules->reviewed));
    TRY(section_count(job, &section, "valid_days", 1, DAYS_MAX, &rules->valid_days));
    TRY(read_conflicts(job, &section, rules));
    TRY(read_names(job, &section, "high_risk", HIGH_MAX, &governance->high,
                   &governance->high_count));
    TRY(check_things(job, &section, "high_risk", governance->high, governance->high_count));
    return read_proxies(job, &section, inventory, governance);
}

enum candor_status config_governance(struct job *job, const struct value *root,
                                     struct candor *candor)
{
    const struct value *map = value_get(root, "governance");
    struct governance *governance = NEW(job->arena, struct governance);
    governance->root = root;
    governance->campaign_until = NEW_ARRAY(job->arena, candor->campaign_count + 1, int64_t);
    governance->rules = (struct board_rules){
        .officer = STR(""), .contact = STR(""), .valid_days = VALID_DAYS_DEFAULT};
    candor->governance = governance;
    if (map != NULL && map->kind != VALUE_NULL) {
        governance->is_there = true;
        TRY(read_section(job, map, candor->inventory, governance));
    }
    return strict_models(job, root, candor);
}
