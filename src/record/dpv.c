/*
 * dpv.c - what purposes are called elsewhere: terms of the Data Privacy Vocabulary (W3C DPV 2.3).
 *
 * A term belongs to a kind: kinds are what is asked separately. A purpose whose terms are of two
 * kinds glues together what people may want apart; `candor audit consent` says so. DPV has no term
 * of its own for measuring opens and for learning from data; the two that stand for them are ours.
 */
#include "recipient.h"

/* LIT, where the language wants a constant. */
#define TERM(text, kind) \
    { \
        {"" text "", sizeof(text) - 1}, kind \
    }

static const struct dpv_term term[] = {
    TERM("Marketing", KIND_RECEIVING),
    TERM("DirectMarketing", KIND_RECEIVING),
    TERM("Advertising", KIND_RECEIVING),
    TERM("SocialMediaMarketing", KIND_RECEIVING),
    TERM("PublicRelations", KIND_RECEIVING),
    TERM("MeasureOpens", KIND_MEASURING_OPENS),
    TERM("PersonalisedAdvertising", KIND_PROFILING),
    TERM("TargetedAdvertising", KIND_PROFILING),
    TERM("Personalisation", KIND_PROFILING),
    TERM("ServicePersonalisation", KIND_PROFILING),
    TERM("ProvideProductRecommendations", KIND_PROFILING),
    TERM("ProvideEventRecommendations", KIND_PROFILING),
    TERM("Profiling", KIND_PROFILING),
    TERM("ScoringOfIndividuals", KIND_PROFILING),
    TERM("ResearchAndDevelopment", KIND_TRAINING),
    TERM("TrainModels", KIND_TRAINING),
    TERM("DataSharing", KIND_SHARING),
    TERM("AutomatedDecisionMaking", KIND_AUTOMATED_DECISION),
    TERM("AutomatedScoringOfIndividuals", KIND_AUTOMATED_DECISION),
    TERM("CustomerRelationshipManagement", KIND_OTHER),
    TERM("ServiceProvision", KIND_OTHER),
    TERM("OptimiseUserInterface", KIND_OTHER),
    TERM("FraudPreventionAndDetection", KIND_OTHER),
    TERM("EnforceSecurity", KIND_OTHER),
};

enum { TERM_COUNT = sizeof term / sizeof term[0] };

const struct dpv_term *dpv_terms(size_t *count)
{
    *count = TERM_COUNT;
    return term;
}

unsigned purpose_kinds(const struct purpose *purpose)
{
    unsigned kinds = 0;
    for (size_t t = 0; t < TERM_COUNT; t++) {
        if ((purpose->terms >> t & 1) != 0 && term[t].kind != KIND_OTHER) {
            kinds |= 1U << term[t].kind;
        }
    }
    return purpose->recipient.len > 0 ? kinds | 1U << KIND_SHARING : kinds;
}

const char *purpose_kind_name(enum purpose_kind kind)
{
    static const char *const name[PURPOSE_KINDS] = {
        [KIND_OTHER] = "other",
        [KIND_RECEIVING] = "receiving messages",
        [KIND_MEASURING_OPENS] = "measuring opens",
        [KIND_PROFILING] = "profiling",
        [KIND_TRAINING] = "learning from the data",
        [KIND_SHARING] = "sharing with somebody else",
        [KIND_AUTOMATED_DECISION] = "automated decisions",
    };
    must((unsigned)kind < PURPOSE_KINDS);
    return name[kind];
}
