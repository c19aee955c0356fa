"""make_given.py DEMO: the Parquet files of test/data/discovery/given, by pyarrow and pandas, with what is in them (expected.json).

DEMO is a folder that `lookalike find-pairs` wrote for the built-in phantoms (med.npy, gen.npy, images.csv): its embeddings become phantoms/med.parquet and phantoms/gen.parquet, the rows
in another order and named by the images' bare names. Everything else is made up. Needs NumPy, pandas and pyarrow.
"""

import csv
import json
import os
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

OUT = "test/data/discovery/given"
ROWS, COLUMNS = 7, 5
random = np.random.Generator(np.random.PCG64(13))
MED = random.standard_normal((ROWS, COLUMNS)).astype(np.float32)
NAMES = [f"größe/{i % 3}, {i}.png" for i in range(ROWS)]


def lists(rows, kind, fixed=None):
    return pa.array([list(map(kind.to_pandas_dtype(), r)) for r in rows], pa.list_(kind, fixed) if fixed else pa.list_(kind))


def write(name, columns, **how):
    pq.write_table(pa.table(columns), f"{OUT}/{name}.parquet", **how)


def good():
    """Each holds MED, in its own type and layout. @returns name -> [rows as float32 reads them, names]"""
    plain = lists(MED, pa.float32())
    names = pa.array(NAMES)
    write("list-float", {"embedding": plain, "image": names})
    write("list-double", {"image": names, "vector": lists(MED.astype(np.float64), pa.float64())}, compression="none")
    write("fixed-size-list", {"embedding": lists(MED, pa.float32(), COLUMNS), "image": names}, compression="zstd")
    write("float16", {"embedding": lists(MED.astype(np.float16), pa.float16()), "image": names}, compression="gzip")
    write("row-groups", {"embedding": plain, "path": names.dictionary_encode()}, row_group_size=3, compression="brotli")
    write("pages", {"anything": plain, "file": names}, data_page_size=1, write_batch_size=2, use_dictionary=False, compression="lz4")
    write("pages-v2", {"anything": plain, "file": names}, data_page_version="2.0", data_page_size=1, write_batch_size=2)
    write("split-bytes", {"embedding": plain, "image": names}, use_dictionary=False, column_encoding={"embedding.list.element": "BYTE_STREAM_SPLIT", "image": "DELTA_BYTE_ARRAY"})
    required = pa.schema([pa.field("embedding", pa.list_(pa.field("element", pa.float32(), nullable=False)), nullable=False), pa.field("image", pa.string(), nullable=False)])
    pq.write_table(pa.table([plain.cast(required.field(0).type), names], schema=required), f"{OUT}/required.parquet")
    pd.DataFrame({"image": NAMES, "embedding": list(MED)}).to_parquet(f"{OUT}/pandas.parquet")
    write("unnamed", {"embedding": plain, "study": pa.array(range(ROWS))})
    half = MED.astype(np.float16).astype(np.float32)
    named = ["list-float", "list-double", "fixed-size-list", "row-groups", "pages", "pages-v2", "split-bytes", "required", "pandas"]
    return {**{n: [MED, NAMES] for n in named}, "float16": [half, NAMES], "unnamed": [MED, None]}


def bad():
    """Each is refused in one sentence; other-names beside a file that names the rows otherwise."""
    rows = [list(map(float, r)) for r in MED]
    f32 = pa.list_(pa.float32())
    write("bad-lengths", {"embedding": pa.array(rows[:3] + [rows[3][:4]] + rows[4:], f32)})
    write("bad-null-row", {"embedding": pa.array(rows[:2] + [None] + rows[3:], f32)})
    write("bad-null-number", {"embedding": pa.array(rows[:2] + [rows[2][:1] + [None] + rows[2][2:]] + rows[3:], f32)})
    write("bad-empty-row", {"embedding": pa.array([[]] + rows[1:], f32)})
    write("bad-nan", {"embedding": pa.array(rows[:4] + [[1.0, float("nan"), 1.0, 1.0, 1.0]] + rows[5:], f32)})
    write("bad-integers", {"embedding": pa.array([[1, 2]] * ROWS, pa.list_(pa.int32()))})
    write("bad-no-list", {"image": pa.array(NAMES), "width": pa.array(range(ROWS))})
    write("bad-two-columns", {"embedding": lists(MED, pa.float32()), "vector": lists(MED, pa.float32())})
    write("bad-nameless", {"embedding": lists(MED, pa.float32()), "image": pa.array(NAMES[:5] + [None] + NAMES[6:])})
    write("other-names", {"embedding": lists(MED, pa.float32()), "image": pa.array(NAMES[:2] + NAMES[3:] + NAMES[2:3])})
    write("bad-no-rows", {"embedding": pa.array([], f32)})
    with open(f"{OUT}/list-float.parquet", "rb") as file:
        whole = file.read()
    with open(f"{OUT}/bad-truncated.parquet", "wb") as file:
        file.write(whole[: len(whole) // 2])
    with open(f"{OUT}/bad-middle.parquet", "wb") as file:  # its footer stands, its pages do not
        file.write(whole[:4] + bytes(200) + whole[204:])


def both():
    """One file for both encoders."""
    gen = np.roll(MED, 1, axis=1)
    captions = pa.array([f"caption {i}" if i != 2 else None for i in range(ROWS)])
    os.makedirs(f"{OUT}/both", exist_ok=True)
    write("both/embeddings", {"image": pa.array(NAMES), "med": lists(MED, pa.float32()), "gen": lists(gen, pa.float64()), "caption": captions})
    return gen


def phantoms(demo):
    with open(f"{demo}/images.csv", newline="", encoding="utf-8") as file:
        paths = [row["image"] for row in csv.DictReader(file)]
    order = np.random.Generator(np.random.PCG64(1)).permutation(len(paths))
    os.makedirs(f"{OUT}/phantoms", exist_ok=True)
    for name in ["med", "gen"]:
        rows = np.load(f"{demo}/{name}.npy")[order]
        images = [os.path.basename(paths[i]) for i in order]
        pd.DataFrame({"image": images, "embedding": list(rows)}).to_parquet(f"{OUT}/phantoms/{name}.parquet")


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    expected = {name: {"rows": rows.tolist(), "names": names} for name, (rows, names) in good().items()}
    bad()
    expected["both"] = {"rows": MED.tolist(), "gen": both().tolist(), "names": NAMES}
    with open(f"{OUT}/expected.json", "w", encoding="utf-8") as file:
        json.dump({"source": f"pyarrow {pa.__version__}, pandas {pd.__version__}", "files": expected}, file, ensure_ascii=False)
        file.write("\n")
    phantoms(sys.argv[1])
