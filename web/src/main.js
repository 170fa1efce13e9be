// Build the page from the report within it. A part that is absent from the report is absent from the page; a part that
// fails says so and leaves the others alone.
import { h } from "./dom.js";
import { bar, footer, header } from "./header.js";
import { questions } from "./questions.js";
import { readReport } from "./report.js";
import { choose } from "./store.js";
import { control } from "./control.js";
import { map } from "./map.js";
import { deaths } from "./deaths.js";
import { politics } from "./politics.js";
import { scenario } from "./scenario.js";
import { scores } from "./scores.js";
import { provenance } from "./provenance.js";
import { learning } from "./learning.js";
import { limits } from "./limits.js";

const PARTS = [
    { id: "questions", short: "Questions", make: questions },
    { id: "map", short: "Map", make: map },
    { id: "control", short: "Control", make: control },
    { id: "deaths", short: "Deaths", make: deaths },
    { id: "politics", short: "Rule and ladder", make: politics },
    { id: "scores", short: "Scores", make: scores },
    { id: "learning", short: "Data", make: learning },
    { id: "scenario", short: "Events and facts", make: scenario },
    { id: "provenance", short: "Sources", make: provenance },
    { id: "limits", short: "Limits", make: limits },
];

const get = (id) => document.getElementById(id);

function attempt(part, report) {
    try {
        return part.make(report);
    } catch (error) {
        console.error(`${part.id}:`, error);
        return h("section", { id: part.id }, h("h2", null, part.short), h("p", { class: "caveat" }, `This part could not be drawn: ${error.message}`));
    }
}

function show(json) {
    const report = readReport(json);
    document.title = report.meta.name ? `${report.meta.name} – Tessera report` : "Tessera report";
    choose({ month: Math.max(0, Math.min(report.n - 1, report.lastObserved >= 0 ? report.lastObserved : report.simulated[0])) });
    const made = PARTS.map((part) => ({ ...part, element: attempt(part, report) })).filter(({ element }) => element);
    get("head").replaceChildren(...header(report).filter(Boolean));
    get("bar").append(...bar(report, made));
    get("main").append(...made.map(({ element }) => element));
    get("foot").append(...footer(report).flat(2).filter(Boolean));
}

function start() {
    const text = get("tessera-data").textContent;
    const refuse = (sentence) => get("main").append(h("p", { class: "caveat" }, sentence));
    if (!text.trim()) return refuse("This page holds no report yet: `tessera report` puts one in.");
    let json;
    try {
        json = JSON.parse(text);
    } catch (error) {
        return refuse(`The data of this report cannot be read: ${error.message}`);
    }
    if (json?.tessera_report !== 1)
        return refuse(`This page shows report format 1; the data in it are of format ${json?.tessera_report ?? "unknown"}. Make the report again with this version of Tessera.`);
    show(json);
}

start();
