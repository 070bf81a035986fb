"use strict";
// The table of encounters: the rows are in the page already; here they are sorted, filtered and cut.

// Fewer on a phone, where a row is a card.
const ROWS_AT_FIRST = matchMedia("(max-width: 640px)").matches ? 10 : 25;

function makeTable(data, open) {
  const table = document.getElementById("table");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const more = document.getElementById("more");
  const words = rows.map((row) => [...row.cells].slice(0, 4).map((cell) => cell.textContent).join(" ").toLowerCase());
  const state = { key: "collision_probability", down: true, all: false };

  // Among equal values, the one with the higher maximum comes first, then the closer one.
  const maximum = data.columns.maximum_probability, miss = data.columns.miss_distance_km;
  function compare(i, j) {
    const column = data.columns[state.key];
    const a = column[i], b = column[j];
    if (a !== b) {
      if (a === null || a === "") return 1;
      if (b === null || b === "") return -1;
      const order = typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;
      return state.down ? -order : order;
    }
    return (maximum[j] ?? -1) - (maximum[i] ?? -1) || miss[i] - miss[j];
  }

  function fits(i, search, kind, primary, minimum) {
    return (!kind || data.columns.object_kind[i] === kind)
      && (!primary || data.columns.primary_norad_id[i] === primary || data.columns.secondary_norad_id[i] === primary)
      && (data.columns.collision_probability[i] ?? -1) >= minimum
      && search.every((word) => words[i].includes(word));
  }

  function show() {
    const search = document.getElementById("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = document.getElementById("kind")?.value, primary = document.getElementById("primary")?.value;
    const minimum = { yellow: data.yellow, red: data.red }[document.getElementById("level").value] ?? -1;
    const found = rows.map((_, i) => i).filter((i) => fits(i, search, kind, primary, minimum)).sort(compare);
    const shown = state.all ? found : found.slice(0, ROWS_AT_FIRST);
    body.replaceChildren(...shown.map((i) => rows[i]));
    document.getElementById("shown").textContent =
      `${shown.length} shown of ${found.length === rows.length ? "" : `${found.length} found of `}${rows.length}`;
    more.hidden = shown.length === found.length;
    more.textContent = `Show all ${found.length}`;
    for (const head of table.tHead.rows[0].cells) {
      if (head.dataset.key === state.key) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  }

  table.tHead.addEventListener("click", (event) => {
    const head = event.target.closest("th");
    if (!head) return;
    const same = head.dataset.key === state.key;
    // Probabilities and speeds start with the largest, times and names in ascending order.
    state.down = same ? !state.down : /probability|speed|age/.test(head.dataset.key);
    state.key = head.dataset.key;
    show();
  });
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (row) open(Number(row.dataset.i), true);
  });
  for (const id of ["search", "primary", "kind", "level"]) document.getElementById(id)?.addEventListener("input", show);
  more.addEventListener("click", () => { state.all = true; show(); });
  show();
  return {
    mark(i) {
      for (const row of rows) row.removeAttribute("aria-current");
      rows[i].setAttribute("aria-current", "true");
    },
  };
}
