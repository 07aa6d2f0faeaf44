/*
 * routes_surface.c - the routes of what visitors of pages are asked: the script /candor.js and its two calls.
 */
#include "serving.h"

const struct route routes_surface[] = {
    {.method = NET_GET,
     .pattern = "/candor.js",
     .call = CALL_SCRIPT,
     .is_script = true,
     .name = WORDS("surface_script"),
     .summary = WORDS("The banner and preference centre to embed; docs/surface.md.")},
    {.method = NET_GET,
     .pattern = "/v1/surface",
     .call = CALL_SURFACE,
     .is_shared = true,
     .name = WORDS("surface"),
     .summary = WORDS("What visitors are asked, in the exact words, and its version."),
     .member = {{"language", MEMBER_QUERY, false,
                 WORDS("That of the page: the answer is in it, or in the nearest there is.")}}},
    {.method = NET_POST,
     .pattern = "/v1/surface/choices",
     .call = CALL_SURFACE_CHOOSE,
     .act = "track",
     .is_shared = true,
     .is_raw = true,
     .name = WORDS("surface_choose"),
     .summary = WORDS("What a visitor said: a record for each purpose, all or none, in force when "
                      "answered. Refused from pages of origins that candor.yaml does not name."),
     .member = {{"anonymousId", MEMBER_TEXT, false,
                 WORDS("The visitor: 16 bytes or more, made at random in their browser.")},
                {"userId", MEMBER_TEXT, false,
                 WORDS("Or somebody known: the key is not public and may 'consent' too.")},
                {"version", MEMBER_TEXT, true, WORDS("Of GET /v1/surface, as it was shown.")},
                {"language", MEMBER_TEXT, false, WORDS("In which it was shown.")},
                {"choices", MEMBER_OBJECT, true,
                 WORDS("Each purpose that was asked for: true or false.")},
                {"gpc", MEMBER_FLAG, false,
                 WORDS("Their browser asks not to sell or share. The header Sec-GPC counts too.")},
                {"ui_evidence", MEMBER_TEXT, false,
                 WORDS("How the notice looked, as in POST /v1/subjects/{id}/consents.")}}},
    {.pattern = NULL},
};
