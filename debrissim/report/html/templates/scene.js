// The view in space: the Earth, the primary's orbit, the secondaries' arcs, and where both are at the sliders' time.

const EARTH_KM = 6378.137;

function earth() {
  const steps = (count, from, to) => Array.from({ length: count }, (_, k) => from + ((to - from) * k) / (count - 1));
  const latitudes = steps(25, -Math.PI / 2, Math.PI / 2), longitudes = steps(49, 0, 2 * Math.PI);
  const point = (b, l, r) => [r * Math.cos(b) * Math.cos(l), r * Math.cos(b) * Math.sin(l), r * Math.sin(b)];
  const nodes = latitudes.flatMap((b) => longitudes.map((l) => point(b, l, EARTH_KM)));
  // A mesh of triangles: a surface would be worked out anew, for a tenth of a second, whenever a slider moves.
  const corners = [[], [], []];
  for (let row = 0; row < latitudes.length - 1; row++) {
    for (let column = 0; column < longitudes.length - 1; column++) {
      const here = row * longitudes.length + column, above = here + longitudes.length;
      [[here, here + 1, above + 1], [here, above + 1, above]].forEach((three) => three.forEach((node, k) => corners[k].push(node)));
    }
  }
  const lines = [[], [], []];
  const push = (p) => p.forEach((value, k) => lines[k].push(value));
  for (const b of steps(5, -Math.PI / 3, Math.PI / 3)) { longitudes.forEach((l) => push(point(b, l, 1.003 * EARTH_KM))); push([null, null, null]); }
  for (const l of steps(13, 0, 2 * Math.PI)) { latitudes.forEach((b) => push(point(b, l, 1.003 * EARTH_KM))); push([null, null, null]); }
  const [x, y, z] = [0, 1, 2].map((k) => nodes.map((node) => node[k]));
  return [
    { type: "mesh3d", x, y, z, i: corners[0], j: corners[1], k: corners[2], color: colour("--earth"), hoverinfo: "skip", lighting: { ambient: 0.92, diffuse: 0.2, specular: 0.05, roughness: 1 } },
    { type: "scatter3d", mode: "lines", x: lines[0], y: lines[1], z: lines[2], line: { color: colour("--graticule"), width: 1 }, hoverinfo: "skip", showlegend: false },
  ];
}

// Between two nodes of a curve [[x...], [y...], [z...]] with rising abscissae: a straight piece.
function between(abscissae, curve, at) {
  if (curve[0][0] === null) return [null, null, null];
  let k = abscissae.findIndex((value) => value >= at);
  k = Math.max(1, k < 0 ? abscissae.length - 1 : k);
  const fraction = (at - abscissae[k - 1]) / (abscissae[k] - abscissae[k - 1]);
  return curve.map((values) => values[k - 1] + fraction * (values[k] - values[k - 1]));
}

function makeScene(data, open) {
  const place = document.getElementById("scene");
  const c = data.columns;
  const state = { i: 0, minutes: 0, arcs: true };
  // The trace numbers that follow the sliders: orbit, arc, primary, secondary.
  let moving = [];

  function ofKind(kind) {
    const xyz = [[], [], []];
    data.arc_km.forEach((arc, i) => {
      if (c.object_kind[i] !== kind || arc[0][0] === null) return;
      arc.forEach((values, k) => xyz[k].push(...values, null));
    });
    return xyz;
  }

  function places() {
    const { i, minutes } = state;
    const fraction = (60 * minutes) / data.orbit_period_s[i];
    // A slow orbit is not finished in the ten minutes, a fast one is never longer than its half.
    const primary = between(data.orbit_fraction, data.orbit_km[i], Math.max(-0.5, Math.min(0.5, fraction)));
    return [data.orbit_km[i], data.arc_km[i], primary.map((v) => [v]), between(data.arc_time_s, data.arc_km[i], 60 * minutes).map((v) => [v])];
  }

  function plotAll() {
    const traces = earth();
    if (state.arcs) {
      for (const kind of Object.keys(KINDS)) {
        const [x, y, z] = ofKind(kind);
        if (x.length) traces.push({ type: "scatter3d", mode: "lines", x, y, z, name: kind, opacity: 0.45, line: { color: kindLook(kind).color, width: 2 }, hoverinfo: "skip" });
      }
    }
    const middle = (data.arc_time_s.length - 1) / 2;
    const seen = data.arc_km.map((_, i) => i).filter((i) => data.arc_km[i][0][0] !== null);
    traces.push({
      type: "scatter3d", mode: "markers", name: "encounters", customdata: seen, x: seen.map((i) => data.arc_km[i][0][middle]), y: seen.map((i) => data.arc_km[i][1][middle]), z: seen.map((i) => data.arc_km[i][2][middle]),
      marker: { size: 3, color: colour("--ink") }, text: seen.map((i) => plain(c.secondary_name[i])), hovertemplate: "%{text}<extra></extra>",
    });
    const base = traces.length;
    const [orbit, arc, primary, secondary] = places();
    const curve = ([x, y, z], name, color, width) => ({ type: "scatter3d", mode: "lines", x, y, z, name, line: { color: colour(color), width }, hoverinfo: "skip" });
    const dot = ([x, y, z], name, color, symbol) => ({ type: "scatter3d", mode: "markers", x, y, z, name, marker: { size: 7, color: colour(color), symbol, line: { color: colour("--page"), width: 1 } }, hoverinfo: "name" });
    traces.push(curve(orbit, "primary's orbit", "--ink", 3), curve(arc, "secondary's arc", "--red", 6), dot(primary, "primary", "--ink", "diamond"), dot(secondary, "secondary", "--red", "circle"));
    moving = [base, base + 1, base + 2, base + 3];
    const hidden = { visible: false, showspikes: false };
    return plot("scene", traces, {
      margin: { l: 0, r: 0, t: 30, b: 0 }, uirevision: "kept",
      scene: { xaxis: hidden, yaxis: hidden, zaxis: hidden, aspectmode: "data", dragmode: "orbit", camera: camera(), uirevision: "kept" },
    }, "Earth, the primary's orbit and the paths of the secondaries ten minutes before and after closest approach. The table of encounters holds the numbers.");
  }

  // From the side of the chosen encounter.
  function camera() {
    const at = data.orbit_km[state.i].map((values) => values[(data.orbit_fraction.length - 1) / 2]);
    const length = Math.hypot(...at) || 1;
    const [x, y, z] = at[0] === null ? [1, 1, 0.6] : at.map((v) => (1.35 * v) / length);
    return { eye: { x: x + 0.35 * y, y: y - 0.35 * x, z: z + 0.35 }, up: { x: 0, y: 0, z: 1 } };
  }

  let waiting = false;
  function move() {
    say();
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const p = places();
      Plotly.restyle(place, { x: p.map((q) => q[0]), y: p.map((q) => q[1]), z: p.map((q) => q[2]) }, moving);
    });
  }

  function say() {
    const at = new Date(Date.parse(data.start_utc) + 1000 * c.tca_s[state.i] + 60000 * state.minutes);
    document.getElementById("when").textContent = `${at.toISOString().slice(0, 19).replace("T", " ")} UTC, ${c.secondary_name[state.i]}, ${state.minutes >= 0 ? "+" : "−"}${Math.abs(state.minutes).toFixed(2)} min`;
  }

  const which = document.getElementById("which"), minutes = document.getElementById("minutes"), play = document.getElementById("play");
  which.addEventListener("input", () => open(Number(which.value), false));
  minutes.addEventListener("input", () => { state.minutes = Number(minutes.value); move(); });
  document.getElementById("arcs").addEventListener("input", (event) => { state.arcs = event.target.checked; plotAll(); });
  let timer = null;
  function stop() { clearInterval(timer); timer = null; play.textContent = "Play"; }
  play.addEventListener("click", () => {
    if (timer) { stop(); return; }
    play.textContent = "Stop";
    if (state.minutes >= 10) state.minutes = -10;
    timer = setInterval(() => {
      state.minutes = Math.min(10, state.minutes + 0.1);
      minutes.value = state.minutes;
      move();
      if (state.minutes >= 10) stop();
    }, 60);
  });

  return {
    plotAll,
    choose(i) {
      Object.assign(state, { i, minutes: 0 });
      which.value = i;
      which.setAttribute("aria-valuetext", `${c.secondary_name[i]}, ${c.tca_utc[i]}`);
      minutes.value = 0;
      if (moving.length) { move(); Plotly.relayout(place, { "scene.camera": camera() }); } else say();
    },
    listen() {
      place.on("plotly_click", (event) => { const i = event.points[0].customdata; if (Number.isInteger(i)) open(i, true); });
    },
  };
}
