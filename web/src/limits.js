// What the report cannot do, as far as it follows from the report itself.
import { h } from "./dom.js";
import { section } from "./figure.js";
import { count, monthText, number, share } from "./format.js";

export function limits(report) {
    const { meta, time } = report;
    const items = [];
    const add = (title, text) => items.push(h("li", null, h("strong", null, `${title} `), text));
    if (/not fitted|prior/i.test(`${meta.status} ${meta.banner}`))
        add("It is not a forecast yet.", "The model was not fitted to the data. The numbers show what the scenario’s assumptions imply; the recorded deaths are there to see how far off they are, they have not corrected anything.");
    add("It is coarse.", `It knows ${report.areas.length ? count(report.areas.length, "area") : "areas"}, ${report.actors.length ? count(report.actors.length, "organisation") : "organisations"} and whole months. It says nothing about persons, villages, days or single attacks, and is of no use for finding or targeting anyone.`);
    const assumed = report.parameters.filter((p) => p.evidence === "assumed" || p.evidence === "memory");
    if (report.parameters.length) add("It rests on assumptions.", `${number(assumed.length)} of ${count(report.parameters.length, "parameter")} are assumed or from memory, not measured. Wide intervals are honest, not a fault.`);
    const { coverage } = report.deaths ?? {};
    const precise = (coverage ?? []).filter((c) => c === "precise").length;
    if (precise) add("Its data are incomplete.", `In ${count(precise, "month")} the file of events has only those that could be placed precisely; these show where, not how many.`);
    const located = report.import?.located_share?.deaths;
    if (located != null && located < 0.995) add("Not every death has a place.", `${share(1 - located)} of the used deaths have no known area; charts by area leave them out.`);
    if (report.lastObserved >= 0 && report.lastObserved < report.n - 1) add("The data end.", `The last month with data is ${monthText(time.months[report.lastObserved], true)}; all later months are simulation.`);
    add("Recorded deaths are a lower bound.", "Deaths that nobody reported are in no file; best estimates of reported ones differ by source.");
    add("Bands are the model’s own doubt.", "They hold other dice and other plausible parameters, not the possibility that the model leaves out what matters. Reality may lie outside.");
    if (meta.whatif) add("It is a what-if.", `The scenario was changed by “${meta.whatif}”; compare it with the scenario itself before you conclude anything.`);
    add("It explains nothing by itself.", "That two lines move together in it is because it was built so; whether the world is built so is a question to it, not an answer from it.");
    return section("limits", "What this cannot tell you", null, h("ul", { class: "limits" }, items));
}
