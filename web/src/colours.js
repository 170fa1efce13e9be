// Colours of actors and rungs are CSS variables (style.css), so that light and dark need no redrawing.

export const N_ACTOR_COLOURS = 12;

export const colourIndex = (actor) => (actor?.colour ?? 0) % N_ACTOR_COLOURS;
export const actorColour = (actor) => (actor == null ? "var(--nobody)" : `var(--a${colourIndex(actor)})`);

/** Beyond the palette's end, and for parts of a family, lines also differ by their dashes. */
export function actorDash(actor) {
    if (!actor) return "2 3";
    if ((actor.colour ?? 0) >= N_ACTOR_COLOURS) return "7 3 2 3";
    return actor.part_of == null ? null : "6 3";
}

export const rungColour = (i, n) => `var(--r${Math.min(5, n > 1 ? Math.round((i * 5) / (n - 1)) : 0)})`;
