// Who leads in an area, and the colour that says so.
import { actorColour } from "./colours.js";
import { shareWithin } from "./format.js";

/** First and second faction of an area in a month, by median share. `contested`: their intervals overlap. */
export function leaderOf(report, area, month) {
    const { median, low, high } = report.control;
    const shares = (median[area] ?? []).map((series, f) => ({ f, share: series?.[month] })).filter((e) => e.share != null).sort((a, b) => b.share - a.share);
    const [first, second] = shares;
    if (!first || first.share <= 0) return null;
    const contested = second && second.share > 0 && low?.[area] && high?.[area] && low[area][first.f][month] < high[area][second.f][month];
    return { ...first, second, contested: Boolean(contested) };
}

export const leaderColour = (report, leader) => (leader ? actorColour(report.actors[report.factions[leader.f]]) : "var(--nobody)");
export const leaderOpacity = (leader) => (leader ? 0.12 + 0.88 * leader.share : 0.25);

export function leaderText(report, area, month) {
    const leader = leaderOf(report, area, month);
    if (!leader) return "no value";
    const { low, high } = report.control;
    return `${report.factionTitle(leader.f)} leads with ${shareWithin(leader.share, low?.[area]?.[leader.f]?.[month], high?.[area]?.[leader.f]?.[month])}${leader.contested ? `, not certainly before ${report.factionTitle(leader.second.f)}` : ""}`;
}
