// A figure: title, one sentence that says how to read it, the drawing, and its numbers as a table for those who cannot
// or would rather not look at a drawing.
import { h, uniqueId } from "./dom.js";

/**
 * @param title    heading
 * @param caption  one sentence for a newcomer
 * @param body     nodes
 * @param table    () => {head: [text], rows: [[text]]}, made when it is opened; may be absent
 * @param note     text below the drawing, may be absent
 * @param level    of the heading, 3 by default
 */
export function figure({ title, caption, body, table, note, level = 3, kind = "" }) {
    const id = uniqueId("figure");
    return h("figure", { class: `figure ${kind}`, "aria-labelledby": id },
        h(`h${level}`, { id }, title),
        caption && h("figcaption", null, caption),
        body,
        note && h("p", { class: "note" }, note),
        table && numbers(title, table));
}

export function numbers(title, table) {
    const holder = h("div");
    const details = h("details", { class: "numbers" }, h("summary", null, "Show the numbers", h("span", { class: "unseen" }, ` of “${title}”`)), holder);
    details.addEventListener("toggle", () => {
        if (!details.open || holder.childElementCount) return;
        holder.append(plainTable(title, table()));
    });
    return details;
}

export function plainTable(title, { head, rows }) {
    return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Table: ${title}` },
        h("table", { class: "plain" },
            h("thead", null, h("tr", null, head.map((text) => h("th", { scope: "col" }, text)))),
            h("tbody", null, rows.map((row) => h("tr", null, row.map((cell, i) => (i ? h("td", null, cell) : h("th", { scope: "row" }, cell))))))));
}

export function swatch(colour, dash) {
    return h("span", { class: dash ? "swatch dashed" : "swatch", "aria-hidden": "true", style: { "--c": colour } });
}

/** entries: [{colour, text, dash}] or nodes */
export const legend = (entries) => h("ul", { class: "legend" }, entries.map((e) => h("li", null, swatch(e.colour, e.dash), e.text)));

export function section(id, title, lede, ...children) {
    return h("section", { id, "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, title), lede && h("p", { class: "lede" }, lede), children);
}
