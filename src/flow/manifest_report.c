/*
 * manifest_report.c - what the check of a C2PA manifest found, as an answer.
 *
 * A manifest that holds says who signed it by their own certificate. Whether that is who it says depends
 * on whom the reader trusts: without roots nobody is, and that is told, not held against the text.
 */
#include "candor_content.h"
#include "manifest.h"

static void put_signer(struct job *job, struct json *json, const struct manifest_verdict *verdict,
                       bool has_roots)
{
    json_key(json, LIT("signer"));
    json_map_begin(json);
    put_text_or_null(json, LIT("name"), verdict->credential.name);
    put_text_or_null(json, LIT("issuer"), verdict->credential.issuer);
    put_text(json, LIT("from"), str_from_time(job->arena, verdict->credential.from));
    put_text(json, LIT("until"), str_from_time(job->arena, verdict->credential.until));
    json_key(json, LIT("trusted"));
    json_bool(json, verdict->credential.is_trusted);
    json_map_end(json);
    put_text(
        json, LIT("trust"),
        verdict->credential.is_trusted ? STR("valid, and the signer's certificate leads to one of "
                                             "the roots")
        : has_roots ? STR("valid, signer not trusted: the certificate leads to none of the roots")
                    : STR("valid, signer not trusted: no roots were given (--roots); whoever does "
                          "not have the signer's root says the same"));
}

static void put_actions(struct json *json, const struct cbor *actions)
{
    json_key(json, LIT("actions"));
    json_list_begin(json);
    for (size_t i = 0; actions != NULL && i < actions->count; i++) {
        const struct cbor *one = &actions->item[i];
        json_map_begin(json);
        put_text(json, LIT("action"), cbor_text_at(one, "action"));
        put_text_or_null(json, LIT("digital_source_type"), cbor_text_at(one, "digitalSourceType"));
        put_text_or_null(json, LIT("agent"), cbor_text_at(cbor_get(one, "softwareAgent"), "name"));
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_claim(struct json *json, const struct manifest_verdict *verdict)
{
    const struct cbor *claim = &verdict->manifest.claim;
    const struct cbor *generator = cbor_get(claim, "claim_generator_info");
    put_text(json, LIT("manifest"), verdict->manifest.label);
    put_text_or_null(json, LIT("title"), cbor_text_at(claim, "dc:title"));
    put_text_or_null(json, LIT("generator"), cbor_text_at(generator, "name"));
    put_text_or_null(json, LIT("generator_version"), cbor_text_at(generator, "version"));
    put_actions(json, verdict->actions);
    json_key(json, LIT("earlier_manifests_not_checked"));
    json_u64(json, verdict->manifest.manifest_count - 1);
}

static void put_all_checks(struct json *json, const struct manifest_verdict *verdict)
{
    const enum manifest_check broken = manifest_broken(verdict);
    json_key(json, LIT("checks"));
    json_map_begin(json);
    for (unsigned i = 0; i < MANIFEST_CHECKS; i++) {
        json_key_str(json, str_of(manifest_check_name((enum manifest_check)i)));
        json_bool(json, verdict->holds[i]);
    }
    json_map_end(json);
    if (broken < MANIFEST_CHECKS) {
        const bool has_why = verdict->why != NULL &&
                             (broken == MANIFEST_STRUCTURE || broken == MANIFEST_CERTIFICATE);
        put_text(json, LIT("finding"), str_of(manifest_check_sentence(broken)));
        put_text_or_null(json, LIT("why"), has_why ? str_of(verdict->why) : STR(""));
        put_text(json, LIT("code"), str_of(manifest_check_code(verdict, broken)));
    }
}

static void put_none(struct json *json, enum c2pa_found found)
{
    put_text(json, LIT("finding"),
             found == C2PA_ELSEWHERE ? STR("it names a C2PA manifest at an address: nothing is "
                                           "fetched, so nothing is checked")
                                     : STR("there is no C2PA manifest in it"));
}

enum candor_status candor_manifest_verify(struct job *job, const char *bytes, size_t len,
                                          const char *roots, bool *sound,
                                          struct candor_text *report)
{
    struct manifest_verdict *verdict = NEW(job->arena, struct manifest_verdict);
    struct answer answer;
    const bool has_roots = roots != NULL && roots[0] != '\0';
    const struct str text = {bytes, len};
    TRY(crypto_start(job));
    if (!str_is_utf8(text)) {
        return fail(job, CANDOR_BAD_INPUT, "the content is no UTF-8 text");
    }
    TRY(manifest_check(job, text, str_of(roots), verdict));
    const bool is_there = verdict->found != C2PA_NONE && verdict->found != C2PA_ELSEWHERE;
    *sound = verdict->is_sound && (!has_roots || verdict->credential.is_trusted);
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("sound"));
    json_bool(&answer.json, *sound);
    put_text_or_null(&answer.json, LIT("form"),
                     verdict->found == C2PA_ONE ? str_of(c2pa_form_name(verdict->carried.form))
                                                : STR(""));
    if (!is_there) {
        put_none(&answer.json, verdict->found);
    } else {
        put_all_checks(&answer.json, verdict);
    }
    if (verdict->is_sound) { /* what does not hold is not repeated */
        put_signer(job, &answer.json, verdict, has_roots);
        put_claim(&answer.json, verdict);
    }
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
