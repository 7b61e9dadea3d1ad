// NumPy's .npz: a zip of arrays. Numbers and texts are written, and a text that comes first is read again.

const DTYPES = { Uint8Array: "|u1", Float64Array: "<f8" };
const LOCAL = 0x04034b50, DIRECTORY = 0x02014b50, END = 0x06054b50, VERSION = 20, DEFLATED = 8; // Of zips.
const DATE = 0x210000; // 1 January 1980, the first that a zip knows.

/** The bytes of a blob that has gone through a stream. */
async function through(blob, stream) {
  return new Uint8Array(await new Response(blob.stream().pipeThrough(stream)).arrayBuffer());
}

const lettersOf = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** Numbers [value, size] as bytes, the lowest first. */
const bytesOf = (numbers) =>
  numbers.flatMap(([value, size]) => Array.from({ length: size }, (_, i) => (value / 256 ** i) & 255));

/** An array {values, shape} as NumPy's format 1.0, or a text as an array of no dimension. */
function npy(array) {
  const isText = typeof array === "string", codes = Uint32Array.from(isText ? array : "", (c) => c.codePointAt(0));
  const { values, shape } = isText ? { values: codes, shape: [] } : array;
  const descr = isText ? `<U${codes.length}` : DTYPES[values.constructor.name];
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.map((n) => `${n},`).join(" ")}), }`;
  const padded = `${header.padEnd(64 * Math.ceil((header.length + 11) / 64) - 11)}\n`;
  const parts = [lettersOf("\x93NUMPY\x01\0"), Uint8Array.from(bytesOf([[padded.length, 2]])), padded, values];
  return new Blob(parts);
}

/** A file of arrays by name. */
export async function npzOf(arrays) {
  const parts = [], directory = [];
  let offset = 0;
  for (const [name, array] of Object.entries(arrays)) {
    // A gzip file is a header of ten bytes, what a zip has of a file, its checksum and its length, four bytes each.
    const gzip = await through(npy(array), new CompressionStream("gzip")), content = gzip.subarray(10, -8);
    const file = [...lettersOf(`${name}.npy`)], checked = [...gzip.subarray(-8)].map((byte) => [byte, 1]);
    const facts = [[VERSION, 2], [0, 2], [DEFLATED, 2], [DATE, 4], ...checked.slice(0, 4)];
    facts.push([content.length, 4], ...checked.slice(4), [file.length, 2]);
    const local = [...bytesOf([[LOCAL, 4], ...facts, [0, 2]]), ...file];
    directory.push(...bytesOf([[DIRECTORY, 4], [VERSION, 2], ...facts, [0, 12], [offset, 4]]), ...file);
    parts.push(Uint8Array.from(local), content);
    offset += local.length + content.length;
  }
  const count = Object.keys(arrays).length;
  const end = bytesOf([[END, 4], [0, 4], [count, 2], [count, 2], [directory.length, 4], [offset, 4], [0, 2]]);
  return new Blob([...parts, Uint8Array.from([...directory, ...end])], { type: "application/zip" });
}

/** The text that such a file begins with. Throws an Error of some kind where it begins otherwise. */
export async function firstText(buffer) {
  const view = new DataView(buffer), start = 30 + view.getUint16(26, true) + view.getUint16(28, true);
  const packed = new Blob([buffer.slice(start, start + view.getUint32(18, true))]);
  const bytes = await through(packed, new DecompressionStream("deflate-raw"));
  const codes = new Uint32Array(bytes.slice(10 + bytes[8] + 256 * bytes[9]).buffer);
  return Array.from(codes, (code) => String.fromCodePoint(code)).join("");
}
