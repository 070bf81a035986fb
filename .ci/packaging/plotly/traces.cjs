// The kinds of trace that report.html uses. `scatter` is part of Plotly's core.
const Plotly = require("plotly.js/lib/core");

Plotly.register([
  require("plotly.js/lib/bar"),
  require("plotly.js/lib/scatterpolar"),
  require("plotly.js/lib/scatter3d"),
  require("plotly.js/lib/mesh3d"),
]);

module.exports = Plotly;
