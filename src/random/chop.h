/* Counts by chop-down inversion: the probabilities of 0, 1, 2 ... are subtracted from one uniform number until it is used up.
 *
 * Poisson, binomial and negative binomial are the laws with p[j+1] = p[j] (a + b/(j+1)) (Panjer 1981, ASTIN Bull.
 * 12:22-26), so that one loop draws them all:
 *   Poisson(m)                         a = 0             b = m           p[0] = exp(-m)
 *   binomial(n, p)                     a = -p/(1 - p)    b = -(n + 1) a  p[0] = (1 - p)^n
 *   negative binomial(size k, mean kr) a = r/(1 + r)     b = (k - 1) a   p[0] = (1 + r)^-k
 * Lanes need different numbers of turns: those that go on after some turns are packed again into full vectors. What a lane
 * draws depends on its own u, p, a and b only.
 */
#ifndef RANDOM_CHOP_H
#define RANDOM_CHOP_H

#include "random/vector.h"

/* A uniform number has 24 bits: past the mode, probabilities below 2^-26 are beyond what it can tell. Without this end the
 * rounding of the sum of probabilities would now and then (1e-7) give a count far out of any tail. */
#define CHOP_END ((real)1.4901161193847656e-08)
/* -log p[0] stays below this, so that p[0] is above the end: probabilities below it are then past the mode. */
#define CHOP_DEPTH ((real)17)

/** Entries of a queue, which is emptied when another row of lanes might not fit; turns before the lanes that go on are packed, and most turns between two packings. */
enum { CHOP_SIZE = 512, CHOP_FIRST = 8, CHOP_MOST = 64 };

typedef struct chop_queue {
    size_t n;
    uint32_t place[CHOP_SIZE]; /**< index into the result */
    real u[CHOP_SIZE], p[CHOP_SIZE], a[CHOP_SIZE], b[CHOP_SIZE];
} chop_queue;

/** 1/(turn + 1), 1/(turn + 2) ... */
static inline void chop_inverses(uint32_t turn, uint32_t n, real *restrict out) {
    for (uint32_t i = 0; i < n; i++)
        out[i] = 1 / (real)(int32_t)(turn + 1 + i);
}

/** Lanes that are chopped together: two vectors of up to eight, or one of sixteen. */
enum {
    CHOP_PART = VECTOR_BYTES / sizeof(real),
    CHOP_BLOCK = CHOP_PART < LANES ? 2 * CHOP_PART : CHOP_PART,
};

typedef struct chop_part {
    vector_real u, p, a, b;
    vector_bits turns; /**< made, without the last */
} chop_part;

static inline chop_part chop_part_of(const real *u, const real *p, const real *a, const real *b) {
    return (chop_part){vector_load(u), vector_load(p), vector_load(a), vector_load(b), {0}};
}

/** One turn. p becomes 0 where a lane is done: u used up, or p beyond the end. @return which lanes go on? */
static inline vector_bits chop_turn(chop_part *part, real inverse) {
    vector_real next = part->p * (part->a + part->b * inverse);
    part->u -= part->p;
    vector_bits goes_on = (vector_bits)(part->u > 0) & (vector_bits)(next > CHOP_END);
    part->p = (vector_real)((vector_bits)next & goes_on);
    part->turns -= goes_on; /* all bits set is -1 */
    return goes_on;
}

/** At most n_turns turns, one or more, of CHOP_BLOCK lanes; `turns` gets those after which a lane went on. @return bits of the lanes that go
 *  on; if there are none, u and p are left as they were */
static inline uint32_t chop_turns(const real *inverse, uint32_t n_turns, const real *restrict a, const real *restrict b,
                                  real *restrict u, real *restrict p, real *restrict turns) {
    const size_t other = CHOP_BLOCK - CHOP_PART;
    chop_part x = chop_part_of(u, p, a, b), y = chop_part_of(u + other, p + other, a + other, b + other);
    vector_bits open_x = {0}, open_y = {0};
    bool left;
    const real *end = inverse + n_turns;
    do {
        open_x = chop_turn(&x, *inverse);
        if (other > 0)
            open_y = chop_turn(&y, *inverse);
        left = vector_mask(open_x | open_y) != 0;
    } while (left && ++inverse < end);
    vector_store(turns, __builtin_convertvector(x.turns, vector_real));
    if (other > 0)
        vector_store(turns + other, __builtin_convertvector(y.turns, vector_real));
    if (!left)
        return 0;
    vector_store(u, x.u);
    vector_store(p, x.p);
    if (other > 0) {
        vector_store(u + other, y.u);
        vector_store(p + other, y.p);
    }
    return vector_mask(open_x) | vector_mask(open_y) << other;
}

/** The first turns of n entries, a multiple of LANES; their counts so far go to out, those that go on to the queue, which
 *  has room for them. @param place  of the first entry */
static inline void chop_begin(chop_queue *restrict queue, size_t n, const real *restrict a, const real *restrict b,
                              real *restrict u, real *restrict p, uint32_t place, real *restrict out) {
    real inverse[CHOP_FIRST];
    chop_inverses(0, CHOP_FIRST, inverse);
    for (size_t first = 0; first < n; first += LANES) {
        uint32_t left = 0;
        for (size_t i = first; i < first + LANES; i += CHOP_BLOCK)
            left |= chop_turns(inverse, CHOP_FIRST, a + i, b + i, u + i, p + i, out + i) << (i - first);
        for (uint32_t bits = left; bits; bits &= bits - 1) {
            size_t i = first + (size_t)__builtin_ctz(bits), to = queue->n++;
            queue->place[to] = place + (uint32_t)i;
            queue->u[to] = u[i];
            queue->p[to] = p[i];
            queue->a[to] = a[i];
            queue->b[to] = b[i];
        }
    }
}

/** Finishes what has made its first turns and empties the queue. */
static inline void chop_finish(chop_queue *restrict queue, real *restrict out) {
    real inverse[CHOP_MOST];
    real turns[CHOP_SIZE] = {0};
    uint16_t open[CHOP_SIZE]; /* entries that go on */
    uint32_t turn = CHOP_FIRST;
    for (uint32_t length = CHOP_FIRST; queue->n > 0; turn += length, length = turn < CHOP_MOST ? turn : CHOP_MOST) {
        size_t n = (queue->n + LANES - 1) / LANES * LANES, n_open = 0;
        for (size_t i = queue->n; i < n; i++)
            queue->u[i] = queue->p[i] = queue->a[i] = queue->b[i] = 0; /* p = 0: done */
        chop_inverses(turn, length, inverse);
        for (size_t first = 0; first < n; first += CHOP_BLOCK)
            for (uint32_t bits = chop_turns(inverse, length, queue->a + first, queue->b + first, queue->u + first,
                                            queue->p + first, turns + first);
                 bits; bits &= bits - 1)
                open[n_open++] = (uint16_t)(first + (uint32_t)__builtin_ctz(bits));
        for (size_t i = 0; i < queue->n; i++)
            out[queue->place[i]] = (real)(int32_t)turn + turns[i];
        for (size_t to = 0; to < n_open; to++) {
            size_t i = open[to];
            queue->place[to] = queue->place[i];
            queue->u[to] = queue->u[i];
            queue->p[to] = queue->p[i];
            queue->a[to] = queue->a[i];
            queue->b[to] = queue->b[i];
        }
        queue->n = n_open;
    }
}

/** p[0], a and b of a negative binomial of this size > 0 and mean size * ratio, ratio >= 0.
 *  @return -log p[0] */
static inline real chop_negbin(real size, real ratio, real *p, real *a, real *b) {
    real depth = size * lane_log1p(ratio), share = ratio / (1 + ratio);
    *p = lane_exp(-depth);
    *a = share;
    *b = size * share - share;
    return depth;
}

/** The same of a binomial, p in [0, 1/2]. */
static inline real chop_binomial(real trials, real chance, real *p, real *a, real *b) {
    real depth = -trials * lane_log1p(-chance), odds = chance / (1 - chance);
    *p = lane_exp(-depth);
    *a = -odds;
    *b = (trials + 1) * odds;
    return depth;
}

#endif
