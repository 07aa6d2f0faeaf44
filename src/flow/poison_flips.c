/*
 * poison_flips.c - how likely each label is the wrong one: rates that the data bear out, and chances of the
 * label that was true.
 *
 * Two ends of the chances say what the rates might be (flip_rates_of). Whether they differ is another matter:
 * where nobody is a certain buyer, overlap looks like labels turned. So the model of the true label is learnt
 * under either belief, and unequal rates are believed only where they foretell the labels of rows not learnt
 * from clearly better. The same says whether rates are larger than their ends show.
 */
#include <math.h>

#include "learn.h"
#include "numeric.h"
#include "poisoned.h"

enum { RATE_FOLDS = 2 };

static const double clearly = 5; /* in log likelihood of the rows scored */
static const double rate_most = 0.45;
static const double larger[] = {1.5, 2};

static void doubt(const struct poison_seen *seen, const struct flip_rates *rates, double *turned)
{
    for (size_t row = 0; row < seen->row_count; row++) {
        turned[row] = flip_posterior(rates, seen->chance[row], seen->label[row] != 0);
    }
}

/* How well a model of the true label, learnt under these rates, foretells the labels as they stand. */
static enum candor_status likelihood_of(struct job *job, struct poison_fold *fold,
                                        const struct poison_seen *seen,
                                        const struct flip_rates *rates, double *likelihood)
{
    const struct arena_mark mark = arena_mark(job->arena);
    double *turned = NULL;
    double *clean = NULL;
    TRY_ALLOC(job, turned, seen->row_count + 1, double);
    TRY_ALLOC(job, clean, seen->row_count + 1, double);
    doubt(seen, rates, turned);
    for (size_t row = 0; row < seen->row_count; row++) {
        clean[row] = (double)NAN;
    }
    fold->turned = turned;
    TRY(fold_out(job, fold, RATE_FOLDS, clean));
    fold->turned = NULL;
    *likelihood = 0;
    for (size_t row = 0; row < seen->row_count; row++) {
        if (!isnan(clean[row])) {
            const double chance = flip_chance(rates, clean[row]);
            *likelihood += log_of(seen->label[row] != 0 ? chance : 1 - chance);
        }
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

static enum candor_status choose_rates(struct job *job, struct poison_fold *fold,
                                       struct poison_seen *seen)
{
    const struct flip_rates ends = seen->rates;
    double best = 0;
    seen->rates.one_to_zero = ends.zero_to_one;
    seen->rates.is_guarded = true;
    TRY(likelihood_of(job, fold, seen, &seen->rates, &best));
    if (!ends.is_guarded) {
        double apart = 0;
        TRY(likelihood_of(job, fold, seen, &ends, &apart));
        if (apart > best + clearly) {
            best = apart;
            seen->rates = ends;
        }
    }
    const struct flip_rates base = seen->rates;
    for (size_t i = 0; i < sizeof larger / sizeof larger[0]; i++) {
        const struct flip_rates more = {fmin(base.zero_to_one * larger[i], rate_most),
                                        fmin(base.one_to_zero * larger[i], rate_most),
                                        base.is_guarded};
        double likelihood = 0;
        TRY(likelihood_of(job, fold, seen, &more, &likelihood));
        if (likelihood <= best) {
            break;
        }
        best = likelihood;
        seen->rates = more;
    }
    return CANDOR_OK;
}

enum candor_status poison_flips(struct job *job, struct poison_fold *fold, struct poison_seen *seen)
{
    double *turned = NULL;
    const unsigned pairs = fold->pairs;
    TRY(fold_out(job, fold, POISON_FOLDS, seen->chance));
    TRY(flip_rates_of(job, seen->chance, seen->row_count, &seen->rates));
    fold->pairs = 0;
    TRY(choose_rates(job, fold, seen));
    fold->pairs = pairs;
    TRY_ALLOC(job, turned, seen->row_count + 1, double);
    doubt(seen, &seen->rates, turned);
    fold->turned = turned;
    TRY(fold_out(job, fold, POISON_FOLDS, seen->chance));
    fold->turned = NULL;
    for (size_t row = 0; row < seen->row_count; row++) {
        seen->chance[row] = flip_chance(&seen->rates, seen->chance[row]);
    }
    return CANDOR_OK;
}
