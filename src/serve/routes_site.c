/*
 * routes_site.c - pages for people. They are not in GET /openapi.json, which is for machines.
 */
#include "site.h"

const struct route routes_site[] = {
    {PAGE(NET_GET, "/style.css", "page_style", CANDOR_NOBODY, NULL, site_style)},
    {PAGE(NET_GET, "/icon.svg", "page_icon", CANDOR_NOBODY, NULL, site_icon)},
    {PAGE(NET_GET, "/progress.js", "page_script", CANDOR_NOBODY, NULL, site_script)},
    {PAGE(NET_GET, "/progress", "page_progress", CANDOR_OPERATOR, NULL, site_progress),
     .is_unlocked = true},
    {PAGE(NET_GET, "/login", "page_login", CANDOR_NOBODY, NULL, site_login)},
    {PAGE(NET_POST, "/login", "page_login_post", CANDOR_NOBODY, NULL, site_login_post),
     .is_slow = true},
    {PAGE(NET_GET, "/login/code", "page_code", CANDOR_HALF, NULL, site_code)},
    {PAGE(NET_POST, "/login/code", "page_code_post", CANDOR_HALF, NULL, site_code_post)},
    {PAGE(NET_POST, "/logout", "page_logout", CANDOR_NOBODY, NULL, site_logout_post)},
    {PAGE(NET_GET, "/goodbye", "page_goodbye", CANDOR_NOBODY, NULL, site_goodbye)},
    {PAGE(NET_GET, "/invite/{token}", "page_invite", CANDOR_NOBODY, NULL, site_invite)},
    {PAGE(NET_POST, "/invite/{token}", "page_invite_post", CANDOR_NOBODY, NULL, site_invite_post),
     .is_slow = true},
    {PAGE(NET_GET, "/me/enter/{token}", "page_enter", CANDOR_NOBODY, NULL, site_enter)},
    {PAGE(NET_POST, "/me/enter/{token}", "page_enter_post", CANDOR_NOBODY, NULL, site_enter_post)},
    {PAGE(NET_GET, "/account", "page_account", CANDOR_OPERATOR, NULL, site_account),
     .is_unlocked = true},
    {PAGE(NET_POST, "/account", "page_account_post", CANDOR_OPERATOR, NULL, site_account_post),
     .is_unlocked = true},
    {PAGE(NET_POST, "/account/password", "page_password_post", CANDOR_OPERATOR, NULL,
          site_account_post),
     .is_unlocked = true, .is_slow = true},
    {PAGE(NET_GET, "/operators", "page_operators", CANDOR_OPERATOR, "administer", site_operators)},
    {PAGE(NET_POST, "/operators", "page_operators_post", CANDOR_OPERATOR, "administer",
          site_operators_post)},
    {PAGE(NET_GET, "/demo/shop", "page_shop", CANDOR_NOBODY, NULL, site_shop)},
    {PAGE(NET_GET, "/demo/{name}", "page_shop_file", CANDOR_NOBODY, NULL, site_shop_file)},
    {.pattern = NULL},
};
