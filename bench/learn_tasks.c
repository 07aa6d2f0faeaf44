/*
 * learn_tasks.c - numbers, counts, amounts and classes of real data.
 */
#include <math.h>
#include <stdio.h>

#include "bench_learn.h"

#define REVIEWS "reviews-clothing/reviews.tsv.gz"
#define CAMPAIGN "marketing-campaign/marketing-campaign.csv"
#define CAMPAIGN_SPLIT "marketing-campaign/split80.txt"

static const struct set others[] = {
    {.name = "reviews: rating",
     .path = REVIEWS,
     .split_column = "fold",
     .split_value = "7",
     .target = "rating",
     .dropped = "row,recommended,title,text",
     .task = TASK_REGRESSION},
    {.name = "telco: MonthlyCharges",
     .path = TELCO,
     .split = TELCO_SPLIT,
     .target = "MonthlyCharges",
     .dropped = "customerID,TotalCharges,Churn",
     .task = TASK_REGRESSION},
    {.name = "adult: hours-per-week",
     .path = ADULT,
     .split = ADULT_SPLIT,
     .target = "hours-per-week",
     .dropped = "",
     .task = TASK_REGRESSION},
    {.name = "bank-full: balance",
     .path = BANK,
     .split = BANK_SPLIT,
     .target = "balance",
     .dropped = "",
     .task = TASK_REGRESSION},
    {.name = "bank-add: euribor3m",
     .path = ADDED,
     .split = ADDED_SPLIT,
     .target = "euribor3m",
     .dropped = "emp.var.rate,nr.employed,cons.price.idx,cons.conf.idx",
     .task = TASK_REGRESSION},
    {.name = "campaign: MntMeatProducts",
     .path = "marketing-campaign/marketing-campaign.csv",
     .split = CAMPAIGN_SPLIT,
     .target = "MntMeatProducts",
     .dropped = "ID,Dt_Customer",
     .task = TASK_REGRESSION},
    {.name = "hillstrom: spend",
     .path = "hillstrom/hillstrom.csv",
     .split = "hillstrom/split80.txt",
     .target = "spend",
     .dropped = "visit,conversion",
     .task = TASK_REGRESSION},
    {.name = "german: credit_amount",
     .path = "german-credit/german-credit.csv",
     .split = "german-credit/split80.txt",
     .target = "credit_amount",
     .dropped = "",
     .task = TASK_REGRESSION},
    {.name = "baskets: sales_value",
     .path = "retail-complete-journey/transactions_sample.tsv.gz",
     .target = "sales_value",
     .dropped = "",
     .task = TASK_REGRESSION,
     .make = make_baskets},
    {.name = "cdnow: later purchases",
     .path = "cdnow/cdnow.csv",
     .target = "later",
     .dropped = "",
     .task = TASK_REGRESSION,
     .make = make_purchases},
    {.name = "cdnow: later, count",
     .path = "cdnow/cdnow.csv",
     .target = "later",
     .dropped = "",
     .task = TASK_COUNT,
     .make = make_purchases},
    {.name = "campaign: visits, count",
     .path = CAMPAIGN,
     .split = CAMPAIGN_SPLIT,
     .target = "NumWebVisitsMonth",
     .dropped = "ID,Dt_Customer",
     .task = TASK_COUNT},
    {.name = "baskets: sales, amount",
     .path = "retail-complete-journey/transactions_sample.tsv.gz",
     .target = "sales_value",
     .dropped = "",
     .task = TASK_AMOUNT,
     .make = make_baskets},
    {.name = "german: amount",
     .path = "german-credit/german-credit.csv",
     .split = "german-credit/split80.txt",
     .target = "credit_amount",
     .dropped = "",
     .task = TASK_AMOUNT},
    {.name = "german: purpose",
     .path = "german-credit/german-credit.csv",
     .split = "german-credit/split80.txt",
     .target = "purpose",
     .dropped = "",
     .task = TASK_CLASSES},
    {.name = "telco: PaymentMethod",
     .path = TELCO,
     .split = TELCO_SPLIT,
     .target = "PaymentMethod",
     .dropped = "customerID",
     .task = TASK_CLASSES},
    {.name = "telco: Contract",
     .path = TELCO,
     .split = TELCO_SPLIT,
     .target = "Contract",
     .dropped = "customerID",
     .task = TASK_CLASSES},
    {.name = "campaign: Education",
     .path = CAMPAIGN,
     .split = CAMPAIGN_SPLIT,
     .target = "Education",
     .dropped = "ID,Dt_Customer",
     .task = TASK_CLASSES},
    {.name = "reviews: department",
     .path = REVIEWS,
     .split_column = "fold",
     .split_value = "7",
     .target = "department",
     .dropped = "row,division,class,title,text",
     .task = TASK_CLASSES},
    {.name = "bank-full: job",
     .path = BANK,
     .split = BANK_SPLIT,
     .target = "job",
     .dropped = "",
     .task = TASK_CLASSES},
    {.name = "bank-full: poutcome",
     .path = BANK,
     .split = BANK_SPLIT,
     .target = "poutcome",
     .dropped = "pdays,previous",
     .task = TASK_CLASSES},
    {.name = "adult: marital-status",
     .path = ADULT,
     .split = ADULT_SPLIT,
     .target = "marital-status",
     .dropped = "",
     .task = TASK_CLASSES},
};

static const char *measure_name(enum task task)
{
    switch (task) {
    case TASK_BINARY:
    case TASK_CLASSES:
        return "log loss";
    case TASK_COUNT:
        return "Poisson deviance";
    case TASK_AMOUNT:
        return "Gamma deviance";
    case TASK_REGRESSION:
        return "RMSE";
    }
    return "";
}

static double figure_of(const struct result *result, enum task task)
{
    return task == TASK_REGRESSION ? result->quality.rmse : result->quality.loss;
}

static void run_set(struct job *job, const struct set *set)
{
    struct table table;
    if (!set_read(job, data_folder(job->arena), set, &table)) {
        return;
    }
    const struct rows train = table_take(job, &table, false);
    const struct rows test = table_take(job, &table, true);
    const struct result theirs = their_run(job, &theirs_default, &train, &test, table.use);
    const struct result ours = ours_run(job, &train, &test, table.use, PAIRS_AUTO);
    const double their_figure = figure_of(&theirs, set->task);
    (void)printf("%-26s %7zu %-16s ", set->name, train.frame->row_count + test.frame->row_count,
                 measure_name(set->task));
    if (!ours.is_there) {
        (void)printf("%11s %11.4f         not supported yet: %s\n", "-", their_figure,
                     job->message);
        return;
    }
    const double our_figure = figure_of(&ours, set->task);
    (void)printf("%11.4f %11.4f %-6s %7.4f %5zu %8.3f %5zu %8.3f\n", our_figure, their_figure,
                 our_figure <= their_figure ? "better" : "worse", our_figure / their_figure,
                 ours.pairs, ours.cost.cpu_s, theirs.pairs, theirs.cost.cpu_s);
}

void run_sets(void)
{
    (void)printf("\nnumbers, counts, amounts, classes: less is better; one thread each\n");
    (void)printf("%-26s %7s %-16s %11s %11s %-6s %7s %5s %8s %5s %8s\n", "", "rows", "measure",
                 "ours", "XGBoost", "", "ratio", "pairs", "CPU s", "trees", "CPU s");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        run_set(&job, &others[i]);
        job_end(&job);
        (void)fflush(stdout);
    }
}
