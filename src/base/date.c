/* Civil dates: days from civil and back (proleptic Gregorian calendar), and months. */
#include "base/date.h"

static bool is_leap(int32_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int32_t days_in_month(int32_t year, int32_t month) {
    static const int32_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool date_valid(civil_date date) {
    return date.year >= 1900 && date.year <= 2200 && date.month >= 1 && date.month <= 12 && date.day >= 1 &&
           date.day <= days_in_month(date.year, date.month);
}

/* The year is counted from March, so that the leap day is its last; 400 years have 146,097 days. */
date_day date_to_day(civil_date date) {
    int32_t year = date.year - (date.month <= 2);
    int32_t era = (year >= 0 ? year : year - 399) / 400;
    int32_t year_of_era = year - era * 400;
    int32_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468; /* days from 0000-03-01 to 1970-01-01 */
}

civil_date date_from_day(date_day day) {
    int64_t shifted = (int64_t)day + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    int64_t month = shifted_month + (shifted_month < 10 ? 3 : -9);
    return (civil_date){
        .year = (int32_t)(year_of_era + era * 400 + (month <= 2)),
        .month = (int32_t)month,
        .day = (int32_t)(day_of_year - (153 * shifted_month + 2) / 5 + 1),
    };
}

int32_t month_from_civil(int32_t year, int32_t month) {
    return (year - 1980) * 12 + month;
}

int32_t month_from_day(date_day day) {
    civil_date date = date_from_day(day);
    return month_from_civil(date.year, date.month);
}

int32_t month_year(int32_t month_id) {
    int32_t zero_based = month_id - 1;
    return 1980 + (zero_based >= 0 ? zero_based : zero_based - 11) / 12;
}

int32_t month_of_year(int32_t month_id) {
    return month_id - month_from_civil(month_year(month_id), 0);
}

date_day month_first_day(int32_t month_id) {
    return date_to_day((civil_date){month_year(month_id), month_of_year(month_id), 1});
}

date_day month_last_day(int32_t month_id) {
    return month_first_day(month_id) + month_length(month_id) - 1;
}

int32_t month_length(int32_t month_id) {
    return days_in_month(month_year(month_id), month_of_year(month_id));
}

/** `n` digits as a number; -1 when one of them is not a digit. */
static int32_t read_digits(const char *text, size_t n) {
    int32_t value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool date_read(const char *text, size_t n, date_day *first, date_day *last) {
    if ((n != 4 && n != 7 && n != 10) || (n > 4 && text[4] != '-') || (n > 7 && text[7] != '-'))
        return false;
    civil_date date = {read_digits(text, 4), n > 4 ? read_digits(text + 5, 2) : 1,
                       n > 7 ? read_digits(text + 8, 2) : 1};
    if (!date_valid(date))
        return false;
    *first = *last = date_to_day(date);
    if (n == 10)
        return true;
    civil_date end = date;
    if (n == 4)
        end.month = 12;
    end.day = days_in_month(end.year, end.month);
    *last = date_to_day(end);
    return true;
}

/** Four, two and two digits; years out of range are cut, dates of this program never are. */
static void put_digits(char *out, int32_t value, int n) {
    for (int i = n - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + (value < 0 ? 0 : value % 10));
}

void month_text(int32_t month_id, char *out) {
    put_digits(out, month_year(month_id), 4);
    out[4] = '-';
    put_digits(out + 5, month_of_year(month_id), 2);
    out[7] = 0;
}

void date_text(date_day day, char *out) {
    civil_date date = date_from_day(day);
    month_text(month_from_civil(date.year, date.month), out);
    out[7] = '-';
    put_digits(out + 8, date.day, 2);
    out[10] = 0;
}
