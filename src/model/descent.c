/* Particles from their ancestors; see descent.h.
 *
 * Systematic resampling sorts the ancestors, so that those of a vector of descendants lie in one or a few pieces: neighbouring
 * lanes of one tile, no more than a vector has. A piece takes one load and one permutation a row.
 */
#include "model/descent.h"

#include "random/vector.h"

enum { WIDTH = VECTOR_BYTES / sizeof(real), VECTORS = RANDOM_MAX_LANES / WIDTH };

typedef struct piece {
    size_t from;         /**< where its row 0 begins in the cloud */
    vector_bits members; /**< all bits of the descendants that it holds the ancestors of */
} piece;

/** What is the same in all rows. */
typedef struct plan {
    piece pieces[RANDOM_MAX_LANES]; /**< of one vector of descendants after the other */
    uint32_t n_pieces[VECTORS];
    vector_bits place[VECTORS]; /**< of each ancestor in its piece */
} plan;

/** Pieces for the vector of descendants from lane `first` on. @return how many */
static uint32_t plan_vector(const model_descent *d, uint32_t first, piece *pieces, vector_bits *place) {
    uint32_t n_pieces = 0, tile = 0, begin = 0; /* of the last piece */
    for (uint32_t i = 0; i < WIDTH; i++) {
        uint32_t ancestor = d->ancestors[first + i], lane = ancestor % d->n_lanes;
        if (n_pieces == 0 || ancestor / d->n_lanes != tile || lane < begin || lane >= begin + WIDTH) {
            tile = ancestor / d->n_lanes;
            begin = lane < d->n_lanes - WIDTH ? lane : d->n_lanes - WIDTH; /* no load goes beyond the row */
            pieces[n_pieces++] = (piece){.from = tile * d->tile_size + begin};
        }
        pieces[n_pieces - 1].members[i] = -1;
        (*place)[i] = (lane_bits)(lane - begin);
    }
    return n_pieces;
}

void KERNEL(model_descend)(const model_descent *d, size_t first, size_t end) {
    plan all;
    uint32_t n_all = 0, n_vectors = d->n_lanes / WIDTH;
    for (uint32_t v = 0; v < n_vectors; v++) {
        all.n_pieces[v] = plan_vector(d, v * WIDTH, all.pieces + n_all, &all.place[v]);
        n_all += all.n_pieces[v];
    }
    for (size_t row = first; row < end; row++) {
        const real *from = d->cloud + row * d->n_lanes;
        real *to = d->to + row * d->n_lanes;
        const piece *next = all.pieces;
        for (uint32_t v = 0; v < n_vectors; v++) {
            vector_real x = vector_permute(vector_load(from + next->from), all.place[v]);
            const piece *last = next + all.n_pieces[v];
            while (++next < last)
                x = vector_choose(next->members, vector_permute(vector_load(from + next->from), all.place[v]), x);
            vector_store(to + v * WIDTH, x);
        }
    }
}
