/*
 * boxed.h - what c2pa_write.c and c2pa_store.c share: the parts of a JUMBF box (ISO 19566-5, annex A).
 *
 *     box: length u32be, itself included | type, 4 letters | content
 *     jumd: UUID 16 | toggles u8 | label, ends in a zero | a salt, which not all have
 */
#ifndef CANDOR_WIRE_BOXED_H
#define CANDOR_WIRE_BOXED_H

enum { BOX_HEAD = 8, BOX_UUID_LEN = 16 };
enum { BOX_TOGGLES = 3 /* may be asked for, has a label */, BOX_TOGGLE_SALT = 16 };
enum { COSE_ALGORITHM = 1, COSE_CHAIN = 33, COSE_SIGN1 = 18 };

/* A UUID is four letters, which are the type, and this. */
#define BOX_UUID_TAIL "\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71"

#endif
