// What the scenario says: dated events, schedules, facts, rulers.
import { actorColour } from "./colours.js";
import { slots } from "./control.js";
import { h, s } from "./dom.js";
import { figure, section } from "./figure.js";
import { capital, count, dateText, number, numberWithin, plain } from "./format.js";
import { tableFigure } from "./table.js";
import { drawLastObserved, drawMonthAxis, drawToWidth, monthAxis } from "./timechart.js";
import { EVENTS, FACTS, SCHEDULES } from "./words.js";

export function sourceLink(report, index) {
    const source = index == null ? null : report.sources[index];
    return source ? h("a", { href: `#source-${index}` }, source.publisher || source.title || source.id) : "–";
}

const actors = (report, row) => [row.actor, row.other].filter((a) => a != null).map(report.actorTitle).join(" → ") || "–";
const kindOfEvent = (e) => EVENTS[e.kind] ?? plain(e.kind);
const kindOfSchedule = (e) => SCHEDULES[e.kind] ?? plain(e.kind);
const standing = (e) => (e.off ? "switched off" : e.whatif != null ? `only in what-if “${e.whatif}”` : "");

function who(report, row) {
    return [row.actor, row.other].filter((a) => a != null).flatMap((a, i) => [i ? " → " : "", h("span", { class: "swatch", "aria-hidden": "true", style: { "--c": actorColour(report.actors[a]) } }), report.actorTitle(a)]);
}

/** Events as dots in lanes of their kind, schedules as steps below, on the months of all other charts. */
function timeline(report) {
    if (!report.n) return null;
    const inTime = report.dated_events.filter((e) => e.date).map((e) => ({ ...e, at: slots(report, e.date, e.date).from })).filter((e) => e.at >= 0 && e.at < report.n);
    const kinds = [...new Set(inTime.map((e) => e.kind))];
    const schedules = report.schedules.filter((sch) => sch.steps?.length && sch.whatif == null);
    if (!kinds.length && !schedules.length) return null;
    const root = h("div", { class: "timeline" }), tip = h("div", { class: "tip", hidden: true });
    const LANE = 24, STEP = 46;

    function schedule(sch, x, y) {
        const steps = sch.steps.map((step) => ({ ...step, at: slots(report, step.from, step.from).from }));
        const top = Math.max(...steps.map((step) => Math.abs(step.value ?? 0))) || 1, floor = Math.min(0, ...steps.map((step) => step.value ?? 0)) < 0;
        const height = (v) => (floor ? STEP / 2 - 8 : STEP - 18) * ((v ?? 0) / top), zero = y + (floor ? STEP / 2 + 3 : STEP - 6);
        const g = s("g", { class: "schedule" }, s("line", { class: "grid", x1: x.left, x2: x.right, y1: zero, y2: zero }));
        steps.forEach((step, k) => {
            const from = Math.max(0, step.at), to = Math.min(report.n, steps[k + 1]?.at ?? report.n);
            if (to <= from) return;
            const up = height(step.value);
            g.append(s("rect", { x: x.left + from * x.step, width: (to - from) * x.step, y: zero - Math.max(0, up), height: Math.max(1, Math.abs(up)), fill: actorColour(report.actors[sch.actor]), "fill-opacity": 0.55 }));
            if ((to - from) * x.step > 34) g.append(s("text", { x: x.left + from * x.step + 3, y: zero - Math.max(0, up) - 2, class: "value" }, number(step.value)));
        });
        return g;
    }

    const about = (sch) => [[sch.actor, sch.other].filter((a) => a != null).map(report.actorTitle).join(" → "), report.areaName(sch.area)].filter(Boolean).join(", ");
    const cut = (text) => (text.length > 34 ? `${text.slice(0, 33)}…` : text);

    function draw(width) {
        const room = width < 560 ? 10 : 212, head = width < 560 ? 15 : 0;
        const x = monthAxis(report.time.months, room, width - 10);
        let y = 4;
        const svg = s("svg", { role: "img" });
        const label = (text, at) => svg.append(s("text", { x: head ? x.left : room - 8, y: at, "text-anchor": head ? "start" : "end", class: "lane" }, text));
        const body = s("g");
        for (const kind of kinds) {
            label(capital(EVENTS[kind] ?? plain(kind)), head ? y + 11 : y + LANE / 2 + 4);
            y += head;
            body.append(s("line", { class: "grid", x1: x.left, x2: x.right, y1: y + LANE / 2, y2: y + LANE / 2 }));
            for (const e of inTime.filter((event) => event.kind === kind)) {
                const dot = s("circle", { cx: x.left + e.at * x.step, cy: y + LANE / 2, r: 5.5, class: e.off || e.whatif != null ? "event hollow" : "event", style: { "--c": actorColour(report.actors[e.actor]) } });
                dot.addEventListener("pointerenter", () => tell(e, dot));
                dot.addEventListener("pointerleave", () => (tip.hidden = true));
                body.append(dot);
            }
            y += LANE;
        }
        for (const sch of schedules) {
            const name = [capital(kindOfSchedule(sch)), about(sch)].filter(Boolean).join(": ");
            if (head) label(name, y + 11);
            else {
                label(capital(kindOfSchedule(sch)), y + 18);
                label(cut(about(sch)), y + 32);
            }
            y += head;
            body.append(schedule(sch, x, y));
            y += STEP;
        }
        svg.setAttribute("viewBox", `0 0 ${width} ${y + 24}`);
        svg.setAttribute("aria-label", `Timeline of the scenario: ${count(inTime.length, "dated event")} and ${count(schedules.length, "schedule")}; the tables below list each of them.`);
        svg.append(drawMonthAxis(report.time.months, x, y, 0), body, drawLastObserved(report, x, 0, y, false) ?? "");
        root.replaceChildren(svg, tip);
    }

    function tell(e, dot) {
        tip.replaceChildren(h("strong", null, dateText(e.date)), h("div", null, e.title || capital(kindOfEvent(e))), h("div", null, actors(report, e)), standing(e) && h("div", null, standing(e)));
        tip.hidden = false;
        const box = root.getBoundingClientRect(), at = dot.getBoundingClientRect(), left = at.left - box.left + 14;
        tip.style.left = `${left + tip.offsetWidth < box.width ? left : Math.max(0, left - 28 - tip.offsetWidth)}px`;
        tip.style.top = `${at.top - box.top + 12}px`;
    }

    drawToWidth(root, draw);
    return figure({ title: "What happens when", kind: "wide", caption: "Dots are dated events of the scenario, in the colour of the actor (hollow: switched off or only in a what-if); steps below are schedules, quantities that the scenario sets from outside, each on its own scale.", body: root });
}

function events(report) {
    if (!report.dated_events.length) return null;
    return tableFigure({
        title: "Dated events", caption: "Things that the scenario makes happen in every simulated history at their date.", rows: report.dated_events, choices: { label: "Kind", of: kindOfEvent },
        columns: [
            { head: "Date", cell: (e) => dateText(e.date), sort: (e) => e.date },
            { head: "What", cell: (e) => [e.title || capital(kindOfEvent(e)), standing(e) && h("span", { class: "tag" }, standing(e))] },
            { head: "Kind", cell: kindOfEvent }, { head: "Who", cell: (e) => who(report, e) }, { head: "Where", cell: (e) => report.areaName(e.area) || "–" },
            { head: "Amount", number: true, cell: (e) => (e.amount ? numberWithin(e.amount.value, e.amount.low, e.amount.high) : "–"), sort: (e) => e.amount?.value ?? null },
            { head: "Source", cell: (e) => sourceLink(report, e.source) }],
    });
}

function schedules(report) {
    const rows = report.schedules.flatMap((sch) => (sch.steps ?? []).map((step) => ({ ...step, schedule: sch })));
    if (!rows.length) return null;
    return tableFigure({
        title: "Schedules", caption: "Quantities set from outside the model; a value holds until the next one of the same schedule.", rows, choices: { label: "Kind", of: (r) => kindOfSchedule(r.schedule) },
        columns: [
            { head: "Schedule", cell: (r) => [r.schedule.id, standing(r.schedule) && h("span", { class: "tag" }, standing(r.schedule))] }, { head: "Kind", cell: (r) => kindOfSchedule(r.schedule) },
            { head: "Who", cell: (r) => who(report, r.schedule) }, { head: "Where", cell: (r) => report.areaName(r.schedule.area) || "–" },
            { head: "From", cell: (r) => dateText(r.from), sort: (r) => r.from }, { head: "Value", number: true, cell: (r) => numberWithin(r.value, r.low, r.high), sort: (r) => r.value },
            { head: "Known", cell: (r) => dateText(r.known), sort: (r) => r.known }, { head: "Source", cell: (r) => sourceLink(report, r.source) }],
    });
}

export function factValue(fact) {
    if (fact.of) return `${number(fact.value)} of ${number(fact.of)}`;
    return fact.upper_bound ? `at most ${number(fact.high)}` : numberWithin(fact.value, fact.low, fact.high);
}

function facts(report) {
    if (!report.facts.length) return null;
    return tableFigure({
        title: "Facts to check against", caption: "Outside statements with their intervals. They do not steer the simulation; they are there to compare it with.", rows: report.facts, choices: { label: "About", of: (f) => FACTS[f.about] ?? plain(f.about) },
        columns: [
            { head: "About", cell: (f) => FACTS[f.about] ?? plain(f.about) }, { head: "Statement", cell: (f) => f.title || "–" }, { head: "Who", cell: (f) => who(report, f) }, { head: "Where", cell: (f) => report.areaName(f.area) || "–" },
            { head: "Period", cell: (f) => (f.first === f.last || !f.last ? dateText(f.first) : `${dateText(f.first)} – ${dateText(f.last)}`), sort: (f) => f.first },
            { head: "Value (interval)", number: true, cell: factValue, sort: (f) => f.value }, { head: "Known", cell: (f) => dateText(f.known), sort: (f) => f.known }, { head: "Source", cell: (f) => sourceLink(report, f.source) }],
    });
}

function cast(report) {
    if (!report.actors.length) return null;
    const rulers = report.rulers.length ? h("p", { class: "small" }, "Rulers given by the scenario: ", report.rulers.map((r) => `${report.actorTitle(r.actor)} from ${dateText(r.from)}`).join("; "), ".") : null;
    return h("div", { class: "table-block" }, h("h3", null, "Who is who"), h("p", { class: "caption" }, "Factions hold land and fighters in the country; powers act from outside. Each has the same colour everywhere on this page."),
        h("ul", { class: "cast" }, report.actors.map((a) => h("li", null, h("span", { class: "swatch", "aria-hidden": "true", style: { "--c": actorColour(a) } }), h("strong", null, a.title || a.id), ` ${a.kind}`,
            a.part_of != null && `, part of ${report.actorTitle(a.part_of)}`, a.sponsor != null && `, sponsored by ${report.actorTitle(a.sponsor)}`, a.founded && `, founded ${dateText(a.founded).slice(-4)}`))), rulers);
}

export function scenario(report) {
    const parts = [cast(report), timeline(report), events(report), schedules(report), facts(report)].filter(Boolean);
    return parts.length ? section("scenario", "What the scenario says", "The story that was put in by hand, with its sources: change it, run it again and see what difference it makes.", parts) : null;
}
