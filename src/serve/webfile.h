/*
 * webfile.h - files that the program carries: scripts and styles, made into arrays by embed.sh.
 */
#ifndef CANDOR_WEBFILE_H
#define CANDOR_WEBFILE_H

#include <stddef.h>

struct web_file {
    const char *name; /* "candor.js"; NULL: the list ends */
    const unsigned char *ptr;
    size_t len;
    const char *etag; /* with its quotes */
};

extern const struct web_file web_files[];

/* One that is there. */
const struct web_file *web_file(const char *name);

#endif
