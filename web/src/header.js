// The head of the page: what this is, how far to trust it, and how to make it again.
import { h } from "./dom.js";
import { count, number } from "./format.js";

function fact(term, value, title) {
    return value ? h("div", null, h("dt", null, term), h("dd", { title }, value)) : null;
}

const shortHash = (hash) => (hash ? h("code", { title: hash }, hash.slice(0, 12)) : null);

export function header(report) {
    const { meta } = report;
    const created = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(meta.created ?? "");
    return [
        h("p", { class: "kicker" }, "Tessera report", meta.country && ` · ${meta.country}`),
        h("h1", null, meta.name || "Tessera report"),
        (meta.banner || meta.status) && h("div", { class: "banner", role: "note", id: "banner" }, h("strong", null, meta.status), meta.banner && meta.banner !== meta.status && h("p", null, meta.banner)),
        h("dl", { class: "facts" },
            fact("Scenario", meta.whatif ? `what-if “${meta.whatif}”` : "as it stands (no what-if)"),
            fact("Simulated histories", meta.members != null ? number(meta.members) : null, "Members of the ensemble: each is one complete made-up history of the country"),
            fact("Seed", meta.seed && h("code", null, meta.seed), "The same seed, scenario and version give the same numbers on any machine"),
            fact("Version", meta.version),
            fact("Scenario hash", shortHash(meta.scenario_hash)),
            fact("Made", created && `${created[1]} ${created[2]} UTC`)),
        h("p", { class: "how" }, "How to read it: the program lives through the country’s history again and again, each time with other dice and other plausible assumptions. A line is the middle of these histories, a band says how far they spread. ", h("a", { href: "#limits" }, "What this cannot tell you.")),
    ];
}

/** The bar that stays in sight: status and the way to each part. */
export function bar(report, sections) {
    return [
        h("a", { class: "status", href: "#top" }, report.meta.status || "Tessera report"),
        h("nav", { "aria-label": "Parts of the report" }, h("ul", null, sections.map(({ id, short }) => h("li", null, h("a", { href: `#${id}` }, short))))),
    ];
}

export function footer(report) {
    const { meta } = report;
    return [
        report.attribution.length > 0 && [h("h2", null, "Data used"), h("ul", null, report.attribution.map((text) => h("li", null, text)))],
        h("p", null, `Tessera ${meta.version ?? ""}`, meta.arguments && [" · ", h("code", null, meta.arguments)],
            meta.seconds != null && ` · ${count(Math.round(meta.seconds), "second")} on ${meta.kernel || "this machine"}`),
    ];
}
