/*
 * text.c - dates as text, and files that say what went wrong with them.
 */
#include "demo.h"

#include <errno.h>
#include <string.h>

int64_t date_days(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    const int64_t era = (year >= 0 ? year : year - 399) / 400;
    const unsigned year_of_era = (unsigned)(year - era * 400);
    const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const unsigned day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + (int64_t)day_of_era - 719468;
}

void date_text(int64_t seconds, char target[16])
{
    const int64_t days = seconds / SECONDS_PER_DAY + 719468; /* the story begins after 1970 */
    const int64_t era = days / 146097;
    const unsigned day_of_era = (unsigned)(days - era * 146097);
    const unsigned year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const unsigned day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned shifted = (5 * day_of_year + 2) / 153;
    const unsigned day = day_of_year - (153 * shifted + 2) / 5 + 1;
    const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
    const unsigned year = (unsigned)(year_of_era + era * 400) + (month <= 2);
    (void)snprintf(target, 16, "%04u-%02u-%02u", year % 10000, month % 100, day % 100);
}

void time_text(int64_t seconds, char target[32])
{
    char date[16];
    date_text(seconds, date);
    const unsigned second = (unsigned)(seconds % SECONDS_PER_DAY);
    (void)snprintf(target, 32, "%sT%02u:%02u:%02uZ", date, second / 3600, second / 60 % 60,
                   second % 60);
}

struct file file_open(const char *dir, const char *name, const char *mode)
{
    struct file file;
    const int len = dir == NULL ? snprintf(file.path, sizeof file.path, "%s", name)
                                : snprintf(file.path, sizeof file.path, "%s/%s", dir, name);
    if (len < 0 || (size_t)len >= sizeof file.path) {
        stop(2, "the path of %s is too long", name);
    }
    file.stream = fopen(file.path, mode);
    if (file.stream == NULL) {
        stop(2, "%s: %s", file.path, strerrordesc_np(errno));
    }
    return file;
}

void file_close(struct file *file)
{
    const bool wrong = ferror(file->stream) != 0;
    if (fclose(file->stream) != 0 || wrong) {
        stop(4, "%s: %s", file->path, strerrordesc_np(errno));
    }
}
