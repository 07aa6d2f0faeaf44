/*
 * signals_read.c - the signals of a request, read once, and what they say about a purpose.
 *
 * A string that cannot be read, or is no longer in force, is a no for every purpose that it could
 * speak of. A signal that cannot speak of a purpose, because candor.yaml says nothing, says nothing.
 * A US section in which nobody opted out is no yes either: it is the default of the place.
 */
#include "signals.h"

struct gpp_read {
    bool is_there;
    enum signal_fault fault;
    struct gpp gpp;
    bool in_force[GPP_SECTIONS_MAX];
};

struct request_signals {
    bool gpc;
    int64_t gpc_since;
    bool has_tcf;
    enum signal_fault tcf_fault;
    struct tcf tcf;
    struct gpp_read gpp;
    bool has_usp;
    enum signal_fault usp_fault;
    struct usp usp;
    bool has_mode;
    struct consent_mode mode;
    bool has_track;
    struct track_consent track;
    struct str jurisdiction;
};

struct str signals_jurisdiction(const struct request_signals *signals)
{
    return signals->jurisdiction;
}

/* ---- reading ------------------------------------------------------------------------------- */

static enum candor_status text_member(struct job *job, const struct value *map, const char *key,
                                      bool *is_there, struct str *text)
{
    const struct value *value = value_get(map, key);
    *is_there = value != NULL && value->kind != VALUE_NULL;
    return *is_there ? value_text(job, value, key, text) : CANDOR_OK;
}

static enum candor_status read_gpc(struct job *job, const struct value *map,
                                   struct request_signals *signals)
{
    const struct value *value = value_get(map, "gpc");
    struct str since;
    bool has_since = false;
    TRY(text_member(job, map, "gpc_since", &has_since, &since));
    signals->gpc_since = job->now;
    if (has_since && !str_to_time(since, &signals->gpc_since)) {
        return fail(job, CANDOR_BAD_INPUT, "gpc_since is a time as in RFC 3339");
    }
    if (value == NULL || value->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    if (value->kind == VALUE_NUMBER && value->is_integer &&
        (value->integer == 0 || value->integer == 1)) {
        signals->gpc = signals->gpc || value->integer == 1;
        return CANDOR_OK;
    }
    bool is_set = false;
    TRY(value_bool(job, value, "gpc", &is_set));
    signals->gpc = signals->gpc || is_set;
    return CANDOR_OK;
}

/* The sections in force: all, those named, or with [-1] none. */
static enum candor_status read_sid(struct job *job, const struct value *map, struct gpp_read *gpp)
{
    const struct value *list = value_get(map, "gpp_sid");
    const bool is_there = list != NULL && list->kind != VALUE_NULL;
    for (size_t s = 0; s < gpp->gpp.count; s++) {
        gpp->in_force[s] = !is_there;
    }
    if (!is_there) {
        return CANDOR_OK;
    }
    TRY(value_is(job, list, VALUE_LIST, "gpp_sid"));
    for (size_t i = 0; i < list->count; i++) {
        int64_t id = 0;
        bool is_found = false;
        TRY(value_int(job, &list->item[i], "an id of gpp_sid", &id));
        for (size_t s = 0; s < gpp->gpp.count; s++) {
            const bool is_it = gpp->gpp.section[s].id == (uint64_t)id;
            gpp->in_force[s] = gpp->in_force[s] || is_it;
            is_found = is_found || is_it;
        }
        /* In force and not there: what it would have said is not known. */
        if (id >= 0 && !is_found && gpp->fault == SIGNAL_FINE) {
            gpp->fault = SIGNAL_SECTION_COUNT;
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_strings(struct job *job, const struct value *map,
                                       struct request_signals *signals)
{
    struct str text;
    TRY(text_member(job, map, "tcf", &signals->has_tcf, &text));
    if (signals->has_tcf) {
        signals->tcf_fault = tcf_decode(job->arena, text, &signals->tcf);
    }
    TRY(text_member(job, map, "usp", &signals->has_usp, &text));
    if (signals->has_usp) {
        signals->usp_fault = usp_decode(text, &signals->usp);
    }
    TRY(text_member(job, map, "gpp", &signals->gpp.is_there, &text));
    if (!signals->gpp.is_there) {
        return CANDOR_OK;
    }
    signals->gpp.fault = gpp_decode(job->arena, text, &signals->gpp.gpp);
    return read_sid(job, map, &signals->gpp);
}

static enum candor_status read_maps(struct job *job, const struct value *map,
                                    struct request_signals *signals)
{
    const struct value *mode = value_get(map, "consent_mode");
    const struct value *track = value_get(map, "track");
    signals->has_mode = mode != NULL && mode->kind != VALUE_NULL;
    signals->has_track = track != NULL && track->kind != VALUE_NULL;
    if (signals->has_mode) {
        TRY(consent_mode_read(job, mode, &signals->mode));
    }
    return signals->has_track ? track_consent_read(job, track, &signals->track) : CANDOR_OK;
}

static enum candor_status read_json(struct job *job, const struct candor *candor, const char *json,
                                    struct request_signals *signals)
{
    static const char *const known[] = {"tcf",          "gpp",   "gpp_sid",
                                        "usp",          "gpc",   "gpc_since",
                                        "consent_mode", "track", "jurisdiction"};
    const struct value *map = NULL;
    bool has_place = false;
    TRY(json_read(job, bytes_of(str_of(json)), NULL, "signals", &map));
    TRY(value_is(job, map, VALUE_MAP, "signals"));
    TRY(value_only(job, map, known, sizeof known / sizeof known[0], "signals"));
    if (!candor->signals->is_there) {
        return fail(job, CANDOR_BAD_INPUT,
                    "candor.yaml has no section 'signals' that says what they mean for a purpose");
    }
    TRY(read_gpc(job, map, signals));
    TRY(read_strings(job, map, signals));
    TRY(read_maps(job, map, signals));
    TRY(text_member(job, map, "jurisdiction", &has_place, &signals->jurisdiction));
    if (has_place && !place_is_written_well(signals->jurisdiction)) {
        return fail(job, CANDOR_BAD_INPUT, "a jurisdiction is written DE or US-CA");
    }
    return CANDOR_OK;
}

enum candor_status signals_read(struct job *job, const struct candor *candor,
                                const struct candor_signals *given,
                                struct request_signals **signals)
{
    *signals = NEW(job->arena, struct request_signals);
    (*signals)->gpc = given->gpc;
    (*signals)->gpc_since = job->now;
    (*signals)->jurisdiction = candor->signals->jurisdiction;
    return given->json == NULL ? CANDOR_OK : read_json(job, candor, given->json, *signals);
}

struct request_signals *signals_of_track(struct job *job, const struct candor *candor, bool gpc,
                                         const struct track_consent *consent)
{
    struct request_signals *signals = NEW(job->arena, struct request_signals);
    signals->gpc = gpc;
    signals->gpc_since = job->now;
    signals->jurisdiction = candor->signals->jurisdiction;
    signals->has_track = consent != NULL;
    if (consent != NULL) {
        signals->track = *consent;
    }
    return signals;
}

/* ---- what they say ------------------------------------------------------------------------- */

struct gathering {
    struct job *job;
    const struct signal_config *config;
    const struct signal_map *map;
    struct evidence *evidence;
    size_t count;
};

static struct evidence *say(struct gathering *gathering, enum signal_source source, bool allows,
                            const char *code)
{
    must(gathering->count < EVIDENCE_MAX);
    struct evidence *evidence = &gathering->evidence[gathering->count++];
    *evidence = (struct evidence){
        .source = source, .allows = allows, .time = gathering->job->now, .code = code};
    return evidence;
}

static bool is_opt_out_map(const struct signal_map *map)
{
    return map->sale || map->sharing || map->targeting;
}

static bool is_tcf_map(const struct signal_map *map)
{
    return map->tcf != 0 || map->special_features != 0;
}

/* Every TCF purpose and feature that the purpose needs; the first no is the answer. */
static enum tcf_answer ask_tcf(const struct gathering *gathering, const struct tcf *tcf)
{
    const struct signal_config *config = gathering->config;
    enum tcf_answer answer = tcf_in_force(tcf, gathering->job->now);
    for (uint32_t i = 1; i <= TCF_PURPOSES && tcf_answer_allows(answer); i++) {
        if ((gathering->map->tcf >> (i - 1) & 1) == 1) {
            answer = tcf_may(tcf, &config->declared, config->vendor, i);
        }
    }
    for (uint32_t i = 1; i <= 2 && tcf_answer_allows(answer); i++) {
        if ((gathering->map->special_features >> (i - 1) & 1) == 1) {
            answer = tcf_may_special_feature(tcf, &config->declared, config->vendor, i);
        }
    }
    return answer;
}

static void say_tcf(struct gathering *gathering, enum signal_source source, enum signal_fault fault,
                    const struct tcf *tcf)
{
    if (!is_tcf_map(gathering->map)) {
        return;
    }
    if (fault != SIGNAL_FINE) {
        say(gathering, source, false, signal_fault_code(fault));
        return;
    }
    const enum tcf_answer answer = ask_tcf(gathering, tcf);
    struct evidence *evidence =
        say(gathering, source, tcf_answer_allows(answer), tcf_answer_code(answer));
    evidence->time = tcf->updated * (MICROS_PER_SECOND / 10);
}

static void say_us(struct gathering *gathering, const struct gpp_section *section)
{
    const struct signal_map *map = gathering->map;
    const struct gpp_reading reading = gpp_read(section);
    if (reading.no_profile && (is_opt_out_map(map) || is_tcf_map(map) || map->sensitive != 0)) {
        say(gathering, SOURCE_GPP, false, "known-child")->is_child = true;
    }
    if ((map->sale && reading.no_sale) || (map->sharing && reading.no_sharing) ||
        (map->targeting && reading.no_targeting)) {
        const bool is_gpc = section->layout != NULL && section->is.us.gpc;
        say(gathering, SOURCE_GPP, false, is_gpc ? "gpc" : "opted-out")->is_opt_out = is_gpc;
    }
    if ((map->sensitive & reading.sensitive) != 0) {
        say(gathering, SOURCE_GPP, false, "sensitive-data");
    }
    if (reading.only_processor && (map->sale || map->sharing)) {
        say(gathering, SOURCE_GPP, false, "service-provider-only");
    }
}

static void say_gpp(struct gathering *gathering, const struct gpp_read *read)
{
    const struct signal_map *map = gathering->map;
    if (!read->is_there || !(is_opt_out_map(map) || is_tcf_map(map) || map->sensitive != 0)) {
        return;
    }
    if (read->fault != SIGNAL_FINE) {
        say(gathering, SOURCE_GPP, false, signal_fault_code(read->fault));
        return;
    }
    for (size_t s = 0; s < read->gpp.count; s++) {
        const struct gpp_section *section = &read->gpp.section[s];
        if (!read->in_force[s]) {
            continue;
        }
        if (section->id == GPP_TCF_EU || section->id == GPP_TCF_CA) {
            struct tcf tcf;
            const enum signal_fault fault =
                section->id == GPP_TCF_EU
                    ? tcf_decode(gathering->job->arena, section->raw, &tcf)
                    : tcf_ca_decode(gathering->job->arena, section->raw, &tcf);
            say_tcf(gathering, SOURCE_GPP, fault, &tcf);
        } else {
            say_us(gathering, section);
        }
    }
}

static void say_mode(struct gathering *gathering, const struct consent_mode *mode)
{
    const char *code = "granted";
    for (unsigned s = 0; s < MODE_SIGNALS; s++) {
        if ((gathering->map->consent_mode >> s & 1) == 1 && mode->value[s] != MODE_GRANTED) {
            code = mode->value[s] == MODE_DENIED ? "denied" : "not-granted";
            break;
        }
    }
    if (gathering->map->consent_mode != 0) {
        say(gathering, SOURCE_CONSENT_MODE, str_is(str_of(code), "granted"), code);
    }
}

static void say_track(struct gathering *gathering, const struct track_consent *track)
{
    const struct signal_map *map = gathering->map;
    bool allows = track->is_there;
    for (size_t i = 0; i < map->track_count; i++) {
        allows = allows && track_consent_find(track, map->track[i]) == TRACK_GRANTED;
    }
    if (map->track_count > 0) {
        say(gathering, SOURCE_TRACK, allows, allows ? "granted" : "not-granted");
    }
}

size_t signals_evidence(struct job *job, const struct candor *candor,
                        const struct request_signals *signals,
                        const struct permit_question *question,
                        struct evidence evidence[EVIDENCE_MAX])
{
    struct signal_map *map = NEW(job->arena, struct signal_map);
    struct gathering gathering = {job, candor->signals, map, evidence, 0};
    *map = candor->signals->map[question->purpose];
    if (question->recipient != OURSELVES) { /* to somebody else is sharing, whatever it is for */
        map->sale = true;
        map->sharing = true;
    }
    if (signals->gpc && is_opt_out_map(map)) {
        struct evidence *gpc = say(&gathering, SOURCE_GPC, false, "gpc");
        gpc->is_opt_out = true;
        gpc->time = signals->gpc_since;
    }
    if (signals->has_tcf) {
        say_tcf(&gathering, SOURCE_TCF, signals->tcf_fault, &signals->tcf);
    }
    if (signals->has_usp && (map->sale || map->sharing) && !usp_sale_allowed(&signals->usp)) {
        say(&gathering, SOURCE_USP, false,
            signals->usp_fault == SIGNAL_FINE ? "opted-out"
                                              : signal_fault_code(signals->usp_fault));
    }
    if (signals->has_mode) {
        say_mode(&gathering, &signals->mode);
    }
    if (signals->has_track) {
        say_track(&gathering, &signals->track);
    }
    say_gpp(&gathering, &signals->gpp);
    return gathering.count;
}
