/*
 * sql_people.c - people: who is picked for marketing without being asked, what is handed out, by which traits.
 *
 * A statement is judged as one: what one of its selects asks holds for all of it, so that a condition in a WITH or in
 * brackets counts. What is looked up for one person (id = ?) is no list of people.
 */
#include "inside_sql.h"

enum { SELECTS_MAX = 64 };

struct select {
    uint32_t at;
    uint32_t from;  /* FROM; the end: there is none */
    uint32_t where; /* WHERE; the end: there is none */
    uint32_t end;
    uint32_t contact; /* columns; 0: none */
    uint32_t personal;
    uint32_t star;
    bool has_people; /* a table of them */
    bool has_one;    /* it looks one up */
    bool agrees;
};

/* ---- names --------------------------------------------------------------------------------------------- */

static bool is_people_table(struct str name)
{
    return sql_has_part(name,
                        "customer customers user users client clients contact contacts subscriber "
                        "subscribers lead leads person persons people member members patient "
                        "patients employee employees visitor visitors prospect prospects "
                        "recipient recipients guest guests kunde kunden kontakte reader readers "
                        "account accounts profile profiles player players buyer buyers") &&
           !sql_has_part(name,
                         "type types role roles setting settings log logs session sessions count "
                         "stats status statuses group groups label labels");
}

static bool is_contact(struct str name)
{
    return sql_has_part(name,
                        "email mail mobile phone telephone tel msisdn telefon handynummer courriel "
                        "whatsapp emails phones emailaddress phonenumber mobilenumber") &&
           !sql_has_part(name,
                         "hash hashed sha256 template id verified sent opened opens clicks count "
                         "status type domain subject body provider at date");
}

static bool is_personal(struct str name)
{
    return is_contact(name) || word_is_personal(name) ||
           sql_has_part(name, "surname birthdate dob ssn iban passport street");
}

static bool is_trait(struct str name)
{
    return sql_has_part(name,
                        "religion religious ethnicity ethnic race sexuality sexual orientation "
                        "political diagnosis diagnoses disease illness disability disabled "
                        "pregnant pregnancy hiv medication trade_union denomination konfession "
                        "confession faith") &&
           !sql_has_part(name, "id screen card track page device lap distance");
}

static bool is_marketing(struct str name)
{
    static const char *const word[] = {
        "newsletter", "campaign",    "mailing",    "marketing", "promo",    "audience",  "winback",
        "win_back",   "upsell",      "cross_sell", "crosssell", "outreach", "recipient", "kampagne",
        "werbung",    "email_blast", "sms_blast",  "lookalike", "retarget", "remarket"};
    return has_one_small(name, word, sizeof word / sizeof word[0]);
}

/* ---- a select -------------------------------------------------------------------------------------------- */

static void bound(struct sql_scan *scan, struct select *select)
{
    const uint16_t depth = sql_at(scan, select->at)->depth;
    uint32_t at = select->at + 1;
    select->from = select->where = 0;
    for (; at < scan->count && sql_spend(scan, 1); at++) {
        const struct sql_token *token = sql_at(scan, at);
        if (token->depth < depth) {
            break;
        }
        if (token->depth > depth || token->kind != SQL_WORD) {
            continue;
        }
        if (token->word == W_UNION || token->word == W_EXCEPT || token->word == W_INTERSECT ||
            token->word == W_SELECT || token->word == W_INSERT || token->word == W_DELETE) {
            break;
        }
        select->from = token->word == W_FROM && select->from == 0 ? at : select->from;
        select->where = token->word == W_WHERE && select->where == 0 ? at : select->where;
    }
    select->end = at;
    select->from = select->from == 0 ? at : select->from;
    select->where = select->where == 0 ? at : select->where;
}

/* What follows AS, or a name or bracket, is only what a column is called. */
static bool is_column(const struct sql_scan *scan, uint32_t at)
{
    if (!sql_is_name(scan, at) || sql_is_sign(scan, at + 1, "(") ||
        sql_is_sign(scan, at + 1, ".")) {
        return false;
    }
    const struct sql_token *before = sql_at(scan, at - 1);
    if (before->kind == SQL_WORD) {
        return before->word != W_AS && before->word != 0;
    }
    return before->kind != SQL_QUOTED && !sql_is_sign(scan, at - 1, ")");
}

/* Of these only a number or a digest comes out. */
static bool hides(struct str name)
{
    static const char *const call[] = {"count",
                                       "sum",
                                       "avg",
                                       "md5",
                                       "sha1",
                                       "sha2",
                                       "sha256",
                                       "hash",
                                       "hashbytes",
                                       "digest",
                                       "hmac",
                                       "length",
                                       "len",
                                       "sha512",
                                       "substring_index",
                                       "split_part",
                                       "count_distinct",
                                       "exists",
                                       "bool_or",
                                       "bit_or"};
    for (size_t i = 0; i < sizeof call / sizeof call[0]; i++) {
        if (same_small(name, call[i])) {
            return true;
        }
    }
    return false;
}

static void look_at_columns(struct sql_scan *scan, struct select *select)
{
    for (uint32_t at = select->at + 1; at < select->from && sql_spend(scan, 1); at++) {
        const bool is_call = sql_is_sign(scan, at + 1, "(");
        if (is_call && (hides(sql_text(scan, at)) || sql_is_word(scan, at, W_EXISTS))) {
            at = sql_close(scan, at + 1);
        } else if (sql_is_word(scan, at + 1, W_SELECT) && sql_is_sign(scan, at, "(")) {
            at = sql_close(scan, at); /* one of its own */
        } else if (sql_is_sign(scan, at, "*")) {
            const bool is_all = sql_at(scan, at - 1)->kind != SQL_NUMBER &&
                                !sql_is_sign(scan, at - 1, ")") &&
                                (!sql_is_name(scan, at - 1) || sql_at(scan, at - 1)->word != 0);
            select->star = is_all ? at : select->star;
        } else if (is_column(scan, at)) {
            const struct str name = sql_content(scan, at);
            select->contact = select->contact == 0 && is_contact(name) ? at : select->contact;
            select->personal = select->personal == 0 && is_personal(name) ? at : select->personal;
        }
    }
}

static uint32_t on_end(struct sql_scan *scan, uint32_t at, uint32_t end)
{
    const uint16_t depth = sql_at(scan, at)->depth;
    while (at < end && sql_spend(scan, 1) &&
           !(sql_at(scan, at)->depth == depth &&
             (sql_is_word(scan, at, W_JOIN) || sql_is_word(scan, at, W_LEFT) ||
              sql_is_word(scan, at, W_INNER) || sql_is_word(scan, at, W_FULL) ||
              sql_is_word(scan, at, W_CROSS)))) {
        at++;
    }
    return at;
}

/* A table that is joined so that only what it has remains, and that is one of consents. */
static void look_at_tables(struct sql_scan *scan, struct select *select)
{
    const uint16_t depth = sql_at(scan, select->at)->depth;
    bool is_table = true; /* a name that comes now is one */
    bool is_outer = false;
    bool is_typed = false; /* LEFT, INNER before JOIN */
    struct str left_out = STR("");
    for (uint32_t at = select->from + 1; at < select->where && sql_spend(scan, 1); at++) {
        const struct sql_token *token = sql_at(scan, at);
        if (token->depth != depth) {
            continue;
        }
        const uint16_t word = token->kind == SQL_WORD ? token->word : 0;
        if (word == W_ON && !is_table && !is_outer) {
            const struct sql_range on = {at + 1, on_end(scan, at + 1, select->where)};
            select->agrees = select->agrees || sql_agrees(scan, on);
        }
        if (word == W_LEFT || word == W_FULL || word == W_INNER || word == W_CROSS) {
            is_outer = word == W_LEFT || word == W_FULL;
            is_typed = true;
        }
        if (word == W_JOIN || sql_is_sign(scan, at, ",")) {
            is_table = true;
            is_outer = is_outer && is_typed;
            is_typed = false;
            continue;
        }
        if (!is_table || !sql_is_name(scan, at) || word == W_LEFT || word == W_INNER) {
            continue;
        }
        at = sql_name_end(scan, at);
        const struct str name = sql_content(scan, at);
        select->has_people = select->has_people || is_people_table(name);
        select->agrees = select->agrees || (!is_outer && sql_says_yes(name) && !sql_says_no(name) &&
                                            !is_people_table(name));
        if (is_outer && sql_says_no(name)) {
            const uint32_t alias = at + 1 + sql_is_word(scan, at + 1, W_AS);
            left_out = sql_is_word(scan, alias, W_ON) ? name : sql_content(scan, alias);
        }
        is_table = false;
    }
    for (uint32_t at = select->where; at < select->end && left_out.len > 0; at++) {
        select->agrees =
            select->agrees ||
            (str_equal(sql_content(scan, at), left_out) && sql_is_sign(scan, at + 1, ".") &&
             sql_is_word(scan, at + 3, W_IS) && sql_is_word(scan, at + 4, W_NULL));
    }
}

/* id = ?, email = 'x': what is of one person or one thing. */
static bool is_key(struct str name)
{
    const bool is_id =
        sql_has_part(name, "id uuid guid email login username token key number code slug "
                           "phone pk name");
    return is_id &&
           !sql_has_part(name, "campaign segment list store shop tenant org organisation "
                               "organization company group category country region product "
                               "brand audience newsletter template tag type status site");
}

static void look_at_condition(struct sql_scan *scan, struct select *select)
{
    if (select->where >= select->end) {
        return;
    }
    uint32_t end = select->where + 1;
    const uint16_t depth = sql_at(scan, select->where)->depth;
    while (end < select->end &&
           !(sql_at(scan, end)->depth == depth &&
             (sql_is_word(scan, end, W_GROUP) || sql_is_word(scan, end, W_ORDER) ||
              sql_is_word(scan, end, W_LIMIT)))) {
        const struct sql_token *value = sql_at(scan, end + 2);
        const bool is_value = value->kind == SQL_PARAM || value->kind == SQL_NUMBER ||
                              value->kind == SQL_TEXT ||
                              (value->kind == SQL_WORD && !sql_is_sign(scan, end + 3, "."));
        select->has_one = select->has_one ||
                          (sql_at(scan, end)->depth == depth && sql_is_name(scan, end) &&
                           sql_is_sign(scan, end + 1, "=") && is_value &&
                           is_key(sql_content(scan, end)) && !sql_says_yes(sql_content(scan, end)));
        end++;
    }
    select->agrees = select->agrees || sql_agrees(scan, (struct sql_range){select->where + 1, end});
}

/* ---- the statement ------------------------------------------------------------------------------------------ */

struct statement {
    struct select select[SELECTS_MAX];
    uint32_t count;
    bool is_marketing;
    bool is_export;
    bool agrees;
};

static bool hands_out(const struct sql_scan *scan)
{
    const bool is_meta = sql_is_sign(scan, 0, "\\") && sql_is_word(scan, 1, W_COPY);
    const uint32_t first = is_meta ? 1 : 0;
    if (sql_is_word(scan, first, W_COPY) && sql_is_word(scan, first + 1, W_INTO)) {
        return sql_at(scan, first + 2)->kind == SQL_PARAM ||
               sql_at(scan, first + 2)->kind == SQL_TEXT || sql_is_sign(scan, first + 2, "@");
    }
    if (sql_is_word(scan, 0, W_EXPORT) || scan->is_export) {
        return true;
    }
    for (uint32_t at = 0; at < scan->count; at++) {
        if ((sql_is_word(scan, first, W_COPY) && sql_is_word(scan, at, W_TO) &&
             sql_at(scan, at)->depth == 0) ||
            (sql_is_word(scan, at, W_INTO) &&
             (sql_is_word(scan, at + 1, W_OUTFILE) || sql_is_word(scan, at + 1, W_DUMPFILE)))) {
            return true;
        }
    }
    return false;
}

static void read_statement(struct sql_scan *scan, struct statement *statement)
{
    statement->count = 0;
    statement->agrees = false;
    statement->is_marketing = scan->says_marketing;
    statement->is_export = hands_out(scan);
    for (uint32_t at = 0; at < scan->count && sql_spend(scan, 1); at++) {
        const uint8_t kind = sql_at(scan, at)->kind;
        if (sql_is_word(scan, at, W_SELECT) && statement->count < SELECTS_MAX) {
            struct select *select = &statement->select[statement->count++];
            *select = (struct select){.at = at};
            bound(scan, select);
            look_at_columns(scan, select);
            look_at_tables(scan, select);
            look_at_condition(scan, select);
            statement->agrees = statement->agrees || select->agrees;
        }
        statement->is_marketing =
            statement->is_marketing ||
            ((kind == SQL_QUOTED || kind == SQL_TEXT ||
              (kind == SQL_WORD && sql_at(scan, at)->word == 0)) &&
             is_marketing(sql_content(scan, at)) && !sql_says_yes(sql_content(scan, at)));
    }
}

static void look_for_trait(struct sql_scan *scan, const struct select *select)
{
    for (uint32_t at = select->where + 1; at < select->end && sql_spend(scan, 1); at++) {
        if (sql_is_name(scan, at) && is_trait(sql_content(scan, at))) {
            sql_report(scan, RULE_SQL_TRAIT, at, at);
            return;
        }
    }
}

/* COPY customers (email) TO, without a select. */
static void look_at_copy(struct sql_scan *scan)
{
    const uint32_t first = sql_is_sign(scan, 0, "\\") ? 1 : 0;
    if (!sql_is_word(scan, first, W_COPY) || !sql_is_name(scan, first + 1)) {
        return;
    }
    const uint32_t table = sql_name_end(scan, first + 1);
    if (!sql_is_sign(scan, table + 1, "(")) {
        if (is_people_table(sql_content(scan, table))) {
            sql_report(scan, RULE_SQL_EXPORT, first, table);
        }
        return;
    }
    const uint32_t close = sql_close(scan, table + 1);
    for (uint32_t at = table + 2; at < close; at++) {
        if (sql_is_name(scan, at) && is_personal(sql_content(scan, at))) {
            sql_report(scan, RULE_SQL_EXPORT, first, at);
            return;
        }
    }
}

static void judge(struct sql_scan *scan, const struct statement *statement,
                  const struct select *select, bool *is_told)
{
    const bool is_list = !select->has_one && select->from < select->end;
    const bool is_picked = select->contact != 0 || (select->star != 0 && select->has_people) ||
                           sql_is_word(scan, 0, W_INSERT);
    const bool is_of_people = select->contact != 0 || select->has_people;
    if (!is_list || *is_told) {
        return;
    }
    if (is_picked && is_of_people) {
        look_for_trait(scan, select);
    }
    if (statement->is_export &&
        (select->personal != 0 || (select->star != 0 && select->has_people)) &&
        (!statement->agrees || select->star != 0)) {
        sql_report(scan, RULE_SQL_EXPORT, select->at,
                   select->personal != 0 ? select->personal : select->star);
        *is_told = true;
    } else if (statement->is_marketing && is_picked && is_of_people && !statement->agrees) {
        sql_report(scan, RULE_SQL_NO_CONSENT, select->at,
                   select->contact != 0 ? select->contact : select->at);
        *is_told = true;
    } else if (select->star != 0 && select->has_people) {
        sql_report(scan, RULE_SQL_ALL_COLUMNS, select->at, select->star);
    }
}

void sql_look_at_people(struct sql_scan *scan)
{
    struct statement statement;
    bool is_told = false;
    read_statement(scan, &statement);
    for (uint32_t i = 0; i < statement.count; i++) {
        judge(scan, &statement, &statement.select[i], &is_told);
    }
    if (statement.is_export && statement.count == 0) {
        look_at_copy(scan);
    }
}
