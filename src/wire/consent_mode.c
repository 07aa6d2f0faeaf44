/*
 * consent_mode.c - Google Consent Mode v2: seven signals, each granted or denied.
 *
 * A signal that was never set is not granted. We send nothing for a denied purpose, so there is no
 * "advanced" mode with pings without cookies here.
 */
#include "text.h"
#include "web.h"

static const char *const name_row[MODE_SIGNALS] = {
    [MODE_AD_STORAGE] = "ad_storage",
    [MODE_AD_USER_DATA] = "ad_user_data",
    [MODE_AD_PERSONALIZATION] = "ad_personalization",
    [MODE_ANALYTICS_STORAGE] = "analytics_storage",
    [MODE_FUNCTIONALITY_STORAGE] = "functionality_storage",
    [MODE_PERSONALIZATION_STORAGE] = "personalization_storage",
    [MODE_SECURITY_STORAGE] = "security_storage",
};

const char *mode_signal_name(enum mode_signal signal)
{
    must((unsigned)signal < MODE_SIGNALS);
    return name_row[signal];
}

bool mode_signal_read(struct str name, enum mode_signal *signal)
{
    for (unsigned i = 0; i < MODE_SIGNALS; i++) {
        if (str_is(name, name_row[i])) {
            *signal = (enum mode_signal)i;
            return true;
        }
    }
    return false;
}

enum candor_status consent_mode_read(struct job *job, const struct value *map,
                                     struct consent_mode *mode)
{
    struct consent_mode found = {0};
    TRY(value_is(job, map, VALUE_MAP, "'consent_mode'"));
    TRY(value_only(job, map, name_row, MODE_SIGNALS, "'consent_mode'"));
    for (unsigned i = 0; i < MODE_SIGNALS; i++) {
        const struct value *value = value_get(map, name_row[i]);
        struct str word;
        if (value == NULL) {
            continue;
        }
        TRY(value_text(job, value, name_row[i], &word));
        if (!str_is(word, "granted") && !str_is(word, "denied")) {
            return fail(job, CANDOR_BAD_INPUT, "%s of consent_mode must be granted or denied",
                        name_row[i]);
        }
        found.value[i] = str_is(word, "granted") ? MODE_GRANTED : MODE_DENIED;
    }
    *mode = found;
    return CANDOR_OK;
}

void consent_mode_json(struct json *json, const struct consent_mode *mode)
{
    json_map_begin(json);
    for (unsigned i = 0; i < MODE_SIGNALS; i++) {
        if (mode->value[i] != MODE_UNSET) {
            json_key_str(json, str_of(name_row[i]));
            json_lit(json, mode->value[i] == MODE_GRANTED ? LIT("granted") : LIT("denied"));
        }
    }
    json_map_end(json);
}
