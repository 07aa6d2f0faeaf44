/*
 * stats.c - the normal distribution, intervals for rates, and measures of a prediction.
 *
 * Sums do not depend on the order of the rows: sum_any_order rounds each term to a fixed grid, and
 * whole numbers add up the same way in any order. The grid is 2^-60 of the largest term, finer than
 * the rounding of a double, and 2^63 terms fit into 128 bits.
 */
#include "numeric.h"

#include <math.h>

__extension__ typedef __int128 wide; /* ISO C has no name for it */

double normal_cdf(double x)
{
    return 0.5 * erfc(-x * 0.70710678118654752440);
}

/* A polynomial of degree 7, highest coefficient first. */
static double polynomial(const double coefficient[8], double x)
{
    double sum = coefficient[0];
    for (size_t i = 1; i < 8; i++) {
        sum = sum * x + coefficient[i];
    }
    return sum;
}

/* Wichura's three rational approximations: the middle, the tails, the far tails. */
static const double middle_over[8] = {2.5090809287301226727e+3, 3.3430575583588128105e+4,
                                      6.7265770927008700853e+4, 4.5921953931549871457e+4,
                                      1.3731693765509461125e+4, 1.9715909503065514427e+3,
                                      1.3314166789178437745e+2, 3.3871328727963666080e+0};
static const double middle_under[8] = {5.2264952788528545610e+3, 2.8729085735721942674e+4,
                                       3.9307895800092710610e+4, 2.1213794301586595867e+4,
                                       5.3941960214247511077e+3, 6.8718700749205790830e+2,
                                       4.2313330701600911252e+1, 1.0};
static const double tail_over[8] = {7.74545014278341407640e-4, 2.27238449892691845833e-2,
                                    2.41780725177450611770e-1, 1.27045825245236838258e+0,
                                    3.64784832476320460504e+0, 5.76949722146069140550e+0,
                                    4.63033784615654529590e+0, 1.42343711074968357734e+0};
static const double tail_under[8] = {1.05075007164441684324e-9, 5.47593808499534494600e-4,
                                     1.51986665636164571966e-2, 1.48103976427480074590e-1,
                                     6.89767334985100004550e-1, 1.67638483018380384940e+0,
                                     2.05319162663775882187e+0, 1.0};
static const double far_over[8] = {2.01033439929228813265e-7, 2.71155556874348757815e-5,
                                   1.24266094738807843860e-3, 2.65321895265761230930e-2,
                                   2.96560571828504891230e-1, 1.78482653991729133580e+0,
                                   5.46378491116411436990e+0, 6.65790464350110377720e+0};
static const double far_under[8] = {2.04426310338993978564e-15, 1.42151175831644588870e-7,
                                    1.84631831751005468180e-5,  7.86869131145613259100e-4,
                                    1.48753612908506148525e-2,  1.36929880922735805310e-1,
                                    5.99832206555887937690e-1,  1.0};

double normal_quantile(double probability)
{
    must(probability > 0 && probability < 1);
    const double centred = probability - 0.5;
    if (fabs(centred) <= 0.425) {
        const double r = 0.180625 - centred * centred;
        return centred * polynomial(middle_over, r) / polynomial(middle_under, r);
    }

    const double r = sqrt(-log(centred < 0 ? probability : 1 - probability));
    const double size = r <= 5 ? polynomial(tail_over, r - 1.6) / polynomial(tail_under, r - 1.6)
                               : polynomial(far_over, r - 5) / polynomial(far_under, r - 5);
    return centred < 0 ? -size : size;
}

struct interval wilson_interval(struct rate rate, double confidence)
{
    must(rate.hits <= rate.trials);
    if (rate.trials == 0) {
        return (struct interval){0, 1};
    }

    const double n = (double)rate.trials;
    const double p = (double)rate.hits / n;
    const double z = normal_quantile(0.5 + confidence / 2);
    const double middle = p + z * z / (2 * n);
    const double spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    const double scale = 1 + z * z / n;

    /* At no hits the low end is 0, and at no misses the high end is 1, but for rounding. */
    return (struct interval){
        rate.hits == 0 ? 0 : (middle - spread) / scale,
        rate.hits == rate.trials ? 1 : (middle + spread) / scale,
    };
}

struct interval newcombe_interval(struct rate first, struct rate second, double confidence)
{
    if (first.trials == 0 || second.trials == 0) {
        return (struct interval){-1, 1};
    }

    const struct interval a = wilson_interval(first, confidence);
    const struct interval b = wilson_interval(second, confidence);
    const double p = (double)first.hits / (double)first.trials;
    const double q = (double)second.hits / (double)second.trials;
    return (struct interval){
        p - q - hypot(p - a.low, b.high - q),
        p - q + hypot(a.high - p, q - b.low),
    };
}

/* One summand, by its index. */
struct terms {
    double (*at)(const struct terms *terms, size_t i);
    const double *value;
    const double *label; /* of a prediction */
    const double *weight;
    double centre;
};

static double term_at(const struct terms *terms, size_t i)
{
    return terms->at(terms, i) * (terms->weight == NULL ? 1 : terms->weight[i]);
}

static double sum_terms(const struct terms *terms, size_t count)
{
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs(term_at(terms, i)));
    }
    if (largest == 0) {
        return 0;
    }

    /* The scale itself may be too large for a double; its two halves are not. */
    int exponent;
    (void)frexp(largest, &exponent);
    const double half = ldexp(1, (60 - exponent) / 2);
    const double rest = ldexp(1, 60 - exponent - (60 - exponent) / 2);
    wide sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += llrint(term_at(terms, i) * half * rest);
    }
    return ldexp((double)sum, exponent - 60);
}

static double value_at(const struct terms *terms, size_t i)
{
    return terms->value[i];
}

static double squared_distance_at(const struct terms *terms, size_t i)
{
    const double distance = terms->value[i] - terms->centre;
    return distance * distance;
}

static double squared_error_at(const struct terms *terms, size_t i)
{
    const double error = terms->value[i] - terms->label[i];
    return error * error;
}

static double log_loss_at(const struct terms *terms, size_t i)
{
    const double chance = terms->label[i] > 0.5 ? terms->value[i] : 1 - terms->value[i];
    return -log(fmin(fmax(chance, 1e-15), 1 - 1e-15));
}

double sum_any_order(const double *value, const double *weight, size_t count)
{
    const struct terms terms = {.at = value_at, .value = value, .weight = weight};
    return sum_terms(&terms, count);
}

static double mean_terms(const struct terms *terms, size_t count)
{
    const double total =
        terms->weight == NULL ? (double)count : sum_any_order(terms->weight, NULL, count);
    return total > 0 ? sum_terms(terms, count) / total : (double)NAN;
}

double mean_of(const double *value, const double *weight, size_t count)
{
    const struct terms terms = {.at = value_at, .value = value, .weight = weight};
    return mean_terms(&terms, count);
}

double variance_of(const double *value, const double *weight, size_t count)
{
    const struct terms terms = {
        .at = squared_distance_at,
        .value = value,
        .weight = weight,
        .centre = mean_of(value, weight, count),
    };
    return mean_terms(&terms, count);
}

static struct terms terms_of(const struct predictions *of,
                             double (*at)(const struct terms *terms, size_t i))
{
    return (struct terms){.at = at, .value = of->score, .label = of->label, .weight = of->weight};
}

double log_loss_of(const struct predictions *predictions)
{
    const struct terms terms = terms_of(predictions, log_loss_at);
    return mean_terms(&terms, predictions->count);
}

double rmse_of(const struct predictions *predictions)
{
    const struct terms terms = terms_of(predictions, squared_error_at);
    return sqrt(mean_terms(&terms, predictions->count));
}

double r2_of(const struct predictions *predictions)
{
    const struct terms terms = terms_of(predictions, squared_error_at);
    const double variance =
        variance_of(predictions->label, predictions->weight, predictions->count);
    return variance > 0 ? 1 - mean_terms(&terms, predictions->count) / variance : (double)NAN;
}

static double weight_at(const double *weight, size_t i)
{
    return weight == NULL ? 1 : weight[i];
}

/* Walk the scores upwards. Each group of equal scores has won_over the zeros below it and half of
 * the zeros within it. */
static double auc_in_order(const struct predictions *of, const uint32_t *order)
{
    double zeros = 0;
    double ones = 0;
    double won = 0;
    size_t from = 0;
    while (from < of->count) {
        double zeros_here = 0;
        double ones_here = 0;
        size_t to = from;
        for (; to < of->count && of->score[order[to]] == of->score[order[from]]; to++) {
            const bool is_one = of->label[order[to]] > 0.5;
            *(is_one ? &ones_here : &zeros_here) += weight_at(of->weight, order[to]);
        }
        won += ones_here * (zeros + zeros_here / 2);
        zeros += zeros_here;
        ones += ones_here;
        from = to;
    }
    return zeros > 0 && ones > 0 ? won / (zeros * ones) : (double)NAN;
}

enum candor_status auc_of(struct job *job, const struct predictions *predictions, double *auc)
{
    const struct arena_mark mark = arena_mark(job->arena);
    uint32_t *order;
    TRY_ALLOC(job, order, predictions->count, uint32_t);
    TRY(order_f64(job, predictions->score, predictions->count, order));
    *auc = auc_in_order(predictions, order);
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}
