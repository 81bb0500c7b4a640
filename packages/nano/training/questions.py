"""What is asked about pictures, and the right answers."""
from PIL import Image

from .drawings import CORNERS, NAMES, SHAPES, draw_circles, draw_corner, draw_digits, draw_shape, scatter, shade

ASK = dict(
    colour=f'What colour is this picture? Answer with one word: {", ".join(NAMES)}.',
    shape=f'What shape is in the picture? Answer with one word: {", ".join(SHAPES)}.',
    digits='Which digits are written in the picture? Answer with the digits only.',
    count='How many circles are in the picture? Answer with one digit.',
    position=f'In which corner of the picture is the circle? Answer with one of: {", ".join(CORNERS)}.',
    colours='What colour is each picture, in order? Answer with the colours only, separated by commas.',
    numbers='Which digits are written in each picture, in order? Answer with the digits only, separated by commas.')
LOOSELY = dict(
    colour=['What colour is this image?', 'What color is this picture?', 'What colour is the picture?'],
    shape=['What shape is this?', 'Which shape is in the image?'],
    digits=['Read the digits.', 'What digits are shown?', 'What number is in the picture?'],
    count=['How many circles are there?'], position=['Where is the circle?'],
    colours=['What colour is each image?', 'Name the colour of each picture in order.'],
    numbers=['Read the digits in each picture.'], describe=['What is in the picture?', 'Describe the picture.', 'Describe.'])
SYSTEM = ['You are a helpful assistant.', 'Answer briefly.', 'You look at pictures and answer questions about them.']
WORDS = ('harbour lantern meadow violin copper orchard thunder velvet ready ok hello ping pong yes no apple banana '
         'river cloud seven alpha beta done stone lamp pixtral fleet deploy verify london paris window').split()
NO_PICTURE, NOTHING = 'There is no picture.', 'none'


def one_picture(r, size):
    """Kind of question, picture, answer, marks."""
    kinds = dict(colour=3, digits=12 if size[0] >= 96 and size[1] >= 40 else 0)
    if min(size) >= 64:
        kinds |= dict(shape=2, count=12, position=3, describe=.5, nothing=.5)
    kind = r.choices(list(kinds), list(kinds.values()))[0]
    if kind == 'digits':
        return kind, *draw_digits(r, size, r.choice([4, 4, 4, 3, 5]) if size[0] >= 144 else r.choice([3, 4]))
    if kind in ('shape', 'describe'):
        image, shape, ink, paper = draw_shape(r, size)
        return kind, image, shape if kind == 'shape' else f'a {ink} {shape} on {paper}', []
    if kind == 'count':
        radius = r.randint(8, 16)
        places = scatter(r, size, r.randint(1, 5), radius)
        image, marks = draw_circles(r, size, places, radius)
        return kind, image, str(len(places)), marks
    if kind == 'position':
        return kind, *draw_corner(r, size)
    name = r.choice(NAMES)
    image = Image.new('RGB', size, shade(r, name))
    return ('colour', image, name, []) if kind == 'colour' else (r.choice(['digits', 'shape', 'count']), image, NOTHING, [])


def several_pictures(r, sizes):
    """Kind of question, pictures, answer, marks of each picture."""
    if len(sizes) < 4 and min(width for width, _ in sizes) >= 128:
        drawn = [draw_digits(r, size, 4 if size[0] >= 144 else 3) for size in sizes]
        return 'numbers', [d[0] for d in drawn], ', '.join(d[1] for d in drawn), [d[2] for d in drawn]
    names = r.sample(NAMES, len(sizes)) if r.random() < .7 else r.choices(NAMES, k=len(sizes))
    images = [Image.new('RGB', size, shade(r, name)) for size, name in zip(sizes, names)]
    return 'colours', images, ', '.join(names), [[] for _ in sizes]


def no_picture(r):
    """Question and answer."""
    kind = r.random()
    if kind < .5:
        letters = ''.join(r.choice('abcdefghijklmnopqrstuvwxyz') for _ in range(r.randint(2, 8)))
        word = r.choice(WORDS) if r.random() < .5 else letters
        return f'Reply with the word "{word}".', word
    if kind < .8:
        last = r.randint(2, 80)
        return f'Count from 1 to {last}.', ', '.join(str(number) for number in range(1, last + 1))
    return question(r, r.choice(list(LOOSELY))), NO_PICTURE


def question(r, kind):
    return r.choice(LOOSELY[kind]) if kind not in ASK or r.random() < .15 else ASK[kind]
