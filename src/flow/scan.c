/*
 * scan.c - `candor scan`: what must not leave or go live, in files and folders.
 *
 *     paths ──scan_walk.c──▶ files ──scan_file.c──▶ findings ──scan_baseline.c──▶ known or new ──▶ report
 */
#include "scanned.h"

enum { BEFORE_MAX = 16 << 20 };

const char *const rank_name[RANKS] = {"low", "medium", "high", "critical"};

static enum candor_status take_word(struct job *job, const char *given, const char *option,
                                    const char *const *word, size_t count, size_t *index)
{
    for (size_t i = 0; given != NULL && i < count; i++) {
        if (strcmp(given, word[i]) == 0) {
            *index = i;
            return CANDOR_OK;
        }
    }
    if (given == NULL) {
        return CANDOR_OK;
    }
    struct buf words = buf_begin(job->arena);
    for (size_t i = 0; i < count; i++) {
        buf_format(&words, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", word[i]);
    }
    return fail(job, CANDOR_BAD_INPUT, "'%s' is %.*s, not '%.40s'", option,
                STR_ARG(buf_text(&words)), given);
}

enum candor_status scan_words(struct job *job, const struct gate *gate,
                              const struct candor_scan *asked, struct gate_asked *look,
                              enum likelihood *least)
{
    static const char *const likelihood[] = {"unlikely", "possible", "likely", "very-likely"};
    size_t word = LIKELY - 1;
    if (!scan_kinds_from(asked->only, &look->kinds)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "'only' is pii, secrets, injection, copy, code, anomaly, rules or origin, not "
                    "'%.40s'",
                    asked->only);
    }
    TRY(take_word(job, asked->least, "least", likelihood, 4, &word));
    *least = (enum likelihood)(word + 1);
    if (asked->region != NULL) {
        const struct str region = str_of(asked->region);
        if (region.len != 2 || !phone_region_exists(gate, region)) {
            return fail(
                job, CANDOR_BAD_INPUT,
                "'region' is a country of two capitals, such as DE, whose telephone numbers "
                "are known; '%.8s' is none",
                asked->region);
        }
        bytes_copy(look->region, region.ptr, 2);
    }
    return CANDOR_OK;
}

bool is_market(struct str market)
{
    return market.len == 2 && market.ptr[0] >= 'A' && market.ptr[0] <= 'Z' &&
           market.ptr[1] >= 'A' && market.ptr[1] <= 'Z';
}

/* "DE,FR" as "DE FR". */
static enum candor_status take_markets(struct job *job, const char *asked, struct gate_asked *look)
{
    enum { MARKETS_MAX = 50 };
    struct buf buf = buf_begin(job->arena);
    struct str rest = asked == NULL ? STR("") : str_of(asked);
    size_t count = 0;
    while (rest.len > 0) {
        const struct str market = str_trim(str_cut(&rest, ','));
        if (!is_market(market) || ++count > MARKETS_MAX) {
            return fail(job, CANDOR_BAD_INPUT,
                        "the market is a country of two capitals, such as DE, or several: DE,FR");
        }
        buf_str(&buf, market);
        buf_lit(&buf, LIT(" "));
    }
    look->markets = buf_text(&buf);
    return CANDOR_OK;
}

/* "a.example, b.example" in the place of what the policy lists. */
static enum candor_status take_names(struct job *job, const char *asked, const char *what,
                                     bool *is_there, const struct str **name, size_t *count)
{
    enum { NAMES_MAX = 1000, HOST_LEN_MAX = 253 };
    struct str rest = asked == NULL ? STR("") : str_of(asked);
    struct str *names = NULL;
    size_t found = 0;
    if (asked == NULL) {
        return CANDOR_OK;
    }
    names = NEW_ARRAY(job->arena, NAMES_MAX, struct str);
    while (rest.len > 0) {
        const struct str one = str_trim(str_cut(&rest, ','));
        if (one.len == 0 || one.len > HOST_LEN_MAX || found == NAMES_MAX) {
            return fail(job, CANDOR_BAD_INPUT,
                        "%s: at most %d names of 1 to %d bytes, with commas between", what,
                        NAMES_MAX, HOST_LEN_MAX);
        }
        names[found++] = one;
    }
    *is_there = true; /* an empty list allows nothing */
    *name = names;
    *count = found;
    return CANDOR_OK;
}

/* What the caller allows by name. */
static enum candor_status take_allowed(struct scanning *scanning)
{
    struct job *job = scanning->job;
    const struct candor_scan *asked = scanning->asked;
    struct gate_policy *policy = NEW(job->arena, struct gate_policy);
    if (asked->hosts == NULL && asked->packages == NULL) {
        return CANDOR_OK;
    }
    if (scanning->look.policy != NULL) {
        *policy = *scanning->look.policy;
    }
    TRY(take_names(job, asked->hosts, "hosts", &policy->has_hosts, &policy->host,
                   &policy->host_count));
    TRY(take_names(job, asked->packages, "packages", &policy->has_packages, &policy->package,
                   &policy->package_count));
    scanning->look.policy = policy;
    return CANDOR_OK;
}

/* Rules, indexes and what is allowed. */
static enum candor_status take_origin(struct scanning *scanning)
{
    struct job *job = scanning->job;
    const struct candor_scan *asked = scanning->asked;
    struct gate_asked *look = &scanning->look;
    if (asked->policy_path != NULL) {
        TRY(scan_policy_read(job, asked->policy_path, &look->policy));
    }
    TRY(take_allowed(scanning));
    if (asked->corpus_path != NULL) {
        TRY(origin_open(job, asked->corpus_path, &look->corpus));
    }
    if (asked->rules_path != NULL) {
        TRY(scan_rules_load(job, scanning->gate, asked->rules_path, &look->rules,
                            &scanning->rules));
        look->kinds |= asked->only == NULL ? (unsigned)GATE_RULE : 0;
    } else if (look->kinds == GATE_RULE) {
        return fail(job, CANDOR_BAD_INPUT, "--only rules needs --rules FOLDER");
    }
    if (asked->before_path != NULL) {
        struct bytes before;
        TRY(during(job, file_read(job, str_of(asked->before_path), BEFORE_MAX, &before),
                   "the version before"));
        look->has_before = true;
        look->before = (struct str){(const char *)before.ptr, before.len};
    }
    const bool has_licences = look->policy != NULL && look->policy->has_licences;
    if (asked->only == NULL && (has_licences || look->corpus != NULL)) {
        look->kinds |= GATE_ORIGIN;
    }
    if ((look->kinds & GATE_ORIGIN) == 0) {
        return CANDOR_OK;
    }
    const char *licences =
        asked->licences_path != NULL ? asked->licences_path : origin_installed(job);
    return licences == NULL ? CANDOR_OK : origin_open(job, licences, &look->licences);
}

static enum candor_status take_asked(struct scanning *scanning)
{
    struct job *job = scanning->job;
    const struct candor_scan *asked = scanning->asked;
    size_t rank = RANK_MEDIUM;
    TRY(scan_words(job, scanning->gate, asked, &scanning->look, &scanning->least));
    TRY(take_markets(job, asked->market, &scanning->look));
    TRY(take_origin(scanning));
    TRY(take_word(job, asked->fail_on, "fail-on", rank_name, RANKS, &rank));
    scanning->kinds = scanning->look.kinds;
    scanning->look.kinds |= GATE_ALL;
    scanning->look.first = scanning->kinds;
    scanning->look.least = UNLIKELY;             /* all of it is masked, whatever is reported */
    scanning->look.least_name = scanning->least; /* but for names that nobody asked for */
    scanning->fail_on = (enum severity_rank)rank;
    return CANDOR_OK;
}

static enum candor_status scan_all(struct scanning *scanning)
{
    struct job *job = scanning->job;
    for (size_t i = 0; i < scanning->asked->path_count; i++) {
        TRY(scan_gather(scanning, str_of(scanning->asked->path[i])));
    }
    for (size_t f = 0; f < scanning->file_count; f++) {
        job_say_progress(job, "scanning", f, scanning->file_count);
        if (atomic_load(&job->cancelled)) {
            return fail(job, CANDOR_CANCELLED, "stopped after %zu of %zu files", f,
                        scanning->file_count);
        }
        TRY(scan_file(scanning, scanning->file[f]));
    }
    return CANDOR_OK;
}

static enum candor_status write_baseline(struct scanning *scanning)
{
    struct answer answer;
    struct candor_text text;
    const char *path = scanning->asked->write_baseline_path;
    if (path == NULL) {
        return CANDOR_OK;
    }
    answer_begin(scanning->job, &answer);
    put_scan_sarif(scanning, &answer.json, true);
    answer_end(&answer, &text);
    return file_replace(scanning->job, str_of(path),
                        (struct bytes){(const uint8_t *)text.ptr, text.len}, 0644);
}

static void put_report(struct scanning *scanning, bool *blocks, struct candor_text *report)
{
    struct answer answer;
    *blocks = scanning->unread_count > 0 || scanning->is_cut;
    for (size_t i = 0; i < scanning->count; i++) {
        *blocks = *blocks || scan_blocks(scanning, &scanning->item[i]);
    }
    answer_begin(scanning->job, &answer);
    if (scanning->asked->format == CANDOR_SCAN_SARIF) {
        put_scan_sarif(scanning, &answer.json, false);
    } else {
        put_scan_json(scanning, &answer.json);
    }
    answer_end(&answer, report);
}

enum candor_status scan_bytes(struct job *job, struct bytes bytes, struct str file,
                              const struct candor_scan *asked, const struct gate_policy *policy,
                              struct scanning *scanning)
{
    const char *path = NULL;
    *scanning = (struct scanning){.job = job, .asked = asked, .gate = scan_gate(), .shown = file};
    scanning->look.policy = policy;
    TRY(take_asked(scanning));
    TRY(file_in_memory(job, bytes, &path));
    scanning->file_count = 1;
    TRY(scan_file(scanning, str_of(path)));
    scan_fingerprints(scanning);
    return scanning->unread_count == 0 ? CANDOR_OK
                                       : fail(job, CANDOR_IO, "the content could not be scanned");
}

/* The name that a text would have as a file. */
static enum candor_status take_name(struct job *job, const struct candor_scan *asked,
                                    struct str *name)
{
    enum { AS_LEN_MAX = 200 };
    if (asked->as == NULL) {
        return CANDOR_OK;
    }
    *name = str_of(asked->as);
    for (size_t i = 0; i < name->len; i++) {
        if ((unsigned char)name->ptr[i] < ' ') {
            return fail(job, CANDOR_BAD_INPUT, "the name of a file has no line breaks or tabs");
        }
    }
    return name->len > 0 && name->len <= AS_LEN_MAX
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT,
                      "a name such as banner.js is needed, of 1 to 200 bytes");
}

/* Standard input as the file that it would be. */
static enum candor_status take_input(struct scanning *scanning)
{
    enum { INPUT_LEN_MAX = 64 << 20 };
    struct job *job = scanning->job;
    const struct candor_scan *asked = scanning->asked;
    struct bytes content;
    if (asked->as == NULL) {
        return CANDOR_OK;
    }
    if (asked->path_count != 1 || !str_is(str_of(asked->path[0]), "-")) {
        return fail(job, CANDOR_BAD_INPUT,
                    "--as says what standard input is: candor scan - --as %s", asked->as);
    }
    TRY(take_name(job, asked, &scanning->shown));
    TRY(file_read(job, STR("/dev/stdin"), INPUT_LEN_MAX, &content));
    return file_in_memory(job, content, &scanning->input);
}

enum candor_status candor_scan(struct job *job, const struct candor_scan *asked, bool *blocks,
                               struct candor_text *report)
{
    struct scanning scanning = {.job = job, .asked = asked, .gate = scan_gate()};
    TRY(take_asked(&scanning));
    TRY(take_input(&scanning));
    if (asked->write_baseline_path != NULL) {
        TRY(path_may_be_written(job, asked->write_baseline_path));
    }
    TRY(scan_all(&scanning));
    scan_fingerprints(&scanning);
    TRY(scan_compare(&scanning));
    TRY(write_baseline(&scanning));
    put_report(&scanning, blocks, report);
    return CANDOR_OK;
}

static enum candor_status scan_one(struct job *job, const struct candor_scan *asked,
                                   const struct gate_policy *policy, struct candor_text text,
                                   bool *blocks, struct candor_text *report)
{
    struct scanning scanning;
    struct str name = STR(SCAN_NO_NAME);
    TRY(take_name(job, asked, &name));
    TRY(scan_bytes(job, (struct bytes){(const uint8_t *)text.ptr, text.len}, name, asked, policy,
                   &scanning));
    put_report(&scanning, blocks, report);
    return CANDOR_OK;
}

enum candor_status candor_scan_text(struct job *job, const struct candor_scan *asked,
                                    struct candor_text text, bool *blocks,
                                    struct candor_text *report)
{
    return scan_one(job, asked, NULL, text, blocks, report);
}

/* Its licences are looked at where content is submitted: their index is too large to be read for each call. */
enum candor_status candor_scan_at_home(struct job *job, struct candor *candor,
                                       const struct candor_scan *asked, struct candor_text text,
                                       bool *blocks, struct candor_text *report)
{
    struct gate_policy policy = {0};
    home_enter(candor);
    if (candor->scan != NULL) {
        policy = *candor->scan;
    }
    home_leave(candor); /* what it names stays as long as the home */
    policy.has_licences = false;
    policy.licence_count = 0;
    return scan_one(job, asked, &policy, text, blocks, report);
}
