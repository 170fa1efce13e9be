// Numbers, months and dates as a reader says them.

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const ROUND = [10, 12, 15, 20, 25, 30, 40, 50, 70, 100];
const NBSP = "\u00a0";

/** "2021-08" → "Aug 2021" (or "August 2021"). */
export function monthText(month, long = false) {
    const found = /^(\d{4})-(\d{2})$/.exec(month ?? "");
    if (!found) return month || "–";
    const name = MONTHS[found[2] - 1] ?? "?";
    return `${long ? name : name.slice(0, 3)} ${found[1]}`;
}

/** "2021-08-15" → "15 Aug 2021"; shorter dates stay as precise as they are. */
export function dateText(date) {
    const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date ?? "");
    if (!found) return monthText(date);
    return `${+found[3]} ${monthText(`${found[1]}-${found[2]}`)}`;
}

/** Whole numbers with thousands separated; small ones to three digits. */
export function number(x) {
    if (x == null || !Number.isFinite(x)) return "–";
    const size = Math.abs(x);
    if (size !== 0 && size < 1e-4) return x.toExponential(2).replace("e-", `${NBSP}×${NBSP}10^−`).replace("-", "−");
    const options = size >= 100 || Number.isInteger(x) ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
    return x.toLocaleString("en-GB", options).replace("-", "−");
}

/** For axes: 1,200 → 1.2k. */
export function shortNumber(x) {
    const size = Math.abs(x), round = (v) => String(+v.toPrecision(3));
    if (size >= 1e6) return `${round(x / 1e6)}M`;
    if (size >= 1e4 || (size >= 1e3 && x % 1000 === 0)) return `${round(x / 1e3)}k`;
    return number(x);
}

/** A share in whole percent: 0.62 → "62 %". */
export const share = (x) => (x == null ? "–" : `${Math.round(100 * x)}${NBSP}%`);

/** A probability: never 0 % or 100 %, a finite number of simulations cannot tell. */
export function probability(p) {
    if (p == null) return "–";
    return p < 0.01 ? `under 1${NBSP}%` : p > 0.99 ? `over 99${NBSP}%` : share(p);
}

/** A probability in plain words: the simplest "n in m" that is near enough. */
export function oddsInWords(p) {
    if (p == null) return "";
    if (p < 0.01) return "fewer than 1 in 100";
    if (p > 0.99) return "more than 99 in 100";
    const round = (x) => ROUND.reduce((best, m) => (Math.abs(Math.log(m / x)) < Math.abs(Math.log(best / x)) ? m : best));
    if (p < 0.095) return `about 1 in ${round(1 / p)}`;
    if (p > 0.905) return `about ${round(1 / (1 - p)) - 1} in ${round(1 / (1 - p))}`;
    const tenths = Math.round(10 * p);
    return tenths === 5 ? "about 1 in 2" : `about ${tenths} in 10`;
}

/** "62 % (55–69)". */
export function shareWithin(median, low, high) {
    if (median == null) return "–";
    return low == null || high == null ? share(median) : `${share(median)} (${Math.round(100 * low)}–${Math.round(100 * high)})`;
}

/** "1,800 (1,500–2,200)". */
export function numberWithin(value, low, high) {
    if (value == null) return "–";
    return low == null || high == null || (low === value && high === value) ? number(value) : `${number(value)} (${number(low)}–${number(high)})`;
}

export const signed = (x) => (x == null ? "–" : `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(2)}`);
export const count = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;
export const capital = (text) => (text ? text[0].toUpperCase() + text.slice(1) : "");
export const plain = (id) => (id ?? "").replace(/_/g, " ");
