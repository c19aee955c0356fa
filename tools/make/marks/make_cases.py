"""Writes test/marks/data/cases.json: marks on images, with the SHA-256 of the bytes that must come out (draw.py). Needs NumPy: python tools/make/marks/make_cases.py

The input of a case is a pattern that a formula gives, so that no picture is kept: 8 bits (7x + 13y + 29c + xy) mod 256, 16 bits (771x + 1285y + 257c) mod
65536 brought to 8 bits by round(v / 257), as 16-bit files are before they are marked.
"""
import hashlib
import json
import re
from pathlib import Path

import numpy as np

from draw import draw

ROOT = Path(__file__).parents[3]
YELLOW = {"colour": "#ffe000", "width": 0.06, "halo": None}
RIMMED = {"colour": "#ff2040", "width": 0.05, "halo": {"colour": "#000000", "width": 0.03}}
THIN = {"colour": "#00ff80", "width": 0.006, "halo": None}


def font():
    source = (ROOT / "src/core/images/marks/font.ts").read_text()
    dots = "".join(re.findall(r"'([0-9a-f]+)'", source.split("const DOTS =")[1].split(";")[0]))
    table = {chr(0x20 + i): [int(dots[i * 10 + c * 2 : i * 10 + c * 2 + 2], 16) for c in range(5)] for i in range(len(dots) // 10)}
    table[None] = [0x7F, 0x41, 0x41, 0x41, 0x7F]
    return table


def pattern(width, height, depth):
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    if depth == 16:
        return ((((771 * x + 1285 * y + 257 * c) % 65536) + 128) // 257).astype(np.uint8)
    return ((7 * x + 13 * y + 29 * c + x * y) % 256).astype(np.uint8)


def corners(kind, x0, y0, x1, y1, **style):
    return {"kind": kind, "x0": x0, "y0": y0, "x1": x1, "y1": y1, **style}


def cases():
    found = []

    def add(name, size, *marks, depth=8):
        found.append({"id": name, "width": size[0], "height": size[1], "depth": depth, "marks": list(marks)})

    medium, wide, tall = (61, 47), (97, 33), (29, 83)
    each = {
        "arrow": corners("arrow", 8.25, 9.5, 40.75, 30.125, **YELLOW),
        "box": corners("box", 10.3, 8.7, 44.6, 35.2, **YELLOW),
        "ellipse": corners("ellipse", 9.1, 6.4, 50.8, 38.3, **YELLOW),
        "circle": {"kind": "circle", "x": 30.4, "y": 22.6, "r": 13.3, **YELLOW},
        "point": {"kind": "point", "x": 21.7, "y": 19.2, **YELLOW},
        "freehand": {"kind": "freehand", "points": [[5, 6], [17.3, 31.9], [33.2, 12.4], [50.5, 40.1], [50.5, 40.1]], **YELLOW},
        "text": {"kind": "text", "x": 4.3, "y": 9.6, "text": "Left lung?", "size": 0.16, "colour": "#ffffff", "halo": None},
        "blur": corners("blur", 12.25, 10.5, 41.75, 33.125, radius=0.08),
        "blackout": corners("blackout", 12.25, 10.5, 41.75, 33.125, colour="#101820"),
    }
    line_kinds = ["arrow", "box", "ellipse", "circle", "point", "freehand"]
    for kind, mark in each.items():
        add(kind, medium, mark)
    for kind in line_kinds:
        add(f"{kind}-halo", medium, {**each[kind], **RIMMED})
    add("text-halo", medium, {**each["text"], "halo": {"colour": "#000000", "width": 0.03}})
    for kind in line_kinds:
        add(f"{kind}-thin", medium, {**each[kind], **THIN})
    add("text-tiny", medium, {**each["text"], "size": 0.04})
    at_edges = [
        corners("arrow", -10, 20, 12.5, -6.5, **RIMMED),
        corners("box", -6.4, -3.2, 70.3, 50.9, **YELLOW),
        corners("ellipse", -20, -15, 30.5, 25.5, **RIMMED),
        {"kind": "circle", "x": 60.5, "y": 46.5, "r": 20.2, **RIMMED},
        {"kind": "point", "x": 0, "y": 0, **RIMMED},
        {"kind": "freehand", "points": [[-5, 40], [30, 60], [66, 20], [61, -4]], **RIMMED},
        {"kind": "text", "x": -7.5, "y": 40.2, "text": "Cut at the edges of it", "size": 0.2, "colour": "#40ff40", "halo": {"colour": "#800080", "width": 0.02}},
        corners("blur", -4, -4, 20.5, 18.25, radius=0.2),
        corners("blackout", 50.5, 30.25, 80, 60, colour="#ffffff"),
    ]
    for mark in at_edges:
        add(f"{mark['kind']}-at-edge", medium, mark)
    for kind, mark in each.items():
        moved = {k: (v + 500 if k in ("x", "y", "x0", "y0", "x1", "y1") else [[x + 500, y - 500] for x, y in v] if k == "points" else v) for k, v in mark.items()}
        if kind in ("arrow", "text", "blur", "freehand"):
            add(f"{kind}-outside", medium, moved)
    add("one-pixel-box", (1, 1), corners("box", 0.25, 0.25, 0.75, 0.75, **{**YELLOW, "width": 0.3}))
    add("one-pixel-point", (1, 1), {"kind": "point", "x": 0.5, "y": 0.5, **RIMMED})
    add("one-pixel-blur", (1, 1), corners("blur", 0, 0, 1, 1, radius=0.5))
    add("one-pixel-text", (1, 1), {"kind": "text", "x": 0, "y": 0, "text": "I", "size": 1, "colour": "#ffffff", "halo": None})
    for kind in ("box", "ellipse", "text", "blur", "blackout"):
        add(f"{kind}-16-bit", medium, each[kind], depth=16)
    add("huge-ellipse", (2600, 1900), corners("ellipse", 100.5, 90.25, 2500.75, 1800.125, **{**RIMMED, "width": 0.002}))
    add("huge-box-and-arrow", (2048, 1536), corners("box", 20, 30, 2000, 1500, **THIN), corners("arrow", 1900.5, 1400.25, 300.125, 200.75, **RIMMED))
    add("huge-coordinates", medium, corners("ellipse", -100000, -200000, 60.5, 30.25, **RIMMED))
    add("arrow-left-on-wide", wide, corners("arrow", 90, 16.5, 10, 16.5, **RIMMED))
    add("arrow-up-on-tall", tall, corners("arrow", 14.5, 80, 14.5, 4, **RIMMED))
    add("arrow-all-head", medium, corners("arrow", 20, 20, 24, 23, **{**YELLOW, "width": 0.2}))
    add("box-thicker-than-itself", medium, corners("box", 20, 20, 23, 24, **{**YELLOW, "width": 0.2}))
    add("box-drawn-backwards", medium, corners("box", 44.6, 35.2, 10.3, 8.7, **YELLOW))
    add("text-of-two-lines", wide, {"kind": "text", "x": 3, "y": 3, "text": "naïve Ångström\n{g|y~ß}", "size": 0.3, "colour": "#ffe000", "halo": {"colour": "#102030", "width": 0.03}})
    add("all-at-once", medium, *each.values())
    add("none", tall)
    for kind in ("arrow", "circle", "freehand"):
        add(f"{kind}-on-tall", tall, {**each[kind], **RIMMED})
    add("ellipse-of-no-width", medium, corners("ellipse", 20.5, 5.25, 20.5, 40.75, **RIMMED))
    add("freehand-of-one-point", medium, {"kind": "freehand", "points": [[20.3, 20.6]], **RIMMED})
    add("blur-of-everything", wide, corners("blur", 0, 0, 97, 33, radius=1))
    add("two-overlapping", medium, each["blackout"], {**each["ellipse"], **RIMMED}, each["blur"])
    return found


def main():
    letters = font()
    out = []
    for case in cases():
        image = pattern(case["width"], case["height"], case["depth"])
        expected = draw(image, case["marks"], letters)
        out.append({**case, "sha256": hashlib.sha256(expected.tobytes()).hexdigest(), "changed": int((expected != image).any(axis=2).sum())})
    folder = ROOT / "test/marks/data"
    folder.mkdir(exist_ok=True)
    (folder / "cases.json").write_text(json.dumps({"cases": out}, ensure_ascii=False, indent=1) + "\n")
    print(len(out), "cases")


main()
