// Strips: one row per area (or pair), one cell per month.
import { h, s } from "./dom.js";
import { figure, legend } from "./figure.js";
import { count, monthText, share } from "./format.js";
import { actorColour } from "./colours.js";
import { leaderColour, leaderOf, leaderOpacity } from "./leader.js";
import { choose, chosen, whenChosen } from "./store.js";
import { drawLastObserved, drawMonthAxis, drawToWidth, monthAxis } from "./timechart.js";

const ROW = 17;

/**
 * @param rows     [{name, cell: (month) => {fill, opacity, text} | null, pick}]
 * @param title, summary  the text alternative
 */
export function strip(report, { rows, title, summary, onPick }) {
    const root = h("div", { class: "strip" });
    let x, line;
    function draw(width) {
        const room = Math.min(width * 0.34, 12 + 6.4 * Math.max(...rows.map((r) => r.name.length)));
        const letters = Math.floor((room - 10) / 6.2), bottom = rows.length * ROW + 4;
        x = monthAxis(report.time.months, room, width - 6);
        const svg = s("svg", { viewBox: `0 0 ${width} ${bottom + 22}`, role: "img", "aria-label": `${title}. ${summary}` });
        rows.forEach((row, r) => {
            const g = s("g", { class: "strip-row" });
            const name = row.name.length > letters ? `${row.name.slice(0, letters - 1)}…` : row.name;
            g.append(s("text", { x: room - 6, y: r * ROW + 13, "text-anchor": "end" }, name));
            for (let i = 0; i < report.n; i++) {
                const cell = row.cell(i);
                if (cell) g.append(s("rect", { x: x.start(i).toFixed(2), y: r * ROW + 2, width: (x.step + 0.3).toFixed(2), height: ROW - 3, fill: cell.fill, "fill-opacity": cell.opacity == null ? null : cell.opacity.toFixed(2) }));
            }
            svg.append(g);
        });
        line = s("line", { class: "chosen", y1: 0, y2: bottom });
        svg.append(drawMonthAxis(report.time.months, x, bottom, 0), drawLastObserved(report, x, 0, bottom, false) ?? "", line);
        svg.addEventListener("click", (event) => {
            const box = svg.getBoundingClientRect(), px = ((event.clientX - box.left) / box.width) * width, py = ((event.clientY - box.top) / box.height) * (bottom + 22);
            if (px >= x.left) choose({ month: x.at(px) });
            const row = rows[Math.floor((py - 2) / ROW)];
            if (row) onPick?.(row);
        });
        svg.addEventListener("pointermove", (event) => {
            const box = svg.getBoundingClientRect(), px = ((event.clientX - box.left) / box.width) * width, py = ((event.clientY - box.top) / box.height) * (bottom + 22);
            const row = rows[Math.floor((py - 2) / ROW)], i = x.at(px), cell = row && px >= x.left ? row.cell(i) : null;
            tip.hidden = !cell;
            if (!cell) return;
            tip.replaceChildren(h("strong", null, `${row.name}, ${monthText(report.time.months[i])}`), h("div", null, cell.text));
            const left = event.clientX - box.left + 14;
            tip.style.left = `${Math.max(0, left + tip.offsetWidth < box.width ? left : left - 28 - tip.offsetWidth)}px`;
            tip.style.top = `${event.clientY - box.top + 14}px`;
        });
        svg.addEventListener("pointerleave", () => (tip.hidden = true));
        root.replaceChildren(svg, tip);
        mark();
    }
    const tip = h("div", { class: "tip", hidden: true });
    function mark() {
        if (!line) return;
        line.setAttribute("x1", x.middle(chosen().month));
        line.setAttribute("x2", x.middle(chosen().month));
    }
    drawToWidth(root, draw);
    whenChosen(["month"], mark);
    return root;
}

/** Every area and month at once: who leads. */
export function leaderStrip(report) {
    const mean = (series) => (series ?? []).reduce((sum, v) => sum + (v ?? 0), 0);
    const order = report.areas.map((_, a) => a).sort((a, b) => mean(report.control.median[b]?.[0]) - mean(report.control.median[a]?.[0]));
    const rows = order.map((a) => ({
        name: report.areaName(a), area: a,
        cell: (i) => {
            const leader = leaderOf(report, a, i);
            return leader && { fill: leaderColour(report, leader), opacity: leaderOpacity(leader), text: `${report.factionTitle(leader.f)} ${share(leader.share)}${leader.contested ? ", contested" : ""}` };
        },
    }));
    const changes = order.filter((a) => {
        const first = leaderOf(report, a, report.simulated[0]), last = leaderOf(report, a, report.simulated[1]);
        return first && last && first.f !== last.f;
    });
    const summary = `${count(report.areas.length, "area")}, ${count(report.n, "month")}. In ${changes.length} of them the leader at the end is not the one of the beginning${changes.length && changes.length < 12 ? `: ${changes.map(report.areaName).join(", ")}` : ""}.`;
    return figure({
        title: "Every area at a glance",
        caption: `One row per area, one cell per month, coloured as on the map; sorted by how much ${report.factionTitle(0)} holds on average. ${summary}`,
        body: [legend(report.factions.map((actor) => ({ colour: actorColour(report.actors[actor]), text: report.actorTitle(actor) }))),
            strip(report, { rows, title: "Leading faction by area and month", summary, onPick: (row) => choose({ area: row.area }) })],
        table: () => ({
            head: ["Area", ...report.time.months.map((m) => monthText(m))],
            rows: rows.map((row) => [row.name, ...report.time.months.map((_, i) => row.cell(i)?.text ?? "–")]),
        }),
    });
}
