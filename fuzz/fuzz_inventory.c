/*
 * fuzz_inventory.c - any text as candor.yaml. What is accepted is used: every feature is computed
 * for somebody of whom nothing is known, every campaign's rules are asked and put into words, and
 * every refusal says why.
 */
#include "base.h"
#include "decide.h"
#include "quality.h"
#include "record.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use_fields(const struct inventory *inventory)
{
    for (size_t i = 0; i < inventory->field_count; i++) {
        const struct field *field = &inventory->field[i];
        must(inventory_field(inventory, field->name) == i);
        must(field->drawer < inventory->drawer_count);
        must(inventory->drawer[field->drawer].purposes == field->purposes);
        must(inventory->purpose_count == PURPOSES_MAX ||
             field->purposes >> inventory->purpose_count == 0);
    }
}

static struct cell *use_features(struct job *job, const struct inventory *inventory)
{
    const struct profile nobody = profile_begin(job->arena, inventory);
    struct cell *cell = NEW_ARRAY(job->arena, inventory->feature_count, struct cell);
    for (size_t i = 0; i < inventory->feature_count; i++) {
        must(inventory->feature[i].purposes != 0);
        features_compute(job->arena, inventory, &nobody, NULL, 0, job->now, &i, 1, &cell[i]);
    }
    return cell;
}

static void use_campaign(struct job *job, const struct inventory *inventory,
                         const struct campaign *campaign, const struct cell *feature_cell)
{
    const struct profile nobody = profile_begin(job->arena, inventory);
    must(rule_text(job->arena, inventory, campaign->audience).len > 0);
    (void)rule_holds(campaign->audience, nobody.cell, feature_cell);
    const size_t offer = campaign_offer(campaign, nobody.cell, feature_cell);
    must(offer == NONE || offer < campaign->offer_count);
    for (size_t i = 0; i < campaign->needs.field_count; i++) {
        must(!inventory->field[campaign->needs.field[i]].is_protected);
    }
    for (size_t i = 0; i < campaign->needs.feature_count; i++) {
        must(campaign->uses != NONE);
        must(!inventory->feature[campaign->needs.feature[i]].is_protected);
    }
}

static enum candor_status use_quality(struct job *job, const struct value *root,
                                      const struct inventory *inventory)
{
    struct quality_standards standards;
    TRY(quality_read(job, inventory, root, &standards));
    const struct profile nobody = profile_begin(job->arena, inventory);
    (void)quality_asks(&standards);
    (void)quality_rejects(&standards, nobody.cell);
    return CANDOR_OK;
}

static enum candor_status use(struct job *job, struct bytes bytes)
{
    const struct value *root = NULL;
    const struct inventory *inventory = NULL;
    struct campaign *campaign = NULL;
    size_t campaign_count = 0;
    TRY(yaml_read(job, bytes, NULL, "candor.yaml", &root));
    TRY(inventory_read(job, root, &inventory));
    TRY(use_quality(job, root, inventory));
    use_fields(inventory);
    const struct cell *feature_cell = use_features(job, inventory);
    TRY(campaigns_read(job, inventory, root, &campaign, &campaign_count));
    for (size_t i = 0; i < campaign_count; i++) {
        use_campaign(job, inventory, &campaign[i], feature_cell);
    }
    return CANDOR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    job_begin(&job, host_real());
    const enum candor_status status = use(&job, (struct bytes){data, size});
    must(status == CANDOR_OK || job.message[0] != '\0');
    must(status == CANDOR_OK || status == CANDOR_BAD_INPUT || status == CANDOR_TOO_LARGE);
    job_end(&job);
    return 0;
}
