/*
 * language.c - which language a file is in, by the end of its name.
 */
#include "code.h"

#include <string.h>

enum code_language code_language_of(struct str path)
{
    static const struct {
        const char *end;
        enum code_language language;
    } row[] = {
        {".js", CODE_JAVASCRIPT},  {".mjs", CODE_JAVASCRIPT}, {".cjs", CODE_JAVASCRIPT},
        {".jsx", CODE_JAVASCRIPT}, {".ts", CODE_TYPESCRIPT},  {".mts", CODE_TYPESCRIPT},
        {".cts", CODE_TYPESCRIPT}, {".tsx", CODE_TSX},        {".py", CODE_PYTHON},
        {".php", CODE_PHP},        {".phtml", CODE_PHP},      {".html", CODE_HTML},
        {".htm", CODE_HTML},       {".vue", CODE_HTML},       {".svelte", CODE_HTML},
        {".svg", CODE_HTML},       {".css", CODE_CSS},        {".sql", CODE_SQL},
        {".ddl", CODE_SQL},        {".pgsql", CODE_SQL},      {".psql", CODE_SQL},
        {".mysql", CODE_SQL},      {".tsql", CODE_SQL},       {".plsql", CODE_SQL},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const size_t len = strlen(row[i].end);
        if (path.len <= len) {
            continue;
        }
        bool is_end = true;
        for (size_t b = 0; b < len; b++) {
            const char letter = path.ptr[path.len - len + b];
            is_end = is_end && (letter | (b > 0 ? 0x20 : 0)) == row[i].end[b];
        }
        if (is_end) {
            return row[i].language;
        }
    }
    return CODE_NONE;
}
