/*
 * show.c - JSON answers as people want to read them on a terminal.
 */
#include <math.h>
#include <string.h>

#include "cli.h"

/* ---- reading answers ----------------------------------------------------------------------- */

double number_at(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_NUMBER ? value->number : (double)NAN;
}

uint64_t count_at(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_NUMBER && value->integer > 0
               ? (uint64_t)value->integer
               : 0;
}

const char *text_at(const struct value *map, const char *key)
{
    return value_text_at(map, key).ptr;
}

bool bool_at(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_BOOL && value->boolean;
}

/* ---- anything ------------------------------------------------------------------------------ */

static void put_value(const struct value *value, unsigned indent);

static void put_scalar(const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        put("-");
        break;
    case VALUE_BOOL:
        put("%s", value->boolean ? "yes" : "no");
        break;
    case VALUE_NUMBER:
        if (value->is_integer) {
            put("%lld", (long long)value->integer);
        } else {
            put("%.6g", value->number);
        }
        break;
    case VALUE_TEXT:
        put("%s", value->text.ptr);
        break;
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
}

static bool is_scalar(const struct value *value)
{
    return value->kind != VALUE_LIST && value->kind != VALUE_MAP;
}

/* "ledger_index" reads better as "ledger index". */
static void put_key(struct str key, unsigned width)
{
    unsigned shown = 0;
    for (size_t i = 0; i < key.len; i++) {
        put("%c", key.ptr[i] == '_' ? ' ' : key.ptr[i]);
        shown += ((unsigned char)key.ptr[i] & 0xC0U) != 0x80U;
    }
    for (; shown < width; shown++) {
        put(" ");
    }
}

static void put_map(const struct value *map, unsigned indent)
{
    unsigned width = 0;
    for (size_t k = 0; k < map->count; k++) {
        if (is_scalar(&map->item[k]) && map->key[k].len > width && map->key[k].len < 32) {
            width = (unsigned)map->key[k].len;
        }
    }
    for (size_t k = 0; k < map->count; k++) {
        put("%*s%s", (int)indent, "", faint());
        put_key(map->key[k], is_scalar(&map->item[k]) ? width : 0);
        put("%s", plain());
        if (is_scalar(&map->item[k])) {
            put("  ");
            put_scalar(&map->item[k]);
            put("\n");
        } else {
            put("%s\n", map->item[k].count == 0 ? "  none" : "");
            put_value(&map->item[k], indent + 2);
        }
    }
}

static void put_value(const struct value *value, unsigned indent)
{
    if (value->kind == VALUE_MAP) {
        put_map(value, indent);
        return;
    }
    if (value->kind != VALUE_LIST) {
        put("%*s", (int)indent, "");
        put_scalar(value);
        put("\n");
        return;
    }
    for (size_t i = 0; i < value->count; i++) {
        if (is_scalar(&value->item[i])) {
            put("%*s- ", (int)indent, "");
            put_scalar(&value->item[i]);
            put("\n");
        } else {
            put_value(&value->item[i], indent);
            put("%s", i + 1 < value->count ? "\n" : "");
        }
    }
}

void show_generic(struct invocation *invocation, const struct value *report)
{
    (void)invocation;
    put_value(report, 0);
}

/* ---- a home -------------------------------------------------------------------------------- */

void show_init(struct invocation *invocation, const struct value *report)
{
    (void)invocation;
    put("%s%s%s is ready in %s.\n\n", bold(), text_at(report, "name"), plain(),
        text_at(report, "home"));
    put("  candor.yaml    what may be held, why, and what is done with it: read it first\n"
        "  ledger.pub     give this to whoever should be able to check the ledger\n"
        "  keys/          never part of a data backup; losing it loses the data\n\n"
        "First operator: %s. A second one approves plans:\n"
        "  candor --home %s operator add NAME --roles approver\n",
        text_at(report, "operator"), text_at(report, "home"));
}

void show_import(struct invocation *invocation, const struct value *report)
{
    char a[32];
    char b[32];
    const struct value *reasons = value_get(report, "reasons");
    const struct value *first = value_get(report, "first_rejected");
    const double seconds = number_at(report, "seconds");
    (void)invocation;
    put("%s%s%s of %s rows %s", bold(), count_text(count_at(report, "imported"), a), plain(),
        count_text(count_at(report, "rows"), b),
        bool_at(report, "dry_run") ? "could be imported" : "imported");
    if (seconds > 0) {
        put(" %sin %.1f s%s", faint(), seconds, plain());
    }
    put("\n");
    if (count_at(report, "resumed_after") > 0) {
        put("Went on after the %s rows of an import that was interrupted.\n",
            count_text(count_at(report, "resumed_after"), a));
    }
    if (count_at(report, "shared_addresses") > 0) {
        put("%s have an address that another customer has already: it finds that one.\n",
            count_text(count_at(report, "shared_addresses"), a));
    }
    if (count_at(report, "rejected") == 0) {
        return;
    }
    put("%s left out:\n", count_text(count_at(report, "rejected"), a));
    for (size_t r = 0; reasons != NULL && r < reasons->count; r++) {
        put("  %7lld  %.*s\n", (long long)reasons->item[r].integer, STR_ARG(reasons->key[r]));
    }
    for (size_t s = 0; first != NULL && s < first->count && s < 5; s++) {
        const struct value *row = &first->item[s];
        put("  %sline %llu: %s%s%s%s%s\n", faint(), (unsigned long long)count_at(row, "line"),
            text_at(row, "field"), text_at(row, "field")[0] == '\0' ? "the row " : " ",
            text_at(row, "sentence"), "", plain());
    }
}

static void put_drivers(const struct value *report, size_t most)
{
    const struct value *drivers = value_get(report, "drivers");
    for (size_t d = 0; drivers != NULL && d < drivers->count && d < most; d++) {
        const struct value *driver = &drivers->item[d];
        const char *label = text_at(driver, "label");
        const double widest = number_at(&drivers->item[0], "importance");
        put("  ");
        put_padded(label[0] == '\0' ? text_at(driver, "feature") : label, 34);
        put(" ");
        put_bar(widest > 0 ? number_at(driver, "importance") / widest : 0, 24);
        put(" %4.1f %%\n", 100 * number_at(driver, "share"));
    }
}

static void put_groups(const struct value *fairness)
{
    char counted[32];
    const struct value *groups = value_get(fairness, "groups");
    const struct value *metrics = value_get(fairness, "metrics");
    double widest = 0;
    for (size_t g = 0; groups != NULL && g < groups->count; g++) {
        widest = fmax(widest, number_at(&groups->item[g], "selection_rate"));
    }
    for (size_t g = 0; groups != NULL && g < groups->count; g++) {
        const struct value *group = &groups->item[g];
        put("  %-12s ", text_at(group, "value"));
        put_bar(widest > 0 ? number_at(group, "selection_rate") / widest : 0, 24);
        put(" %5.1f %% %sof %s%s\n", 100 * number_at(group, "selection_rate"), faint(),
            count_text(count_at(group, "count"), counted), plain());
    }
    const double ratio = number_at(metrics, "demographic_parity_ratio");
    if (!isnan(ratio)) {
        put("  lowest to highest: %s%.2f%s %s(four fifths, 0.80, is the usual limit)%s\n",
            ratio < 0.8 ? bad() : good(), ratio, plain(), faint(), plain());
    }
}

void show_train(struct invocation *invocation, const struct value *report)
{
    char a[32];
    char b[32];
    const struct value *left = value_get(report, "left_out");
    const struct value *fairness = value_get(report, "fairness");
    (void)invocation;
    put("%s%s%s learnt from %s of %s customers; the others are left out:\n", bold(),
        text_at(report, "title"), plain(),
        count_text(count_at(report, "rows_train") + count_at(report, "rows_test"), a),
        count_text(count_at(report, "subjects"), b));
    for (size_t l = 0; left != NULL && l < left->count; l++) {
        put("  %7s  %.*s\n", count_text((uint64_t)left->item[l].integer, a), STR_ARG(left->key[l]));
    }
    put("\nAUC %s%.4f%s on %s rows held out, log loss %.4f, in %.2f s\n\nWhat drives it\n", bold(),
        number_at(report, "auc"), plain(), count_text(count_at(report, "rows_test"), a),
        number_at(report, "log_loss"), number_at(report, "train_seconds"));
    put_drivers(report, 8);
    if (fairness != NULL && text_at(fairness, "attribute")[0] != '\0') {
        put("\nIs it fair? By %s, %s:\n", text_at(fairness, "attribute"),
            text_at(fairness, "decision"));
        put_groups(fairness);
    }
    put("\n%sNot in use until published: candor model publish %s%s\n", faint(),
        text_at(report, "model"), plain());
}

/* How many of those a model was learnt from are gone. */
static void put_gone(const struct value *training, const char *which)
{
    const uint64_t erased = count_at(training, "erased_since");
    const uint64_t lost = count_at(training, "data_deleted_since");
    if (count_at(training, "subjects") == 0 || erased + lost == 0) {
        return;
    }
    put("  %s %llu subjects: %llu erased since, data of %llu deleted%s%s%s\n", which,
        (unsigned long long)count_at(training, "subjects"), (unsigned long long)erased,
        (unsigned long long)lost, bool_at(training, "retrain") ? bad() : "",
        bool_at(training, "retrain") ? ": train it again" : "", plain());
}

void show_models(struct invocation *invocation, const struct value *report)
{
    const struct value *models = value_get(report, "models");
    (void)invocation;
    if (models == NULL || models->count == 0) {
        put("No model is trained yet. Describe one under 'models' in candor.yaml, then: candor "
            "train NAME\n");
        return;
    }
    for (size_t m = 0; m < models->count; m++) {
        const struct value *model = &models->item[m];
        put("%-20s %s  AUC %.4f  rows %llu  %.16s\n", text_at(model, "model"),
            bool_at(model, "published") ? "published" : "proposed ", number_at(model, "auc"),
            (unsigned long long)count_at(model, "rows_train"), text_at(model, "digest"));
        put_gone(value_get(model, "training"), "learnt from");
        put_gone(value_get(model, "training_of_published"), "the published one from");
    }
}

static void show_drift_audit(struct invocation *invocation, const struct value *report)
{
    const struct value *drift = value_get(report, "drift");
    const struct value *alarms = value_get(report, "drift_alarms");
    for (size_t d = 0; drift != NULL && d < drift->count; d++) {
        put("Model %s: ", text_at(&drift->item[d], "model"));
        show_drift(invocation, &drift->item[d]);
    }
    for (size_t a = 0; alarms != NULL && a < alarms->count; a++) {
        const struct value *alarm = &alarms->item[a];
        put("%s!%s %s: %s, %s %s\n", bad(), plain(), text_at(alarm, "time"),
            text_at(alarm, "monitor"), text_at(alarm, "column"), text_at(alarm, "way"));
    }
    if (drift != NULL) {
        put("%s\n", alarms != NULL && alarms->count > 0
                        ? "What comes after an alarm is learnt as the new usual: candor monitors"
                        : "No monitor raised an alarm in thirty days.");
    }
}

void show_audit(struct invocation *invocation, const struct value *report)
{
    const struct value *fairness = value_get(report, "fairness");
    const struct value *security = value_get(report, "security");
    const struct value *consent = value_get(report, "consent");
    (void)invocation;
    for (size_t c = 0; consent != NULL && c < consent->count; c++) {
        const struct value *item = &consent->item[c];
        put("%s%s%s %-18s %s\n", bool_at(item, "finding") ? bad() : faint(),
            bool_at(item, "finding") ? "!" : "-", plain(), text_at(item, "about"),
            text_at(item, "sentence"));
    }
    if (security != NULL) {
        show_security(security);
    }
    for (size_t f = 0; fairness != NULL && f < fairness->count; f++) {
        const struct value *item = &fairness->item[f];
        put("Model %s by %s, %s:\n", text_at(item, "model"), text_at(item, "attribute"),
            text_at(item, "decision"));
        put_groups(item);
        put_audit(NULL, item);
        put("  %s\n", bool_at(item, "finding") ? "Finding: one group is chosen far less often."
                      : bool_at(item, "enough_evidence")
                          ? "No finding."
                          : "No finding, but the groups are too small to be sure.");
    }
    show_drift_audit(invocation, report);
    if (value_get(report, "inventory") != NULL) {
        show_inventory(invocation, value_get(report, "inventory"));
    }
    if (value_get(report, "retention") != NULL) {
        show_retention(invocation, value_get(report, "retention"));
    }
    if (value_get(report, "quality") != NULL) {
        show_quality(invocation, report);
    }
    put("%llu finding%s.\n", (unsigned long long)count_at(report, "findings"),
        count_at(report, "findings") == 1 ? "" : "s");
    const struct value *weights = value_get(report, "security_findings");
    const unsigned long long lesser =
        weights == NULL ? 0 : count_at(weights, "medium") + count_at(weights, "low");
    if (lesser > 0) {
        put("Of security %llu of less weight %s told above: they do not make the audit fail.\n",
            lesser, lesser == 1 ? "is" : "are");
    }
}

void show_verify(struct invocation *invocation, const struct value *report)
{
    char a[32];
    (void)invocation;
    if (bool_at(report, "sound")) {
        put("%sSound.%s %s entries are as signed by %s.\n", good(), plain(),
            count_text(count_at(report, "entries"), a), text_at(report, "origin"));
    } else {
        put("%sNot sound.%s %s\n", bad(), plain(), text_at(report, "finding"));
    }
    put("%sroot %s%s\n", faint(), text_at(report, "root"), plain());
}

/* ---- one person ---------------------------------------------------------------------------- */

static void put_reasons(const struct value *decision)
{
    const struct value *reasons = value_get(decision, "reasons");
    for (size_t r = 0; reasons != NULL && r < reasons->count; r++) {
        put("  • %s\n", reasons->item[r].text.ptr);
    }
}

void show_decide(struct invocation *invocation, const struct value *report)
{
    const bool sends = str_is(str_of(text_at(report, "decision")), "send");
    const double score = number_at(report, "score");
    const struct value *receipt = value_get(report, "receipt");
    (void)invocation;
    if (sends) {
        put("%sSend%s “%s”\n", good(), plain(), text_at(report, "offer"));
    } else {
        put("%sLeave alone%s (%s)\n", bold(), plain(), text_at(report, "code"));
    }
    if (!isnan(score)) {
        put("Chance to respond: %.1f %%\n", 100 * score);
    }
    put("Why\n");
    put_reasons(report);
    put("%sLedger entry %llu; --json has the receipt, which anyone can verify offline.%s\n",
        faint(), (unsigned long long)count_at(receipt, "ledger_index"), plain());
}

static void put_purposes(const struct value *report)
{
    const struct value *purposes = value_get(report, "purposes");
    for (size_t p = 0; purposes != NULL && p < purposes->count; p++) {
        const struct value *purpose = &purposes->item[p];
        const bool allowed = bool_at(purpose, "allowed");
        put("  %s%s%s %-34s %-8s %-12s %s%s%s\n", allowed ? good() : bad(), allowed ? "✓" : "✗",
            plain(), text_at(purpose, "title"), text_at(purpose, "channel"),
            text_at(purpose, "recipient"), faint(), text_at(purpose, "sentence"), plain());
    }
}

static void put_history(const struct value *report)
{
    const struct value *consents = value_get(report, "consents");
    for (size_t c = 0; consents != NULL && c < consents->count; c++) {
        const struct value *record = &consents->item[c];
        put("  %.10s  %-22s %-10s %s%s%s\n", text_at(record, "time"), text_at(record, "purpose"),
            text_at(record, "decision"), faint(), text_at(record, "surface"), plain());
    }
}

static void put_fields(const struct value *report)
{
    const struct value *fields = value_get(report, "fields");
    for (size_t f = 0; fields != NULL && f < fields->count; f++) {
        const struct value *field = &fields->item[f];
        const struct value *value = value_get(field, "value");
        if (value == NULL || value->kind == VALUE_NULL) {
            continue;
        }
        put("  %-22s ", text_at(field, "label"));
        put_scalar(value);
        put("  %s(%s)%s\n", faint(), text_at(field, "origin"), plain());
    }
}

void show_subject(struct invocation *invocation, const struct value *report)
{
    char counted[32];
    const struct value *decisions = value_get(report, "decisions");
    (void)invocation;
    put("%s%s%s\n\nWhat is known\n", bold(), text_at(report, "identifier"), plain());
    put_fields(report);
    put("  %s events\n\nWhat is allowed now%s\n",
        count_text(count_at(report, "event_count"), counted),
        bool_at(report, "restricted") ? " (restricted)" : "");
    put_purposes(report);
    put("\nWhat was said\n");
    put_history(report);
    put("\nWhat was decided\n");
    if (decisions == NULL || decisions->count == 0) {
        put("  nothing yet\n");
    }
    for (size_t d = 0; decisions != NULL && d < decisions->count; d++) {
        const struct value *decision = &decisions->item[d];
        put("  %.10s  %s: %s (%s)\n", text_at(decision, "time"), text_at(decision, "campaign"),
            text_at(decision, "decision"), text_at(decision, "code"));
        put_reasons(decision);
    }
}

void show_erase(struct invocation *invocation, const struct value *report)
{
    const struct value *rows = value_get(report, "rows_deleted");
    const struct value *key = value_get(report, "key_destroyed");
    (void)invocation;
    put("%sErased.%s Certificate %s\n\n", good(), plain(), text_at(report, "certificate"));
    put("  deleted    %llu profile, %llu event, %llu consent, %llu contact, %llu decision rows\n",
        (unsigned long long)count_at(rows, "profile"), (unsigned long long)count_at(rows, "events"),
        (unsigned long long)count_at(rows, "consents"),
        (unsigned long long)count_at(rows, "contacts"),
        (unsigned long long)count_at(rows, "decisions"));
    put("  key        destroyed; root %s replaced by %s (generation %llu, grade %s)\n",
        text_at(key, "root_before"), text_at(key, "root_after"),
        (unsigned long long)count_at(key, "generation"), text_at(key, "root_grade"));
    put("  backups    %s\n", text_at(report, "backups"));
    put("  ledger     entry %llu; --json has the receipt\n",
        (unsigned long long)count_at(report, "ledger_index"));
}

/* ---- studies ------------------------------------------------------------------------------- */

/* "12 features are held at zero: ...: a, b, c and 9 more" */
static void put_left_out(const struct value *report, const char *key, const char *what)
{
    enum { NAMES_MAX = 8 };
    const struct value *name = value_get(report, key);
    if (name == NULL || name->count == 0) {
        return;
    }
    put("%sNote:%s %zu %s", bad(), plain(), name->count, what);
    for (size_t i = 0; i < name->count && i < NAMES_MAX; i++) {
        put("%s%.*s", i == 0 ? ": " : ", ", STR_ARG(name->item[i].text));
    }
    if (name->count > NAMES_MAX) {
        put(" and %zu more (all of them with --json, or by candor card)", name->count - NAMES_MAX);
    }
    put("\n");
}

static void put_all_left_out(const struct value *report)
{
    const struct value *is_cut_short = value_get(report, "cut_short");
    put_left_out(report, "held_at_zero",
                 "features showed no more than chance on their own and are held at zero");
    put_left_out(report, "not_paired", "features were not considered for pairs");
    if (is_cut_short != NULL && is_cut_short->kind == VALUE_BOOL && is_cut_short->boolean) {
        put("%sNote:%s --time-limit ended training before it had settled.\n", bad(), plain());
    }
}

void show_fit(struct invocation *invocation, const struct value *report)
{
    char a[32];
    char b[32];
    (void)invocation;
    const unsigned long long features = count_at(report, "features");
    const unsigned long long pairs = count_at(report, "pairs");
    put("Learnt from %s rows, %llu feature%s and %llu pair%s, in %.2f s\n",
        count_text(count_at(report, "rows_train"), a), features, features == 1 ? "" : "s", pairs,
        pairs == 1 ? "" : "s", number_at(report, "train_seconds"));
    if (!isnan(number_at(report, "auc"))) {
        put("AUC %s%.4f%s, log loss %.4f on %s rows held out\n", bold(), number_at(report, "auc"),
            plain(), number_at(report, "log_loss"), count_text(count_at(report, "rows_test"), b));
    } else if (!isnan(number_at(report, "log_loss"))) {
        put("Log loss %s%.4f%s on %s rows held out\n", bold(), number_at(report, "log_loss"),
            plain(), count_text(count_at(report, "rows_test"), b));
    } else if (!isnan(number_at(report, "deviance"))) {
        put("Deviance %s%.4f%s, RMSE %.4f on %s rows held out\n", bold(),
            number_at(report, "deviance"), plain(), number_at(report, "rmse"),
            count_text(count_at(report, "rows_test"), b));
    } else if (!isnan(number_at(report, "rmse"))) {
        put("RMSE %s%.4f%s, R² %.4f on %s rows held out\n", bold(), number_at(report, "rmse"),
            plain(), number_at(report, "r2"), count_text(count_at(report, "rows_test"), b));
    } else {
        put("%sNo rows were held out (--holdout 0.2, or --split), so nothing is measured.%s\n",
            faint(), plain());
    }
    const struct value *warnings = value_get(report, "warnings");
    for (size_t w = 0; warnings != NULL && w < warnings->count; w++) {
        put("%sNote:%s %.*s\n", bad(), plain(), STR_ARG(warnings->item[w].text));
    }
    put_all_left_out(report);
    put("\nWhat drives it\n");
    put_drivers(report, 12);
}

static void put_rate(const struct value *group, const char *key)
{
    const double rate = number_at(group, key);
    if (isnan(rate)) {
        put(" %10s", "undefined");
    } else {
        put(" %10.4f", rate);
    }
}

/* One attribute's groups, a line each. */
static void put_rates(struct str attribute, const struct value *groups)
{
    static const char *const column[] = {"selection_rate", "tpr", "fpr", "ppv", "npv", "accuracy"};
    put("%s%.*s%s\n  %-22s %8s %10s %10s %10s %10s %10s %10s\n", bold(), STR_ARG(attribute),
        plain(), "", "count", "selected", "tpr", "fpr", "ppv", "npv", "accuracy");
    for (size_t g = 0; g < groups->count; g++) {
        put("  %-22.*s %8llu", STR_ARG(groups->key[g]),
            (unsigned long long)count_at(&groups->item[g], "count"));
        for (size_t c = 0; c < sizeof column / sizeof column[0]; c++) {
            put_rate(&groups->item[g], column[c]);
        }
        put("\n");
    }
}

/* The measures between them, with intervals. */
static void put_measures(struct arena *arena, const struct value *measure)
{
    const struct value *ci = value_get(measure, "ci");
    for (size_t m = 0; measure != NULL && m < measure->count; m++) {
        const struct value *interval = value_get(ci, str_z(arena, measure->key[m]));
        if (measure->item[m].kind == VALUE_NUMBER && interval != NULL && interval->count == 2) {
            put("  %-34.*s %8.4f  %s%.4f to %.4f%s\n", STR_ARG(measure->key[m]),
                measure->item[m].number, faint(), interval->item[0].number,
                interval->item[1].number, plain());
        }
    }
}

void show_fairness(struct invocation *invocation, const struct value *report)
{
    struct arena *arena = invocation->job->arena;
    const struct value *groups = value_get(report, "groups");
    const struct value *metrics = value_get(report, "metrics");
    const struct value *warnings = value_get(report, "warnings");
    for (size_t a = 0; groups != NULL && a < groups->count; a++) {
        put_rates(groups->key[a], &groups->item[a]);
        put_measures(arena, value_get(metrics, str_z(arena, groups->key[a])));
    }
    put_audit(arena, report);
    put_compat(report);
    for (size_t w = 0; warnings != NULL && w < warnings->count && w < 20; w++) {
        put("%sWarning: %s%s\n", faint(), warnings->item[w].text.ptr, plain());
    }
}
