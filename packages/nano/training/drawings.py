"""Pictures to look at, drawn in the style of the smoke tests' questions (packages/smoke-tests/src/seeing).

A mark is ((x, y), what, place): the middle of something in pixels, what it is (a digit, or CIRCLE), and the how-manieth
it is (None where order means nothing).
"""
import math

from PIL import Image, ImageDraw, ImageFont

CIRCLE = 11
COLOURS = dict(red=(220, 30, 30), green=(30, 160, 50), blue=(30, 60, 220), yellow=(240, 220, 40), orange=(245, 140, 20),
               purple=(130, 40, 160), black=(0, 0, 0), white=(255, 255, 255))
PURE = dict(red=(255, 0, 0), green=(0, 128, 0), blue=(0, 0, 255), yellow=(255, 255, 0), orange=(255, 165, 0),
            purple=(128, 0, 128))
NAMES, SHAPES = list(COLOURS), ['circle', 'square', 'triangle']
DARK, LIGHT = ['red', 'green', 'blue', 'purple', 'black'], ['white', 'yellow']
CORNERS = ['top left', 'top right', 'bottom left', 'bottom right']
GLYPHS = {digit: [int(row, 36) for row in rows] for digit, rows in {  # 5x7 dots a digit, a base-36 character a row
    '0': 'ehhhhhe', '1': '4c4444e', '2': 'eh1248v', '3': 'v2421he', '4': '26aiv22',
    '5': 'vgu11he', '6': '68guhhe', '7': 'v124888', '8': 'ehhehhe', '9': 'ehhf12c'}.items()}


def shade(r, name):
    base = PURE[name] if name in PURE and r.random() < .2 else COLOURS[name]
    return tuple(min(255, max(0, channel + r.randint(-10, 10))) for channel in base)


def pair(r):
    """Names of ink and paper that stand out against each other."""
    dark, light = r.choice(DARK), r.choice(LIGHT)
    return (dark, light) if r.random() < .5 else (light, dark)


def draw_dots(draw, text, x, y, dot, ink):
    for index, digit in enumerate(text):
        for row, bits in enumerate(GLYPHS[digit]):
            for col in range(5):
                if bits >> (4 - col) & 1:
                    left, top = x + (index * 6 + col) * dot, y + row * dot
                    draw.rectangle((left, top, left + dot - 1, top + dot - 1), fill=ink)


def draw_digits(r, size, count=4):
    """Picture, digits, and a mark for each digit."""
    width, height = size
    ink, paper = (shade(r, name) for name in pair(r))
    image = Image.new('RGB', size, paper)
    draw, text = ImageDraw.Draw(image), ''.join(r.choice('0123456789') for _ in range(count))
    largest = min((width - 16) // (6 * count - 1), (height - 16) // 7)
    if largest >= 3 and r.random() < .75:
        dot = r.randint(max(3, math.ceil(largest * .4)), largest)
        wide, high = (6 * count - 1) * dot, 7 * dot
        x, y = r.randint(8, width - wide - 8), r.randint(8, height - high - 8)
        draw_dots(draw, text, x, y, dot, ink)
        middles = [x + (index * 6 + 2.5) * dot for index in range(count)]
        return image, text, digit_marks(text, middles, y + high / 2)
    for points in range(r.randint(24, 64), 11, -2):
        font = ImageFont.load_default(points)
        x0, y0, x1, y1 = draw.textbbox((0, 0), text, font=font)
        if x1 - x0 <= width - 8 and y1 - y0 <= height - 8:
            break
    x, y = r.randint(4, max(4, int(width - x1 + x0 - 4))) - x0, r.randint(4, max(4, int(height - y1 + y0 - 4))) - y0
    draw.text((x, y), text, fill=ink, font=font)
    starts = [x + font.getlength(text[:index]) for index in range(count + 1)]
    return image, text, digit_marks(text, [(a + b) / 2 for a, b in zip(starts, starts[1:])], y + (y0 + y1) / 2)


def digit_marks(text, middles, y):
    return [((x, y), int(digit), place) for place, (digit, x) in enumerate(zip(text, middles))]


def draw_shape(r, size):
    shape, (ink, paper), half = r.choice(SHAPES), pair(r), round(min(size) * r.uniform(.2, .4))
    image, fill = Image.new('RGB', size, shade(r, paper)), shade(r, ink)
    x, y = (r.randint(half + 2, side - half - 2) for side in size)
    draw = ImageDraw.Draw(image)
    if shape == 'triangle':
        draw.polygon([(x, y - half), (x - half, y + half), (x + half, y + half)], fill=fill)
    else:
        (draw.ellipse if shape == 'circle' else draw.rectangle)((x - half, y - half, x + half, y + half), fill=fill)
    return image, shape, ink, paper


def draw_circles(r, size, places, radius):
    """Picture, and a mark for each circle."""
    ink, paper = (shade(r, name) for name in pair(r))
    image = Image.new('RGB', size, paper)
    for x, y in places:
        ImageDraw.Draw(image).ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)
    return image, [(place, CIRCLE, None) for place in places]


def scatter(r, size, count, radius):
    """Middles of circles that do not touch: at least 6 px between two, 4 px to the edge. Fewer where there is no room."""
    places = []
    for _ in range(60):
        x, y = (r.randint(radius + 4, side - radius - 4) for side in size)
        if all(math.hypot(x - a, y - b) >= 2 * radius + 6 for a, b in places):
            places.append((x, y))
        if len(places) == count:
            break
    return places


def draw_corner(r, size):
    radius, corner = r.randint(10, 24), r.randrange(4)
    near = [r.uniform(min(radius + 1, .28 * side), .3 * side) for side in size]
    x = near[0] if corner % 2 == 0 else size[0] - near[0]
    y = near[1] if corner < 2 else size[1] - near[1]
    image, marks = draw_circles(r, size, [(x, y)], radius)
    return image, CORNERS[corner], marks
