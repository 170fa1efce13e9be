// The colours of actors can be told apart, also by those who see fewer colours, and can be seen on their ground.
// Colour-vision deficiencies after Machado, Oliveira & Fernandes (2009), IEEE TVCG 15(6), full severity; distances in OKLab × 100.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

const VIEWS = {
    "all colours": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
const linear = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
const times = (m, v) => m.map((row) => row.reduce((sum, x, i) => sum + x * v[i], 0));
const oklab = (rgb) => {
    const lms = times([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]], rgb).map((x) => Math.cbrt(Math.max(0, x)));
    return times([[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]], lms);
};
const seen = (hex, view) => oklab(times(VIEWS[view], linear(hex)).map((c) => Math.min(1, Math.max(0, c))));
const distance = (a, b) => 100 * Math.hypot(...a.map((x, i) => x - b[i]));
const light = (hex) => times([[0.2126, 0.7152, 0.0722]], linear(hex))[0];
const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);

const css = await readFile(new URL("../src/style.css", import.meta.url), "utf8");
const schemes = { light: css.slice(0, css.indexOf("prefers-color-scheme")), dark: css.slice(css.indexOf("prefers-color-scheme")) };
const colour = (scheme, name) => {
    const hex = new RegExp(`--${name}: (#[0-9a-f]{3,6});`).exec(schemes[scheme])[1];
    return hex.length === 4 ? `#${[...hex.slice(1)].map((c) => c + c).join("")}` : hex;
};

for (const scheme of ["light", "dark"])
    test(`colours of the ${scheme} page`, () => {
        const actors = Array.from({ length: 12 }, (_, i) => colour(scheme, `a${i}`)), card = colour(scheme, "card");
        for (const hex of [...actors, colour(scheme, "sim"), colour(scheme, "obs")]) assert.ok(contrast(hex, card) >= 3, `${hex} on ${card}: ${contrast(hex, card).toFixed(2)}`);
        for (const name of ["ink", "muted", "accent"]) for (const ground of ["card", "paper"]) assert.ok(contrast(colour(scheme, name), colour(scheme, ground)) >= 4.5, `${name} on ${ground}`);
        assert.ok(contrast(colour(scheme, "warn-ink"), colour(scheme, "warn-paper")) >= 4.5);
        for (const view of Object.keys(VIEWS))
            actors.forEach((a, i) => actors.slice(0, i).forEach((b, j) => {
                const apart = distance(seen(a, view), seen(b, view)), least = i < 6 ? 9.5 : 5;
                assert.ok(apart >= least, `colours ${j} and ${i} with ${view}: ${apart.toFixed(1)}`);
            }));
        const rungs = Array.from({ length: 6 }, (_, i) => colour(scheme, `r${i}`));
        for (const view of Object.keys(VIEWS)) rungs.slice(1).forEach((a, i) => assert.ok(distance(seen(a, view), seen(rungs[i], view)) >= 8, `rungs ${i} and ${i + 1} with ${view}`));
    });
