/* Weighted ridge regression on a quadratic function; see approximation.h. */
#include "infer/approximation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TERMS = (SPACE_MOST + 1) * (SPACE_MOST + 2) / 2 };

static const double guess_weight = 4; /* evaluations that the guess counts like, for every coefficient */
static const double least_fall = 12;  /* below the top counts half; more where that leaves few evaluations ... */
static const double least_weight = 3; /* ... for every coefficient */
static const double farthest = 2;     /* the centre lies within so many standard deviations of the points */
static const double freedom = 8;      /* of the t */

/** The quadratic c + g'u - u'Hu / 2 in u = (z - centre) / scale, where points have mean 0 and standard deviation 1. */
typedef struct quadratic {
    uint32_t n, n_terms; /* terms: constant, g, then H by rows from the diagonal on */
    double centre[SPACE_MOST], scale[SPACE_MOST];
    double top;  /* highest log density that was found */
    double fall; /* below it counts half */
} quadratic;

typedef struct equations {
    double matrix[MOST_TERMS * MOST_TERMS], right[MOST_TERMS];
} equations;

/** Half at the fall from the top and next to nothing far out: no quadratic function holds there, and the first places that
 *  chains try may be far. */
static double weight_of(const quadratic *q, double log_density) {
    double fall = (q->top - log_density) / q->fall;
    return 1 / (1 + fall * fall * fall * fall);
}

static double sum_of_weights(const quadratic *q, const approximation_points *runs, uint32_t n_runs) {
    double sum = 0;
    for (uint32_t r = 0; r < n_runs; r++)
        for (uint32_t i = 0; i < runs[r].n_points; i++)
            sum += weight_of(q, runs[r].log_density[i]);
    return sum;
}

/** As near to the top as the number of evaluations allows. */
static void choose_fall(quadratic *q, const approximation_points *runs, uint32_t n_runs) {
    for (q->fall = least_fall; q->fall < 1000 && sum_of_weights(q, runs, n_runs) < least_weight * q->n_terms;)
        q->fall *= 1.2;
}

/** Fill centre, scale, top and fall. @return whether there is any point */
static bool look_over(quadratic *q, const approximation_points *runs, uint32_t n_runs, double guess_sd) {
    double sum = 0;
    q->top = -INFINITY;
    for (uint32_t r = 0; r < n_runs; r++)
        for (uint32_t i = 0; i < runs[r].n_points; i++)
            q->top = fmax(q->top, runs[r].log_density[i]);
    if (!(q->top > -INFINITY))
        return false;
    choose_fall(q, runs, n_runs);
    for (int pass = 0; pass < 2; pass++, sum = 0) {
        double total[SPACE_MOST] = {0};
        for (uint32_t r = 0; r < n_runs; r++)
            for (uint32_t i = 0; i < runs[r].n_points; i++) {
                double w = weight_of(q, runs[r].log_density[i]); /* 0 where it is impossible */
                const double *z = runs[r].z + (size_t)i * q->n;
                sum += w;
                for (uint32_t j = 0; j < q->n; j++)
                    total[j] += w * (pass == 0 ? z[j] : (z[j] - q->centre[j]) * (z[j] - q->centre[j]));
            }
        for (uint32_t j = 0; j < q->n; j++)
            if (pass == 0)
                q->centre[j] = total[j] / sum;
            else
                q->scale[j] = total[j] / sum > 1e-12 ? sqrt(total[j] / sum) : guess_sd;
    }
    return true;
}

static void terms_of(const quadratic *q, const double *z, double term[MOST_TERMS]) {
    double u[SPACE_MOST] = {0};
    uint32_t k = 0;
    for (uint32_t j = 0; j < q->n; j++)
        u[j] = (z[j] - q->centre[j]) / q->scale[j];
    term[k++] = 1;
    for (uint32_t j = 0; j < q->n; j++)
        term[k++] = u[j];
    for (uint32_t i = 0; i < q->n; i++)
        for (uint32_t j = i; j < q->n; j++)
            term[k++] = -(i == j ? 0.5 : 1) * u[i] * u[j];
}

/** The guess in the same terms. */
static void terms_of_guess(const quadratic *q, const approximation_guess *guess, double value[MOST_TERMS]) {
    uint32_t k = 0;
    value[k++] = 0;
    for (uint32_t j = 0; j < q->n; j++)
        value[k++] = q->scale[j] * (guess->centre[j] - q->centre[j]) / (guess->sd * guess->sd);
    for (uint32_t i = 0; i < q->n; i++)
        for (uint32_t j = i; j < q->n; j++)
            value[k++] = i == j ? q->scale[i] * q->scale[i] / (guess->sd * guess->sd) : 0;
}

/** Normal equations of the terms, which the guess's terms weigh as well. */
static void fill(equations *e, const quadratic *q, const approximation_points *runs, uint32_t n_runs,
                 const double *guess) {
    uint32_t m = q->n_terms;
    double term[MOST_TERMS] = {0};
    memset(e, 0, sizeof *e);
    for (uint32_t k = 0; k < m; k++) {
        e->matrix[k * m + k] = k == 0 ? 1e-9 : guess_weight;
        e->right[k] = k == 0 ? 0 : guess_weight * guess[k];
    }
    for (uint32_t r = 0; r < n_runs; r++)
        for (uint32_t i = 0; i < runs[r].n_points; i++) {
            double w = weight_of(q, runs[r].log_density[i]);
            if (!(w > 0))
                continue;
            terms_of(q, runs[r].z + (size_t)i * q->n, term);
            for (uint32_t k = 0; k < m; k++) {
                e->right[k] += w * term[k] * (runs[r].log_density[i] - q->top);
                for (uint32_t l = 0; l <= k; l++)
                    e->matrix[k * m + l] += w * term[k] * term[l];
            }
        }
}

/** Solve by Cholesky; the solution replaces the right side. */
static void solve(equations *e, uint32_t m) {
    double *L = e->matrix, *x = e->right;
    for (uint32_t i = 0; i < m; i++)
        for (uint32_t j = 0; j <= i; j++) {
            double sum = L[i * m + j];
            for (uint32_t k = 0; k < j; k++)
                sum -= L[i * m + k] * L[j * m + k];
            L[i * m + j] = i == j ? sqrt(fmax(sum, 1e-12)) : sum / L[j * m + j];
        }
    for (uint32_t i = 0; i < m; i++) {
        for (uint32_t k = 0; k < i; k++)
            x[i] -= L[i * m + k] * x[k];
        x[i] /= L[i * m + i];
    }
    for (uint32_t i = m; i-- > 0;) {
        for (uint32_t k = i + 1; k < m; k++)
            x[i] -= L[k * m + i] * x[k];
        x[i] /= L[i * m + i];
    }
}

/** One rotation of Jacobi's method that makes S[p][q] zero; V collects them, axes in rows. */
static void rotate(double *restrict S, double *restrict V, uint32_t n, uint32_t p, uint32_t q) {
    if (fabs(S[p * n + q]) < 1e-300)
        return;
    double theta = (S[q * n + q] - S[p * n + p]) / (2 * S[p * n + q]);
    double t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;
    for (uint32_t k = 0; k < n; k++) {
        double a = S[k * n + p], b = S[k * n + q];
        S[k * n + p] = c * a - s * b;
        S[k * n + q] = s * a + c * b;
    }
    for (uint32_t k = 0; k < n; k++) {
        double a = S[p * n + k], b = S[q * n + k], v = V[p * n + k], w = V[q * n + k];
        S[p * n + k] = c * a - s * b;
        S[q * n + k] = s * a + c * b;
        V[p * n + k] = c * v - s * w;
        V[q * n + k] = s * v + c * w;
    }
}

/** Principal axes (rows of V) of the symmetric S, whose diagonal becomes the eigenvalues. */
static void principal_axes(double *restrict S, double *restrict V, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++)
            V[i * n + j] = i == j;
    for (int sweep = 0; sweep < 30; sweep++)
        for (uint32_t p = 0; p + 1 < n; p++)
            for (uint32_t q = p + 1; q < n; q++)
                rotate(S, V, n, p, q);
}

/** Centre and axes of the quadratic with these terms, no direction wider than it can be. */
static void take(const quadratic *q, const double *value, double most_sd, approximation *out) {
    uint32_t n = q->n, k = 1 + n;
    double precision[SPACE_MOST * SPACE_MOST], slope[SPACE_MOST];
    for (uint32_t i = 0; i < n; i++) {
        slope[i] = value[1 + i] / q->scale[i];
        for (uint32_t j = i; j < n; j++)
            precision[i * n + j] = precision[j * n + i] = value[k++] / (q->scale[i] * q->scale[j]);
    }
    principal_axes(precision, out->direction, n);
    memcpy(out->mean, q->centre, sizeof out->mean);
    for (uint32_t i = 0; i < n; i++) {
        const double *axis = out->direction + (size_t)i * n;
        double along = 0, spread = 0, p = fmax(precision[i * n + i], 1 / (most_sd * most_sd));
        out->sd[i] = 1 / sqrt(p);
        for (uint32_t j = 0; j < n; j++) {
            along += axis[j] * slope[j];
            spread += axis[j] * axis[j] * q->scale[j] * q->scale[j];
        }
        double most = farthest * sqrt(spread), shift = fmax(-most, fmin(most, along / p));
        for (uint32_t j = 0; j < n; j++)
            out->mean[j] += shift * axis[j];
    }
}

tsr_status approximation_fit(uint32_t n, const approximation_points *runs, uint32_t n_runs,
                             const approximation_guess *guess, approximation *out, tsr_error *error) {
    quadratic q = {.n = n, .n_terms = (n + 1) * (n + 2) / 2};
    double guessed[MOST_TERMS] = {0};
    *out = (approximation){.n = n};
    if (!look_over(&q, runs, n_runs, guess->sd)) {
        for (uint32_t i = 0; i < n; i++) {
            out->mean[i] = guess->centre[i];
            out->direction[i * n + i] = 1;
            out->sd[i] = guess->sd;
        }
        return TSR_OK;
    }
    equations *e = malloc(sizeof *e);
    if (!e)
        return FAIL(error, TSR_E_MEMORY, "no memory for a quadratic function of %u numbers", n);
    terms_of_guess(&q, guess, guessed);
    fill(e, &q, runs, n_runs, guessed);
    solve(e, q.n_terms);
    take(&q, e->right, guess->most_sd, out);
    free(e);
    return TSR_OK;
}

static double normal(philox_stream *stream) {
    double u = counts_uniform(stream), v = counts_uniform(stream);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

void approximation_step(const approximation *a, double scale, philox_stream *stream, double *z) {
    for (uint32_t i = 0; i < a->n; i++) {
        double step = scale * a->sd[i] * normal(stream);
        for (uint32_t j = 0; j < a->n; j++)
            z[j] += step * a->direction[i * a->n + j];
    }
}

void approximation_draw(const approximation *a, philox_stream *stream, double *z) {
    double chi_squared = 0; /* of 8 degrees: twice the sum of four exponentials */
    for (int i = 0; i < 4; i++)
        chi_squared -= 2 * log(counts_uniform(stream));
    memcpy(z, a->mean, a->n * sizeof *z);
    approximation_step(a, sqrt(freedom / chi_squared), stream, z);
}

double approximation_log_density(const approximation *a, const double *z) {
    double squares = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        double along = 0;
        for (uint32_t j = 0; j < a->n; j++)
            along += a->direction[i * a->n + j] * (z[j] - a->mean[j]);
        squares += along / a->sd[i] * (along / a->sd[i]);
    }
    return -0.5 * (freedom + a->n) * log1p(squares / freedom);
}
