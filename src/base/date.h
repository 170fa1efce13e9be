/* Civil dates of the proleptic Gregorian calendar and the months of the ViEWS numbering (month 1 = January 1980). */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Days since 1970-01-01. DATE_MIN and DATE_MAX stand for "always" and "for ever" in from/to ranges. */
typedef int32_t date_day;
#define DATE_MIN INT32_MIN
#define DATE_MAX INT32_MAX

typedef struct civil_date {
    int32_t year;
    int32_t month; /**< 1 ... 12 */
    int32_t day;   /**< 1 ... 31 */
} civil_date;

bool date_valid(civil_date date); /**< 1900 <= year <= 2200 and the day exists */
date_day date_to_day(civil_date date);
civil_date date_from_day(date_day day);

/** ViEWS month number: 1 = January 1980; January 2015 is 421. */
int32_t month_from_day(date_day day);
int32_t month_from_civil(int32_t year, int32_t month);
date_day month_first_day(int32_t month_id);
date_day month_last_day(int32_t month_id);
int32_t month_year(int32_t month_id);
int32_t month_of_year(int32_t month_id); /**< 1 ... 12 */
int32_t month_length(int32_t month_id);  /**< days */

/** Read YYYY, YYYY-MM or YYYY-MM-DD that fills all `n` characters. *first and *last are the first and the last day of
 *  what was named (a year, a month, a day). @return false for anything else, 2020-02-30 included */
bool date_read(const char *text, size_t n, date_day *first, date_day *last);

/** "2021-08" and "2021-08-15"; `out` holds at least 16 characters. */
void month_text(int32_t month_id, char *out);
void date_text(date_day day, char *out);

#endif
