/*
 * run.h - what each command calls, by name: shared by commands_*.c and run_*.c.
 */
#ifndef CANDOR_CLI_RUN_H
#define CANDOR_CLI_RUN_H

#include "cli.h"

/* The chapters of commands.c, each ended by a command without a name. */
extern const struct command commands_study[];
extern const struct command commands_gate[];
extern const struct command commands_home[];
extern const struct command commands_subject[];
extern const struct command commands_request[];
extern const struct command commands_data[];
extern const struct command commands_people[];
extern const struct command commands_board[];
extern const struct command commands_ledger[];

#define RUN(name) enum candor_status run_##name(struct invocation *invocation)

/* run_study.c */
RUN(fit);
RUN(score);
RUN(explain);
RUN(rules);
RUN(card);
RUN(shapes);
RUN(compare);
RUN(retrain);
RUN(merge);
RUN(edit);
RUN(drift);
RUN(evasion);
RUN(watermark);
RUN(poison);
RUN(export);
RUN(fairness);
RUN(fairness_data);

/* run_scan.c */
RUN(scan);
RUN(scan_rules_test);
RUN(origin_index);

/* run_guard.c */
RUN(guard_key);
RUN(guard_list);
RUN(guard_show);
RUN(guard_spent);

/* run_redact.c */
RUN(redact);
RUN(restore);
/* run_generate.c */
RUN(generate);

/* run_content.c */
RUN(content_submit);
RUN(content_list);
RUN(content_show);
RUN(content_approval);
RUN(content_deploy);
RUN(content_retire);
RUN(verify);

/* run_privacy.c */
RUN(anonymise);
RUN(anonymise_risk);

/* run_repair.c */
RUN(mitigate);
RUN(fairness_why);

/* run_share.c */
RUN(share_export);
RUN(share_recalls);
RUN(share_acknowledge);
RUN(share_secret);
RUN(share_trace);

/* run_outgoing.c */
RUN(outgoing_list);
RUN(outgoing_send);
RUN(outgoing_retry);
RUN(outgoing_drop);

/* run_home.c */
RUN(init);
RUN(import);
RUN(train);
RUN(model_list);
RUN(model_show);
RUN(model_export);
RUN(model_check);
RUN(model_watermark);
RUN(model_publish);
RUN(model_retire);
RUN(plan);
RUN(approve);
RUN(send);
RUN(results);
RUN(audit);
RUN(monitors);
RUN(key_add);
RUN(key_rotate);
RUN(key_scores);
RUN(key_list);
RUN(key_revoke);
RUN(keys_rotate);
RUN(serve);
RUN(man);

/* run_ledger.c */
RUN(ledger_verify);
RUN(ledger_prove);
RUN(ledger_checkpoint);
RUN(ledger_show);
RUN(ledger_export);
RUN(ledger_witness);
RUN(ledger_restored);
RUN(witness_init);
RUN(witness_add);
RUN(witness_list);
RUN(witness_forget);
RUN(witness_take);
RUN(witness_serve);

/* run_home.c: where to listen, as the options say; the address is printed once it is known. */
struct cli_listen listen_of(const struct invocation *invocation);

/* The report, a text, into a file; without a path to standard output, with --json under the key. */
CANDOR_MUST_USE enum candor_status text_out(struct invocation *invocation, const char *key,
                                            const char *path);

/* run_people.c */
RUN(operator_add);
RUN(operator_invite);
RUN(operator_password);
RUN(operator_reset);
RUN(operator_list);
RUN(operator_roles);
RUN(operator_expire);
RUN(operator_training);
RUN(second_list);
RUN(second_sign);
RUN(second_refuse);
RUN(audit_access);
RUN(incident_open);
RUN(incident_update);
RUN(incident_list);
RUN(incident_show);
RUN(incident_close);

/* run_board.c */
RUN(review_list);
RUN(review_show);
RUN(review_approve);
RUN(review_reject);
RUN(review_request_changes);
RUN(board_propose);
RUN(board_status);
RUN(board_recuse);
RUN(board_advise);
RUN(board_overrule);
RUN(board_close);
RUN(board_withdraw);

/* run_subject.c */
RUN(decide);
RUN(subject_show);
RUN(subject_link);
RUN(subject_export);
RUN(subject_correct);
RUN(subject_restrict);
RUN(subject_wishes);
RUN(subject_object);
RUN(subject_erase);
RUN(consent_give);
RUN(consent_refuse);
RUN(consent_withdraw);
RUN(consent_show);

/* run_signals.c */
RUN(consent_decode);
RUN(consent_check);
RUN(consent_signals);

/* run_inventory.c */
RUN(quality_list);
RUN(quality_show);
RUN(quality_repair);
RUN(quality_drop);
RUN(quality_reimport);
RUN(quality_history);
RUN(retention_run);
RUN(retention_list);
RUN(hold_place);
RUN(hold_lift);
RUN(hold_list);

/* run_report.c */
RUN(report);
RUN(report_verify);

/* run_request.c */
RUN(request_open);
RUN(request_list);
RUN(request_show);
RUN(request_acknowledge);
RUN(request_ask_proof);
RUN(request_prove);
RUN(request_pause);
RUN(request_resume);
RUN(request_extend);
RUN(request_refuse);
RUN(request_cancel);
RUN(request_appeal);
RUN(request_answer);
RUN(request_due);
RUN(request_jurisdictions);
RUN(request_erase_batch);
RUN(request_review);
RUN(request_feedback);
RUN(subject_decision);
RUN(subject_human);
RUN(subject_limit);

/* run_consent.c */
RUN(consent_defer);
RUN(consent_confirm);
RUN(consent_may_ask);
RUN(consent_receipt);
RUN(consent_verify_receipt);
RUN(handoff);

#endif
