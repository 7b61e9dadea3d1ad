// A drive as NumPy's .npz, a zip of arrays, which `run_sim.py train` reads: pictures, commands, poses. Written without
// compression; read again if it was written here or by `run_sim.py convert --to npz`.

const DTYPES = { Uint8Array: "|u1", Float64Array: "<f8", Float32Array: "<f4" };

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let word = byte;
  for (let bit = 0; bit < 8; bit++) word = word & 1 ? 0xedb88320 ^ (word >>> 1) : word >>> 1;
  return word >>> 0;
});

function crc32(bytes) {
  let word = 0xffffffff;
  for (const byte of bytes) word = CRC_TABLE[(word ^ byte) & 255] ^ (word >>> 8);
  return (word ^ 0xffffffff) >>> 0;
}

/** An array as NumPy's format 1.0: {values, shape}, or a text as an array of no dimension. */
function npy(array) {
  const isText = typeof array === "string", codes = isText ? Uint32Array.from(array, (c) => c.codePointAt(0)) : null;
  const values = isText ? codes : array.values, shape = isText ? [] : array.shape;
  const descr = isText ? `<U${codes.length}` : DTYPES[values.constructor.name];
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = `${header.padEnd(64 * Math.ceil((header.length + 11) / 64) - 11)}\n`;
  const bytes = new Uint8Array(10 + padded.length + values.byteLength);
  bytes.set([0x93, ...Array.from("NUMPY", (c) => c.charCodeAt(0)), 1, 0, padded.length & 255, padded.length >> 8]);
  bytes.set(Array.from(padded, (c) => c.charCodeAt(0)), 10);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 10 + padded.length);
  return bytes;
}

const words = (format) => Uint8Array.from(format.flatMap(([value, size]) =>
  Array.from({ length: size }, (_, i) => (value / 2 ** (8 * i)) & 255)));

/** A zip of arrays by name, nothing compressed. */
export function npzOf(arrays) {
  const parts = [], directory = [];
  let offset = 0;
  for (const [name, array] of Object.entries(arrays)) {
    const content = npy(array), file = Uint8Array.from(`${name}.npy`, (c) => c.charCodeAt(0)), crc = crc32(content);
    const facts = [[20, 2], [0, 2], [0, 2], [0x21 << 16, 4], [crc, 4], [content.length, 4], [content.length, 4], [file.length, 2]];
    const local = [words([[0x04034b50, 4], ...facts, [0, 2]]), file, content];
    directory.push(words([[0x02014b50, 4], [20, 2], ...facts, [0, 2], [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]]), file);
    parts.push(...local);
    offset += local.reduce((sum, part) => sum + part.length, 0);
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0), count = Object.keys(arrays).length;
  const end = words([[0x06054b50, 4], [0, 4], [count, 2], [count, 2], [size, 4], [offset, 4], [0, 2]]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

/** The arrays {name: {values, shape} or text} of a zip. Throws an Error with a sentence where it is none. */
export async function arraysOf(buffer) {
  const view = new DataView(buffer), arrays = {};
  let end = buffer.byteLength - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) throw new Error("This file is no .npz: it is no zip of arrays.");
  for (let i = 0, at = view.getUint32(end + 16, true); i < view.getUint16(end + 10, true); i++) {
    const [method, size] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true)];
    const [nameLength, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    const local = view.getUint32(at + 42, true), name = new TextDecoder().decode(new Uint8Array(buffer, at + 46, nameLength));
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const packed = new Blob([new Uint8Array(buffer, start, size)]);
    const stream = method === 8 ? packed.stream().pipeThrough(new DecompressionStream("deflate-raw")) : packed.stream();
    arrays[name.replace(/\.npy$/, "")] = arrayOf(await new Response(stream).arrayBuffer(), name);
    at += 46 + nameLength + extra + comment;
  }
  return arrays;
}

const READERS = { "|u1": Uint8Array, "|b1": Uint8Array, "<f8": Float64Array, "<f4": Float32Array, "<i8": BigInt64Array };

function arrayOf(buffer, name) {
  const view = new DataView(buffer), isLong = view.getUint8(6) > 1;
  const start = (isLong ? 12 : 10) + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder().decode(new Uint8Array(buffer, 10, start - 10));
  const [, descr] = /'descr': '([^']*)'/.exec(header) ?? [], [, tuple] = /'shape': \(([^)]*)\)/.exec(header) ?? [];
  if (tuple === undefined) throw new Error(`This file is no .npz: ${name} is no array.`);
  const shape = tuple.split(",").filter((part) => part.trim()).map(Number), content = buffer.slice(start);
  if (descr.startsWith("<U")) return String.fromCodePoint(...new Uint32Array(content).filter((code) => code > 0));
  return descr in READERS ? { values: new READERS[descr](content), shape } : null;
}
