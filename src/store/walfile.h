/*
 * walfile.h - for sqlite.c: a file system that writes a commit to the log in one piece. Inside the room only.
 */
#ifndef CANDOR_STORE_WALFILE_H
#define CANDOR_STORE_WALFILE_H

/* Its name, for sqlite3_open_v2. */
const char *walfile_system(void);
/*
 * For the connection that moves the log into the file: it lets others have the disk meanwhile. Not while it is
 * hurried: sqlite3_file_control with WALFILE_HURRIED and a const atomic_bool * says where to look.
 */
const char *walfile_system_beside(void);

enum { WALFILE_HURRIED = 1001 };

#endif
