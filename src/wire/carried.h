/*
 * carried.h - the letters around a manifest store in a text, for c2pa_text.c and c2pa_find.c.
 */
#ifndef CANDOR_WIRE_CARRIED_H
#define CANDOR_WIRE_CARRIED_H

#define C2PA_BEGIN "-----BEGIN C2PA MANIFEST-----"
#define C2PA_END "-----END C2PA MANIFEST-----"
#define C2PA_DATA "data:application/c2pa;base64,"
#define C2PA_MEDIA_TYPE "application/c2pa"
#define C2PA_SCRIPT_OPEN "<script type=\"application/c2pa\">"
#define C2PA_SCRIPT_CLOSE "</script>"
#define C2PA_MARKER "\xef\xbb\xbf" /* U+FEFF */
#define C2PA_MAGIC "C2PATXT\0\x01" /* and version 1 */

enum { C2PA_MAGIC_LEN = 8, C2PA_HEADER_LEN = 13, C2PA_MARKER_LEN = 3 };

#endif
