// Plain words for the ids of the format.

export const RUNGS = {
    hostile: { title: "hostile", text: "no dealings; pressure or strikes" },
    talks: { title: "talks", text: "they meet and bargain" },
    tacit_cooperation: { title: "tacit co-operation", text: "they help each other without saying so, such as against a common enemy" },
    humanitarian_carveouts: { title: "humanitarian exceptions", text: "aid passes in spite of sanctions" },
    assets_released: { title: "assets released", text: "frozen money is given back" },
    recognition: { title: "recognition", text: "accepted as the country’s government" },
};

export const TYPES = {
    sb: { title: "Battles with a state", text: "fighting in which one side is a government (UCDP: state-based)" },
    ns: { title: "Battles without a state", text: "fighting between groups, none a government (UCDP: non-state)" },
    os: { title: "Violence against civilians", text: "attacks by a government or group on unarmed people (UCDP: one-sided)" },
};

export const EVENTS = {
    attack: "attack", prison_break: "prison break", leader_removed: "leader killed or removed", leader_installed: "new leader", talks: "talks", statement: "statement",
    transfer: "fighters change sides", rung: "step on the ladder", founding: "founding", split: "split", ruler: "change of ruler",
};

export const SCHEDULES = {
    foreign_support: "foreign support", strikes: "air strikes", sponsor_payment: "sponsor’s payments", aid: "aid", reserves: "central-bank reserves",
    rights_violation: "violation of rights", effort: "effort", rent: "rents", relation: "relation",
};

export const FACTS = { strength: "strength", presence: "presence", control: "control", deaths: "deaths", funds: "money", captives: "captives" };

export const EVIDENCE = {
    source: "a cited source", data: "computed from data", memory: "from memory, not looked up again", assumed: "assumed: nobody measured it", scenario: "set in the scenario",
};
