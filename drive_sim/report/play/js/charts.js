// Small charts on canvases: how far off the lane, what that costs so far beside T and T^2, and from where a car finds
// back; and the road from above.

import { clamp } from "./geometry.js";

const LEFT_PX = 30, RIGHT_PX = 14, TOP_PX = 16, BOTTOM_PX = 18, LINE_PX = 12, TYPE_PX = 17;
const LAST_S = 30, MOST_M = 2.6, FIRST_S = 1, LEAST_COST = 1e-3, MOST_COST = 1e3, COST_AT_FIRST = 0.01;

/** A canvas cleared and ready in units that grow with the page's type: pen, colours, `at(x, y)` of shares. */
function prepared(canvas) {
  const style = getComputedStyle(canvas), unit = parseFloat(style.fontSize) / TYPE_PX, dense = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth / unit, canvas.clientHeight / unit], scale = unit * dense;
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = `${LINE_PX}px ${style.fontFamily}`;
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const plotX = width - LEFT_PX - RIGHT_PX, plotY = height - TOP_PX - BOTTOM_PX;
  return { pen, width, height, colour, at: (x, y) => [LEFT_PX + x * plotX, TOP_PX + y * plotY] };
}

function line({ pen, colour }, points, name, dashes = [], thick = 2) {
  pen.beginPath();
  for (const point of points) pen.lineTo(...point);
  pen.setLineDash(dashes);
  pen.lineWidth = thick;
  pen.strokeStyle = colour(name);
  pen.stroke();
}

function disc({ pen, colour }, [x, y], radius, name) {
  pen.fillStyle = colour(name);
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
  pen.fill();
}

function text({ pen, colour, width }, words, x, y, align = "left", name = "faint") {
  [pen.fillStyle, pen.strokeStyle, pen.lineWidth, pen.textAlign] = [colour(name), colour("paper"), 3, align];
  pen.setLineDash([]);
  const room = { left: width - x, right: x, center: 2 * Math.min(x, width - x) }[align] - 4; // Else squeezed.
  pen.strokeText(words, x, y, room); // So that it is read above lines, too.
  pen.fillText(words, x, y, room);
}

/** A line a car of its history from a time on; `place` says where on the canvas an entry of it is. */
function curves(chart, cars, fromS, place) {
  for (const { history, look } of cars)
    line(chart, history.filter(({ timeS }) => timeS >= fromS).map(place), look.colour, look.dashes);
}

const lastTime = (cars) => Math.max(LAST_S, ...cars.map(({ history }) => history.at(-1)?.timeS ?? 0));

/** Offsets (m, left up) of the last seconds, and the lane within which nobody would take the wheel. */
export function drawOffsets(canvas, cars, limitM) {
  const chart = prepared(canvas), { width, height, colour, pen } = chart, endS = lastTime(cars);
  const place = ({ timeS, offsetM }) =>
    chart.at(1 + (timeS - endS) / LAST_S, 0.5 - (0.5 * clamp(offsetM, -MOST_M, MOST_M)) / MOST_M);
  const [from, to] = [place({ timeS: endS - LAST_S, offsetM: limitM }), place({ timeS: endS, offsetM: -limitM })];
  pen.fillStyle = colour("road");
  pen.fillRect(...from, to[0] - from[0], to[1] - from[1]);
  line(chart, [endS - LAST_S, endS].map((timeS) => place({ timeS, offsetM: 0 })), "hair", [], 1);
  for (const offsetM of [-2, -1, 0, 1, 2])
    text(chart, `${offsetM}`, LEFT_PX - 6, place({ timeS: endS, offsetM })[1] + 4, "right");
  curves(chart, cars, endS - LAST_S, place);
  text(chart, "m left of the lane's middle", LEFT_PX, LINE_PX);
  text(chart, `${Math.round(endS)} s`, width - RIGHT_PX, height - 4, "right");
}

/** The cost so far (squared offsets, summed over time), both axes logarithmic, beside T and T^2. */
export function drawCosts(canvas, cars) {
  const chart = prepared(canvas), endS = lastTime(cars), decades = Math.log(MOST_COST / LEAST_COST);
  const place = ({ timeS, cost }) =>
    chart.at(Math.log(timeS) / Math.log(endS), Math.log(MOST_COST / Math.max(LEAST_COST, cost)) / decades);
  for (const [power, words] of [[1, "T"], [2, "T²"]]) {
    const ends = [FIRST_S, endS].map((timeS) => place({ timeS, cost: COST_AT_FIRST * timeS ** power }));
    line(chart, ends, "shade", [2, 4], 1);
    text(chart, words, ends[1][0] - 2, ends[1][1] - 4, "right");
  }
  for (const timeS of [1, 3, 10, 30, 100, 300].filter((mark) => mark <= endS))
    text(chart, `${timeS} s`, place({ timeS, cost: 1 })[0], chart.height - 4, "center");
  curves(chart, cars, FIRST_S, place);
  text(chart, "both axes logarithmic", LEFT_PX, LINE_PX);
}

/** A map of starts: a dot where the car finds back, a cross where it does not, nothing where nobody has tried. */
export function drawBasin(canvas, { offsets, headings, rows }) {
  const chart = prepared(canvas), place = (i, j) => chart.at((j + 0.5) / headings.length, (i + 0.5) / offsets.length);
  const size = Math.min(chart.width / headings.length, chart.height / offsets.length) / 5;
  rows.forEach((row, i) => row.forEach((finds, j) => {
    const [x, y] = place(i, j);
    if (finds) disc(chart, [x, y], size, "blue");
    else for (const up of [-size, size]) line(chart, [[x - size, y - up], [x + size, y + up]], "vermilion");
  }));
  text(chart, "m left of the lane (up), degrees turned left", LEFT_PX, LINE_PX - 1);
  offsets.forEach((offsetM, i) => text(chart, offsetM.toFixed(1), LEFT_PX - 4, place(i, 0)[1] + 4, "right"));
  headings.forEach((degrees, j) => text(chart, `${degrees}`, place(0, j)[0], chart.height - 4, "center"));
}

/** The road from above with the cars on it, marked by their signs as well as their colours. */
export function drawMap(canvas, road, cars) {
  const chart = prepared(canvas), { width, height } = chart;
  const [lowX, highX, lowY, highY] = [road.x, road.y].flatMap((all) => [Math.min(...all), Math.max(...all)]);
  const scale = Math.min((width - 20) / (highX - lowX + 1), (height - 20) / (highY - lowY + 1));
  const at = (x, y) => [width / 2 + (x - (lowX + highX) / 2) * scale, height / 2 - (y - (lowY + highY) / 2) * scale];
  const points = Array.from(road.x, (x, i) => at(x, road.y[i])).filter((_, i) => i % 4 === 0);
  line(chart, road.closed ? [...points, points[0]] : points, "shade", [], 3);
  for (const [i, { shown, look }] of cars.entries()) {
    const name = look ? look.colour : "ink", y = height / 2 + 16 * (i + 1 - cars.length / 2);
    disc(chart, at(shown.x, shown.y), 5, name);
    text(chart, look ? look.sign : "● you", width / 2, y, "center", name);
  }
}
