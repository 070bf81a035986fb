// The flat charts, by Plotly. Each function returns traces and a layout; `plot` displays them.

const KINDS = { debris: ["--debris", "circle"], "rocket body": ["--rocket-body", "square"], payload: ["--payload", "triangle-up"], unknown: ["--unknown", "diamond"] };

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function kindLook(kind) {
  const [name, symbol] = KINDS[kind] ?? KINDS.unknown;
  return { color: colour(name), symbol };
}

function axis(title, more = {}) {
  return { title: { text: title, standoff: 8 }, gridcolor: colour("--line"), linecolor: colour("--line"), zeroline: false, automargin: true, ...more };
}

// A power of ten as odds, in the words of the tables: "1 in 10,000", "1 in 1 million"; far below them as a power.
function oddsOf(power) {
  if (power >= 0) return "certain";
  if (power < -11) return `10<sup>−${-power}</sup>`;
  const [size, word] = power <= -9 ? [9, " billion"] : power <= -6 ? [6, " million"] : [0, ""];
  return `1 in ${(10 ** (-power - size)).toLocaleString("en")}${word}`;
}

// A logarithmic axis of probability between two powers of ten, with odds at whole ones.
function odds(low, high) {
  const step = Math.max(1, Math.ceil((high - low) / 6)), powers = [];
  for (let power = Math.ceil(low / step) * step; power <= high; power += step) powers.push(power);
  return { type: "log", range: [low, high], tickvals: powers.map((power) => Number(`1e${power}`)), ticktext: powers.map(oddsOf) };
}

// A logarithmic axis over these values: 1, 2, 5, 10, ... in full, where Plotly would write a bare 2 or 5.
function steps(values) {
  const positive = values.filter((value) => value > 0), tickvals = [];
  const low = Math.min(...positive), high = Math.max(...positive);
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); decade++) {
    for (const step of high / low < 300 ? [1, 2, 5] : [1]) tickvals.push(Number(`${step}e${decade}`));
  }
  return { type: "log", tickvals, ticktext: tickvals.map(String) };
}

function layout(more) {
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: colour("--ink"), size: 12 },
    margin: { l: 60, r: 14, t: 34, b: 46 }, legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 }, hovermode: "closest", ...more,
  };
}

function plot(id, traces, arrangement, words) {
  const place = document.getElementById(id);
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", words);
  return Plotly.react(place, traces, layout(arrangement), { displayModeBar: false, responsive: true });
}

// Names of objects go into hover texts, which interpret some tags: a name must not contain one.
function plain(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

// As debrissim.core.numbers.probability writes it.
function shortProbability(value) {
  return value === null ? "–" : value === 1 ? "1" : value < 1e-10 ? "< 1e-10" : value.toExponential(1).replace(".0e", "e");
}

function threshold(data) {
  return [["yellow", "dash"], ["red", "solid"]].map(([name, dash]) => ({
    type: "line", xref: "paper", x0: 0, x1: 1, y0: data[name], y1: data[name], line: { color: colour(`--${name}`), width: 1.5, dash },
    label: { text: name, textposition: "end", yanchor: "bottom", font: { size: 11, color: colour(`--${name}`) } },
  }));
}

function plotTimeline(data) {
  const c = data.columns;
  const floor = Math.min(1e-10, data.yellow / 100);
  const start = Date.parse(data.start_utc);
  const when = c.tca_s.map((s) => new Date(start + 1000 * s).toISOString().slice(0, 23));
  const rows = when.map((_, i) => i).filter((i) => c.collision_probability[i] !== null);
  const whiskers = { x: [], y: [], mode: "lines", line: { color: colour("--sky"), width: 1 }, opacity: 0.6, hoverinfo: "skip", name: "up to maximum Pc" };
  for (const i of rows) {
    if (c.maximum_probability[i] > floor) {
      whiskers.x.push(when[i], when[i], null);
      whiskers.y.push(Math.max(c.collision_probability[i], floor), c.maximum_probability[i], null);
    }
  }
  const traces = [whiskers];
  for (const kind of Object.keys(KINDS)) {
    const own = rows.filter((i) => c.object_kind[i] === kind);
    if (!own.length) continue;
    const { color, symbol } = kindLook(kind);
    traces.push({
      x: own.map((i) => when[i]), y: own.map((i) => Math.max(c.collision_probability[i], floor)), customdata: own, mode: "markers", name: kind, legendgroup: kind, showlegend: false,
      marker: {
        color, size: own.map((i) => (c.collision_probability[i] >= data.yellow ? 13 : 8)), opacity: own.map((i) => (c.collision_probability[i] < floor ? 0.35 : 1)), line: { width: 1.5, color },
        symbol: own.map((i) => (c.collision_probability[i] < floor ? "triangle-down-open" : symbol + (c.dilution[i] === "true" ? "-open" : ""))),
      },
      text: own.map((i) => `${plain(c.secondary_name[i])}<br>Pc ${shortProbability(c.collision_probability[i])}, max ${shortProbability(c.maximum_probability[i])}<br>miss ${data.words.miss[i]}`),
      hovertemplate: "%{text}<br>%{x|%Y-%m-%d %H:%M}<extra></extra>",
    });
    // The legend would show the mark of the first point, which may be hollow or a triangle.
    traces.push({ x: [null], y: [null], mode: "markers", name: kind, legendgroup: kind, marker: { color, symbol, size: 8 } });
  }
  // Names on the few that matter; the others have theirs under the pointer.
  const named = rows.filter((i) => c.collision_probability[i] >= data.yellow).sort((i, j) => c.collision_probability[j] - c.collision_probability[i]).slice(0, 5);
  const names = named.map((i) => ({
    x: when[i], y: Math.log10(c.collision_probability[i]), text: plain(c.secondary_name[i] || c.secondary_norad_id[i]), showarrow: false, yshift: 14, font: { size: 11 },
    xanchor: c.tca_s[i] < 43200 * data.span_days ? "left" : "right",
  }));
  const most = Math.max(10 * data.red, ...rows.map((i) => 2 * (c.maximum_probability[i] ?? 0)));
  const end = new Date(start + 86400000 * data.span_days).toISOString().slice(0, 23);
  return plot("timeline", traces, {
    xaxis: axis("time of closest approach (UTC)", { range: [new Date(start).toISOString().slice(0, 23), end] }),
    yaxis: axis("probability of collision", odds(Math.log10(floor / 3), Math.log10(Math.min(most, 1.5)))),
    shapes: threshold(data), annotations: names,
  }, `Collision probability of ${rows.length} encounters over ${data.span_days} days; the same numbers are in the table of encounters.`);
}

// The ellipse of one standard deviation: the columns of the root of the covariance, by its eigenvectors.
function ellipse(xx, xy, yy, sigma, x, y) {
  const mean = (xx + yy) / 2, part = Math.hypot((xx - yy) / 2, xy), angle = Math.atan2(2 * xy, xx - yy) / 2;
  const major = sigma * Math.sqrt(mean + part), minor = sigma * Math.sqrt(Math.max(mean - part, 0));
  const points = Array.from({ length: 73 }, (_, k) => (2 * Math.PI * k) / 72);
  return {
    x: points.map((t) => x + major * Math.cos(t) * Math.cos(angle) - minor * Math.sin(t) * Math.sin(angle)),
    y: points.map((t) => y + major * Math.cos(t) * Math.sin(angle) + minor * Math.sin(t) * Math.cos(angle)),
  };
}

function plotPlane(data, i) {
  const at = (name) => data.columns[name][i];
  const x = at("plane_miss_x_km"), y = at("plane_miss_y_km"), radius = at("hard_body_radius_m") / 1000;
  const [xx, xy, yy] = ["xx", "xy", "yy"].map((name) => at(`plane_covariance_${name}_km2`));
  const [primary, secondary] = ["primary", "secondary"].map((role) => plain(at(`${role}_name`) || at(`${role}_norad_id`)));
  const note = x === null ? [{ text: "no encounter plane", showarrow: false, xref: "paper", yref: "paper", x: 0.5, y: 0.5 }] : [];
  const traces = x === null ? [] : [
    ...[3, 2, 1].map((sigma) => ({ ...ellipse(xx, xy, yy, sigma, x, y), mode: "lines", fill: "toself", fillcolor: colour("--band"), line: { color: colour("--accent"), width: 1 }, name: "1, 2, 3 σ", legendgroup: "sigma", showlegend: sigma === 1, hoverinfo: "skip" })),
    { x: [0, x], y: [0, y], mode: "lines", line: { color: colour("--faint"), dash: "dot", width: 1 }, showlegend: false, hoverinfo: "skip" },
    { x: [0], y: [0], mode: "markers", marker: { symbol: "circle-open", size: 18, color: colour("--red"), line: { width: 1.5 } }, name: `hard body ${Number((1000 * radius).toPrecision(3))} m`, hoverinfo: "skip" },
    { x: [0], y: [0], mode: "markers", marker: { symbol: "cross-thin-open", size: 10, color: colour("--ink"), line: { width: 2 } }, name: primary, hoverinfo: "name" },
    { x: [x], y: [y], mode: "markers", marker: { size: 9, color: colour("--accent") }, name: secondary, hovertemplate: `%{x:.4g}, %{y:.4g} km<extra>${secondary}</extra>` },
  ];
  // Equal scales, so that lengths can be compared. At full length, an ellipse far longer than wide would look like a line: then
  // the view contains the hard body, the miss and the ellipse's width.
  const mean = (xx + yy) / 2, part = Math.hypot((xx - yy) / 2, xy);
  const major = Math.sqrt(mean + part), minor = Math.sqrt(Math.max(mean - part, 0)), long = major > 5 * minor;
  const half = Math.max(0.8 * Math.hypot(x, y), 4 * minor, 2 * radius);
  const view = (middle) => (long ? { range: [middle - half, middle + half] } : {});
  const circle = { type: "circle", x0: -radius, x1: radius, y0: -radius, y1: radius, line: { color: colour("--red"), width: 2 }, fillcolor: colour("--red") };
  return plot("plane", traces, {
    xaxis: axis("x (km)", view(x / 2)), yaxis: axis("y (km)", { ...view(y / 2), scaleanchor: "x" }),
    shapes: x === null ? [] : [circle], annotations: note,
  }, x === null ? "No encounter plane." : `Encounter plane: miss ${Math.hypot(x, y).toFixed(3)} km, hard body ${radius} km, standard deviations ${Math.sqrt(xx).toPrecision(3)} km in x and ${Math.sqrt(yy).toPrecision(3)} km in y.`);
}

function plotDilution(data, i) {
  const at = (name) => data.columns[name][i];
  const value = at("collision_probability"), most = at("maximum_probability"), factor = at("maximum_sigma_factor");
  const curve = data.dilution_log10[i].map((power) => (power === null ? null : 10 ** power));
  const low = Math.floor(Math.log10(Math.max(most ?? 0, 1e-190))) - 8;
  const traces = [{ x: data.scale, y: curve, mode: "lines", line: { color: colour("--accent"), width: 2 }, name: "Pc", hovertemplate: "×%{x:.3g}: %{y:.2e}<extra></extra>" }];
  if (most > 0 && factor > 0) traces.push({ x: [factor], y: [most], mode: "markers", marker: { symbol: "diamond-open", size: 12, color: colour("--accent"), line: { width: 2 } }, name: `maximum ${shortProbability(most)} at ×${factor.toPrecision(2)}` });
  const seen = value > 10 ** low;
  traces.push({ x: [1], y: [seen ? value : 10 ** (low + 0.3)], mode: "markers", marker: { size: 11, symbol: seen ? "circle" : "triangle-down-open", color: colour("--ink") }, name: `this encounter ${shortProbability(value)}` });
  return plot("dilution", traces, {
    xaxis: axis("factor on every standard deviation", { type: "log", range: [-2, 3], dtick: 1, exponentformat: "none" }),
    yaxis: axis("probability of collision", odds(low, Math.min(Math.log10(Math.max(most ?? 0, data.red)) + 1, 0.2))),
    shapes: [...threshold(data), { type: "rect", yref: "paper", y0: 0, y1: 1, x0: 0.5, x1: 2, fillcolor: colour("--band"), line: { width: 0 }, layer: "below" },
      ...(factor > 0 && factor < 1000 ? [{ type: "rect", yref: "paper", y0: 0, y1: 1, x0: factor, x1: 1000, fillcolor: colour("--shade"), line: { width: 0 }, layer: "below" }] : [])],
  }, `Dilution curve: Pc ${shortProbability(value)}, maximum ${shortProbability(most)} where every standard deviation is multiplied by ${factor === null ? "no factor" : factor.toPrecision(3)}.`);
}

function plotRange(data, i) {
  const [r, t, n] = data.track_rtn_km[i];
  const distance = r.map((_, k) => (r[k] === null ? null : Math.hypot(r[k], t[k], n[k])));
  const line = (y, name, color, dash, axisName) => ({ x: data.track_time_s, y, name, mode: "lines", line: { color: colour(color), dash, width: 2 }, yaxis: axisName, hovertemplate: `%{x:.2f} s: %{y:.4g} km<extra>${name}</extra>` });
  return plot("range", [line(distance, "distance", "--ink", "solid", "y2"), line(r, "radial", "--debris", "solid", "y"), line(t, "transverse", "--rocket-body", "dash", "y"), line(n, "normal", "--payload", "dashdot", "y")], {
    xaxis: axis("time from TCA (s)", { anchor: "y" }), yaxis: axis("RTN (km)", { domain: [0, 0.45] }), yaxis2: axis("distance (km)", { domain: [0.55, 1], ...steps(distance) }),
  }, `Distance and its components a minute before and after closest approach: at TCA ${data.columns.miss_distance_km[i].toFixed(3)} km.`);
}

function plotDirection(data, i) {
  const c = data.columns;
  const known = c.approach_azimuth_deg.map((_, k) => k).filter((k) => c.approach_azimuth_deg[k] !== null);
  const own = known.includes(i) ? [i] : [];
  const points = (rows, more) => ({ type: "scatterpolar", mode: "markers", theta: rows.map((k) => c.approach_azimuth_deg[k]), r: rows.map((k) => c.relative_speed_km_s[k]), ...more });
  return plot("direction", [
    points(known, { name: data.directions, marker: { size: 5, color: colour("--sky"), opacity: 0.55 }, hovertemplate: "%{r:.1f} km/s from %{theta:.0f}°<extra></extra>" }),
    { type: "scatterpolar", mode: "lines", theta: own.flatMap((k) => [0, c.approach_azimuth_deg[k]]), r: own.flatMap((k) => [0, c.relative_speed_km_s[k]]), line: { color: colour("--red"), width: 3 }, showlegend: false, hoverinfo: "skip" },
    ...(data.sampled ? [] : [points(own, { name: own.length ? `this one, elevation ${Number(c.approach_elevation_deg[i].toFixed(1)) + 0}°` : "this one: no direction", marker: { size: 12, color: colour("--red") } })]),
  ], {
    margin: { l: 62, r: 62, t: 30, b: 50 }, legend: { orientation: "h", y: -0.12, yanchor: "top", x: 0 },
    polar: {
      bgcolor: "rgba(0,0,0,0)", angularaxis: { direction: "clockwise", rotation: 90, tickvals: [0, 45, 90, 135, 180, 225, 270, 315], ticktext: ["ahead", "", "starboard", "", "behind", "", "port", ""], gridcolor: colour("--line"), linecolor: colour("--line") },
      radialaxis: { ticksuffix: " km/s", gridcolor: colour("--line"), angle: 45, tickangle: 45, nticks: 4, rangemode: "tozero" },
    },
  }, data.sampled ? `Directions and speeds of ${data.directions}.` : own.length ? `It comes from azimuth ${c.approach_azimuth_deg[i].toFixed(0)} degrees, 0 ahead and 90 starboard, elevation ${c.approach_elevation_deg[i].toFixed(0)} degrees, at ${c.relative_speed_km_s[i].toFixed(1)} km/s.` : "No direction of approach.");
}

function plotSpeeds(data) {
  const counts = data.speed_counts;
  return plot("speeds", [{ type: "bar", x: counts.map((_, k) => k + 0.5), y: counts, width: 1, marker: { color: colour("--accent"), line: { color: colour("--page"), width: 1 } }, hovertemplate: "%{x:.0f} km/s: %{y}<extra></extra>" }], {
    xaxis: axis("relative speed (km/s)", { range: [0, counts.length], dtick: 2 }), yaxis: axis("approaches"), showlegend: false,
  }, "Number of sampled approaches by relative speed.");
}
