/*
 * show_inventory.c - what is held, for people: quality, retention, the inventory.
 */
#include "cli.h"

static const char *const standard[] = {"completeness", "validity", "uniqueness", "consistency",
                                       "timeliness"};
enum { STANDARDS = sizeof standard / sizeof standard[0] };

static size_t length(const struct value *list)
{
    return list == NULL ? 0 : list->count;
}

/* A share with three digits, or a dash. */
static void put_share(const struct value *map)
{
    if (value_get(map, "score") == NULL) {
        put("  %12s", "-");
    } else {
        put("  %12.3f", number_at(map, "score"));
    }
}

static void put_scores(const char *name, const struct value *scores)
{
    put_padded(name, 24);
    for (size_t s = 0; s < STANDARDS; s++) {
        put_share(value_get(scores, standard[s]));
    }
    put("\n");
}

static void put_header(const char *first)
{
    put("%s", faint());
    put_padded(first, 24);
    for (size_t s = 0; s < STANDARDS; s++) {
        put("  %12s", standard[s]);
    }
    put("%s\n", plain());
}

static void put_source(const struct value *source)
{
    const struct value *fields = value_get(source, "fields");
    const struct value *rules = value_get(source, "rules");
    put("%s%s%s: %llu rows of %s, %.10s", bold(), text_at(source, "source"), plain(),
        (unsigned long long)count_at(source, "rows"), text_at(source, "kind"),
        text_at(source, "time"));
    put(", %llu of them rejected\n", (unsigned long long)count_at(source, "rejected"));
    put_header("");
    put_scores("all", value_get(source, "scores"));
    for (size_t f = 0; f < length(fields); f++) {
        put_scores(text_at(&fields->item[f], "field"), value_get(&fields->item[f], "scores"));
    }
    for (size_t r = 0; r < length(rules); r++) {
        const struct value *rule = &rules->item[r];
        put("rule %s holds for %llu of %llu\n", text_at(rule, "rule"),
            (unsigned long long)count_at(rule, "holds"), (unsigned long long)count_at(rule, "of"));
    }
}

void show_quality(struct invocation *invocation, const struct value *report)
{
    const struct value *quality = value_get(report, "quality");
    const struct value *sources = value_get(quality, "sources");
    const struct value *missing = value_get(quality, "short");
    (void)invocation;
    for (size_t s = 0; s < length(sources); s++) {
        put_source(&sources->item[s]);
        put("\n");
    }
    for (size_t s = 0; s < length(missing); s++) {
        const struct value *one = &missing->item[s];
        put("%s!%s %s of %s in %s is %.3f, asked for is %.3f: no model is trained\n", bad(),
            plain(), text_at(one, "standard"),
            text_at(one, "field")[0] == '\0' ? "all fields" : text_at(one, "field"),
            text_at(one, "source"), number_at(one, "score"), number_at(one, "least"));
    }
    if (count_at(quality, "quarantined") > 0) {
        put("%llu rows are in quarantine: candor quality list\n",
            (unsigned long long)count_at(quality, "quarantined"));
    }
}

void show_quarantine(struct invocation *invocation, const struct value *report)
{
    const struct value *list = value_get(report, "quarantine");
    (void)invocation;
    if (length(list) == 0) {
        put("No rows are in quarantine.\n");
        return;
    }
    put("%s%8s  %-9s %-16s %8s  %-18s %-18s until%s\n", faint(), "row", "kind", "source", "line",
        "field", "reason", plain());
    for (size_t i = 0; i < list->count; i++) {
        const struct value *row = &list->item[i];
        put("%8llu  %-9s %-16s %8llu  %-18s %-18s %s\n", (unsigned long long)count_at(row, "row"),
            text_at(row, "kind"), text_at(row, "source"), (unsigned long long)count_at(row, "line"),
            text_at(row, "field"), text_at(row, "code"), text_at(row, "stays_until"));
    }
    put("\nRepair with: candor quality repair ROW --column C --value V; then: candor quality "
        "reimport\n");
}

void show_quality_history(struct invocation *invocation, const struct value *report)
{
    const struct value *list = value_get(report, "history");
    put_header("time and source");
    for (size_t i = 0; i < length(list); i++) {
        const struct value *one = &list->item[i];
        const struct str name = str_format(invocation->job->arena, "%.10s %s", text_at(one, "time"),
                                           text_at(one, "source"));
        put_scores(str_z(invocation->job->arena, name), value_get(one, "scores"));
    }
}

/* ---- retention ----------------------------------------------------------------------------- */

static void put_map(const char *title, const struct value *map)
{
    for (size_t i = 0; i < length(map); i++) {
        put("  %10llu  %s %.*s\n", (unsigned long long)map->item[i].integer, title,
            STR_ARG(map->key[i]));
    }
}

static void put_line(const struct value *report, const char *key, const char *what)
{
    if (count_at(report, key) > 0) {
        put("  %10llu  %s\n", (unsigned long long)count_at(report, key), what);
    }
}

void show_retention(struct invocation *invocation, const struct value *report)
{
    const struct value *models = value_get(report, "models_to_retrain");
    const bool dry = bool_at(report, "dry_run");
    (void)invocation;
    put("%sOf %llu subjects %s past its time:%s\n", bold(),
        (unsigned long long)count_at(report, "subjects"), dry ? "this would go as" : "this went as",
        plain());
    put_map("values of", value_get(report, "fields"));
    put_map("events", value_get(report, "events"));
    put_line(report, "decisions", "records of decisions");
    put_line(report, "contacts", "contacts");
    put_line(report, "chats", "records of chats with language models");
    put_line(report, "quarantine", "rows in quarantine");
    put_line(report, "inactive_subjects_erased", "subjects with nothing new");
    put("  %10llu  in all, of %llu subjects\n", (unsigned long long)count_at(report, "deleted"),
        (unsigned long long)count_at(report, "subjects_changed"));
    put_line(report, "held_by_legal_hold", "subjects of whom a legal hold keeps something");
    put_line(report, "left_alone_restricted", "subjects left alone: they restricted the use");
    put_line(report, "clocks_started", "values whose time was not known: it begins now");
    for (size_t m = 0; m < length(models); m++) {
        put("%s!%s model %.*s was learnt from too many who are gone: train it again\n", bad(),
            plain(), STR_ARG(models->item[m].text));
    }
    if (value_get(report, "late") != NULL) {
        put("last run: %s%s\n",
            text_at(report, "last_run")[0] == '\0' ? "never" : text_at(report, "last_run"),
            bool_at(report, "late") ? ", which is too long ago: candor retention run" : "");
    }
    if (!dry) {
        put("Proof: ledger entry %llu\n", (unsigned long long)count_at(report, "ledger_index"));
    }
}

void show_holds(struct invocation *invocation, const struct value *report)
{
    const struct value *list = value_get(report, "holds");
    (void)invocation;
    if (length(list) == 0) {
        put("No legal holds.\n");
    }
    for (size_t i = 0; i < length(list); i++) {
        const struct value *hold = &list->item[i];
        put("%.12s  %-9s %-12s %-16s %.10s  %s\n", text_at(hold, "hold"),
            bool_at(hold, "in_force") ? "in force" : "lifted", text_at(hold, "over"),
            text_at(hold, "what"), text_at(hold, "placed"), text_at(hold, "matter"));
    }
}

/* ---- the inventory ------------------------------------------------------------------------- */

/* "event.property", or the field. */
static const char *full_name(struct invocation *invocation, const struct value *item)
{
    const char *event = text_at(item, "event");
    return event[0] == '\0'
               ? text_at(item, "name")
               : str_z(invocation->job->arena,
                       str_format(invocation->job->arena, "%s.%s", event, text_at(item, "name")));
}

static void put_fields(struct invocation *invocation, const struct value *list)
{
    put("%s", faint());
    put_padded("field", 30);
    put(" %-9s %-9s %-10s %-10s %8s  owner%s\n", "type", "origin", "sensitive", "pii", "values",
        plain());
    for (size_t i = 0; i < length(list); i++) {
        const struct value *field = &list->item[i];
        put_padded(full_name(invocation, field), 30);
        put(" %-9s %-9s %-10s %-10s %8llu  %s\n", text_at(field, "type"), text_at(field, "origin"),
            text_at(field, "sensitivity"), text_at(field, "pii"),
            (unsigned long long)count_at(field, "values"), text_at(field, "owner"));
    }
}

static void put_undeclared(struct invocation *invocation, const struct value *list)
{
    for (size_t i = 0; i < length(list); i++) {
        const struct value *one = &list->item[i];
        const bool by_values = text_at(one, "by")[4] == 'v'; /* "its values" or "its name" */
        put("%s!%s %s looks like %s by %s", bad(), plain(), full_name(invocation, one),
            text_at(one, "looks_like"), text_at(one, "by"));
        if (by_values) {
            put(" (%.1f %% of %llu)", 100 * number_at(one, "share"),
                (unsigned long long)count_at(one, "values"));
        }
        put(", and candor.yaml does not say so\n");
    }
}

static double bound_at(const struct value *item, size_t at)
{
    const struct value *ci = value_get(item, "ci");
    return length(ci) > at ? ci->item[at].number : 0;
}

static void put_costs(const struct value *list)
{
    if (length(list) > 0) {
        put("\n%sWhat a model would lose without a source (AUC, 95 %% interval)%s\n", bold(),
            plain());
    }
    for (size_t i = 0; i < length(list); i++) {
        const struct value *one = &list->item[i];
        put_padded(text_at(one, "model"), 12);
        put("  ");
        put_padded(text_at(one, "source"), 20);
        put("  %+.4f  %+.4f to %+.4f%s\n", number_at(one, "cost"), bound_at(one, 0),
            bound_at(one, 1), bool_at(one, "can_be_dropped") ? "  can be dropped" : "");
    }
}

static void put_proxies(const struct value *list)
{
    if (length(list) > 0) {
        put("\n%sHow well features tell protected attributes (AUC, 95 %% interval)%s\n", bold(),
            plain());
    }
    for (size_t i = 0; i < length(list); i++) {
        const struct value *one = &list->item[i];
        put_padded(text_at(one, "attribute"), 12);
        put("  ");
        put_padded(text_at(one, "feature"), 22);
        put("  %.3f  %.3f to %.3f  %s\n", number_at(one, "auc"), bound_at(one, 0), bound_at(one, 1),
            text_at(one, "verdict"));
    }
}

void show_inventory(struct invocation *invocation, const struct value *report)
{
    const struct value *unused = value_get(report, "unused");
    put_fields(invocation, value_get(report, "fields"));
    put("\n");
    put_undeclared(invocation, value_get(report, "undeclared"));
    for (size_t i = 0; i < length(unused); i++) {
        const struct value *one = &unused->item[i];
        put("- %s %s: %s\n", text_at(one, "what"), text_at(one, "name"), text_at(one, "sentence"));
    }
    put_costs(value_get(report, "cost"));
    put_proxies(value_get(report, "proxies"));
    put("\n");
}
