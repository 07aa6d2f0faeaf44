/*
 * meta.c - the few numbers that a home keeps about itself.
 */
#include "inside.h"

enum candor_status meta_number(struct job *job, struct database *data, struct lit name,
                               int64_t *value)
{
    struct query *query = db_query(data, SQL_META_GET);
    bool found = false;
    query_text(query, 1, str_from(name));
    TRY(query_row(job, query, &found));
    *value = 0;
    if (found) {
        *value = query_get_number(query, 0);
        query_end(query);
    }
    return CANDOR_OK;
}

enum candor_status meta_put_number(struct job *job, struct database *data, struct lit name,
                                   int64_t value)
{
    struct query *query = db_query(data, SQL_META_PUT);
    query_text(query, 1, str_from(name));
    query_number(query, 2, value);
    return query_run(job, query);
}

enum candor_status meta_add(struct job *job, struct database *data, struct lit name, int64_t more)
{
    struct query *query = db_query(data, SQL_META_ADD);
    query_text(query, 1, str_from(name));
    query_number(query, 2, more);
    return query_run(job, query);
}

enum candor_status meta_bytes(struct job *job, struct database *data, struct lit name,
                              struct bytes *value)
{
    struct query *query = db_query(data, SQL_META_GET);
    bool found = false;
    query_text(query, 1, str_from(name));
    TRY(query_row(job, query, &found));
    if (!found) {
        return fail(job, CANDOR_NOT_FOUND, "data.db does not have '%.*s'", STR_ARG(name));
    }
    *value = bytes_copy_of(job->arena, query_get_bytes(query, 0));
    query_end(query);
    return CANDOR_OK;
}

enum candor_status meta_put_bytes(struct job *job, struct database *data, struct lit name,
                                  struct bytes value)
{
    struct query *query = db_query(data, SQL_META_PUT);
    query_text(query, 1, str_from(name));
    query_bytes(query, 2, value);
    return query_run(job, query);
}
