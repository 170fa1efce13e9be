// The report with everything that may be absent made harmless, and the names of what its indices mean.

const LISTS = ["types", "areas", "actors", "factions", "powers", "channels", "questions", "rulers", "dated_events", "schedules", "facts",
    "parameters", "sources", "files", "attribution"];

export function readReport(json) {
    const r = { ...json, meta: json.meta ?? {}, time: { ...(json.time ?? {}) } };
    for (const key of LISTS) r[key] = Array.isArray(json[key]) ? json[key] : [];
    const n = (r.time.months = r.time.months ?? []).length;
    r.n = n;
    r.lastObserved = r.time.last_observed ?? n - 1;
    r.simulated = r.time.simulated ?? [0, n - 1];
    r.actorTitle = (i) => (i == null ? "nobody" : r.actors[i]?.title || r.actors[i]?.id || `actor ${i}`);
    r.areaName = (i) => (i == null ? "" : (r.areas[i]?.name ?? `area ${i}`));
    r.factionTitle = (f) => r.actorTitle(r.factions[f]);
    r.factionOf = (actor) => r.factions.indexOf(actor);
    return r;
}

/** Has this array of numbers, or of arrays of them, a value anywhere? */
export const hasValues = (x) => (Array.isArray(x) ? x.some(hasValues) : x != null);

/** The series of one quantile: `quantiles` is [probability][month]. */
export function quantile(probabilities, quantiles, p) {
    const i = (probabilities ?? []).findIndex((q) => Math.abs(q - p) < 1e-9);
    return i < 0 ? null : quantiles?.[i];
}
