// The pieces with which every page starts: Plotly, light and dark, the row that is open, the end of loading.

// Unpack Plotly from the page.
async function loadPlotly() {
  const packed = Uint8Array.from(atob(document.getElementById("plotly").textContent), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
}

// Light or dark, as the system says and at the button; `plotAgain` gets the further arguments of the function returned.
function makeTheme(plotAgain) {
  const root = document.documentElement, button = document.getElementById("theme");
  function theme(name, ...more) {
    root.dataset.theme = name;
    button.textContent = name === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-pressed", String(name === "dark"));
    plotAgain(...more);
  }
  const system = matchMedia("(prefers-color-scheme: dark)");
  const followSystem = () => theme(system.matches ? "dark" : "light");
  followSystem();
  system.addEventListener("change", followSystem);
  button.addEventListener("click", () => theme(root.dataset.theme === "dark" ? "light" : "dark"));
  return theme;
}

// Keep the open row in the address; with `scroll`, show its section.
function noteOpen(data, i, mark, section, scroll) {
  history.replaceState(null, "", `#${mark}-${data.row[i]}`);
  if (!scroll) return;
  const place = document.getElementById(section);
  place.focus({ preventScroll: true });
  place.scrollIntoView();
}

// Open the row in the address, otherwise the worst, and step through the rows in time from the one that `chosen` returns.
function openFirst(data, mark, chosen, open) {
  const count = data.row.length;
  function rowInAddress() {
    const [, number] = location.hash.match(new RegExp(`^#${mark}-(\\d+)$`)) ?? [];
    return data.row.indexOf(Number(number ?? -1));
  }
  const named = rowInAddress();
  const worst = Number(document.querySelector("#table tbody tr").dataset.i);
  open(named >= 0 ? named : worst, named >= 0);
  addEventListener("hashchange", () => {
    const i = rowInAddress();
    if (i >= 0) open(i, true);
  });
  const inTime = (step) => open((chosen() + step + count) % count, false);
  document.getElementById("previous").addEventListener("click", () => inTime(-1));
  document.getElementById("next").addEventListener("click", () => inTime(1));
}

// Once `loading` is done, plot; if either fails, say so above the tables.
function plotWhenLoaded(loading, plotFirst) {
  const root = document.documentElement;
  loading.then(plotFirst).then(() => { root.dataset.ready = "true"; }).catch((error) => {
    root.dataset.failed = String(error);
    const note = document.createElement("p");
    note.className = "warning";
    note.textContent = "The charts cannot be shown in this browser (2023 or later is needed); the tables are complete.";
    document.querySelector("main").prepend(note);
  });
}
