// What forecasts like this one were worth in the past: the scores of a backtest, losses like wins.
import { h } from "./dom.js";
import { section } from "./figure.js";
import { count, dateText, monthText, number, share } from "./format.js";
import { tableFigure } from "./table.js";

const OWN = ["tessera", "stacked"];
const UNITS = { "country-month": "the country", "area-month": "an area" };
const TYPES = { sb: "state-based", ns: "non-state", os: "one-sided", all: "all" };

const label = (line) => [line.unit, line.type, line.horizon].join(" ");
const ahead = (horizon) => (horizon === "window" ? "3 to 14" : String(horizon));

/** One line per unit, type and horizon: Tessera, stacked and the baseline with the smallest CRPS. */
function lines(scores) {
    const found = new Map();
    for (const s of scores.scores ?? []) {
        const line = found.get(label(s)) ?? { unit: s.unit, type: s.type, horizon: s.horizon, origins: s.origins };
        found.set(label(s), line);
        if (OWN.includes(s.model)) line[s.model] = s;
        else if (!line.best || s.crps < line.best.crps) line.best = s;
    }
    for (const c of scores.comparisons ?? []) {
        const line = found.get(label(c));
        if (line && c.model === "tessera" && c.score === "crps") line.sure = c.low > 0 ? "worse" : c.high < 0 ? "better" : "unsure";
    }
    return [...found.values()].filter((line) => line.tessera && line.best?.crps > 0);
}

function verdict(all) {
    const won = all.filter((l) => l.tessera.crps <= l.best.crps), lost = all.filter((l) => l.tessera.crps > l.best.crps);
    const sure = (some, word) => some.filter((l) => l.sure === word).length;
    return `Tessera’s forecasts were better than every simple rule in ${number(won.length)} of ${count(all.length, "comparison")} (beyond luck in ${number(sure(won, "better"))}) and worse than the best of them in ${number(lost.length)} (beyond luck in ${number(sure(lost, "worse"))}).`;
}

function knownLater(scores) {
    const later = scores.known_later ?? [];
    if (!later.length) return null;
    return h("p", null, h("strong", null, "Not quite fair: "), `${count(later.length, "parameter")} had values set by people who knew months after the first forecast: `,
        later.map((p, i) => [i ? ", " : "", h("code", null, p.parameter), ` (${dateText(p.known)})`]), ".");
}

export function scores(report) {
    const { scores: s, meta } = report;
    const all = s ? lines(s) : [];
    if (!all.length) return null;
    const origins = [s.first_origin && `from ${monthText(s.first_origin, true)} to ${monthText(s.last_origin, true)}, up to 12 months ahead`,
        s.first_window_origin && `from October ${s.first_window_origin.slice(0, 4)} to ${s.last_window_origin.slice(0, 4)} for the whole next year`].filter(Boolean).join(", and ");
    const stranger = (s.world_hash && meta.world_hash && s.world_hash !== meta.world_hash) ? h("p", { class: "caveat" }, `These scores are of another scenario, or of another state of it (${s.scenario}).`) : null;
    return section("scores", "How good were such forecasts?", `Forecasts made ${origins}, each from what was known at the time, beside five simple rules that got the same past.`,
        stranger, h("p", { class: "verdict" }, h("strong", null, verdict(all))),
        tableFigure({
            title: "Errors of past forecasts", caption: "The error (CRPS) is in deaths, smaller is better. Ratio: Tessera’s error over that of the best rule; below 1 Tessera is better. Beyond luck: whether 90 % intervals of the difference leave out 0; “–”, too few months to tell. An interval of 80 % should hold 80 % of what happened.",
            rows: all, choices: { label: "of", of: (l) => UNITS[l.unit] ?? l.unit },
            columns: [
                { head: "Deaths in a month of", cell: (l) => UNITS[l.unit] ?? l.unit }, { head: "Violence", cell: (l) => TYPES[l.type] ?? l.type },
                { head: "Months ahead", number: true, cell: (l) => ahead(l.horizon), sort: (l) => (l.horizon === "window" ? 99 : l.horizon) }, { head: "Forecasts", number: true, cell: (l) => number(l.origins), sort: (l) => l.origins },
                { head: "Tessera", number: true, cell: (l) => number(l.tessera.crps), sort: (l) => l.tessera.crps }, { head: "Stacked", number: true, cell: (l) => number(l.stacked?.crps), sort: (l) => l.stacked?.crps },
                { head: "Best rule", number: true, cell: (l) => number(l.best.crps), sort: (l) => l.best.crps }, { head: "which is", cell: (l) => l.best.model },
                { head: "Ratio", number: true, cell: (l) => (l.tessera.crps / l.best.crps).toFixed(2), sort: (l) => l.tessera.crps / l.best.crps }, { head: "Beyond luck", cell: (l) => l.sure ?? "–" },
                { head: "In 80 % interval", number: true, cell: (l) => share(l.tessera.coverage80), sort: (l) => l.tessera.coverage80 }],
        }),
        h("p", { class: "small" }, "Stacked: Tessera and a dynamic negative binomial mixed in the proportion that earlier forecasts taught. The rules: no deaths (zero), the last month (last), the own last twelve months (conflictology), those of all areas (bootstrap), a dynamic negative binomial (negbin)."),
        knownLater(s));
}
