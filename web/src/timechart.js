// A chart over the months: layers from back to front on one time axis, a line behind the last month with data, and a
// cursor that pointer and keys move. All charts of the page share the axis of time.
import { max } from "d3-array";
import { scaleLinear, scaleSymlog } from "d3-scale";
import { area as areaShape, line as lineShape } from "d3-shape";
import { h, s, uniqueId } from "./dom.js";
import { monthText, shortNumber } from "./format.js";
import { choose, chosen, whenChosen } from "./store.js";

const watcher = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) if (contentRect.width > 0) target.drawAt?.(Math.round(contentRect.width));
});

/** Call draw(width) when the element is on the page and whenever its width changes. */
export function drawToWidth(element, draw) {
    let last = 0;
    element.drawAt = (width) => {
        if (width === last) return;
        last = width;
        draw(width);
    };
    element.redraw = () => last && draw(last);
    watcher.observe(element);
}

/** Slots of the months between left and right: start(i), middle(i), and the inverse. */
export function monthAxis(months, left, right) {
    const step = (right - left) / Math.max(1, months.length);
    return {
        step, left, right,
        start: (i) => left + i * step,
        middle: (i) => left + (i + 0.5) * step,
        at: (x) => Math.max(0, Math.min(months.length - 1, Math.floor((x - left) / step))),
    };
}

/** Labels of years, or of quarters where there is room. */
export function drawMonthAxis(months, x, y, top) {
    const g = s("g", { class: "axis" });
    const perYear = x.step * 12;
    const every = perYear >= 34 ? 1 : perYear >= 17 ? 2 : 5;
    let labelled = -1e9;
    months.forEach((month, i) => {
        const year = +month.slice(0, 4), number = +month.slice(5, 7);
        if (number === 1) g.append(s("line", { x1: x.start(i), x2: x.start(i), y1: top, y2: y + 4, class: "grid" }));
        const quarter = perYear >= 190 && number % 3 === 1;
        if (!((number === 1 && year % every === 0) || quarter || (i === 0 && perYear < 190 && number < 9 && every === 1))) return;
        const text = quarter ? (number === 1 || i < 3 ? monthText(month) : monthText(month).slice(0, 3)) : perYear < 46 ? `’${month.slice(2, 4)}` : String(year);
        const at = number === 1 || !quarter ? x.start(i) : x.start(i);
        if (at - labelled < 24) return;
        labelled = at;
        g.append(s("text", { x: at + 3, y: y + 15 }, text));
    });
    g.append(s("line", { x1: x.left, x2: x.right, y1: y, y2: y, class: "base" }));
    return g;
}

/** The line behind the last month with data; right of it there is only simulation. */
export function drawLastObserved(report, x, top, bottom, label) {
    const last = report.lastObserved;
    if (last < 0 || last >= report.n - 1) return null;
    const at = x.start(last + 1);
    const g = s("g", { class: "last" }, s("line", { x1: at, x2: at, y1: top, y2: bottom }));
    if (label && x.right - at > 84) g.append(s("text", { x: at + 4, y: top + 9 }, "simulated only →"));
    return g;
}

function segments(values, x, y) {
    return lineShape().defined((v) => v != null).x((_, i) => x.middle(i)).y((v) => y(v))(values);
}

const draws = {
    band({ low, high, colour, opacity = 0.2 }, x, y) {
        const shape = areaShape().defined((_, i) => low[i] != null && high[i] != null).x((_, i) => x.middle(i)).y0((_, i) => y(low[i])).y1((_, i) => y(high[i]));
        return s("path", { d: shape(low) ?? "", fill: colour, "fill-opacity": opacity });
    },
    line({ values, colour, dash, width = 2 }, x, y) {
        return s("path", { d: segments(values, x, y) ?? "", fill: "none", stroke: colour, "stroke-width": width, "stroke-dasharray": dash, "stroke-linejoin": "round" });
    },
    /** parts: [{values, kind}] stacked upwards; faint(i): a month whose bar is not the whole */
    bars({ parts, faint }, x, y) {
        const g = s("g");
        const w = Math.max(1, x.step * 0.72), gap = (x.step - w) / 2;
        for (let i = 0; i < parts[0].values.length; i++) {
            let base = 0;
            for (const { values, kind } of parts) {
                if (!values?.[i]) continue;
                const top = y(base + values[i]);
                g.append(s("rect", { x: x.start(i) + gap, y: top, width: w, height: Math.max(0.5, y(base) - top), class: `bar ${kind}${faint?.(i) ? " faint" : ""}` }));
                base += values[i];
            }
        }
        return g;
    },
    ticks({ values, kind }, x, y) {
        const g = s("g", { class: `tick ${kind ?? ""}` });
        values.forEach((v, i) => v != null && g.append(s("line", { x1: x.start(i) + x.step * 0.05, x2: x.start(i) + x.step * 0.95, y1: y(v), y2: y(v) })));
        return g;
    },
    /** parts: [{values, colour}] of shares, stacked from below, one step per month */
    stack({ parts }, x, y) {
        const g = s("g");
        const n = parts[0]?.values.length ?? 0, base = new Array(n).fill(0);
        for (const { values, colour, opacity } of parts) {
            let d = "";
            for (let i = 0; i < n; i++) {
                if (!values[i]) continue;
                const from = y(base[i]), to = y((base[i] += values[i]));
                d += `M${x.start(i).toFixed(1)},${from.toFixed(1)}V${to.toFixed(1)}H${(x.start(i + 1) + 0.3).toFixed(1)}V${from.toFixed(1)}Z`;
            }
            g.append(s("path", { d, fill: colour, "fill-opacity": opacity }));
        }
        return g;
    },
    /** A known interval: a bar from low to high over its period. from, to: months as fractional slots */
    interval({ from, to, low, high, text }, x, y) {
        const x1 = x.left + from * x.step, x2 = Math.max(x1 + 3, x.left + to * x.step), middle = (x1 + x2) / 2;
        return s("g", { class: "fact" }, s("title", null, text),
            s("rect", { x: x1, width: x2 - x1, y: y(high), height: Math.max(2, y(low) - y(high)) }),
            s("line", { x1: middle, x2: middle, y1: y(low), y2: y(high) }),
            [low, high].map((v) => s("line", { x1: middle - 4, x2: middle + 4, y1: y(v), y2: y(v) })));
    },
};

function ticksOf(y, scale, top, room) {
    if (scale !== "log") return y.ticks(room < 110 ? 3 : 5);
    const ticks = [0];
    for (let v = 1; v <= top * 1.001; v *= 10) ticks.push(v);
    return room < 110 && ticks.length > 4 ? ticks.filter((v, i) => i === 0 || i % 2 === 1) : ticks;
}

/** Labels at the right end, moved apart. */
function drawEnds(ends, x, y) {
    const placed = ends.filter((e) => e.value != null).map((e) => ({ ...e, at: y(e.value) })).sort((a, b) => a.at - b.at);
    for (let i = 1; i < placed.length; i++) placed[i].at = Math.max(placed[i].at, placed[i - 1].at + 13);
    const over = placed.length ? placed[placed.length - 1].at - y.range()[0] : 0;
    if (over > 0) for (let i = placed.length - 1, limit = y.range()[0]; i >= 0; i--, limit -= 13) placed[i].at = Math.min(placed[i].at, limit);
    return s("g", { class: "ends" }, placed.map((e) => s("text", { x: x.right + 8, y: e.at + 4 }, s("tspan", { class: "dot", fill: e.colour }, "● "), e.text)));
}

/**
 * @param report   for months and the last observed month
 * @param title    names the chart for those who do not see it
 * @param summary  text alternative: what there is to see, in a sentence or two
 * @param layers   () => [{type, ...}], asked at each drawing
 * @param domain   () => [low, high] of the vertical axis
 * @param format   of its labels
 * @param unit     short text above the axis
 * @param scale    () => "linear" | "log"
 * @param height   px
 * @param readout  (month index) => [{colour, text}], what the cursor says
 * @param ends     [{value, text, colour}] labels at the right end where there is room
 * @param coverage [month] "none" | "precise" | "complete" | null: a strip under the axis
 */
export function timeChart(options) {
    const { report, title, summary, layers, domain, format = shortNumber, unit, height = 220, readout, ends, coverage } = options;
    const scale = options.scale ?? (() => "linear");
    const months = report.time.months;
    const drawing = h("div", { class: "drawing" });
    const tip = h("div", { class: "tip", hidden: true });
    const id = uniqueId("chart");
    const cursor = h("div", { class: "cursor", role: "slider", tabindex: 0, id, "aria-label": `Month in “${title}”`, "aria-valuemin": 0, "aria-valuemax": Math.max(0, months.length - 1) });
    const root = h("div", { class: "chart", style: { height: `${height}px` } }, drawing, readout && [cursor, tip]);
    let x, top, bottom, hair, chosenHair, here = chosen().month;

    function draw(width) {
        const narrow = width < 420;
        const endRoom = ends && width > 560 ? Math.min(190, 20 + 7 * max(ends, (e) => e.text.length)) : 10;
        top = unit ? 20 : 8;
        bottom = height - 22 - (coverage ? 8 : 0);
        x = monthAxis(months, narrow ? 36 : 44, width - endRoom);
        const [low, high] = domain();
        const y = (scale() === "log" ? scaleSymlog().constant(1) : scaleLinear()).domain([low, high > low ? high : low + 1]).range([bottom, top]);
        const svg = s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title}. ${summary}` });
        if (scale() !== "log" && !options.exact) y.nice(4);
        svg.append(s("g", { class: "axis" }, ticksOf(y, scale(), y.domain()[1], bottom - top).map((v) => [
            s("line", { x1: x.left, x2: x.right, y1: y(v), y2: y(v), class: "grid" }),
            s("text", { x: x.left - 6, y: y(v) + 4, "text-anchor": "end" }, format(v))])));
        svg.append(drawMonthAxis(months, x, bottom, top));
        if (unit) svg.append(s("text", { x: 0, y: 11, class: "unit" }, unit));
        for (const layer of layers()) svg.append(draws[layer.type](layer, x, y));
        svg.append(drawLastObserved(report, x, top, bottom, width > 420) ?? "");
        if (coverage) svg.append(drawCoverage(coverage, x, height - 5));
        if (ends && endRoom > 10) svg.append(drawEnds(ends, x, y));
        chosenHair = s("line", { class: "chosen", y1: top, y2: bottom });
        hair = s("line", { class: "hair", y1: top, y2: bottom, visibility: "hidden" });
        svg.append(chosenHair, hair);
        drawing.replaceChildren(svg);
        Object.assign(cursor.style, { left: `${x.left}px`, width: `${x.right - x.left}px`, top: `${top}px`, height: `${bottom - top}px` });
        moveChosen();
    }

    function moveChosen() {
        if (!chosenHair) return;
        const at = x.middle(chosen().month);
        chosenHair.setAttribute("x1", at);
        chosenHair.setAttribute("x2", at);
        if (tip.hidden) say(chosen().month);
    }

    function say(i) {
        here = i;
        const rows = readout?.(i) ?? [];
        cursor.setAttribute("aria-valuenow", i);
        cursor.setAttribute("aria-valuetext", `${monthText(months[i], true)}: ${rows.map((r) => r.text).join("; ") || "no values"}`);
        return rows;
    }

    function show(i) {
        const rows = say(i);
        tip.replaceChildren(h("strong", null, monthText(months[i], true)), ...rows.map((r) => h("div", null, r.colour && h("span", { class: "swatch", style: { "--c": r.colour } }), r.text)));
        tip.hidden = false;
        const at = x.middle(i), room = root.clientWidth;
        hair.setAttribute("x1", at);
        hair.setAttribute("x2", at);
        hair.setAttribute("visibility", "visible");
        const left = at + 12 + tip.offsetWidth < room ? at + 12 : at - 12 - tip.offsetWidth;
        tip.style.left = `${Math.max(0, Math.min(room - tip.offsetWidth, left))}px`;
        tip.style.top = `${top + 4}px`;
    }

    function hide() {
        tip.hidden = true;
        hair?.setAttribute("visibility", "hidden");
        say(chosen().month);
    }

    const monthOf = (event) => x.at(event.clientX - root.getBoundingClientRect().left);
    cursor.addEventListener("pointermove", (event) => show(monthOf(event)));
    cursor.addEventListener("pointerdown", (event) => (show(monthOf(event)), choose({ month: monthOf(event) })));
    cursor.addEventListener("pointerleave", hide);
    cursor.addEventListener("focus", () => cursor.matches(":focus-visible") && show(chosen().month));
    cursor.addEventListener("blur", hide);
    cursor.addEventListener("keydown", (event) => {
        const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -12, PageUp: 12, Home: -1e6, End: 1e6 }[event.key];
        if (event.key === "Escape") return hide();
        if (event.key === "Enter" || event.key === " ") choose({ month: here });
        else if (by) show(Math.max(0, Math.min(months.length - 1, here + by)));
        else return;
        event.preventDefault();
    });
    drawToWidth(root, draw);
    whenChosen(["month"], moveChosen);
    if (options.redrawOn) whenChosen(options.redrawOn, root.redraw);
    return root;
}

function drawCoverage(coverage, x, y) {
    return s("g", null, coverage.map((c, i) => (c === "precise" || c === "complete") && s("rect", { x: x.start(i), width: x.step + 0.3, y, height: 4, class: `covered ${c}` })));
}
