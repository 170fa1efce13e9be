// Where it comes from: what the import used and dropped, parameters, sources, files.
import { h } from "./dom.js";
import { section } from "./figure.js";
import { count, dateText, monthText, number, plain, probability, share } from "./format.js";
import { tableFigure } from "./table.js";
import { sourceLink } from "./scenario.js";
import { EVIDENCE, TYPES } from "./words.js";

function shareBar(part, whole, used) {
    return h("span", { class: `part ${used ? "used" : "dropped"}`, "aria-hidden": "true" }, h("span", { style: { width: `${whole ? (100 * part) / whole : 0}%` } }));
}

function imported(report) {
    const { import: im } = report;
    const reasons = (im?.reasons ?? []).filter((r) => r.events || r.deaths);
    if (!reasons.length) return null;
    const events = reasons.reduce((sum, r) => sum + r.events, 0), most = Math.max(...reasons.map((r) => r.deaths)) || 1;
    const used = reasons.filter((r) => r.used).reduce((sum, r) => sum + r.events, 0);
    const sentence = [`Of ${number(events)} events in the files, ${number(used)} are used; nothing is dropped silently.`];
    if (im.located_share?.events != null) sentence.push(`Of the used ones, ${probability(im.located_share.events)} (${probability(im.located_share.deaths)} of the deaths) have a known area.`);
    if (im.checks) sentence.push(`Where a complete file and national totals overlap (${count(im.checks.months, "month and type", "months and types")}), the events hold ${share(im.checks.mean_ratio)} of the totals’ deaths.`);
    const row = (r) => h("tr", null, h("th", { scope: "row" }, r.text || plain(r.id)), h("td", null, r.used ? "used" : "dropped"), h("td", { class: "number" }, number(r.events)), h("td", { class: "number" }, number(r.deaths)), h("td", { class: "bar-cell" }, shareBar(r.deaths, most, r.used)));
    const textOf = new Map((im.reasons ?? []).map((r) => [r.id, r.text]));
    return h("div", { class: "table-block" }, h("h3", null, "What the import used and dropped"), h("p", { class: "caption" }, sentence.join(" ")),
        h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table: what the import used and dropped" },
            h("table", { class: "data import" }, h("thead", null, h("tr", null, ["Events that are …", "", "Events", "Deaths"].map((t, i) => h("th", { scope: "col", class: i > 1 ? "number" : null }, t || "Used?")), h("th", { scope: "col" }, h("span", { class: "unseen" }, "Deaths as a bar")))), h("tbody", null, reasons.map(row)))),
        im.by_file?.length > 1 && h("details", { class: "numbers" }, h("summary", null, "By file"), im.by_file.map((f) => [h("h4", null, f.path), h("ul", null, (f.reasons ?? []).filter((r) => r.events || r.deaths).map((r) => h("li", null, `${textOf.get(r.id) ?? plain(r.id)}: ${count(r.events, "event")}, ${count(r.deaths, "death")} (${r.used ? "used" : "dropped"})`)))])),
        im.others?.length > 0 && tableFigure({
            title: "Left out: pairs that no channel covers", caption: `The largest by deaths${im.others_more ? `; ${number(im.others_more)} more are not listed` : ""}.`, rows: im.others,
            columns: [{ head: "Side A", cell: (o) => o.side_a }, { head: "Side B", cell: (o) => o.side_b }, { head: "Type", cell: (o) => (TYPES[o.type]?.title ?? o.type).toLowerCase() }, { head: "Events", number: true, cell: (o) => number(o.events), sort: (o) => o.events }, { head: "Deaths", number: true, cell: (o) => number(o.deaths), sort: (o) => o.deaths }],
        }));
}

function value(p) {
    return p.low === p.high ? "fixed" : `${number(p.low)} – ${number(p.high)}`;
}

function parameters(report) {
    if (!report.parameters.length) return null;
    return tableFigure({
        title: "Parameters", caption: "The numbers inside the model: the middle value used, the interval that was drawn from (5\u00a0% to 95\u00a0%), and what each rests on. “Set with knowledge up to”: whoever set it knew the data up to that month, so that guessing earlier months is no fair test.", rows: report.parameters,
        choices: { label: "Rests on", of: (p) => EVIDENCE[p.evidence] ?? p.evidence },
        columns: [
            { head: "Parameter", cell: (p) => [h("code", null, p.name), p.scope && h("span", { class: "small block" }, p.scope)] }, { head: "Meaning", cell: (p) => p.text }, { head: "Value", number: true, cell: (p) => number(p.value), sort: (p) => p.value },
            { head: "Drawn from", number: true, cell: value, sort: (p) => p.high - p.low }, { head: "Unit", cell: (p) => p.unit }, { head: "Rests on", cell: (p) => [h("span", { class: `tag evidence ${/^[a-z]+$/.test(p.evidence) ? p.evidence : ""}` }, p.evidence), p.source && h("span", { class: "small block" }, p.source)] },
            { head: "Set with knowledge up to", cell: (p) => (p.known ? monthText(p.known) : "–"), sort: (p) => p.known }],
    });
}

const isLink = (url) => /^https?:\/\//i.test(url ?? "");

function sources(report) {
    if (!report.sources.length) return null;
    return tableFigure({
        title: "Sources", rows: report.sources.map((source, index) => ({ ...source, index })), rowId: (source) => `source-${source.index}`, most: 1000,
        columns: [
            { head: "Title", cell: (o) => (isLink(o.url) ? h("a", { href: o.url, rel: "noopener noreferrer" }, o.title || o.id) : o.title || o.id) }, { head: "Publisher", cell: (o) => o.publisher || "–" },
            { head: "Date", cell: (o) => (o.date ? dateText(o.date) : "–"), sort: (o) => o.date }, { head: "Note", cell: (o) => o.note || "–" }, { head: "Id", cell: (o) => h("code", { class: "whole" }, o.id) }],
    });
}

function files(report) {
    if (!report.files.length) return null;
    return tableFigure({
        title: "Data files", caption: "The SHA-256 hash is a fingerprint: the same file has the same one. Without numbers: not read in this run.", rows: report.files,
        columns: [
            { head: "File", cell: (f) => h("code", null, f.path) }, { head: "Role", cell: (f) => f.role }, { head: "Bytes", number: true, cell: (f) => number(f.bytes), sort: (f) => f.bytes }, { head: "Rows", number: true, cell: (f) => number(f.rows), sort: (f) => f.rows },
            { head: "Widened", number: true, cell: (f) => number(f.widened), sort: (f) => f.widened }, { head: "SHA-256", cell: (f) => (f.sha256 ? h("code", { class: "hash" }, f.sha256) : "–") }, { head: "Source", cell: (f) => sourceLink(report, f.source) }],
    });
}

export function provenance(report) {
    const parts = [imported(report), parameters(report), sources(report), files(report)].filter(Boolean);
    return parts.length ? section("provenance", "Where it comes from", "Every number rests on data, a source or an assumption; here is which.", parts) : null;
}
