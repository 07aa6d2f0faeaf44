/*
 * controllers.h - whom we process for in OpenDSR, and the certificate with which we answer them.
 */
#ifndef CANDOR_FLOW_CONTROLLERS_H
#define CANDOR_FLOW_CONTROLLERS_H

#include "callback.h"
#include "certificate.h"
#include "exchange.h"

struct dsr_controller {
    struct str id;
    struct str
        callback; /* below it lies what status_callback_urls may name; empty: it is not told */
};

struct opendsr_config {
    struct str domain;      /* ours: that of the certificate */
    struct str certificate; /* files; below the home when they do not begin with '/' */
    struct str key;
    struct dsr_controller *controller;
    size_t controller_count;
};

/* opendsr NULL: the section is not there, and *config is NULL: answers are not signed. */
CANDOR_MUST_USE enum candor_status config_opendsr(struct job *job, const struct value *opendsr,
                                                  const struct opendsr_config **config);
/* The addresses of a request, all of one controller. CANDOR_BAD_INPUT: they lie elsewhere. */
CANDOR_MUST_USE enum candor_status controller_callback(struct job *job, const struct candor *candor,
                                                       const struct opendsr_request *asked,
                                                       struct callback *callback);
/* base64 of the certificate's signature. */
CANDOR_MUST_USE enum candor_status opendsr_sign(struct job *job, const struct candor *candor,
                                                struct bytes body, struct str *signature);
/* opendsr.c: the members of a status; url empty: it is no callback. */
void opendsr_status_json(struct job *job, const struct candor *candor,
                         const struct request *request, struct str controller, struct str url,
                         struct candor_text *report);

#endif
