// The map: who leads in each area in the chosen month, and a panel with one area's numbers.
import { geoArea, geoConicEqualArea, geoPath } from "d3-geo";
import { areaDeaths } from "./deaths.js";
import { h, s, uniqueId } from "./dom.js";
import { figure, section, swatch } from "./figure.js";
import { dateText, monthText, number, share, shareWithin } from "./format.js";
import { actorColour } from "./colours.js";
import { leaderColour, leaderOpacity, mapViews, shown } from "./leader.js";
import { hasValues } from "./report.js";
import { choose, chosen, whenChosen } from "./store.js";
import { leaderStrip } from "./strip.js";
import { drawToWidth } from "./timechart.js";

/** GeoJSON of the areas; a ring that runs the wrong way round would cover the rest of the globe. */
function features(report) {
    return report.areas.map((area) => {
        const shape = { type: "MultiPolygon", coordinates: area.polygons ?? [] };
        if (geoArea(shape) > 2 * Math.PI) shape.coordinates = shape.coordinates.map((rings) => rings.map((ring) => [...ring].reverse()));
        return shape;
    });
}

function fitted(shapes, width) {
    const all = { type: "GeometryCollection", geometries: shapes };
    const points = shapes.flatMap((shape) => shape.coordinates.flatMap((rings) => rings[0] ?? []));
    const lons = points.map((p) => p[0]).sort((a, b) => a - b), lats = points.map((p) => p[1]).sort((a, b) => a - b);
    const south = lats[0], north = lats[lats.length - 1], spread = (north - south) / 6;
    // an equal-area projection: an area's ink is proportional to its land. Parallels must not be symmetric to the equator.
    const parallels = Math.abs(south + north) < 1 ? [south + spread, north - spread + 1.5] : [south + spread, north - spread];
    const projection = geoConicEqualArea().parallels(parallels).rotate([-(lons[0] + lons[lons.length - 1]) / 2, 0]);
    const pad = 6;
    projection.fitWidth(width - 2 * pad, all);
    let [[x0, y0], [x1, y1]] = geoPath(projection).bounds(all);
    const limit = Math.max(300, Math.min(560, width * 0.95));
    let height = y1 - y0;
    if (height > limit) {
        projection.fitSize([width - 2 * pad, limit], all);
        [[x0, y0], [x1, y1]] = geoPath(projection).bounds(all);
        height = y1 - y0;
    }
    const [tx, ty] = projection.translate();
    projection.translate([tx - x0 + (width - (x1 - x0)) / 2, ty - y0 + pad]);
    return { path: geoPath(projection).digits(1), projection, height: height + 2 * pad };
}

function mapDrawing(report, views, preview) {
    const root = h("div", { class: "map" });
    const shapes = features(report);
    const order = report.areas.map((_, a) => a).sort((a, b) => (report.areas[b].area_km2 ?? 0) - (report.areas[a].area_km2 ?? 0)); // small ones on top
    const reading = report.areas.map((_, a) => a).sort((a, b) => report.areaName(a).localeCompare(report.areaName(b), "en"));
    const stem = uniqueId("hatch");
    let paths = [], hatches = [], ring = null;

    function draw(width) {
        const { path, projection, height } = fitted(shapes, width);
        const outline = (a) => path(shapes[a]) ?? "";
        const hatchDefs = report.factions.map((actor, f) =>
            s("pattern", { id: `${stem}-${f}`, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
                s("rect", { width: 1.2, height: 7, fill: actorColour(report.actors[actor]) })));
        const focused = paths.some((p) => p === document.activeElement);
        paths = [];
        hatches = [];
        const areas = s("g", { role: "presentation" }), overlays = s("g", { "aria-hidden": "true" }), labels = s("g", { class: "labels", "aria-hidden": "true" });
        for (const a of reading) paths[a] = s("path", { d: outline(a), class: "area", role: "option", tabindex: -1, "data-area": a });
        for (const a of order) {
            areas.append(paths[a]);
            overlays.append((hatches[a] = s("path", { d: outline(a), class: "hatch" })));
            const [[bx0, by0], [bx1, by1]] = path.bounds(shapes[a]);
            const name = report.areaName(a), centre = projection(report.areas[a].centre ?? [0, 0]);
            if (centre && name.length * 6 < bx1 - bx0 && by1 - by0 > 14) labels.append(s("text", { x: centre[0], y: centre[1] + 4 }, name));
        }
        ring = s("path", { class: "chosen-area", "aria-hidden": "true" });
        const svg = s("svg", { viewBox: `0 0 ${width} ${height.toFixed(0)}`, role: "listbox", "aria-label": "Map of areas. Up and down arrows: next area; left and right: month" }, s("defs", null, hatchDefs), areas, overlays, ring, labels);
        svg.addEventListener("keydown", onKey);
        svg.addEventListener("click", (event) => event.target.dataset?.area && choose({ area: +event.target.dataset.area }));
        svg.addEventListener("pointerover", (event) => event.target.dataset?.area && preview(+event.target.dataset.area));
        svg.addEventListener("pointerleave", () => preview(null));
        root.replaceChildren(svg);
        colour();
        mark();
        if (focused) paths[chosen().area]?.focus();
    }

    function onKey(event) {
        const areaBy = { ArrowUp: -1, ArrowDown: 1 }[event.key], monthBy = { ArrowLeft: -1, ArrowRight: 1, PageUp: -12, PageDown: 12 }[event.key];
        if (areaBy) {
            const at = (reading.indexOf(chosen().area) + areaBy + reading.length) % reading.length;
            choose({ area: reading[at] });
            paths[reading[at]].focus();
        } else if (monthBy) choose({ month: Math.max(0, Math.min(report.n - 1, chosen().month + monthBy)) });
        else return;
        event.preventDefault();
    }

    function colour() {
        if (!paths.length) return;
        const { month } = chosen(), view = views.find(({ id }) => id === chosen().view) ?? views[0];
        report.areas.forEach((_, a) => {
            const { leader, text } = shown(report, view, a, month);
            paths[a].setAttribute("fill", leaderColour(report, leader));
            paths[a].setAttribute("fill-opacity", leaderOpacity(leader));
            paths[a].setAttribute("aria-label", `${report.areaName(a)}: ${text}`);
            hatches[a].setAttribute("fill", leader?.contested ? `url(#${stem}-${leader.second.f})` : "none");
        });
    }

    function mark() {
        if (!paths.length) return;
        const { area } = chosen();
        paths.forEach((p, a) => {
            p.setAttribute("aria-selected", a === area);
            p.setAttribute("tabindex", a === (area ?? reading[0]) ? 0 : -1);
        });
        ring.setAttribute("d", paths[area]?.getAttribute("d") ?? "");
    }

    drawToWidth(root, draw);
    whenChosen(["month", "view"], colour);
    whenChosen(["area"], mark);
    return root;
}

function viewPicker(views) {
    const id = uniqueId("view");
    const select = h("select", { id, onchange: () => choose({ view: select.value }) }, views.map((view) => h("option", { value: view.id }, view.title)));
    return h("p", { class: "picker" }, h("label", { for: id }, "Colour by "), select);
}

function monthState(report, month) {
    if (month > report.lastObserved) return "after the last data: simulated only";
    const located = { precise: "data: only precisely located events", complete: "data: all events", none: "data: no located events" }[report.deaths?.coverage?.[month]];
    return located ?? "before the end of the data";
}

/** Slider, buttons and keys for the month. */
function monthControls(report) {
    const { months } = report.time, last = Math.max(0, report.n - 1), id = uniqueId("month");
    const slider = h("input", { type: "range", id, min: 0, max: last, step: 1, value: chosen().month });
    const shown = h("output", { for: id, class: "month" });
    const state = h("span", { class: "month-state" });
    const news = h("p", { class: "news", "aria-live": "off" });
    const set = (month) => choose({ month: Math.max(0, Math.min(last, month)) });
    let timer = null;
    const play = h("button", { type: "button", class: "play", onclick: () => (timer ? stop() : run()) });

    function run() {
        if (chosen().month >= last) set(0);
        timer = setInterval(() => (chosen().month >= last ? stop() : set(chosen().month + 1)), 350);
        play.textContent = "❚❚ Pause";
    }
    function stop() {
        clearInterval(timer);
        timer = null;
        play.textContent = "▶ Play";
    }
    function update() {
        const { month } = chosen();
        slider.value = month;
        slider.setAttribute("aria-valuetext", monthText(months[month], true));
        shown.textContent = monthText(months[month], true);
        state.textContent = monthState(report, month);
        const events = report.dated_events.filter((e) => e.month === month && !e.off && e.whatif == null);
        news.replaceChildren(...(events.length ? events.slice(0, 3).flatMap((e) => [h("span", null, `${dateText(e.date)}: ${e.title || e.kind.replace(/_/g, " ")}`), " "]) : ["No dated event of the scenario in this month."]));
        if (events.length > 3) news.append(`and ${events.length - 3} more`);
    }
    slider.addEventListener("input", () => (stop(), set(+slider.value)));
    stop();
    update();
    whenChosen(["month"], update);
    return h("div", { class: "months" },
        h("div", { class: "row" },
            h("div", null, shown, " ", state),
            h("div", { class: "buttons" }, h("button", { type: "button", "aria-label": "Previous month", onclick: () => (stop(), set(chosen().month - 1)) }, "‹"), play,
                h("button", { type: "button", "aria-label": "Next month", onclick: () => (stop(), set(chosen().month + 1)) }, "›"))),
        h("label", { for: id, class: "unseen" }, "Month of the map"), slider,
        h("div", { class: "ends-of-range", "aria-hidden": "true" }, h("span", null, monthText(months[0])), h("span", null, monthText(months[last]))), news);
}

function rangeBar(median, low, high, colour) {
    const bar = h("span", { class: "range", "aria-hidden": "true", style: { "--c": colour } });
    if (median == null) return bar;
    bar.append(h("span", { class: "fill", style: { width: `${100 * median}%` } }));
    if (low != null && high != null) bar.append(h("span", { class: "spread", style: { left: `${100 * low}%`, width: `${100 * Math.max(0.01, high - low)}%` } }));
    return bar;
}

/** One area's numbers in the chosen month. */
function areaPanel(report) {
    const root = h("div", { class: "panel", id: "area-panel" });
    const id = uniqueId("area");
    const names = report.areas.map((area, a) => ({ a, name: area.name })).sort((x, y) => x.name.localeCompare(y.name, "en"));
    const select = h("select", { id, onchange: () => choose({ area: +select.value }) }, names.map(({ a, name }) => h("option", { value: a }, name)));
    const body = h("div", { class: "panel-body" }), charts = h("div");
    let shownArea = null;

    function rows(area, month) {
        const { control, support } = report;
        return report.factions.map((actor, f) => {
            const colour = actorColour(report.actors[actor]);
            const m = control?.median?.[area]?.[f]?.[month], lo = control?.low?.[area]?.[f]?.[month], hi = control?.high?.[area]?.[f]?.[month];
            const liked = support?.median?.[area]?.[f]?.[month];
            return h("tr", null, h("th", { scope: "row" }, swatch(colour), report.actorTitle(actor)),
                control && h("td", { class: "control" }, rangeBar(m, lo, hi, colour), h("span", null, shareWithin(m, lo, hi))),
                support && h("td", { class: "support" }, share(liked)));
        });
    }

    function update(area) {
        const { month } = chosen();
        const place = report.areas[area];
        if (!place) return;
        body.replaceChildren(
            h("h4", null, place.name),
            h("p", { class: "small" }, [place.population ? `${number(place.population)} people` : null, place.area_km2 ? `${number(place.area_km2)} km²` : null, monthText(report.time.months[month], true)].filter(Boolean).join(" · ")),
            h("table", { class: "shares" },
                h("thead", null, h("tr", null, h("th", { scope: "col" }, "Faction"), report.control && h("th", { scope: "col" }, "Holds (90\u00a0% interval)"), report.support && h("th", { scope: "col" }, "Support"))),
                h("tbody", null, rows(area, month))),
            h("p", { class: "small" }, "Middle values of the simulated histories; they need not add up to 100\u00a0%."));
        if (area !== shownArea) charts.replaceChildren(areaDeaths(report, area) ?? "");
        shownArea = area;
    }

    function pinned() {
        select.value = chosen().area;
        update(chosen().area);
    }
    root.append(h("div", { class: "picker" }, h("label", { for: id }, "Area "), select), body, charts);
    whenChosen(["month"], () => update(shownArea));
    whenChosen(["area"], pinned);
    return { root, preview: (area) => update(area ?? chosen().area), pinned };
}

function mapLegend(report) {
    return h("div", { class: "map-legend" },
        h("table", null,
            h("thead", null, h("tr", null, h("th", { scope: "col" }, "Share"), [0.2, 0.4, 0.6, 0.8, 1].map((v) => h("th", { scope: "col" }, share(v))))),
            h("tbody", null, report.factions.map((actor) => h("tr", null, h("th", { scope: "row" }, report.actorTitle(actor)),
                [0.2, 0.4, 0.6, 0.8, 1].map((v) => h("td", null, h("span", { class: "ramp", style: { "--c": actorColour(report.actors[actor]), opacity: leaderOpacity({ share: v }) } }))))))),
        h("p", { class: "small" }, "Stripes: the second faction’s colour, where the simulated histories do not agree on who is first (the 90\u00a0% interval of one reaches the middle value of the other)."));
}

export function map(report) {
    const views = mapViews(report);
    if (!report.areas.length || !report.n || !views.length) return null;
    const capital = report.areas.reduce((best, area, a) => ((area.population ?? 0) > (report.areas[best].population ?? 0) ? a : best), 0);
    const panel = areaPanel(report);
    choose({ area: capital });
    panel.pinned();
    const { what } = views[0], { median, low, high } = report[what], at = chosen().month;
    const table = () => ({
        head: [`Area, in ${monthText(report.time.months[at])}`, ...report.factions.map((_, f) => report.factionTitle(f))],
        rows: report.areas.map((area, a) => [area.name, ...report.factions.map((_, f) => shareWithin(median[a]?.[f]?.[at], low?.[a]?.[f]?.[at], high?.[a]?.[f]?.[at]))]),
    });
    return section("map", "Who holds what, month by month",
        "A country at war is seldom held by one side: each area has its own balance. Move the month, pick an area.",
        figure({
            title: "Map", kind: "wide", table,
            caption: "Each area has the colour of the faction that holds the largest share of it; the stronger the colour, the larger the share.",
            body: [monthControls(report), h("div", { class: "map-and-panel" }, h("div", null, viewPicker(views), mapDrawing(report, views, panel.preview), mapLegend(report)), panel.root)],
        }),
        hasValues(report.control?.median) && leaderStrip(report));
}
