// Who leads in an area, and the colour that says so. What leads is control or support: `what` is "control" or "support".
import { actorColour } from "./colours.js";
import { share, shareWithin } from "./format.js";

/** First and second faction of an area in a month, by median share. `contested`: the interval of one of them
 *  reaches the middle value of the other, so that the histories do not agree on who is first. */
export function leaderOf(report, area, month, what = "control") {
    const { median, low, high } = report[what] ?? {};
    const shares = (median?.[area] ?? []).map((series, f) => ({ f, share: series?.[month] })).filter((e) => e.share != null).sort((a, b) => b.share - a.share);
    const [first, second] = shares;
    if (!first || first.share <= 0) return null;
    const contested = second?.share > 0 && low?.[area] && high?.[area] && (low[area][first.f][month] < second.share || high[area][second.f][month] > first.share);
    return { ...first, second, contested: Boolean(contested) };
}

export const leaderColour = (report, leader) => (leader ? actorColour(report.actors[report.factions[leader.f]]) : "var(--nobody)");
export const leaderOpacity = (leader) => (leader ? 0.1 + 0.9 * leader.share : 0.25);

/** What the map can show: {id, title, what, faction}; without a faction, the leading one. */
export function mapViews(report) {
    const has = (what) => report[what]?.median?.some((area) => area?.length);
    const single = (what, verb) => report.factions.map((_, faction) => ({ id: `${what}-${faction}`, title: `${verb} ${report.factionTitle(faction)}`, what, faction }));
    return [
        has("control") && { id: "control", title: "who holds most", what: "control" },
        has("support") && { id: "support", title: "who is backed most", what: "support" },
        has("control") && single("control", "held by"),
        has("support") && single("support", "support for"),
    ].flat().filter(Boolean);
}

/** What one area shows in a view and month: {leader or null, text}. */
export function shown(report, view, area, month) {
    const { low, high, median } = report[view.what];
    const within = (f) => shareWithin(median[area]?.[f]?.[month], low?.[area]?.[f]?.[month], high?.[area]?.[f]?.[month]);
    if (view.faction != null) {
        const value = median[area]?.[view.faction]?.[month];
        return { leader: value == null ? null : { f: view.faction, share: value, contested: false }, text: value == null ? "no value" : `${view.title} ${within(view.faction)}` };
    }
    const leader = leaderOf(report, area, month, view.what);
    if (!leader) return { leader, text: "no value" };
    const { f, second, contested } = leader;
    return { leader, text: `${report.factionTitle(f)} ${view.what === "control" ? "holds" : "is backed by"} most: ${within(f)}${contested ? `, not certainly more than ${report.factionTitle(second.f)} (${share(second.share)})` : ""}` };
}
