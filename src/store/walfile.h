/*
 * walfile.h - for sqlite.c: a file system that writes a commit to the log in one piece. Inside the room only.
 */
#ifndef CANDOR_STORE_WALFILE_H
#define CANDOR_STORE_WALFILE_H

/* Its name, for sqlite3_open_v2. */
const char *walfile_system(void);

#endif
