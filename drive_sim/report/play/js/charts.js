// Small charts on canvases: how far off the lane, what that costs so far beside T and T^2, and from where a car finds back.

const PAD = 30;

/** A canvas cleared and ready in units of the page, with what it is drawn with. */
function prepared(canvas) {
  const dense = devicePixelRatio || 1, { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * dense)) canvas.width = Math.round(width * dense);
  if (canvas.height !== Math.round(height * dense)) canvas.height = Math.round(height * dense);
  const pen = canvas.getContext("2d"), style = getComputedStyle(canvas);
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = `12px ${style.fontFamily}`;
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  return { pen, width, height, colour };
}

function line({ pen }, points, colour, dashes = [], thick = 2) {
  pen.beginPath();
  points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.setLineDash(dashes);
  pen.lineWidth = thick;
  pen.strokeStyle = colour;
  pen.stroke();
  pen.setLineDash([]);
}

function text({ pen, colour }, words, x, y, align = "left", name = "faint") {
  pen.fillStyle = colour(name);
  pen.textAlign = align;
  pen.fillText(words, x, y);
}

/** Offsets (m, left up) of the last seconds, and the lane within which nobody would take the wheel. */
export function drawOffsets(canvas, cars, limitM = 1, lastS = 30) {
  const chart = prepared(canvas), { width, height, colour, pen } = chart, most = 2.6;
  const end = Math.max(lastS, ...cars.map((car) => car.history.at(-1)?.timeS ?? 0));
  const x = (timeS) => PAD + ((timeS - end + lastS) / lastS) * (width - PAD - 8);
  const y = (offsetM) => height / 2 - 8 - (Math.max(-most, Math.min(most, offsetM)) / most) * (height / 2 - 18);
  pen.fillStyle = colour("road");
  pen.fillRect(PAD, y(limitM), width - PAD - 8, y(-limitM) - y(limitM));
  line(chart, [[PAD, y(0)], [width - 8, y(0)]], colour("hair"), [], 1);
  for (const mark of [-2, -1, 0, 1, 2]) text(chart, `${mark}`, PAD - 6, y(mark) + 4, "right");
  for (const car of cars) {
    const points = car.history.filter(({ timeS }) => timeS > end - lastS).map(({ timeS, offsetM }) => [x(timeS), y(offsetM)]);
    line(chart, points, colour(car.look.colour), car.look.dashes);
  }
  text(chart, "m left of the lane's middle", PAD, 12);
  text(chart, `${Math.round(end)} s`, width - 8, height - 4, "right");
}

/** The cost so far (squared offsets, summed over time), both axes logarithmic, beside T and T^2. */
export function drawCosts(canvas, cars) {
  const chart = prepared(canvas), { width, height, colour } = chart, least = 1e-3, most = 1e3, first = 1;
  const last = Math.max(30, ...cars.map((car) => car.history.at(-1)?.timeS ?? 0));
  const x = (timeS) => PAD + (Math.log(timeS / first) / Math.log(last / first)) * (width - PAD - 12);
  const y = (cost) => 14 + (Math.log(most / Math.max(least, cost)) / Math.log(most / least)) * (height - 34);
  for (const [power, words] of [[1, "T"], [2, "T²"]]) {
    line(chart, [[x(1), y(0.01)], [x(last), y(0.01 * last ** power)]], colour("shade"), [2, 4], 1);
    text(chart, words, x(last) - 2, y(0.01 * last ** power) - 4, "right");
  }
  for (const mark of [1, 3, 10, 30, 100].filter((timeS) => timeS <= last)) text(chart, `${mark} s`, x(mark), height - 4, "center");
  for (const car of cars) {
    const points = car.history.filter(({ timeS }) => timeS >= first).map(({ timeS, cost }) => [x(timeS), y(cost)]);
    line(chart, points, colour(car.look.colour), car.look.dashes);
  }
  text(chart, "cost so far", PAD, 12);
}

/** A map of starts: a dot where the car finds back, a cross where it does not, nothing where nobody has tried. */
export function drawBasin(canvas, basin) {
  const chart = prepared(canvas), { width, height, colour, pen } = chart, { offsets, headings, rows } = basin;
  const stepX = (width - PAD - 8) / headings.length, stepY = (height - 34) / offsets.length, size = Math.min(stepX, stepY) / 4;
  rows.forEach((row, i) => row.forEach((finds, j) => {
    const x = PAD + (j + 0.5) * stepX, y = 16 + (i + 0.5) * stepY;
    pen.fillStyle = colour("blue");
    if (finds) pen.beginPath(), pen.arc(x, y, size, 0, 7), pen.fill();
    else for (const side of [-1, 1]) line(chart, [[x - size, y - side * size], [x + size, y + side * size]], colour("vermilion"));
  }));
  text(chart, "begins left of the lane (m, up), turned to the left (degrees)", PAD, 11);
  offsets.forEach((offsetM, i) => text(chart, offsetM.toFixed(1), PAD - 4, 20 + (i + 0.5) * stepY, "right"));
  headings.forEach((rad, j) => text(chart, `${Math.round((rad * 180) / Math.PI)}`, PAD + (j + 0.5) * stepX, height - 4, "center"));
}

/** The road from above with the cars on it, marked by their signs as well as their colours. */
export function drawMap(canvas, road, cars) {
  const chart = prepared(canvas), { pen, width, height, colour } = chart;
  const [lowX, highX, lowY, highY] = [Math.min(...road.x), Math.max(...road.x), Math.min(...road.y), Math.max(...road.y)];
  const scale = Math.min((width - 20) / (highX - lowX + 1), (height - 20) / (highY - lowY + 1));
  const at = (x, y) => [width / 2 + (x - (lowX + highX) / 2) * scale, height / 2 - (y - (lowY + highY) / 2) * scale];
  const points = Array.from(road.x, (x, i) => at(x, road.y[i])).filter((_, i) => i % 4 === 0);
  line(chart, road.closed ? [...points, points[0]] : points, colour("shade"), [], 3);
  for (const [i, car] of cars.entries()) {
    const [x, y] = at(car.shown.x, car.shown.y), name = car.look ? car.look.colour : "ink";
    pen.fillStyle = colour(name);
    pen.beginPath();
    pen.arc(x, y, 5, 0, 7);
    pen.fill();
    text(chart, car.look ? car.look.sign : "● you", width / 2, height / 2 + 16 * (i + 1 - cars.length / 2), "center", name);
  }
}
