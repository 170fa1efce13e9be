// Deaths: what was recorded (bars) against what was simulated (bands), by type, channel and area.
import { max } from "d3-array";
import { actorColour } from "./colours.js";
import { h, s } from "./dom.js";
import { figure, section } from "./figure.js";
import { monthText, number, numberWithin } from "./format.js";
import { hasValues, quantile } from "./report.js";
import { choose, chosen, whenChosen } from "./store.js";
import { timeChart } from "./timechart.js";
import { TYPES } from "./words.js";

const SIM = "var(--sim)";

/** Months whose located events are only the precisely located ones. */
const isPartial = (report) => (i) => report.deaths.coverage?.[i] === "precise";

/** Month by month; null where one of the series has no value: a part of a sum is no sum. */
const sumOf = (report, series) => report.time.months.map((_, i) => series.reduce((sum, values) => (sum == null || values?.[i] == null ? null : sum + values[i]), 0));

function fan(probabilities, simulated) {
    const q = (p) => quantile(probabilities, simulated, p);
    return [[0.05, 0.95, 0.16], [0.1, 0.9, 0.2], [0.25, 0.75, 0.3]].filter(([a, b]) => q(a) && q(b)).map(([a, b, opacity]) => ({ type: "band", low: q(a), high: q(b), colour: SIM, opacity }))
        .concat(q(0.5) ? { type: "line", values: q(0.5), colour: SIM, width: 1.8 } : []);
}

/**
 * One chart of deaths. bars: [{values, kind, text}]; ticks: {values, text}; located: bars hold located events only
 */
function deathsChart(report, { title, probabilities, simulated, bars = [], ticks, located, height = 190, unit = "deaths a month", plainScale }) {
    const q = (p) => (simulated ? quantile(probabilities, simulated, p) : null);
    const shownBars = bars.filter(({ values }) => hasValues(values));
    const top = max([max(q(0.95) ?? []) ?? 0, shownBars.length ? max(sumOf(report, shownBars.map((b) => b.values)), (v) => v ?? 0) : 0, max(ticks?.values ?? [], (v) => v ?? 0) ?? 0]);
    const observedMonths = shownBars.length ? sumOf(report, shownBars.map((b) => b.values)).filter((v) => v != null) : [];
    const [from, to] = report.simulated;
    const summary = [
        q(0.5) && `Simulated, middle and 90\u00a0% interval: ${numberWithin(q(0.5)[from], q(0.05)?.[from], q(0.95)?.[from])} in ${monthText(report.time.months[from])}, ${numberWithin(q(0.5)[to], q(0.05)?.[to], q(0.95)?.[to])} in ${monthText(report.time.months[to])}.`,
        observedMonths.length ? `Recorded${located ? " with a place" : ""}: ${number(observedMonths.reduce((a, b) => a + b, 0))} in ${observedMonths.length} months.` : "No recorded deaths are shown.",
    ].filter(Boolean).join(" ");
    const readout = (i) => [
        ...(q(0.5)?.[i] != null ? [{ colour: SIM, text: `simulated ${numberWithin(q(0.5)[i], q(0.05)?.[i], q(0.95)?.[i])}` }] : []),
        ...shownBars.map((b) => ({ colour: `var(--${b.kind})`, text: b.values[i] == null ? `${b.text}: no data` : `${b.text} ${number(b.values[i])}${located && isPartial(report)(i) ? " (precisely located only)" : ""}` })),
        ...(ticks?.values?.[i] != null ? [{ colour: "var(--total)", text: `${ticks.text} ${number(ticks.values[i])}` }] : []),
    ];
    return {
        node: timeChart({
            report, title, summary, height, unit, domain: () => [0, (top || 1) * (!plainScale && chosen().scale === "log" ? 1.4 : 1)], readout, coverage: located ? report.deaths.coverage : null,
            scale: plainScale ? undefined : () => chosen().scale, redrawOn: plainScale ? null : ["scale"],
            layers: () => [
                ...(shownBars.length ? [{ type: "bars", parts: shownBars, faint: located ? isPartial(report) : null }] : []),
                ...(simulated ? fan(probabilities, simulated) : []),
                ...(hasValues(ticks?.values) ? [{ type: "ticks", values: ticks.values, kind: "total" }] : [])],
        }),
        columns: [
            ...(q(0.5) ? [{ head: `${title}: simulated`, cell: (i) => numberWithin(q(0.5)[i], q(0.05)?.[i], q(0.95)?.[i]) }] : []),
            ...shownBars.map((b) => ({ head: `${title}: ${b.text}`, cell: (i) => number(b.values[i]) })),
            ...(hasValues(ticks?.values) ? [{ head: `${title}: ${ticks.text}`, cell: (i) => number(ticks.values[i]) }] : [])],
    };
}

const tableOf = (report, charts) => () => ({
    head: ["Month", ...charts.flatMap((c) => c.columns.map((column) => column.head))],
    rows: report.time.months.map((m, i) => [monthText(m), ...charts.flatMap((c) => c.columns.map((column) => column.cell(i)))]),
});

const areaCharts = new Map();

/** The small chart of one area, for the panel beside the map; made once. */
export function areaDeaths(report, area) {
    if (!areaCharts.has(area)) areaCharts.set(area, makeAreaDeaths(report, area));
    return areaCharts.get(area);
}

function makeAreaDeaths(report, area) {
    const by = report.deaths?.by_area;
    const simulated = by?.simulated?.[area], located = by?.located?.[area];
    if (!hasValues(simulated) && !hasValues(located)) return null;
    const values = hasValues(located) ? sumOf(report, located) : null;
    const { node } = deathsChart(report, { title: `Deaths in ${report.areaName(area)}`, probabilities: by.probabilities, simulated, bars: values ? [{ values, kind: "obs", text: "recorded here" }] : [], located: true, height: 150, plainScale: true });
    return h("div", { class: "area-deaths" }, h("h5", null, "Deaths a month: simulated (band), recorded with a place (bars)"), node);
}

function scaleSwitch() {
    const radio = (value, text) => h("label", null, h("input", { type: "radio", name: "deaths-scale", value, checked: chosen().scale === value, onchange: () => choose({ scale: value }) }), ` ${text}`);
    return h("fieldset", { class: "switch" }, h("legend", null, "Vertical scale"), radio("linear", "even steps"), radio("log", "each step ten times (logarithmic)"));
}

function key(report) {
    const sample = (kind) => s("svg", { viewBox: "0 0 30 16", width: 30, height: 16, "aria-hidden": "true" }, kind);
    const has = (c) => report.deaths.coverage?.includes(c);
    const entries = [
        [[s("rect", { x: 0, y: 1, width: 30, height: 14, fill: SIM, "fill-opacity": 0.16 }), s("rect", { x: 0, y: 4, width: 30, height: 8, fill: SIM, "fill-opacity": 0.4 }), s("line", { x1: 0, x2: 30, y1: 8, y2: 8, stroke: SIM, "stroke-width": 2 })], "simulated: middle, and bands that hold 50, 80 and 90 in 100 histories"],
        [[s("rect", { x: 4, y: 4, width: 8, height: 12, class: "bar obs" }), s("rect", { x: 16, y: 8, width: 8, height: 8, class: "bar obs" })], "recorded in the event data"],
        report.deaths.by_channel?.unlocated && [[s("rect", { x: 4, y: 4, width: 8, height: 12, class: "bar unlocated" }), s("rect", { x: 16, y: 8, width: 8, height: 8, class: "bar unlocated" })], "recorded, but without an area (stacked on top)"],
        hasValues(report.deaths.by_type?.totals) && [[s("g", { class: "tick total" }, s("line", { x1: 4, x2: 26, y1: 8, y2: 8 }))], "national total, from another file"],
        has("precise") && [[s("rect", { x: 4, y: 2, width: 8, height: 14, class: "bar obs faint" }), s("rect", { x: 0, y: 12, width: 30, height: 4, class: "covered precise" })], "pale bars and line below: only precisely located events are in the file, so bars are too low"],
        has("complete") && [[s("rect", { x: 0, y: 6, width: 30, height: 4, class: "covered complete" })], "dark line below: the file has all events"],
        [[s("line", { x1: 15, x2: 15, y1: 0, y2: 16, class: "last-sample" })], "end of the data: right of it is only simulation. No bar means no data, not “no deaths”"],
    ];
    return h("ul", { class: "key" }, entries.filter(Boolean).map(([drawing, text]) => h("li", null, sample(drawing), h("span", null, text))));
}

function byType(report) {
    const { by_type: by, probabilities } = report.deaths;
    if (!by) return null;
    const charts = report.types.map((type, t) => {
        const known = TYPES[type] ?? { title: type, text: "" };
        if (!hasValues(by.simulated?.[t]) && !hasValues(by.events?.[t]) && !hasValues(by.totals?.[t])) return null;
        const chart = deathsChart(report, { title: known.title, probabilities, simulated: by.simulated?.[t], located: true,
            bars: by.events ? [{ values: by.events[t], kind: "obs", text: "recorded" }] : [], ticks: by.totals ? { values: by.totals[t], text: "national total" } : null });
        return { ...chart, node: h("div", { class: "small-multiple" }, h("h4", null, known.title), h("p", { class: "small" }, known.text), chart.node) };
    }).filter(Boolean);
    if (!charts.length) return null;
    return figure({ title: "By type of violence", caption: "Uppsala’s data sort deaths into three types; bars are every event in the files, also of actors that the model does not have.",
        body: h("div", { class: "multiples" }, charts.map((c) => c.node)), table: tableOf(report, charts) });
}

function byChannel(report) {
    const { by_channel: by, probabilities } = report.deaths;
    if (!by || !report.channels.length) return null;
    const charts = report.channels.map((channel, c) => {
        if (!hasValues(by.simulated?.[c]) && !hasValues(by.located?.[c]) && !hasValues(by.unlocated?.[c])) return null;
        const chart = deathsChart(report, { title: channel.title, probabilities, simulated: by.simulated?.[c], located: true,
            bars: [{ values: by.located?.[c], kind: "obs", text: "located" }, { values: by.unlocated?.[c], kind: "unlocated", text: "without an area" }] });
        const sides = [channel.a, channel.b].filter((a) => a != null).map((a) => h("span", { class: "swatch", "aria-hidden": "true", style: { "--c": actorColour(report.actors[a]) } }));
        return { ...chart, node: h("div", { class: "small-multiple" }, h("h4", null, sides, channel.title), chart.node) };
    }).filter(Boolean);
    if (!charts.length) return null;
    return figure({ title: "By channel: who fights whom", caption: "A channel is a pair of sides that fight, or one side and the civilians it attacks; each chart has its own vertical scale.",
        body: h("div", { class: "multiples" }, charts.map((c) => c.node)), table: tableOf(report, charts) });
}

function country(report) {
    const { country: c, by_type: by, probabilities } = report.deaths;
    if (!hasValues(c?.simulated) && !hasValues(by?.events)) return null;
    const sum = (series) => (hasValues(series) ? sumOf(report, series) : null);
    const chart = deathsChart(report, { title: "All deaths in the country", probabilities, simulated: c?.simulated, located: true, height: 260,
        bars: [{ values: sum(by?.events), kind: "obs", text: "recorded" }], ticks: { values: sum(by?.totals), text: "national total" } });
    return figure({ title: "All deaths in the country, by month", caption: "If the model lived in the real world, nine full bars in ten would end within the palest band; where they do not, its assumptions are off.",
        body: chart.node, table: tableOf(report, [chart]) });
}

/** Start with the logarithmic scale where the largest value dwarfs the usual one. */
function startScale(report) {
    const all = [report.deaths.country?.simulated, report.deaths.by_type?.events, report.deaths.by_channel?.simulated].flat(Infinity).filter((v) => v > 0).sort((a, b) => a - b);
    if (all.length && all[all.length - 1] > 60 * all[all.length >> 1]) choose({ scale: "log" });
}

export function deaths(report) {
    if (!report.deaths || !report.n) return null;
    startScale(report);
    const parts = [country(report), byType(report), byChannel(report)].filter(Boolean);
    if (!parts.length) return null;
    whenChosen(["scale"], ({ scale }) => document.querySelectorAll("[name=deaths-scale]").forEach((input) => (input.checked = input.value === scale)));
    return section("deaths", "Deaths", "People killed per month: recorded by the Uppsala Conflict Data Program, and in the simulated histories.",
        h("div", { class: "chart-tools" }, scaleSwitch(), key(report)), parts);
}
