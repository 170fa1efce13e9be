// What a nowcast or forecast learned from the data: how well it foresaw them beside a benchmark, and what each kind adds.
import { h } from "./dom.js";
import { plainTable, section } from "./figure.js";
import { count, monthText, number, plain, signed } from "./format.js";

const plainNat = (x) => (x == null ? "–" : x.toFixed(1).replace("-", "−"));
const nat = (x) => (x == null ? "–" : `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(1)}`);

const block = (title, text, table) => h("div", { class: "table-block" }, h("h3", null, title), text, plainTable(title, table));

function dataInWords({ data }) {
    if (!data) return null;
    const silent = data.channels_without_events ?? [];
    return h("p", null, `Located events in ${data.with_located_events} of ${count(data.months, "month")}${data.last_located ? `, the last ${monthText(data.last_located, true)}` : ""}; national totals alone in ${number(data.totals_alone)}; nothing in ${number(data.nothing)}.`,
        silent.length > 0 && ` No event was recorded of ${silent.map(plain).join(", ")}.`);
}

function foresightTables({ foresight }) {
    if (!foresight?.months?.length) return null;
    const channels = foresight.channels.filter((c) => c.months > 0);
    const worst = [...foresight.months].sort((a, b) => a.model - b.model).slice(0, 6);
    const cells = [...foresight.cells].filter((c) => c.difference < 0).sort((a, b) => a.difference - b.difference).slice(0, 8);
    const title = { all: "How well located events were foreseen", cells: "Where the model loses most", months: "Months that surprised the model most" };
    return [
        block(title.all, h("p", { class: "small" }, "Log probability, in nat, that the model gave the located events of every month one month before, beside a dynamic negative binomial of every area and channel that knows only its own past. Above 0 the model is better. The first year is left out."), {
            head: ["Channel", "Model", "Benchmark", "Difference"],
            rows: channels.map((c) => [c.channel === "all" ? "all together" : plain(c.channel), plainNat(c.model), plainNat(c.benchmark), nat(c.difference)]),
        }),
        cells.length > 0 && block(title.cells, null, {
            head: ["Area and channel", "Events", "Expected", "By the benchmark", "Difference"],
            rows: cells.map((c) => [`${c.area}, ${plain(c.channel)}`, number(c.events), c.expected.toFixed(1), c.benchmark_expected.toFixed(1), nat(c.difference)]),
        }),
        block(title.months, null, {
            head: ["Month", "Model", "Benchmark", "Difference"],
            rows: worst.map((m) => [monthText(m.month, true), plainNat(m.model), plainNat(m.benchmark), nat(m.difference)]),
        }),
    ];
}

const SHOWN = {
    strength: { what: "fighters, high over low", width: (b) => (b.q10 > 0 ? b.q90 / b.q10 : null), text: (x) => x.toFixed(2) },
    control_national: { what: "control, points", width: (b) => 100 * (b.q90 - b.q10), text: (x) => x.toFixed(1) },
    pressure: { what: "pressure", width: (b) => b.q90 - b.q10, text: (x) => x.toFixed(2) },
};

function ablationTable({ ablation }) {
    if (!ablation) return null;
    const title = `What each kind of data adds: width of the 80 % band in ${monthText(ablation.month, true)}`;
    const rows = ablation.states.filter((s) => SHOWN[s.variable] && s.bands[0].q90 > 0).map((s) => {
        const { what, width, text } = SHOWN[s.variable];
        return [`${plain(s.item)}: ${what}`, ...s.bands.map((b) => { const w = width(b); return w == null ? "–" : text(w); }), s.informed_by ?? "–"];
    });
    return block(title, null, { head: ["State", ...ablation.arms.map((a) => (a.name === "all" ? "all data" : a.name === "none" ? "no data" : a.name)), "Informed most by"], rows });
}

export function learning(report) {
    const { learning: learned } = report;
    if (!learned?.log_likelihood) return null;
    const { mean, sd, repeats } = learned.log_likelihood;
    return section("learning", "What was learned from the data",
        `Log likelihood ${signed(mean)}${sd != null ? `, standard deviation ${sd.toFixed(1)} over ${count(repeats, "filter")}` : ""}, ${count(learned.particles, "particle")}.`,
        dataInWords(learned), foresightTables(learned), ablationTable(learned));
}
