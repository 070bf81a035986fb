// Start of the page of events: countdowns, spacecraft, the table, one event's history, the view in space.

// The columns that the table and the view in space read, from the events.
function columnsOf(data) {
  const start = Date.parse(data.written_utc);
  const of = (name) => data.events.map((event) => event[name]);
  const last = (name) => data.events.map((event) => event.history[name].at(-1));
  return Object.assign(data, data.space, {
    start_utc: data.written_utc,
    row: of("number"),
    columns: {
      number: of("number"), tca_utc: of("tca_utc"), tca_s: of("tca_utc").map((utc) => (Date.parse(utc) - start) / 1000),
      secondary_name: of("secondary"), secondary_norad_id: of("secondary_key"), primary_name: of("primary"), primary_norad_id: of("primary_key"),
      relative_speed_km_s: of("speed_km_s"), reports: of("reports"), miss_distance_km: last("miss_distance_km"),
      collision_probability: last("probability"), collision_probability_high: last("probability_high"), maximum_probability: last("maximum_probability"),
      // Under this name the view in space looks up the colour of an arc.
      object_kind: data.events.map((event) => (event.craft < 0 ? "unknown" : craftKind(data, event.craft))),
    },
  });
}

const CRAFT_COLOURS = 8;

// A number before the name: names of objects are not unique.
function craftKind(data, k) {
  return `${k + 1} ${plain(data.spacecraft[k].name)}`;
}

function nameCraft(data) {
  data.spacecraft.forEach((_, k) => { KINDS[craftKind(data, k)] = [`--craft-${k % CRAFT_COLOURS}`, "circle"]; });
}

function left(seconds) {
  const size = Math.abs(Math.trunc(seconds)), two = (value) => String(value).padStart(2, "0");
  const days = Math.floor(size / 86400), clock = `${two(Math.floor(size / 3600) % 24)}:${two(Math.floor(size / 60) % 60)}:${two(size % 60)}`;
  return `${seconds < 0 ? "over for " : "in "}${days ? `${days} d ` : ""}${clock}`;
}

function countDown(data) {
  const marks = [...document.querySelectorAll(".countdown")].map((mark) => [mark, Date.parse(mark.dataset.tca)]);
  const stale = document.getElementById("stale"), written = Date.parse(data.written_utc);
  function tick() {
    const now = Date.now();
    for (const [mark, tca] of marks) mark.textContent = left((tca - now) / 1000);
    const hours = (now - written) / 3600000;
    stale.hidden = data.stale_after_h === null || hours < data.stale_after_h;
    if (!stale.hidden) stale.textContent = `This page is ${Math.floor(hours).toLocaleString("en")} hours old, more than the ${data.stale_after_h} after which it should have been written again: the watch may have stopped.`;
  }
  tick();
  setInterval(tick, 1000);
}

function bands(data, low, high) {
  const band = (y0, y1, name) => ({ type: "rect", xref: "paper", x0: 0, x1: 1, y0, y1, fillcolor: colour(`--wash-${name}`), line: { width: 0 }, layer: "below" });
  return [band(10 ** low, data.yellow, "green"), band(data.yellow, data.red, "yellow"), band(data.red, 10 ** high, "red")];
}

function plotHistory(data, i) {
  const history = data.events[i].history;
  const floor = Math.min(1e-10, data.yellow / 100);
  const known = history.probability.filter((value) => value !== null);
  const high = Math.log10(Math.min(1.5, Math.max(10 * data.red, ...history.probability_high.map((value) => 3 * (value ?? 0)), ...known.map((value) => 3 * value))));
  const low = Math.log10(floor / 3);
  const looks = [["--accent", "circle"], ["--rocket-body", "square"], ["--payload", "triangle-up"], ["--ink", "diamond"]];
  const traces = [];
  [...new Set(history.source)].forEach((source, k) => {
    const rows = history.source.map((_, row) => row).filter((row) => history.source[row] === source);
    const [name, symbol] = looks[k % looks.length];
    const at = (column) => rows.map((row) => history[column][row]);
    const clipped = (value) => (value === null ? null : Math.max(value, floor));
    const p = at("probability").map(clipped);
    const error = (end) => at(end).map((value, n) => (value === null || p[n] === null ? 0 : Math.abs(clipped(value) - p[n])));
    const line = (y, axisName, more) => traces.push({
      x: at("days_to_tca"), y, yaxis: axisName, mode: "lines+markers", name: plain(source), legendgroup: source, showlegend: axisName === "y",
      line: { color: colour(name), width: 1.5 }, marker: { color: colour(name), size: 7, line: { width: 1.5, color: colour(name) }, symbol: at("diluted").map((hollow) => symbol + (hollow ? "-open" : "")) }, ...more,
    });
    line(p, "y", {
      error_y: { type: "data", symmetric: false, array: error("probability_high"), arrayminus: error("probability_low"), color: colour(name), thickness: 1, width: 0 },
      text: at("probability").map(shortProbability), hovertemplate: "%{x:.2f} d: Pc %{text}<extra></extra>",
    });
    line(at("miss_distance_km"), "y2", {
      error_y: { type: "data", array: at("miss_sigma_km").map((value) => value ?? 0), color: colour(name), thickness: 1, width: 0 }, hovertemplate: "%{x:.2f} d: %{y:.3g} km<extra></extra>",
    });
    line(at("tca_shift_s"), "y3", { hovertemplate: "%{x:.2f} d: %{y:+.2f} s<extra></extra>" });
  });
  const days = history.days_to_tca, first = Math.max(...days), end = Math.min(0, ...days), margin = 0.04 * Math.max(first - end, 0.5);
  return plot("history", traces, {
    xaxis: axis("report made, days before TCA", { anchor: "y3", range: [first + margin, end - margin] }),
    yaxis: axis("probability", { domain: [0.5, 1], ...odds(low, high) }), yaxis2: axis("miss (km)", { domain: [0.24, 0.44], rangemode: "tozero" }), yaxis3: axis("TCA (s)", { domain: [0, 0.18], zeroline: true, zerolinecolor: colour("--line") }),
    shapes: [...bands(data, low, high), ...threshold(data)],
  }, `History of event ${data.events[i].number}: ${reports(history.source.length)}, the latest Pc ${shortProbability(history.probability.at(-1))}. The same numbers are in the table of reports.`);
}

function reports(number) {
  return number === 1 ? "1 report" : `${number} reports`;
}

function showReports(data, i) {
  const event = data.events[i], history = event.history;
  document.getElementById("event-head").textContent = `${event.primary} and ${event.secondary}`;
  document.getElementById("event-facts").textContent = `Event ${event.number}, TCA ${event.tca_utc.replace("T", " ").replace("Z", "")} UTC: ${event.odds}, Pc ${event.probability}${event.diluted ? " (diluted)" : ""}${event.range === "–" ? "" : `, range ${event.range}`}, miss ${event.miss}, ${reports(event.reports)}`;
  const number = (value, digits) => (value === null ? "–" : value.toFixed(digits));
  const words = (row) => [
    history.reported_utc[row].slice(0, 19).replace("T", " "), history.source[row], number(history.days_to_tca[row], 2), number(history.tca_shift_s[row], 2),
    history.miss[row], history.pc[row] + (history.diluted[row] ? "*" : ""), history.range[row], shortProbability(history.maximum_probability[row]),
  ];
  const headings = document.querySelectorAll("#reports thead th");
  const rows = history.source.map((_, row) => row).reverse().map((row) => {
    const line = document.createElement("tr");
    line.append(...words(row).map((text, k) => {
      const cell = document.createElement("td");
      cell.textContent = text;
      cell.dataset.label = headings[k].textContent;
      if (k > 1) cell.className = "n";
      return cell;
    }));
    return line;
  });
  document.querySelector("#reports tbody").replaceChildren(...rows);
}

function makeCraft(choose) {
  const rows = [...document.querySelectorAll("#craft tbody tr")];
  if (!rows.length) return;
  const search = document.getElementById("craft-search"), level = document.getElementById("craft-level");
  const allowed = { "": () => true, ahead: (own) => own !== "", yellow: (own) => own === "yellow" || own === "red", red: (own) => own === "red" };
  function show() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !(allowed[level.value](row.dataset.level) && words.every((word) => row.cells[0].textContent.toLowerCase().includes(word)));
    document.getElementById("craft-shown").textContent = `${rows.filter((row) => !row.hidden).length} shown of ${rows.length}`;
  }
  for (const control of [search, level]) control.addEventListener("input", show);
  for (const row of rows) row.querySelector("button").addEventListener("click", () => choose(row.dataset.key));
  show();
}

function start() {
  const data = columnsOf(JSON.parse(document.getElementById("data").textContent));
  const count = data.events.length;
  let chosen = 0, ready = false;
  nameCraft(data);
  countDown(data);

  function open(i, scroll) {
    chosen = i;
    table.mark(i);
    showReports(data, i);
    scene?.choose(i);
    if (ready) plotHistory(data, i);
    noteOpen(data, i, "event", "event", scroll);
  }
  async function plotEverything() {
    if (!count) return;
    await plotHistory(data, chosen);
  }

  const table = count && makeTable(data, open);
  // Without it where no event has states, such as those of messages alone.
  const scene = document.getElementById("globe") ? makeScene(data, open) : null;
  makeTheme(() => {
    if (ready) plotEverything();
    scene?.replot();
  });
  makeCraft((key) => {
    const choice = document.getElementById("primary");
    if (!choice) return;
    choice.value = key;
    choice.dispatchEvent(new Event("input", { bubbles: true }));
    document.getElementById("events").scrollIntoView();
  });
  if (count) {
    openFirst(data, "event", () => chosen, open);
    for (const name of document.querySelectorAll(".opens")) {
      name.addEventListener("click", () => open(data.row.indexOf(Number(name.dataset.event)), true));
    }
  }
  plotWhenLoaded(count ? loadPlotly() : Promise.resolve(), async () => {
    ready = true;
    await plotEverything();
    scene?.plotWhenSeen();
  });
}

document.documentElement.classList.remove("no-js");
start();
