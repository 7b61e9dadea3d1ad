"""The texts in which a file describes itself: a JSON file's own, Arrow's and ONNX's metadata, a safetensors header."""

from pathlib import Path

import pyarrow as pa


def read(folder: Path, target: str) -> str:
    """The text of a target, `FILE` or `FILE@KEY`."""
    name, at, key = target.partition("@")
    path = folder / name
    if not at:
        return path.read_text(encoding="utf-8")
    if path.suffix == ".arrow":
        with pa.memory_map(str(path)) as file:
            return pa.ipc.open_stream(file).schema.metadata[key.encode()].decode()
    if path.suffix == ".onnx":
        import onnx

        return next(entry.value for entry in onnx.load(path).metadata_props if entry.key == key)
    content = path.read_bytes()
    return content[8 : 8 + int.from_bytes(content[:8], "little")].decode()


def write(folder: Path, target: str, text: str | None) -> None:
    """Put a text in its place; None takes the key away."""
    name, at, key = target.partition("@")
    path = folder / name
    if not at:
        path.write_bytes((text or "").encode("utf-8", "surrogatepass"))
    elif path.suffix == ".arrow":
        _write_arrow(path, key.encode(), text)
    elif path.suffix == ".onnx":
        _write_onnx(path, key, text)
    else:
        content = path.read_bytes()
        header = (text or "").encode("utf-8", "surrogatepass")
        body = content[8 + int.from_bytes(content[:8], "little") :]
        path.write_bytes(len(header).to_bytes(8, "little") + header + body)


def _write_arrow(path: Path, key: bytes, text: str | None) -> None:
    table = arrow_table(path)
    metadata = {k: v for k, v in (table.schema.metadata or {}).items() if k != key}
    if text is not None:
        metadata[key] = text.encode("utf-8", "surrogatepass")
    write_arrow(path, table.replace_schema_metadata(metadata))


def arrow_table(path: Path) -> pa.Table:
    """All rows of an Arrow stream, in memory."""
    with pa.OSFile(str(path)) as file:
        return pa.ipc.open_stream(file.read()).read_all()


def write_arrow(path: Path, table: pa.Table) -> None:
    """Write a table as a stream of one batch."""
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table.combine_chunks())


def _write_onnx(path: Path, key: str, text: str | None) -> None:
    import onnx

    model = onnx.load(path)
    kept = {entry.key: entry.value for entry in model.metadata_props if entry.key != key}
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, kept if text is None else kept | {key: text})
    path.write_bytes(model.SerializeToString())
