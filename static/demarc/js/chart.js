// Charts drawn from tables: a figure.chart[data-chart] holds a table in a details element. Without
// scripts the table is what there is; with them it is drawn as bars and folded away below.
// Column heads with data-series are drawn, one on the other; cells carry numbers in data-value; a
// row with data-mark ("generated") stands on a hatched ground that is named.
/* global uPlot */
const HEIGHT = 240; // CSS pixels
const TICK_SPACE = 34; // CSS pixels that a label of the lower axis needs
const charts = new Map(); // figure -> what is drawn in it

// A canvas knows no custom properties and no light-dark(): let the browser resolve them.
function colours(figure, names) {
  const probe = document.createElement("span");
  figure.append(probe);
  const found = names.map((name) => {
    probe.className = `ink-${name}`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return found;
}

function read(figure) {
  const table = figure.querySelector("table");
  const heads = [...table.tHead.rows[0].cells];
  const columns = heads.map((head, at) => ({ head, at })).filter(({ head }) => head.dataset.series);
  const rows = [...table.tBodies[0].rows];
  const number = (cell) => (cell.dataset.value === "" ? null : Number(cell.dataset.value));
  return {
    labels: rows.map((row) => row.cells[0].dataset.short ?? row.cells[0].textContent.trim()),
    marks: rows.map((row) => row.dataset.mark ?? ""),
    names: columns.map(({ head }) => head.textContent.trim()),
    inks: columns.map(({ head }) => head.dataset.series),
    values: columns.map(({ at }) => rows.map((row) => number(row.cells[at]))),
    said: rows.map((row) => say(heads, row)),
  };
}

// One row as a sentence; what is empty or a dash is left out.
function say(heads, row) {
  const parts = [...row.cells].slice(1).flatMap((cell, at) => {
    const text = cell.textContent.trim();
    return text && text !== "–" ? [`${heads[at + 1].textContent.trim()} ${text}`] : [];
  });
  return `${row.cells[0].textContent.trim()}: ${parts.join(", ") || "nothing"}`;
}

// Sums from below, the highest first: it is drawn first and the others before it.
function stacked(values) {
  const sums = [];
  values.forEach((series, at) => {
    sums.push(series.map((value, day) => (value === null ? null : value + (sums[at - 1]?.[day] ?? 0))));
  });
  return sums.reverse();
}

function hatch(context, colour) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.strokeStyle = colour;
  pen.beginPath();
  pen.moveTo(-2, 10);
  pen.lineTo(10, -2);
  pen.moveTo(-2, 2);
  pen.lineTo(2, -2);
  pen.moveTo(6, 10);
  pen.lineTo(10, 6);
  pen.stroke();
  return context.createPattern(tile, "repeat");
}

// Runs of rows that are marked alike: the mark, and where it begins and ends on the canvas.
function marked(chart, marks) {
  const runs = [];
  let from = 0;
  marks.forEach((mark, at) => {
    if (mark === marks[at + 1]) return;
    const edge = (row) => chart.valToPos(row + 0.5, "x", true);
    if (mark) runs.push({ mark, left: edge(from), width: edge(at + 1) - edge(from) });
    from = at + 1;
  });
  return runs;
}

// The ground below rows that are marked; it lies under the lines of the scale.
function ground(chart, content, line) {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.fillStyle = hatch(ctx, line);
  for (const { left, width } of marked(chart, content.marks)) {
    ctx.fillRect(left, bbox.top, width, bbox.height);
  }
  ctx.restore();
}

// Its name, once a run, over everything else.
function naming(chart, content, ink, surface) {
  const { ctx, bbox } = chart;
  const px = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * px}px ${getComputedStyle(chart.root).fontFamily}`;
  ctx.textBaseline = "top";
  ctx.textAlign = "left";
  for (const { mark, left, width } of marked(chart, content.marks)) {
    const size = ctx.measureText(mark).width;
    if (size + 16 * px > width) continue;
    ctx.fillStyle = surface;
    ctx.fillRect(left + 4 * px, bbox.top + px, size + 8 * px, 16 * px);
    ctx.fillStyle = ink;
    ctx.fillText(mark, left + 8 * px, bbox.top + 4 * px);
  }
  ctx.restore();
}

function options(figure, content, width, readOut) {
  const { before = "", after = "" } = figure.dataset;
  const [line, ink, surface] = colours(figure, ["line", "muted", "surface"]);
  const fills = colours(figure, content.inks).reverse();
  const days = content.labels.length;
  const every = Math.max(1, Math.ceil((days * TICK_SPACE) / width));
  const font = `11px ${getComputedStyle(figure).fontFamily}`;
  const axis = { stroke: ink, font, ticks: { show: false }, border: { show: false } };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    padding: [12, 12, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: false, range: [0.5, days + 0.5] },
      y: { range: (_, low, high) => [0, high > 0 ? high * 1.1 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        splits: () => content.labels.map((_, at) => at + 1).filter((day) => (day - 1) % every === 0),
        values: (_, splits) => splits.map((day) => content.labels[day - 1]),
      },
      {
        ...axis,
        grid: { stroke: line, width: 1 },
        size: 58,
        values: (_, splits) => splits.map((value) => `${before}${Number(value.toPrecision(6))}${after}`),
      },
    ],
    series: [
      {},
      ...fills.map((fill) => ({
        fill,
        stroke: surface,
        width: 1,
        points: { show: false },
        paths: uPlot.paths.bars({ size: [0.72, 40] }),
      })),
    ],
    hooks: {
      drawClear: [(chart) => ground(chart, content, line)],
      draw: [(chart) => naming(chart, content, ink, surface)],
      setCursor: [(chart) => readOut(chart.cursor.idx)],
    },
  };
}

function draw(figure) {
  const stage = figure.querySelector(".chart-stage");
  const shown = figure.querySelector(".chart-said");
  const content = read(figure);
  const days = content.labels.map((_, at) => at + 1);
  const silent = shown.dataset.hint;
  const readOut = (at) => {
    shown.textContent = at == null ? silent : content.said[at];
  };
  charts.get(figure)?.destroy();
  const width = Math.floor(stage.clientWidth);
  if (!width || !days.length) return;
  const chart = new uPlot(options(figure, content, width, readOut), [days, ...stacked(content.values)], stage);
  charts.set(figure, chart);
  readOut(null);
}

// Arrow keys walk from day to day; what the day holds is written below and said.
function walk(event) {
  const figure = event.target.closest?.(".chart");
  const chart = charts.get(figure);
  if (!chart || !event.target.matches(".chart-stage")) return;
  const last = chart.data[0].length - 1;
  const at = chart.cursor.idx;
  const to = {
    ArrowLeft: Math.max((at ?? last + 1) - 1, 0),
    ArrowRight: Math.min((at ?? -1) + 1, last),
    Home: 0,
    End: last,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  figure.querySelector(".chart-said").setAttribute("aria-live", "polite");
  chart.setCursor({ left: chart.valToPos(to + 1, "x"), top: 0 });
}

function leave(event) {
  const figure = event.target.closest?.(".chart");
  if (!charts.has(figure)) return;
  figure.querySelector(".chart-said").setAttribute("aria-live", "off");
  charts.get(figure).setCursor({ left: -10, top: -10 });
}

const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const figure = target.closest(".chart");
    if (charts.get(figure)?.width !== Math.floor(target.clientWidth)) draw(figure);
  }
});

function start() {
  for (const figure of charts.keys()) {
    if (!figure.isConnected) charts.delete(figure);
  }
  for (const figure of document.querySelectorAll("figure.chart:not([data-drawn])")) {
    figure.dataset.drawn = "";
    figure.querySelector("details").open = false;
    draw(figure);
    widths.observe(figure.querySelector(".chart-stage"));
  }
}

document.addEventListener("keydown", walk);
document.addEventListener("focusout", leave);
document.addEventListener("htmx:afterSettle", start);
new MutationObserver(() => [...charts.keys()].forEach(draw)).observe(document.documentElement, {
  attributeFilter: ["data-bs-theme"],
});
start();
