// Start: open the encounter in the address, otherwise the worst, keep the light or dark theme.

const STATUS = {
  "span start": ", the start of the span: it was closer before", "span end": ", the end of the span: it comes closer after",
  switch: ", where an object changes to its next element set or arc",
};

function facts(data, i) {
  const at = (name) => data.columns[name][i];
  const number = (name, unit, digits = 4) => (at(name) === null ? "–" : `${Number(at(name).toPrecision(digits))} ${unit}`);
  // The range of a number where its ends differ.
  const over = (stem, unit, digits, words) => {
    const [low, high] = ["low", "high"].map((end) => number(`${stem}_${end}${unit}`, "", digits).trim());
    return low === high ? "" : ` (${low} to ${high}${words})`;
  };
  return [
    ["Object", `${at("secondary_name") || "no name"} (${at("secondary_norad_id")}), ${at("object_kind")}${at("parent_event") ? `, ${at("parent_event")}` : ""}`],
    ["Spacecraft", `${at("primary_name") || "no name"} (${at("primary_norad_id")})`],
    ["TCA", `${at("tca_utc").replace("T", " ").replace("Z", "")} UTC${STATUS[at("status")] ?? ""}`],
    ["Miss distance", data.words.miss[i]],
    ["Radial, transverse, normal", ["r", "t", "n"].map((axisName) => number(`relative_position_${axisName}_km`, "km", 3)).join(", ")],
    ["Relative speed", number("relative_speed_km_s", "km/s", 3)],
    ["Collision", `${data.words.odds[i]} (Pc ${data.words.pc[i]}${at("dilution") === "true" ? ", diluted" : ""})`],
    ["Method", data.method_words[at("collision_probability_method")] ?? at("collision_probability_method")],
    ["Range of Pc over its errors", data.words.range[i]],
    ["Errors", data.words.covariances[i]],
    ["Maximum Pc", `${data.words.maximum[i]} at ×${at("maximum_sigma_factor") === null ? "–" : at("maximum_sigma_factor").toPrecision(3)} on every σ`],
    ["Hard-body radius", `${number("hard_body_radius_m", "m")}${at("hard_body_radius_is_default") === "true" ? " (the secondary's is its class default)" : ""}`],
    ["Age of the orbit data", `primary ${number("primary_age_days", "d", 3)}, secondary ${number("secondary_age_days", "d", 3)}`],
    ["A hit would release", `${at("impact_energy_j") === null ? "–" : Number((at("impact_energy_j") / 1e6).toPrecision(3))} MJ, ${number("energy_to_mass_j_g", "J", 3)} per gram of the larger${over("energy_to_mass", "_j_g", 3, " over the range of masses")}`],
    ["Both would break up", `${at("catastrophic_over_range") || "–"}; fragments of 10 cm and more: ${at("fragments_above_10_cm") === null ? "not known" : number("fragments_above_10_cm", "", 2).trim()}${over("fragments_above_10_cm", "", 2, "")}`],
    ["Screening volumes", at("volumes").split(";").map((name) => data.volume_words[name] ?? name).join("; ") || "–"],
    ["Inside them", data.words.stay[i] || "not recorded"],
    ["Cautions", at("flags").replaceAll(";", ", ") || "none"],
    ["Row of " + data.rows_file + ", from 0", String(data.row[i])],
  ];
}

function showFacts(data, i) {
  document.getElementById("facts").replaceChildren(...facts(data, i).map(([name, value]) => {
    const pair = document.createElement("div"), term = document.createElement("dt"), description = document.createElement("dd");
    term.textContent = name;
    description.textContent = value;
    pair.append(term, description);
    return pair;
  }));
  document.getElementById("encounter-head").textContent = `Encounter with ${data.columns.secondary_name[i] || data.columns.secondary_norad_id[i]}`;
  const link = document.createElement("a");
  link.href = data.cdm[i];
  link.textContent = "conjunction data message";
  document.getElementById("cdm").replaceChildren(...(data.cdm[i] ? [link] : []));
}

function start() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const count = data.row.length;
  let chosen = 0, ready = false;

  function plotChosen() {
    for (const chart of [plotPlane, plotDilution, plotRange, plotDirection]) chart(data, chosen);
  }
  function open(i, scroll) {
    chosen = i;
    table.mark(i);
    showFacts(data, i);
    scene.choose(i);
    if (ready) plotChosen();
    noteOpen(data, i, "row", "encounter", scroll);
  }
  async function plotEverything() {
    if (data.sampled) {
      plotDirection(data, -1);
      plotSpeeds(data);
      return;
    }
    if (!count) return;
    plotChosen();
    if (count > 1) await plotTimeline(data);
  }

  const table = count && makeTable(data, open);
  const scene = count && makeScene(data, open);
  const theme = makeTheme((withScene = true) => {
    if (ready) plotEverything();
    if (withScene && scene) scene.replot();
  });
  if (count) openFirst(data, "row", () => chosen, open);
  plotWhenLoaded(loadPlotly(), async () => {
    ready = true;
    await plotEverything();
    if (count) {
      scene.plotWhenSeen();
      if (count > 1) document.getElementById("timeline").on("plotly_click", (event) => { const i = event.points[0].customdata; if (Number.isInteger(i)) open(i, true); });
    }
  });

  // Paper is white, and narrower than a screen: 186 mm between the margins of A4. It unfolds nothing later.
  let before = "light", folded = [];
  function resize(size) {
    for (const place of ready ? document.querySelectorAll(".js-plotly-plot:not(#globe)") : []) {
      Plotly.relayout(place, size(place.matches(".wide") ? 690 : 340));
    }
  }
  addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    if (before === "dark") theme("light", false);
    resize((width) => ({ width }));
    folded = [...document.querySelectorAll("#verdict details, #spacecraft details")].filter((part) => !part.open);
    for (const part of folded) part.open = true;
  });
  addEventListener("afterprint", () => {
    if (before === "dark") theme("dark", false);
    resize(() => ({ width: null, autosize: true }));
    for (const part of folded) part.open = false;
  });
}

document.documentElement.classList.remove("no-js");
start();
