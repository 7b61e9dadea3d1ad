// Pictures of networks' size on canvases of the page: what is seen, what of it counts, and a drive's thumbnails.

/** Draws a picture (h w 3); where a salience (h w, 0 to 1) is given, what counts glows. */
export function drawPicture(canvas, picture, [height, width], salience = null) {
  [canvas.width, canvas.height] = [width, height];
  const pen = canvas.getContext("2d"), image = pen.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const glow = salience ? Math.sqrt(salience[i]) : 0, dim = salience ? 0.55 : 1;
    image.data[4 * i] = picture[3 * i] * dim + 255 * glow;
    image.data[4 * i + 1] = picture[3 * i + 1] * dim + 140 * glow;
    image.data[4 * i + 2] = picture[3 * i + 2] * dim;
    image.data[4 * i + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
}

/** A strip of a drive's frames, every `every`th, each with a bar that shows the steering. */
export function drawThumbnails(list, frames, sizePx, every = 10) {
  const wanted = frames.filter((frame, i) => i % every === 0 && frame.picture);
  for (const frame of wanted.slice(list.children.length)) {
    const [item, canvas, bar] = ["li", "canvas", "i"].map((name) => document.createElement(name));
    const side = frame.curvature > 0.002 ? "left" : frame.curvature < -0.002 ? "right" : "straight on";
    drawPicture(canvas, frame.picture, sizePx);
    bar.style.setProperty("--steer", -frame.curvature / 0.1);
    item.title = `${side}, ${Math.abs(frame.curvature).toFixed(3)} /m`;
    item.append(canvas, bar);
    list.append(item);
  }
}
