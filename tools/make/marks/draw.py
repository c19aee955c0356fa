"""Marks burned into an image: a second implementation, against which src/core/images/marks is tested.

It shares no code with the first and takes another way: the area that an outline covers of a pixel is the closed-form integral of a clamped line, for all
pixels of an edge at once in long double, where the first adds up trapezoids row by row. Coordinates are snapped to 1/256 pixel, a half of 1/255 is rounded up.
"""
import math
import unicodedata

import numpy as np

NUDGE = 2.0**-20


def snap(v):
    return math.floor(v * 256 + 0.5) / 256


def circle(cx, cy, rx, ry, n):
    out = []
    for i in range(n):
        c = math.floor(math.cos(2 * math.pi * i / n) * 2**20 + 0.5) / 2**20
        s = math.floor(math.sin(2 * math.pi * i / n) * 2**20 + 0.5) / 2**20
        out.append((snap(cx + rx * c), snap(cy + ry * s)))
    return out


def rect(x0, y0, x1, y1):
    return [(snap(x), snap(y)) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]


def primitive(u):
    """Integral of clamp(u, 0, 1)."""
    return np.where(u <= 0, 0, np.where(u >= 1, u - 0.5, u * u / 2))


def signed_area(outline, width, height):
    """For each pixel the signed area that lies right of the outline's edges."""
    total = np.zeros((height, width), dtype=np.longdouble)
    columns = np.arange(width, dtype=np.longdouble)[None, :]
    for (xa, ya), (xb, yb) in zip(outline, outline[1:] + outline[:1]):
        if ya == yb:
            continue
        sign = 1
        if ya > yb:
            xa, ya, xb, yb, sign = xb, yb, xa, ya, -1
        first, end = max(0, math.floor(ya)), min(height, math.ceil(yb))
        if first >= end:
            continue
        rows = np.arange(first, end, dtype=np.longdouble)[:, None]
        top, bottom = np.maximum(rows, ya), np.minimum(rows + 1, yb)
        slope = (np.longdouble(xb) - xa) / (np.longdouble(yb) - ya)
        left = xa + (top - ya) * slope
        right = xa + (bottom - ya) * slope
        # What lies right of the edge in a pixel is clamp(column + 1 - x, 0, 1).
        if abs(slope) < 1e-9:
            share = np.clip(columns + 1 - left, 0, 1)
        else:
            share = (primitive(columns + 1 - left) - primitive(columns + 1 - right)) / (right - left)
        total[first:end] += sign * share * (bottom - top)
    return total


def coverage(parts, width, height):
    """0..255: of each pixel, by the part that covers it most. A part is a list of outlines; holes run the other way."""
    alpha = np.zeros((height, width), dtype=np.int64)
    for part in parts:
        area = sum(signed_area(o, width, height) for o in part)
        alpha = np.maximum(alpha, np.minimum(255, np.floor(np.abs(area) * 255 + 0.5 + NUDGE).astype(np.int64)))
    return alpha


def ring(x0, y0, x1, y1, half, draw):
    part = [draw(x0 - half, y0 - half, x1 + half, y1 + half)]
    if x0 + half < x1 - half and y0 + half < y1 - half:
        part.append(draw(x0 + half, y0 + half, x1 - half, y1 - half)[::-1])
    return part


def ellipse(x0, y0, x1, y1):
    return circle((x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2, 512)


def thick(points, half):
    parts = [[circle(x, y, half, half, 64)] for x, y in points]
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        dx, dy = x1 - x0, y1 - y0
        length = math.sqrt(dx * dx + dy * dy)
        if length == 0:
            continue
        nx, ny = -dy / length * half, dx / length * half
        parts.append([[(snap(x), snap(y)) for x, y in ((x0 + nx, y0 + ny), (x1 + nx, y1 + ny), (x1 - nx, y1 - ny), (x0 - nx, y0 - ny))]])
    return parts


def arrow(m, stroke, grow):
    dx, dy = m["x1"] - m["x0"], m["y1"] - m["y0"]
    length = math.sqrt(dx * dx + dy * dy)
    ux, uy = dx / length, dy / length
    head = min(4 * stroke, length)
    wide, thin, neck = head / 2, min(stroke / 2, head / 2), length - head
    along_aside = [(0, thin), (neck, thin), (neck, wide), (length, 0), (neck, -wide), (neck, -thin), (0, -thin)]
    outline = [(snap(m["x0"] + ux * l - uy * a), snap(m["y0"] + uy * l + ux * a)) for l, a in along_aside]
    return [[outline]] + (thick(outline + outline[:1], grow) if grow else [])


def text(m, short, grow, font):
    dot = m["size"] * short / 7
    outlines = []
    for row, line in enumerate(m["text"].split("\n")):
        bare = "".join(c for c in unicodedata.normalize("NFD", line) if not unicodedata.category(c).startswith("M"))
        for i, char in enumerate(bare):
            for c, bits in enumerate(font.get(char, font[None])):
                x = m["x"] + (i * 6 + c) * dot
                dots = [bool(bits >> r & 1) for r in range(8)] + [False]
                start = None
                for r, on in enumerate(dots):
                    if on and start is None:
                        start = r
                    if not on and start is not None:
                        top, bottom = m["y"] + (row * 10 + start) * dot, m["y"] + (row * 10 + r) * dot
                        outlines.append(rect(x - grow, top - grow, x + dot + grow, bottom + grow))
                        start = None
    if grow:
        return [[o] for o in outlines]
    return [outlines] if outlines else []


def shape(m, width, height, grow, font):
    short = min(width, height)
    stroke = m.get("width", 0) * short
    half = stroke / 2 + grow
    kind = m["kind"]
    if kind == "arrow":
        return arrow(m, stroke, grow)
    if kind == "circle":
        x, y, r = m["x"], m["y"], m["r"]
        return [ring(x - r, y - r, x + r, y + r, half, ellipse)]
    if kind == "point":
        r = stroke * 1.5 + grow
        return [[circle(m["x"], m["y"], r, r, 512)]]
    if kind == "freehand":
        return thick([tuple(p) for p in m["points"]], half)
    if kind == "text":
        return text(m, short, grow, font)
    x0, x1 = sorted((m["x0"], m["x1"]))
    y0, y1 = sorted((m["y0"], m["y1"]))
    if kind == "box":
        return [ring(x0, y0, x1, y1, half, rect)]
    if kind == "ellipse":
        return [ring(x0, y0, x1, y1, half, ellipse)]
    return [[rect(x0, y0, x1, y1)]]


def blurred(image, radius):
    """Mean of the square around each pixel, by a table of sums over the whole image."""
    height, width, _ = image.shape
    sums = np.zeros((height + 1, width + 1, 3), dtype=np.int64)
    sums[1:, 1:] = image.astype(np.int64).cumsum(0).cumsum(1)
    y0, y1 = np.maximum(np.arange(height) - radius, 0), np.minimum(np.arange(height) + radius + 1, height)
    x0, x1 = np.maximum(np.arange(width) - radius, 0), np.minimum(np.arange(width) + radius + 1, width)
    total = sums[y1][:, x1] - sums[y0][:, x1] - sums[y1][:, x0] + sums[y0][:, x0]
    n = ((y1 - y0)[:, None] * (x1 - x0)[None, :])[:, :, None]
    return (2 * total + n) // (2 * n)


def colour(name):
    return np.array([int(name[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.int64)


def blend(image, over, alpha):
    a = alpha[:, :, None]
    return (image * (255 - a) + over * a + 127) // 255


def draw(image, marks, font):
    """image: uint8 [height, width, 3]. Returns the image with the marks burned in, one after another."""
    out = image.astype(np.int64)
    height, width, _ = image.shape
    short = min(width, height)
    for m in marks:
        if m.get("halo"):
            out = blend(out, colour(m["halo"]["colour"]), coverage(shape(m, width, height, m["halo"]["width"] * short, font), width, height))
        alpha = coverage(shape(m, width, height, 0, font), width, height)
        over = blurred(out, max(1, math.floor(m["radius"] * short + 0.5))) if m["kind"] == "blur" else colour(m["colour"])
        out = blend(out, over, alpha)
    return out.astype(np.uint8)
