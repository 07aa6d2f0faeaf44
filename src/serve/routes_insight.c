/*
 * routes_insight.c - pages of the console's pages about people, models and data: /audience, /models, /data.
 */
#include "insight.h"

const struct route routes_insight[] = {
    {PAGE(NET_GET, "/audience", "page_audience", CANDOR_OPERATOR, "plan", insight_audience)},
    {PAGE(NET_GET, "/models", "page_models", CANDOR_OPERATOR, "ledger.read", insight_models)},
    {PAGE(NET_GET, "/models/{name}", "page_model", CANDOR_OPERATOR, "ledger.read", insight_model)},
    {PAGE(NET_POST, "/models/{name}", "page_model_measure", CANDOR_OPERATOR, "audit",
          insight_model_post)},
    {PAGE(NET_GET, "/data", "page_data", CANDOR_OPERATOR, "ledger.read", insight_data)},
    {PAGE(NET_POST, "/data", "page_data_audit", CANDOR_OPERATOR, "audit", insight_data_post)},
    {PAGE(NET_GET, "/data/quarantine/{row}", "page_row", CANDOR_OPERATOR, "audit", insight_row)},
    {PAGE(NET_POST, "/data/quarantine/{row}", "page_row_post", CANDOR_OPERATOR, "audit",
          insight_row_post)},
    {.pattern = NULL},
};
