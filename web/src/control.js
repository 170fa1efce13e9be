// The whole country: control, support and strength of the factions over time.
import { max } from "d3-array";
import { actorColour, actorDash } from "./colours.js";
import { h } from "./dom.js";
import { figure, legend, section } from "./figure.js";
import { count, monthText, number, numberWithin, share, shareWithin } from "./format.js";
import { hasValues, quantile } from "./report.js";
import { leaderOf } from "./leader.js";
import { timeChart } from "./timechart.js";

const lastValue = (values) => values?.[values.length - 1];

/** One sentence per line at its two ends, for text alternatives. */
function endsInWords(report, titles, series, say) {
    const [first, last] = report.simulated;
    return titles.map((title, f) => (hasValues(series[f]) ? `${title}: ${say(series[f][first])} in ${monthText(report.time.months[first])}, ${say(series[f][last])} in ${monthText(report.time.months[last])}` : null)).filter(Boolean).join("; ");
}

function sharesFigure(report, national, { title, caption, about }) {
    if (!hasValues(national?.median)) return null;
    const { median, low, high } = national;
    const shown = report.factions.map((actor, f) => ({ actor: report.actors[actor], title: report.actorTitle(actor), f })).filter(({ f }) => hasValues(median[f]));
    if (!shown.length) return null;
    const summary = `Middle values: ${endsInWords(report, report.factions.map(report.actorTitle), median, share)}.`;
    return figure({
        title, caption,
        body: [legend(shown.map(({ actor, title: text }) => ({ colour: actorColour(actor), text, dash: actorDash(actor) }))),
            timeChart({
                report, title, summary, height: 280, unit: about, format: share, exact: true,
                domain: () => [0, Math.min(1, Math.ceil(10 * (max(shown, ({ f }) => max((high ?? median)[f])) ?? 1)) / 10)],
                layers: () => [
                    ...shown.filter(({ f }) => low?.[f] && high?.[f]).map(({ actor, f }) => ({ type: "band", low: low[f], high: high[f], colour: actorColour(actor), opacity: 0.18 })),
                    ...shown.map(({ actor, f }) => ({ type: "line", values: median[f], colour: actorColour(actor), dash: actorDash(actor), width: 2.2 }))],
                readout: (i) => shown.filter(({ f }) => median[f][i] != null).map(({ actor, title: text, f }) => ({ colour: actorColour(actor), text: `${text} ${shareWithin(median[f][i], low?.[f]?.[i], high?.[f]?.[i])}` })),
                ends: shown.map(({ actor, title: text, f }) => ({ value: lastValue(median[f]), text: `${text.length > 20 ? `${text.slice(0, 19)}…` : text} ${share(lastValue(median[f]))}`, colour: actorColour(actor) })),
            })],
        table: () => ({ head: ["Month", ...shown.map((e) => e.title)], rows: report.time.months.map((m, i) => [monthText(m), ...shown.map(({ f }) => shareWithin(median[f][i], low?.[f]?.[i], high?.[f]?.[i]))]) }),
    });
}

/** In how many areas each faction is first: what can be said of the country when its own series are absent. */
function areasLed(report) {
    if (!report.areas.length || !hasValues(report.control?.median)) return null;
    const leaders = report.time.months.map((_, i) => report.areas.map((_, a) => leaderOf(report, a, i)).filter(Boolean));
    const counted = (f, contested) => leaders.map((list) => list.filter((l) => l.f === f && (contested == null || l.contested === contested)).length);
    const shown = report.factions.map((actor, f) => ({ f, actor: report.actors[actor], title: report.actorTitle(actor), all: counted(f), sure: counted(f, false), doubtful: counted(f, true) })).filter((e) => e.all.some((n) => n > 0));
    if (!shown.length) return null;
    const title = "In how many areas each faction holds most", n = report.areas.length;
    const summary = `Of ${count(n, "area")}: ${endsInWords(report, shown.map((e) => e.title), shown.map((e) => e.all), number)}.`;
    return figure({
        title, caption: "The height of a colour is the number of areas in which that faction holds the largest share; the pale part are areas where the simulated histories do not agree on who is first.",
        body: [legend(shown.map(({ actor, title: text }) => ({ colour: actorColour(actor), text }))),
            timeChart({
                report, title, summary, height: 240, unit: "areas", format: number, exact: true, domain: () => [0, n],
                layers: () => [{ type: "stack", parts: shown.flatMap((e) => [{ values: e.sure, colour: actorColour(e.actor) }, { values: e.doubtful, colour: actorColour(e.actor), opacity: 0.5 }]) }],
                readout: (i) => shown.filter((e) => e.all[i]).map((e) => ({ colour: actorColour(e.actor), text: `${e.title} ${e.all[i]}${e.doubtful[i] ? ` (${e.doubtful[i]} of them in doubt)` : ""}` })),
            })],
        table: () => ({ head: ["Month", ...shown.map((e) => `${e.title} (in doubt)`)], rows: report.time.months.map((m, i) => [monthText(m), ...shown.map((e) => `${e.all[i]} (${e.doubtful[i]})`)]) }),
    });
}

/** Months, as fractional slots, that a dated period covers. */
export function slots(report, first, last) {
    const at = (date, end) => {
        const [y, m, d] = date.split("-").map(Number);
        const [y0, m0] = report.time.months[0].split("-").map(Number);
        return (y - y0) * 12 + ((m || 1) - m0) + (d ? (d - (end ? 0 : 1)) / 31 : end ? 1 : 0);
    };
    return { from: at(first, false), to: at(last || first, true) };
}

function strengthFigures(report) {
    const { strength } = report;
    if (!hasValues(strength?.quantiles)) return null;
    const q = (f, p) => quantile(strength.probabilities, strength.quantiles[f], p);
    const charts = report.factions.map((actor, f) => {
        if (!hasValues(strength.quantiles[f])) return null;
        const title = report.actorTitle(actor), colour = actorColour(report.actors[actor]), median = q(f, 0.5), low = q(f, 0.05), high = q(f, 0.95);
        const facts = report.facts.filter((fact) => fact.about === "strength" && fact.actor === actor && fact.area == null && fact.low != null && fact.first)
            .map((fact) => ({ ...fact, ...slots(report, fact.first, fact.last) })).filter(({ from, to }) => to > 0 && from < report.n);
        const factText = facts.map((fact) => `${fact.upper_bound ? "at most " : ""}${fact.upper_bound ? number(fact.high) : numberWithin(fact.value, fact.low, fact.high)} fighters in ${fact.first.slice(0, 4)} by an outside estimate`).join("; ");
        const chart = timeChart({
            report, title: `Fighters of ${title}`, height: 170, unit: "fighters",
            summary: `${endsInWords(report, [title], [median ?? []], number)}.${factText ? ` ${factText}.` : ""}`,
            domain: () => [0, max([max(high ?? []) ?? 0, ...facts.map((fact) => fact.high)]) || 1],
            layers: () => [
                [0.05, 0.95, 0.16], [0.1, 0.9, 0.2], [0.25, 0.75, 0.28]].filter(([a, b]) => q(f, a) && q(f, b)).map(([a, b, opacity]) => ({ type: "band", low: q(f, a), high: q(f, b), colour, opacity }))
                .concat(median ? { type: "line", values: median, colour } : [], facts.map((fact) => ({ type: "interval", from: Math.max(0, fact.from), to: Math.min(report.n, fact.to), low: fact.upper_bound && fact.low >= fact.high ? 0 : fact.low, high: fact.high, text: `${fact.title || "Outside estimate"}: ${numberWithin(fact.value, fact.low, fact.high)}` }))),
            readout: (i) => (median?.[i] == null ? [] : [{ colour, text: `${numberWithin(median[i], low?.[i], high?.[i])} fighters` }]),
        });
        return h("div", { class: "small-multiple" }, h("h4", null, h("span", { class: "swatch", style: { "--c": colour } }), title), chart);
    }).filter(Boolean);
    if (!charts.length) return null;
    const hasFacts = report.facts.some((fact) => fact.about === "strength");
    return figure({
        title: "Strength: fighters in the whole country",
        caption: `The line is the middle of the simulated histories; the bands hold 50, 80 and 90 in 100 of them. Each faction has its own vertical scale.${hasFacts ? " Dark bars are outside estimates, from low to high." : ""}`,
        body: h("div", { class: "multiples" }, charts),
        table: () => ({ head: ["Month", ...report.factions.map(report.actorTitle)], rows: report.time.months.map((m, i) => [monthText(m), ...report.factions.map((_, f) => numberWithin(q(f, 0.5)?.[i], q(f, 0.05)?.[i], q(f, 0.95)?.[i]))]) }),
    });
}

export function control(report) {
    if (!report.n) return null;
    const parts = [
        sharesFigure(report, report.control?.national, {
            title: "Control: share of the people living under each faction", about: "share of the population",
            caption: "The line is the middle of the simulated histories, the band holds 90 in 100 of them; areas count by their population.",
        }),
        sharesFigure(report, report.support?.national, {
            title: "Support: share of the people who back each faction", about: "share of the population",
            caption: "Who holds an area need not be who its people want: compare with control above. What is missing to 100\u00a0% supports nobody.",
        }),
        areasLed(report),
        strengthFigures(report),
    ].filter(Boolean);
    if (!parts.length) return null;
    return section("control", "Power over time, the whole country", "Holding land, being wanted and having fighters are three different things.", parts);
}
