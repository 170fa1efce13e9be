// Who rules, how far outside powers co-operate with factions, and who is whose friend.
import { actorColour, rungColour } from "./colours.js";
import { h } from "./dom.js";
import { figure, legend, section, swatch } from "./figure.js";
import { monthText, plain, share, signed } from "./format.js";
import { hasValues } from "./report.js";
import { strip } from "./strip.js";
import { timeChart } from "./timechart.js";
import { RUNGS } from "./words.js";

/** Shares that add up to one, as steps; entries: [{values, colour, text}] from below. */
function stackChart(report, title, entries, height) {
    const [from, to] = report.simulated;
    const at = (i) => entries.filter((e) => e.values?.[i] > 0.0005).map((e) => `${e.text} ${shareSmall(e.values[i])}`).join(", ") || "no values";
    return timeChart({
        report, title, height, format: share, exact: true, domain: () => [0, 1],
        summary: `${monthText(report.time.months[from])}: ${at(from)}. ${monthText(report.time.months[to])}: ${at(to)}.`,
        layers: () => [{ type: "stack", parts: entries.filter((e) => e.values) }],
        readout: (i) => entries.filter((e) => e.values?.[i] != null).map((e) => ({ colour: e.colour, text: `${e.text} ${shareSmall(e.values[i])}` })).reverse(),
    });
}

const shareSmall = (p) => (p > 0 && p < 0.01 ? "under 1\u00a0%" : p < 1 && p > 0.99 ? "over 99\u00a0%" : share(p));

function stackTable(report, groups) {
    return () => ({
        head: ["Month", ...groups.flatMap(({ title, entries }) => entries.map((e) => (title ? `${title}: ${e.text}` : e.text)))],
        rows: report.time.months.map((m, i) => [monthText(m), ...groups.flatMap(({ entries }) => entries.map((e) => (e.values?.[i] == null ? "–" : shareSmall(e.values[i]))))]),
    });
}

function ruler(report) {
    const { ruler: r } = report;
    if (!hasValues(r?.faction) && !hasValues(r?.nobody)) return null;
    const entries = report.factions.map((actor, f) => ({ values: r.faction?.[f], colour: actorColour(report.actors[actor]), text: report.actorTitle(actor) })).filter((e) => hasValues(e.values) && e.values.some((v) => v > 0));
    if (r.nobody?.some((v) => v > 0)) entries.push({ values: r.nobody, colour: "var(--nobody)", text: "nobody" });
    const title = "Who rules the country";
    return figure({ title, caption: "The height of a colour is the share of simulated histories in which that faction sits in the capital and rules in that month.",
        body: [legend(entries), stackChart(report, title, entries, 220)], table: stackTable(report, [{ entries }]) });
}

function ladder(report) {
    const { ladder: l } = report;
    if (!l?.pairs?.length || !l.rungs?.length) return null;
    const groups = l.pairs.map((pair) => ({
        pair, title: `${report.actorTitle(pair.power)} with ${report.actorTitle(pair.faction)}`,
        entries: l.rungs.map((rung, i) => ({ values: pair.probability?.[i], colour: rungColour(i, l.rungs.length), text: RUNGS[rung]?.title ?? plain(rung) })),
    }));
    return figure({
        title: "The ladder of co-operation",
        caption: "How far an outside power goes with a faction, from hostility at the bottom to recognition at the top; the height of a colour is the share of simulated histories on that rung in that month.",
        body: [
            h("ol", { class: "rungs" }, l.rungs.map((rung, i) => h("li", null, swatch(rungColour(i, l.rungs.length)), h("strong", null, RUNGS[rung]?.title ?? plain(rung)), RUNGS[rung] && `: ${RUNGS[rung].text}`))),
            h("div", { class: "multiples" }, groups.map(({ pair, title, entries }) => h("div", { class: "small-multiple" },
                h("h4", null, swatch(actorColour(report.actors[pair.power])), swatch(actorColour(report.actors[pair.faction])), title), stackChart(report, title, entries, 180))))],
        table: stackTable(report, groups),
    });
}

function relations(report) {
    const { relations: r } = report;
    if (!r?.pairs?.length || !hasValues(r.median)) return null;
    const holder = h("div"), made = new Map();
    const involved = [...new Set(r.pairs.flat())].sort((a, b) => a - b);
    const select = h("select", { id: "relations-actor", onchange: update }, involved.map((a) => h("option", { value: a }, report.actorTitle(a))));
    const cellOf = (p) => (i) => {
        const v = r.median[p]?.[i];
        return v == null ? null : { fill: v < 0 ? "var(--foe)" : "var(--friend)", opacity: 0.06 + 0.94 * Math.min(1, Math.abs(v)), text: `${signed(v)} (${signed(r.low?.[p]?.[i])} to ${signed(r.high?.[p]?.[i])})` };
    };
    function update() {
        const actor = +select.value;
        if (!made.has(actor)) made.set(actor, relationsOf(actor));
        holder.replaceChildren(made.get(actor));
    }
    function relationsOf(actor) {
        const [from, to] = report.simulated;
        const rows = r.pairs.map((pair, p) => ({ pair, p })).filter(({ pair }) => pair.includes(actor)).map(({ pair, p }) => ({ name: report.actorTitle(pair[0] === actor ? pair[1] : pair[0]), p, cell: cellOf(p) }));
        return strip(report, { rows, title: `Relations of ${report.actorTitle(actor)}`, summary: rows.map((row) => `${row.name}: ${signed(r.median[row.p]?.[from])} to ${signed(r.median[row.p]?.[to])}`).join("; ") });
    }
    update();
    return figure({
        title: "Friends and enemies",
        caption: "One row per other actor, one cell per month: orange is hostile (towards −1), blue is allied (towards +1), pale is indifferent; the middle of the simulated histories.",
        body: [h("p", { class: "picker" }, h("label", { for: "relations-actor" }, "Relations of "), select),
            h("p", { class: "scale-key", "aria-hidden": "true" }, h("span", null, "−1 hostile"), h("span", { class: "ramp-relations" }), h("span", null, "+1 allied")), holder],
        table: () => ({ head: ["Month", ...r.pairs.map(([a, b]) => `${report.actorTitle(a)} – ${report.actorTitle(b)}`)], rows: report.time.months.map((m, i) => [monthText(m), ...r.pairs.map((_, p) => signed(r.median[p]?.[i]))]) }),
    });
}

export function politics(report) {
    if (!report.n) return null;
    const parts = [ruler(report), ladder(report), relations(report)].filter(Boolean);
    return parts.length ? section("politics", "Rule, recognition, relations", "Who governs, and how far outside powers go along with it.", parts) : null;
}
