// A table with a field to filter its rows, and columns that sort.
import { h, uniqueId } from "./dom.js";
import { count } from "./format.js";

const COLLATOR = new Intl.Collator("en", { numeric: true });

/**
 * @param columns  [{head, cell: (row) => text or node, sort: (row) => text or number, number: true}]
 * @param choices  {label, of: (row) => text}: a second, exact filter; may be absent
 */
export function filterTable({ title, rows, columns, choices, rowId, most = 300 }) {
    const id = uniqueId("filter");
    const body = h("tbody"), shown = h("span", { class: "small", role: "status" });
    const made = rows.map((row, i) => {
        const tr = h("tr", { id: rowId?.(row, i) }, columns.map((c, k) => h(k ? "td" : "th", { scope: k ? null : "row", class: c.number ? "number" : null }, c.cell(row) ?? "–")));
        return { row, tr, text: tr.textContent.toLowerCase() };
    });
    let order = [...made], sorted = null;
    const search = h("input", { type: "search", id, placeholder: "filter", oninput: update });
    const values = choices ? [...new Set(rows.map(choices.of))].filter(Boolean).sort(COLLATOR.compare) : [];
    const select = values.length > 1 ? h("select", { id: `${id}-kind`, onchange: update }, h("option", { value: "" }, "all"), values.map((v) => h("option", { value: v }, v))) : null;

    function update() {
        const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
        const visible = order.filter(({ row, text }) => words.every((word) => text.includes(word)) && (!select?.value || choices.of(row) === select.value));
        body.replaceChildren(...visible.slice(0, most).map(({ tr }) => tr));
        shown.textContent = visible.length === rows.length && rows.length <= most ? count(rows.length, "row") : `${Math.min(most, visible.length)} of ${count(rows.length, "row")}`;
    }

    const heads = columns.map((c, k) => {
        const th = h("th", { scope: "col", class: c.number ? "number" : null });
        th.append(h("button", { type: "button", onclick: () => sortBy(k) }, c.head));
        return th;
    });
    function sortBy(k) {
        const down = sorted?.k === k && !sorted.down, value = columns[k].sort ?? ((row) => made.find((m) => m.row === row).tr.children[k].textContent);
        sorted = { k, down };
        order = [...made].sort((a, b) => {
            const x = value(a.row), y = value(b.row);
            const compared = typeof x === "number" || typeof y === "number" ? (x ?? -Infinity) - (y ?? -Infinity) : COLLATOR.compare(x ?? "", y ?? "");
            return down ? -compared : compared;
        });
        heads.forEach((th, i) => (i === k ? th.setAttribute("aria-sort", down ? "descending" : "ascending") : th.removeAttribute("aria-sort")));
        update();
    }

    update();
    return h("div", { class: "filter-table" },
        rows.length > 6 && h("div", { class: "filters" }, h("label", { for: id }, "Filter"), search, select && [h("label", { for: `${id}-kind` }, choices.label), select], shown),
        h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Table: ${title}` },
            h("table", { class: "data" }, h("caption", { class: "unseen" }, title), h("thead", null, h("tr", null, heads)), body)));
}

/** A table with its heading and one sentence. */
export const tableFigure = ({ title, caption, ...options }) => h("div", { class: "table-block" }, h("h3", null, title), caption && h("p", { class: "caption" }, caption), filterTable({ title, ...options }));
