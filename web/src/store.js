// What the reader has chosen: the month and the area that every figure shows, what colours the map, the scale of deaths.

const state = { month: 0, area: null, view: "control", scale: "linear" };
const listeners = [];

export const chosen = () => state;

export function choose(change) {
    const changed = Object.keys(change).filter((key) => state[key] !== change[key]);
    if (!changed.length) return;
    Object.assign(state, change);
    for (const { keys, call } of listeners) if (keys.some((key) => changed.includes(key))) call(state);
}

/** Call when one of these changes. */
export const whenChosen = (keys, call) => listeners.push({ keys, call });
