#!/usr/bin/env python3
"""Adds to test/pixels what Pillow reads and few tools do: interlaced PNG of every depth and colour type, orientation in every place where Pillow finds one,
GIF with odd logical screens. Expected files are Pillow's own, but for 16 bits, where they are round(v / 257) of the values that were written.

    python3 tools/make/inputs/pictures.py     (Pillow 13)
"""
import binascii, io, json, os, random, struct, zlib
from PIL import Image, ImageOps

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'test', 'pixels')
PREFIX = 'brought-'
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
KINDS = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8), (4, 8), (4, 16), (6, 8), (6, 16)]
SIZES = [(1, 1), (3, 2), (5, 9), (33, 17)]
cases = []


def put(name, data):
    with open(os.path.join(ROOT, name), 'wb') as f:
        f.write(data)
    return name


def png(image):
    b = io.BytesIO()
    image.save(b, 'PNG', optimize=True)
    return b.getvalue()


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', binascii.crc32(kind + data) & 0xFFFFFFFF)


def filtered(row, above, step, kind):
    """One row behind a filter (PNG specification, 9.2)."""
    out = bytearray([kind])
    for i, v in enumerate(row):
        a = row[i - step] if i >= step else 0
        b = above[i]
        c = above[i - step] if i >= step else 0
        p = a + b - c
        pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
        paeth = a if pa <= pb and pa <= pc else b if pb <= pc else c
        out.append((v - (0, a, b, (a + b) // 2, paeth)[kind]) & 255)
    return bytes(out)


def packed(values, depth):
    if depth == 16:
        return b''.join(struct.pack('>H', v) for v in values)
    if depth == 8:
        return bytes(values)
    out, acc, n = bytearray(), 0, 0
    for v in values:
        acc, n = acc << depth | v, n + depth
        if n == 8:
            out.append(acc)
            acc = n = 0
    if n:
        out.append(acc << (8 - n))
    return bytes(out)


def interlaced(w, h, colour, depth, at, extra):
    """A PNG by Adam7 whose rows use all five filters in turn."""
    data, n = bytearray(), 0
    for x0, y0, dx, dy in PASSES:
        xs, ys = range(x0, w, dx), range(y0, h, dy)
        if not xs or not ys:
            continue
        length = len(packed([v for x in xs for v in at(x, 0)], depth))
        above = bytes(length)
        for y in ys:
            row = packed([v for x in xs for v in at(x, y)], depth)
            data += filtered(row, above, max(1, CHANNELS[colour] * depth // 8), n % 5)
            above, n = row, n + 1
    head = struct.pack('>IIBBBBB', w, h, depth, colour, 0, 0, 1)
    half = zlib.compress(bytes(data))
    cut = len(half) // 2
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + extra + chunk(b'IDAT', half[:cut]) + chunk(b'IDAT', half[cut:]) + chunk(b'IEND', b'')


def decode_case(name, data, product, note):
    file = put(f'in/{PREFIX}{name}', data)
    stem = name.rsplit('.', 1)[0]
    out = put(f'out/{PREFIX}{stem}.png', png(product))
    cases.append({'id': f'decode-{PREFIX}{stem}', 'op': 'decode', 'input': file, 'params': {'browser': 'decodes'}, 'expected': {'product': out}, 'tolerance': {'max_abs': 0}, 'note': note})


def interlaced_cases():
    random.seed(7)
    for colour, depth in KINDS:
        for w, h in SIZES:
            top = (1 << depth) - 1
            used = min(top, 199) if colour == 3 else top
            pixels = [[[random.randint(0, used) for _ in range(CHANNELS[colour])] for _ in range(w)] for _ in range(h)]
            at = lambda x, y: pixels[y][x]
            extra = chunk(b'PLTE', bytes(random.randrange(256) for _ in range(3 * min(200, 1 << depth)))) if colour == 3 else b''
            data = interlaced(w, h, colour, depth, at, extra)
            product = Image.open(io.BytesIO(data)).convert('RGB')
            if depth == 16:
                eight = [[[(v + 128) // 257 for v in p] for p in row] for row in pixels]
                flat = [tuple((p[:1] * 3) if colour in (0, 4) else p[:3]) for row in eight for p in row]
                product = Image.new('RGB', (w, h))
                product.putdata(flat)
            decode_case(f'adam7-{colour}-{depth}-{w}x{h}.png', data, product, f'interlaced, colour type {colour}, {depth} bits')


def exif(value, big=False, kind=3, count=1):
    e = '>' if big else '<'
    field = struct.pack(e + 'H', value) + b'\0\0' if kind == 3 else struct.pack(e + 'I', value) if kind == 4 else bytes([value, 0, 0, 0])
    return (b'MM\0*' if big else b'II*\0') + struct.pack(e + 'I', 8) + struct.pack(e + 'HHHI', 1, 0x112, kind, count) + field + bytes(4)


def xmp(value, tag=False):
    inner = f'<tiff:Orientation>{value}</tiff:Orientation>' if tag else ''
    attribute = '' if tag else f' tiff:Orientation="{value}"'
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/"{attribute}>{inner}</rdf:Description></rdf:RDF></x:xmpmeta>'.encode()


def raw_profile(block):
    h = block.hex()
    lines = [h[i : i + 72] for i in range(0, len(h), 72)]
    return ('\nexif\n%8d\n' % len(block) + '\n'.join(lines) + '\n').encode()


def picture():
    im = Image.new('RGB', (13, 7))
    im.putdata([(x * 19, y * 36, (x * 7 + y * 11) % 256) for y in range(7) for x in range(13)])
    return im


def orient_case(name, data):
    im = Image.open(io.BytesIO(data))
    turned = ImageOps.exif_transpose(im).convert('RGB')
    number = im.getexif().get(0x112, 1)
    wanted = int(name.split('-')[0])
    assert number == wanted or (wanted == 1 and number not in range(2, 9)), (name, number)
    stem, ending = name.rsplit('.', 1)
    file = put(f'in/{PREFIX}orient-{name}', data)
    ignore = put(f'out/{PREFIX}orient-{stem}.ignore.png', png(Image.open(io.BytesIO(data)).convert('RGB')))
    apply = put(f'out/{PREFIX}orient-{stem}.apply.png', png(turned))
    cases.append({'id': f'orient-{PREFIX}{stem}-{ending}', 'op': 'orient', 'input': file, 'params': {'orientation': wanted}, 'expected': {'ignore': ignore, 'apply': apply}, 'tolerance': {'max_abs': 0}, 'note': 'where Pillow finds an orientation'})


def orient_cases():
    plain = png(picture())
    idat, end = plain.index(b'IDAT') - 4, plain.index(b'IEND') - 4
    before = lambda extra: plain[:idat] + extra + plain[idat:]
    behind = lambda extra: plain[:end] + extra + plain[end:]
    key, xkey = b'Raw profile type exif\0', b'XML:com.adobe.xmp\0'
    z = zlib.compress
    made = {
        '6-exif.png': before(chunk(b'eXIf', exif(6))),
        '8-exif-big.png': before(chunk(b'eXIf', exif(8, big=True))),
        '3-exif-long.png': before(chunk(b'eXIf', exif(3, kind=4))),
        '1-exif-byte.png': before(chunk(b'eXIf', exif(5, kind=1))),
        '7-exif-prefix.png': before(chunk(b'eXIf', b'Exif\0\0' + exif(7))),
        '6-exif-behind.png': behind(chunk(b'eXIf', exif(6))),
        '1-exif-zero-then-xmp.png': before(chunk(b'eXIf', exif(0)) + chunk(b'iTXt', xkey + b'\0\0\0\0' + xmp(6))),
        '6-exif-before-xmp.png': before(chunk(b'iTXt', xkey + b'\0\0\0\0' + xmp(3)) + chunk(b'eXIf', exif(6))),
        '6-raw-text.png': before(chunk(b'tEXt', key + raw_profile(b'Exif\0\0' + exif(6)))),
        '8-raw-ztxt.png': before(chunk(b'zTXt', key + b'\0' + z(raw_profile(b'Exif\0\0' + exif(8))))),
        '3-raw-itxt.png': before(chunk(b'iTXt', key + b'\0\0\0\0' + raw_profile(exif(3)))),
        '2-raw-itxt-packed.png': before(chunk(b'iTXt', key + b'\1\0\0\0' + z(raw_profile(exif(2))))),
        '4-raw-behind.png': behind(chunk(b'zTXt', key + b'\0' + z(raw_profile(b'Exif\0\0' + exif(4))))),
        '6-xmp-itxt.png': before(chunk(b'iTXt', xkey + b'\0\0\0\0' + xmp(6))),
        '7-xmp-tag.png': before(chunk(b'iTXt', xkey + b'\0\0en\0XMP\0' + xmp(7, tag=True))),
        '8-xmp-packed.png': before(chunk(b'iTXt', xkey + b'\1\0\0\0' + z(xmp(8)))),
        '5-xmp-behind.png': behind(chunk(b'iTXt', xkey + b'\0\0\0\0' + xmp(5))),
        '3-xmp-text.png': before(chunk(b'tEXt', xkey + xmp(3))),
        '2-xmp-ztxt.png': before(chunk(b'zTXt', xkey + b'\0' + z(xmp(2)))),
        '1-other-text.png': before(chunk(b'tEXt', b'Comment\0' + xmp(3))),
    }
    for name, data in made.items():
        orient_case(name, data)
    b = io.BytesIO()
    picture().save(b, 'JPEG', quality=90)
    jpeg = b.getvalue()
    app1 = lambda d: b'\xff\xe1' + struct.pack('>H', len(d) + 2) + d
    head = b'http://ns.adobe.com/xap/1.0/\0'
    orient_case('6-xmp.jpg', jpeg[:2] + app1(head + xmp(6)) + jpeg[2:])
    orient_case('8-xmp-last.jpg', jpeg[:2] + app1(head + xmp(3)) + app1(head + xmp(8)) + jpeg[2:])
    orient_case('1-exif-zero.jpg', jpeg[:2] + app1(b'Exif\0\0' + exif(0)) + app1(head + xmp(6)) + jpeg[2:])
    block = exif(3, kind=4)
    orient_case('3-exif-in-two.jpg', jpeg[:2] + app1(b'Exif\0\0' + block[:12]) + app1(b'Exif\0\0' + block[12:]) + jpeg[2:])
    for name, more in (('6-exif', {'exif': exif(6)}), ('8-exif-prefix', {'exif': b'Exif\0\0' + exif(8)}), ('3-xmp', {'xmp': xmp(3)})):
        b = io.BytesIO()
        picture().save(b, 'WEBP', lossless=True, **more)
        orient_case(f'{name}.webp', b.getvalue())


def gif_cases():
    im = picture().quantize(16)
    b = io.BytesIO()
    im.save(b, 'GIF')
    gif = b.getvalue()
    frame = gif.index(b',\0\0\0\0')
    screen = lambda w, h: gif[:6] + struct.pack('<HH', w, h) + gif[10:]
    moved = lambda data, x, y: data[: frame + 1] + struct.pack('<HH', x, y) + data[frame + 5 :]
    for name, data in {
        'screen-smaller': screen(5, 3), 'screen-none': screen(0, 0), 'screen-wide': screen(20, 3), 'screen-larger': screen(20, 11),
        'screen-moved': moved(screen(13, 7), 4, 2), 'screen-moved-inside': moved(screen(30, 20), 4, 2), 'screen-one': moved(screen(1, 1), 3, 9),
    }.items():
        decode_case(f'gif-{name}.gif', data, Image.open(io.BytesIO(data)).convert('RGB'), 'the logical screen and the first frame differ')
    two = io.BytesIO()
    im.save(two, 'GIF', save_all=True, append_images=[im.transpose(0)], duration=50)
    data = two.getvalue()[:6] + struct.pack('<HH', 2, 2) + two.getvalue()[10:]
    decode_case('gif-screen-animated.gif', data, Image.open(io.BytesIO(data)).convert('RGB'), 'the first frame of two, larger than the screen')


def bmp_cases():
    w, h = 11, 6
    random.seed(7)
    values = [[random.randrange(1 << 16) for _ in range(w)] for _ in range(h)]
    for name, (height, compression, masks) in {
        'bmp-555': (h, 0, b''), 'bmp-565': (h, 3, struct.pack('<III', 0xF800, 0x7E0, 0x1F)),
        'bmp-555-masks-downwards': (-h, 3, struct.pack('<III', 0x7C00, 0x3E0, 0x1F)),
    }.items():
        rows = [struct.pack(f'<{w}H', *r) + b'\0' * (-2 * w % 4) for r in values]
        body = b''.join(rows)
        start = 54 + len(masks)
        head = b'BM' + struct.pack('<IHHI', start + len(body), 0, 0, start)
        data = head + struct.pack('<IiiHHIIiiII', 40, w, height, 1, 16, compression, len(body), 2835, 2835, 0, 0) + masks + body
        decode_case(f'{name}.bmp', data, Image.open(io.BytesIO(data)).convert('RGB'), '16 bits a pixel: each channel as Pillow widens it')


if __name__ == '__main__':
    for folder in ('in', 'out'):
        for f in os.listdir(os.path.join(ROOT, folder)):
            if f.startswith(PREFIX):
                os.remove(os.path.join(ROOT, folder, f))
    interlaced_cases(), orient_cases(), gif_cases(), bmp_cases()
    path = os.path.join(ROOT, 'cases.json')
    with open(path) as f:
        all_cases = json.load(f)
    kept = [c for c in all_cases['cases'] if PREFIX not in c['id']]
    with open(path, 'w') as f:
        json.dump({**all_cases, 'cases': kept + cases}, f, indent=2, ensure_ascii=False)
        f.write('\n')
    print(len(cases), 'cases')
