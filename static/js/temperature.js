// A chart that can be looked into, in the place of the picture that the page came with.
// The server thins the readings out by the lowest and highest of each column; whoever looks closer gets more of them.

const INK = "#1b1f24";
const FAINT = "#5b6470";
const LIMIT = "#2f6f4a";
const OUT = "#b3261e";
const DASHES = [[], [7, 3], [2, 3], [10, 3, 2, 3]];
const HEIGHT = 340;
// As uPlot wants it: the step in seconds, how a moment is written, and what is added where year, month or day change.
const TIMES = [
  [364 * 86400, "{YYYY}", null, null, null, null, null, null, 1],
  [27 * 86400, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [86400, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [60, "{HH}:{mm}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
  [1, "{HH}:{mm}:{ss}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
];

function limits(data) {
  return data.stored.flat().filter((centi) => centi !== null);
}

function hatching(context) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.strokeStyle = FAINT;
  pen.beginPath();
  pen.moveTo(-2, 2);
  pen.lineTo(2, -2);
  pen.moveTo(0, 8);
  pen.lineTo(8, 0);
  pen.moveTo(6, 10);
  pen.lineTo(10, 6);
  pen.stroke();
  return context.createPattern(tile, "repeat");
}

function stretches(plot, spans, fill, alpha, edge) {
  const { ctx, bbox } = plot;
  ctx.globalAlpha = alpha;
  ctx.fillStyle = fill;
  spans.forEach(([from, to]) => {
    const left = Math.max(plot.valToPos(from, "x", true), bbox.left);
    const right = Math.min(plot.valToPos(to, "x", true), bbox.left + bbox.width);
    if (right < bbox.left || left > bbox.left + bbox.width) return;
    const box = [left, bbox.top, Math.max(right - left, 3), bbox.height];
    ctx.fillRect(...box);
    if (edge) {
      ctx.globalAlpha = 1;
      ctx.strokeStyle = edge;
      ctx.strokeRect(...box);
      ctx.globalAlpha = alpha;
    }
  });
  ctx.globalAlpha = 1;
}

function background(plot, data) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = "#e6f2ea";
  data.stored.forEach(([low, high]) => {
    const top = high === null ? bbox.top : plot.valToPos(high / 100, "y", true);
    const bottom = low === null ? bbox.top + bbox.height : plot.valToPos(low / 100, "y", true);
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
  });
  stretches(plot, data.ignored, "#c4cad2", 0.7);
  stretches(plot, data.gaps, hatching(ctx), 0.55);
  stretches(plot, data.outside, OUT, 0.18, OUT); // an edge tells it from what is ignored without colours
  ctx.restore();
}

// What is outside is drawn thick, so that it is seen without colours too.
function thick(plot, at, c, data) {
  const { ctx, bbox } = plot;
  const within = (centi, [low, high]) => (low === null || centi >= low) && (high === null || centi <= high);
  const outside = (centi) => centi !== null && data.stored.length > 0 && !data.stored.some((band) => within(centi, band));
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.setLineDash([]);
  ctx.strokeStyle = OUT;
  ctx.lineWidth = 3.5 * window.devicePixelRatio;
  ctx.lineJoin = "round";
  ctx.beginPath();
  c.forEach((centi, n) => {
    if (!outside(centi)) return;
    const here = [plot.valToPos(at[n], "x", true), plot.valToPos(centi / 100, "y", true)];
    if (n && outside(c[n - 1])) ctx.lineTo(...here);
    else ctx.moveTo(...here);
  });
  ctx.stroke();
  ctx.restore();
}

function foreground(plot, data) {
  const { ctx, bbox } = plot;
  const ratio = window.devicePixelRatio;
  ctx.save();
  ctx.lineWidth = 1.5 * ratio;
  ctx.font = `${12 * ratio}px system-ui, sans-serif`;
  const stroke = (colour, dash, x1, y1, x2, y2) => {
    ctx.strokeStyle = colour;
    ctx.setLineDash(dash.map((length) => length * ratio));
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
    ctx.stroke();
  };
  limits(data).forEach((centi) => {
    const at = plot.valToPos(centi / 100, "y", true);
    if (at >= bbox.top && at <= bbox.top + bbox.height)
      stroke(LIMIT, [6, 4], bbox.left, at, bbox.left + bbox.width, at);
  });
  data.loggers.forEach(({ at, c }) => thick(plot, at, c, data));
  data.marks.forEach(({ at, label }) => {
    const x = plot.valToPos(at, "x", true);
    if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1) return;
    stroke(INK, [], x, bbox.top, x, bbox.top + bbox.height);
    ctx.fillStyle = INK;
    ctx.textAlign = x > bbox.left + bbox.width / 2 ? "right" : "left";
    ctx.fillText(label, x + (ctx.textAlign === "left" ? 4 : -4) * ratio, bbox.top + 12 * ratio);
  });
  ctx.restore();
}

function degrees(value) {
  return value === null || value === undefined ? "" : `${value.toFixed(2).replace("-", "−")} °C`;
}

function options(data, width, onSelect) {
  const utc = (seconds) => window.uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC");
  const near = limits(data).map((centi) => centi / 100);
  const scale = data.stored.length > 1 ? [] : near; // of several ways of storing only those that are reached
  return {
    width,
    height: HEIGHT,
    tzDate: utc,
    cursor: { drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { time: true, range: () => [data.from, Math.max(data.to, data.from + 60)] },
      y: {
        range: (_plot, least, most) => {
          const low = Math.min(least ?? 0, ...scale);
          const high = Math.max(most ?? 10, ...scale);
          const air = Math.max((high - low) / 8, 1);
          return [low - air, high + air];
        },
      },
    },
    axes: [
      { stroke: FAINT, grid: { show: false }, space: 70, values: TIMES },
      { stroke: FAINT, size: 64, values: (_plot, ticks) => ticks.map((tick) => `${tick} °C`.replace("-", "−")) },
    ],
    series: [
      { label: "UTC", value: "{D} {MMM} {YYYY}, {HH}:{mm}" },
      ...data.loggers.map((logger, n) => ({
        label: logger.device,
        stroke: INK,
        width: 1.6,
        dash: DASHES[n % DASHES.length],
        points: { show: logger.at.length < 30 },
        value: (_plot, value) => degrees(value),
      })),
    ],
    legend: { markers: { width: 2, fill: () => "transparent", dash: (_plot, n) => ["solid", "dashed", "dotted"][(n - 1) % 3] } },
    hooks: {
      drawClear: [(plot) => background(plot, data)],
      draw: [(plot) => foreground(plot, data)],
      setSelect: [
        (plot) => {
          const { left, width: wide } = plot.select;
          if (wide > 4) onSelect(plot.posToVal(left, "x"), plot.posToVal(left + wide, "x"));
        },
      ],
    },
  };
}

const EXPAND = 2; // a gap of one logger stays one where others have readings

function joined(data) {
  const tables = data.loggers.map(({ at, c }) => [at, c.map((centi) => (centi === null ? null : centi / 100))]);
  return tables.length === 1 ? tables[0] : window.uPlot.join(tables, tables.map(() => [1, EXPAND]));
}

function begin(figure) {
  const still = figure.querySelector("[data-chart-still]");
  const live = figure.querySelector("[data-chart-live]");
  const all = figure.querySelector("[data-chart-all]");
  const said = figure.querySelector("[data-chart-said]");
  if (!still || !window.uPlot) return;
  let plot = null;
  let shown = null;

  const show = async (from, to) => {
    const wide = still.hidden ? live.clientWidth : still.clientWidth;
    const columns = Math.max(Math.min(Math.round(wide), 4000), 100);
    const asked = new URLSearchParams({ columns });
    if (from !== undefined) {
      asked.set("from", Math.floor(from));
      asked.set("to", Math.ceil(to));
    }
    const answer = await fetch(`${figure.dataset.chart}?${asked}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return; // what is shown stays
    const data = await answer.json();
    still.hidden = true;
    live.hidden = false;
    figure.querySelector("[data-chart-bar]").hidden = false;
    plot?.destroy();
    plot = new window.uPlot(options(data, live.clientWidth, show), joined(data), live);
    all.hidden = from === undefined;
    if (from !== undefined) {
      const text = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
      said.textContent = `Shown: ${text(from)} to ${text(to)} UTC.`;
    } else if (shown) {
      said.textContent = "All of it is shown.";
    }
    shown = [from, to];
  };

  all.addEventListener("click", () => show());
  let waiting = 0;
  window.addEventListener("resize", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => plot?.setSize({ width: live.clientWidth, height: HEIGHT }), 100);
  });
  show();
}

document.querySelectorAll("[data-chart]").forEach(begin);
