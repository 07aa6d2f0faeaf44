/*
 * fault.c - why a signal was not accepted: one list for all formats.
 */
#include "wire.h"

static const struct {
    const char *code;
    const char *sentence;
} row[SIGNAL_FAULTS] = {
    [SIGNAL_FINE] = {"fine", "It is well-formed."},
    [SIGNAL_EMPTY] = {"empty", "There is nothing to read."},
    [SIGNAL_TOO_LONG] = {"too-long", "The string is longer than 32,768 characters."},
    [SIGNAL_ILLEGAL_CHARACTER] = {"illegal-character",
                                  "A character is not of web-safe base64 (A-Z a-z 0-9 - _)."},
    [SIGNAL_UNSUPPORTED_VERSION] = {"unsupported-version", "Its version is not one we know."},
    [SIGNAL_TRUNCATED_CORE] = {"truncated-core", "The core ends too early."},
    [SIGNAL_TRUNCATED_DISCLOSED] = {"truncated-disclosed-vendors",
                                    "The disclosed-vendors segment ends too early."},
    [SIGNAL_TRUNCATED_ALLOWED] = {"truncated-allowed-vendors",
                                  "The allowed-vendors segment ends too early."},
    [SIGNAL_TRUNCATED_PUBLISHER] = {"truncated-publisher", "The publisher segment ends too early."},
    [SIGNAL_BAD_LANGUAGE] = {"bad-letter", "A language or country has a letter beyond Z."},
    [SIGNAL_RANGE_REVERSED] = {"range-end-before-start", "A range ends before it starts."},
    [SIGNAL_RANGE_ABOVE_MAX] = {"range-beyond-max",
                                "A range goes beyond the largest id that the string names, or "
                                "begins at 0."},
    [SIGNAL_RESTRICTIONS_COLLIDE] = {"contradictory-restrictions",
                                     "A vendor has two different restrictions for one purpose."},
    [SIGNAL_TRAILING_DATA] = {"trailing-data", "There is something after the end."},
    [SIGNAL_UNKNOWN_SEGMENT] = {"unknown-segment", "A segment is of a type that does not exist."},
    [SIGNAL_SEGMENT_TWICE] = {"duplicate-segment", "A segment stands twice."},
    [SIGNAL_NOT_GPP] = {"not-a-gpp-header", "A GPP string begins with D."},
    [SIGNAL_TRUNCATED_HEADER] = {"truncated-header", "The header ends too early."},
    [SIGNAL_TOO_MANY_SECTIONS] = {"too-many-sections", "The header names more than 64 sections."},
    [SIGNAL_SECTION_COUNT] = {"section-count-mismatch",
                              "The header does not name as many sections as there are."},
    [SIGNAL_TRUNCATED_SECTION] = {"truncated", "A section ends too early."},
    [SIGNAL_BAD_CHARACTER] = {"bad-char", "Only Y, N and a hyphen may follow the version."},
    [SIGNAL_BAD_LENGTH] = {"bad-length", "A US Privacy string has four characters."},
};

const char *signal_fault_code(enum signal_fault fault)
{
    must((unsigned)fault < SIGNAL_FAULTS);
    return row[fault].code;
}

const char *signal_fault_sentence(enum signal_fault fault)
{
    must((unsigned)fault < SIGNAL_FAULTS);
    return row[fault].sentence;
}
