// The questions, each with the share of simulated histories in which its answer is yes.
import { h, s } from "./dom.js";
import { section } from "./figure.js";
import { number, oddsInWords, probability } from "./format.js";

function bar(q) {
    const at = (p) => 100 * p;
    const text = `${probability(q.probability)}; the Monte Carlo error alone allows ${probability(q.low)} to ${probability(q.high)}`;
    return s("svg", { class: "answer", viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "img", "aria-label": text },
        s("rect", { x: 0, y: 2, width: 100, height: 6, class: "track" }),
        s("rect", { x: 0, y: 2, width: 100 * (q.probability ?? 0), height: 6, class: "value" }),
        q.low != null && q.high != null && [
            s("line", { x1: at(q.low), x2: at(q.high), y1: 5, y2: 5, class: "whisker" }),
            [q.low, q.high].map((p) => s("line", { x1: at(p), x2: at(p), y1: 1, y2: 9, class: "whisker" }))]);
}

function monteCarlo(q) {
    const histories = q.members != null ? `${number(q.members)} histories` : "the histories";
    if (100 * q.mc_error >= 0.05) return `± ${(100 * q.mc_error).toFixed(1)} points Monte Carlo error (${histories})`;
    if (q.probability <= 0.5) return `in ${q.probability === 0 ? "none" : "hardly any"} of ${histories}; other dice might give up to ${number(+(100 * (q.high ?? 0)).toPrecision(2))}\u00a0%`;
    return `in ${q.probability === 1 ? "all" : "nearly all"} of ${histories}; other dice might give as little as ${number(+(100 * (q.low ?? 1)).toPrecision(3))}\u00a0%`;
}

function question(q) {
    return h("li", { class: "question", id: `question-${q.id}` },
        h("h3", null, q.title || q.id),
        h("p", { class: "number" }, h("b", null, probability(q.probability)), h("span", null, oddsInWords(q.probability))),
        h("div", null, bar(q), h("p", { class: "scale", "aria-hidden": "true" }, h("span", null, "0\u00a0%"), h("span", null, "50\u00a0%"), h("span", null, "100\u00a0%"))),
        h("div", null, q.mc_error != null && h("p", { class: "small" }, monteCarlo(q)),
        q.caveat && h("p", { class: "caveat" }, h("strong", null, "Caveat: "), q.caveat),
        q.ask && h("p", { class: "small" }, "Asked as ", h("code", null, q.ask.split(/ +/).flatMap((word) => [h("span", { class: word.length < 26 ? "whole" : null }, word), " "])))));
}

export function questions(report) {
    if (!report.questions.length) return null;
    return section("questions", "The questions",
        "Of all simulated histories, in how many is the answer yes? The bar is that share; the whisker on it is the Monte Carlo error: how much the share would wobble with other dice. It says nothing about errors of the model itself, which are larger.",
        h("ul", { class: "questions" }, report.questions.map(question)));
}
