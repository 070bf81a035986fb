// The view in space: the Earth with day and night, the primary's orbit, the secondary's arc, and where both are at the
// sliders' time.

const EARTH_KM = 6378.137;
// Just above the surface, so that the lines of the coasts are in front of it.
const COAST_KM = 1.004 * EARTH_KM;

function earthMesh() {
  const steps = (count, from, to) => Array.from({ length: count }, (_, k) => from + ((to - from) * k) / (count - 1));
  const latitudes = steps(37, -Math.PI / 2, Math.PI / 2), longitudes = steps(73, 0, 2 * Math.PI);
  const nodes = latitudes.flatMap((b) => longitudes.map((l) => [Math.cos(b) * Math.cos(l), Math.cos(b) * Math.sin(l), Math.sin(b)]));
  // A mesh of triangles: a surface would be recomputed, in a tenth of a second, whenever a slider moves.
  const corners = [[], [], []];
  for (let row = 0; row < latitudes.length - 1; row++) {
    for (let column = 0; column < longitudes.length - 1; column++) {
      const here = row * longitudes.length + column, above = here + longitudes.length;
      [[here, here + 1, above + 1], [here, above + 1, above]].forEach((three) => three.forEach((node, k) => corners[k].push(node)));
    }
  }
  return { nodes, corners };
}

// 0 at night, 1 by day, with a twilight while the Sun is within 6 degrees of the horizon.
function daylight(nodes, sun) {
  return nodes.map((node) => {
    const height = node[0] * sun[0] + node[1] * sun[1] + node[2] * sun[2];
    return Math.max(0, Math.min(1, 0.5 + height / (2 * Math.sin(Math.PI / 30))));
  });
}

// Earth-fixed points of the coasts on a sphere, null between two lines.
function coastPoints(coasts) {
  const points = [];
  for (const line of coasts) {
    for (let k = 0; k < line.length; k += 2) {
      const l = (line[k] * Math.PI) / 180, b = (line[k + 1] * Math.PI) / 180;
      points.push([COAST_KM * Math.cos(b) * Math.cos(l), COAST_KM * Math.cos(b) * Math.sin(l), COAST_KM * Math.sin(b)]);
    }
    points.push(null);
  }
  return points;
}

function turned(points, angle) {
  const cos = Math.cos(angle), sin = Math.sin(angle);
  return [
    points.map((p) => (p === null ? null : cos * p[0] - sin * p[1])),
    points.map((p) => (p === null ? null : sin * p[0] + cos * p[1])),
    points.map((p) => (p === null ? null : p[2])),
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
  const place = document.getElementById("globe");
  const c = data.columns;
  const state = { i: 0, minutes: 0, others: false };
  const mesh = earthMesh(), coasts = coastPoints(data.coasts_deg);
  // The trace numbers that follow the sliders: coasts, orbit, arc, primary, secondary.
  const MOVING = [1, 2, 3, 4, 5];
  let isPlotted = false;

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
    // A slow orbit is not completed in the ten minutes, and a fast one is limited to half of it.
    const primary = between(data.orbit_fraction, data.orbit_km[i], Math.max(-0.5, Math.min(0.5, fraction)));
    const angle = data.earth_angle_rad[i] + 60 * minutes * data.earth_turn_rad_s;
    return [turned(coasts, angle), data.orbit_km[i], data.arc_km[i], primary.map((v) => [v]), between(data.arc_time_s, data.arc_km[i], 60 * minutes).map((v) => [v])];
  }

  const lit = () => daylight(mesh.nodes, data.sun[state.i]);

  function otherTraces() {
    const traces = [];
    for (const kind of Object.keys(KINDS)) {
      const [x, y, z] = ofKind(kind);
      if (x.length) traces.push({ type: "scatter3d", mode: "lines", x, y, z, name: kind, opacity: 0.45, line: { color: kindLook(kind).color, width: 2 }, hoverinfo: "skip" });
    }
    const middle = (data.arc_time_s.length - 1) / 2;
    const seen = data.arc_km.map((_, i) => i).filter((i) => data.arc_km[i][0][0] !== null);
    traces.push({
      type: "scatter3d", mode: "markers", name: "all encounters", customdata: seen, x: seen.map((i) => data.arc_km[i][0][middle]), y: seen.map((i) => data.arc_km[i][1][middle]), z: seen.map((i) => data.arc_km[i][2][middle]),
      marker: { size: 3, color: colour("--ink") }, text: seen.map((i) => plain(c.secondary_name[i])), hovertemplate: "%{text}<extra></extra>",
    });
    return traces;
  }

  function traces() {
    const [coast, orbit, arc, primary, secondary] = places();
    const names = ["primary", "secondary"].map((role) => plain(c[`${role}_name`][state.i] || c[`${role}_norad_id`][state.i]));
    const [x, y, z] = [0, 1, 2].map((k) => mesh.nodes.map((node) => EARTH_KM * node[k]));
    const curve = ([x, y, z], name, color, width, more) => ({ type: "scatter3d", mode: "lines", x, y, z, name, line: { color: colour(color), width }, hoverinfo: "skip", ...more });
    const dot = ([x, y, z], name, color, symbol) => ({ type: "scatter3d", mode: "markers", x, y, z, name, marker: { size: 7, color: colour(color), symbol, line: { color: colour("--page"), width: 1 } }, hoverinfo: "name" });
    return [
      {
        type: "mesh3d", x, y, z, i: mesh.corners[0], j: mesh.corners[1], k: mesh.corners[2], intensity: lit(), cmin: 0, cmax: 1, showscale: false, hoverinfo: "skip",
        colorscale: [[0, colour("--night")], [1, colour("--earth")]], lighting: { ambient: 1, diffuse: 0, specular: 0, fresnel: 0 },
      },
      curve(coast, "coasts", "--coast", 2, { showlegend: false }),
      curve(orbit, "primary's orbit", "--ink", 3, { showlegend: false }), curve(arc, "secondary's arc", "--red", 6, { showlegend: false }),
      dot(primary, names[0], "--ink", "diamond"), dot(secondary, names[1], "--red", "circle"),
      ...(state.others ? otherTraces() : []),
    ];
  }

  async function plotAll() {
    const hidden = { visible: false, showspikes: false };
    await plot("globe", traces(), {
      margin: { l: 0, r: 0, t: 30, b: 0 }, uirevision: "kept",
      scene: { xaxis: hidden, yaxis: hidden, zaxis: hidden, aspectmode: "data", dragmode: "orbit", camera: camera(), uirevision: "kept" },
    }, "The Earth with its coasts, day and night; the primary's orbit, and the secondary's path ten minutes before and after closest approach. The arrow keys turn it. The table of encounters holds the numbers.");
    isPlotted = true;
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
    if (waiting || !isPlotted) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const p = places();
      Plotly.restyle(place, { x: p.map((q) => q[0]), y: p.map((q) => q[1]), z: p.map((q) => q[2]) }, MOVING);
    });
  }

  function say() {
    const at = new Date(Date.parse(data.start_utc) + 1000 * c.tca_s[state.i] + 60000 * state.minutes);
    document.getElementById("when").textContent = `${at.toISOString().slice(0, 19).replace("T", " ")} UTC, ${c.secondary_name[state.i]}, ${state.minutes >= 0 ? "+" : "−"}${Math.abs(state.minutes).toFixed(2)} min`;
  }

  const which = document.getElementById("which"), minutes = document.getElementById("minutes"), play = document.getElementById("play");
  which.addEventListener("input", () => open(Number(which.value), false));
  minutes.addEventListener("input", () => { state.minutes = Number(minutes.value); move(); });
  document.getElementById("arcs").addEventListener("input", (event) => { state.others = event.target.checked; replot(); });
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

  const replot = () => { if (isPlotted) plotAll(); };

  // The arrow keys turn the view like a mouse.
  const TURNS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  place.addEventListener("keydown", (event) => {
    const [around, up] = TURNS[event.key] ?? [0, 0];
    if (!isPlotted || (!around && !up)) return;
    event.preventDefault();
    const { x, y, z } = place._fullLayout.scene._scene.getCamera().eye;
    const length = Math.hypot(x, y, z), angle = Math.atan2(y, x) + around * Math.PI / 12;
    const height = Math.max(-1.5, Math.min(1.5, Math.asin(z / length) + up * Math.PI / 12));
    const eye = { x: length * Math.cos(height) * Math.cos(angle), y: length * Math.cos(height) * Math.sin(angle), z: length * Math.sin(height) };
    Plotly.relayout(place, { "scene.camera": { eye, up: { x: 0, y: 0, z: 1 } } });
  });

  async function plotFirst() {
    try {
      await plotAll();
      place.on("plotly_click", (event) => { const i = event.points[0].customdata; if (Number.isInteger(i)) open(i, true); });
    } catch (error) {
      document.querySelector(".needs-webgl").hidden = false;
    }
  }

  return {
    replot,
    // It takes longer to plot than everything else and is far down the page, so it waits until it is nearly visible.
    plotWhenSeen() {
      const seen = new IntersectionObserver((entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        seen.disconnect();
        plotFirst();
      }, { rootMargin: "300px" });
      seen.observe(place);
    },
    choose(i) {
      Object.assign(state, { i, minutes: 0 });
      which.value = i;
      which.setAttribute("aria-valuetext", `${c.secondary_name[i]}, ${c.tca_utc[i]}`);
      minutes.value = 0;
      say();
      replot();
    },
  };
}
