#!/usr/bin/env python3
"""Trains a Pixtral of 2.3 million parameters that sees: colours, shapes, counts, corners and digits.

    train.py --out model [--steps N] [--seed N] [--resume]

Writes params.json, consolidated.safetensors and tekken.json in Mistral's format; vLLM serves the folder with
`--tokenizer-mode mistral --config-format mistral --load-format mistral`. Pictures are drawn while it trains, in the
style of the smoke tests' questions (packages/smoke-tests/src/seeing), and turned into tokens and pixels by
mistral_common, as vLLM does it. Two CPU cores; the same seed draws the same samples.
"""
import argparse
import io
import json
import math
import os
import random
import time

import mistral_common
import numpy as np
import torch
import torch.nn.functional as F
from mistral_common.protocol.instruct.chunk import ImageChunk, TextChunk
from mistral_common.protocol.instruct.messages import SystemMessage, UserMessage
from mistral_common.protocol.instruct.request import ChatCompletionRequest
from mistral_common.tokens.tokenizers.image import transform_image
from mistral_common.tokens.tokenizers.mistral import MistralTokenizer
from PIL import Image, ImageDraw, ImageFont
from safetensors.torch import save_file
from torch import nn

PATCH, IMG = 16, 10
VOCAB, SPECIAL = 2048, 1000
PARAMS = dict(
    dim=128, n_layers=4, head_dim=32, hidden_dim=384, n_heads=4, n_kv_heads=2, rope_theta=10000.0, norm_eps=1e-5,
    vocab_size=VOCAB, max_position_embeddings=16384,
    vision_encoder=dict(
        hidden_size=128, num_channels=3, image_size=1024, max_image_size=1024, patch_size=PATCH, rope_theta=10000.0,
        intermediate_size=384, num_hidden_layers=4, num_attention_heads=4, adapter_bias=True, image_token_id=IMG))


# ---- tokenizer ------------------------------------------------------------------------------------------------------

def write_tokenizer(path):
    """Pixtral's own, cut to its first 1,048 merges; every digit stays one token."""
    with open(os.path.join(os.path.dirname(mistral_common.__file__), 'data', 'tekken_240911.json')) as file:
        full = json.load(file)
    kept = VOCAB - SPECIAL
    sizes = dict(num_vocab_tokens=kept, default_vocab_size=VOCAB, default_num_special_tokens=SPECIAL)
    cut = dict(config=dict(full['config'], **sizes), image=full['image'],
               vocab=[entry for entry in full['vocab'] if entry['rank'] < kept])
    with open(path, 'w') as file:
        json.dump(cut, file, separators=(',', ':'))


# ---- model: the names of the modules are those of Mistral's checkpoints ----------------------------------------------

class RMSNorm(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


def rotate(x, angles):
    """Rotary embedding of interleaved pairs; x [batch, tokens, heads, dim], angles [tokens, dim / 2]."""
    even, odd = x[..., 0::2], x[..., 1::2]
    cos, sin = angles.cos()[:, None], angles.sin()[:, None]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class Attention(nn.Module):
    def __init__(self, dim, heads, kv_heads, head_dim):
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = heads, kv_heads, head_dim
        self.wq = nn.Linear(dim, heads * head_dim, bias=False)
        self.wk = nn.Linear(dim, kv_heads * head_dim, bias=False)
        self.wv = nn.Linear(dim, kv_heads * head_dim, bias=False)
        self.wo = nn.Linear(heads * head_dim, dim, bias=False)

    def forward(self, x, angles, causal):
        batch, tokens, _ = x.shape
        q = rotate(self.wq(x).view(batch, tokens, self.heads, self.head_dim), angles).transpose(1, 2)
        k = rotate(self.wk(x).view(batch, tokens, self.kv_heads, self.head_dim), angles).transpose(1, 2)
        v = self.wv(x).view(batch, tokens, self.kv_heads, self.head_dim).transpose(1, 2)
        if self.kv_heads != self.heads:
            k, v = (t.repeat_interleave(self.heads // self.kv_heads, 1) for t in (k, v))
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        return self.wo(seen.transpose(1, 2).reshape(batch, tokens, -1))


class FeedForward(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.w1 = nn.Linear(dim, hidden, bias=False)
        self.w2 = nn.Linear(hidden, dim, bias=False)
        self.w3 = nn.Linear(dim, hidden, bias=False)

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class Block(nn.Module):
    def __init__(self, dim, hidden, heads, kv_heads, head_dim):
        super().__init__()
        self.attention = Attention(dim, heads, kv_heads, head_dim)
        self.feed_forward = FeedForward(dim, hidden)
        self.attention_norm, self.ffn_norm = RMSNorm(dim), RMSNorm(dim)

    def forward(self, x, angles, causal):
        x = x + self.attention(self.attention_norm(x), angles, causal)
        return x + self.feed_forward(self.ffn_norm(x))


class VisionEncoder(nn.Module):
    def __init__(self, p):
        super().__init__()
        dim, heads = p['hidden_size'], p['num_attention_heads']
        self.patch_conv = nn.Conv2d(3, dim, PATCH, PATCH, bias=False)
        self.ln_pre = RMSNorm(dim)
        self.transformer = nn.Module()
        self.transformer.layers = nn.ModuleList(
            Block(dim, p['intermediate_size'], heads, heads, dim // heads) for _ in range(p['num_hidden_layers']))
        self.head_dim, self.theta = dim // heads, p['rope_theta']

    def forward(self, pixels):
        """[pictures, 3, height, width] to [pictures, patches, dim]."""
        count, channels, height, width = pixels.shape
        rows, cols = height // PATCH, width // PATCH
        patches = pixels.view(count, channels, rows, PATCH, cols, PATCH).permute(0, 2, 4, 1, 3, 5)
        x = self.ln_pre(patches.reshape(count, rows * cols, -1) @ self.patch_conv.weight.flatten(1).t())
        freqs = 1.0 / self.theta ** (torch.arange(0, self.head_dim, 2).float() / self.head_dim)
        down = torch.outer(torch.arange(rows).float(), freqs[::2])[:, None].expand(rows, cols, -1)
        across = torch.outer(torch.arange(cols).float(), freqs[1::2])[None].expand(rows, cols, -1)
        angles = torch.cat((down, across), -1).reshape(rows * cols, -1)
        for layer in self.transformer.layers:
            x = layer(x, angles, causal=False)
        return x


class Adapter(nn.Module):
    def __init__(self, vision_dim, dim):
        super().__init__()
        self.w_in, self.w_out = nn.Linear(vision_dim, dim), nn.Linear(dim, dim)

    def forward(self, x):
        return self.w_out(F.gelu(self.w_in(x)))


class NanoPixtral(nn.Module):
    def __init__(self, p):
        super().__init__()
        dim = p['dim']
        self.head_dim, self.theta = p['head_dim'], p['rope_theta']
        self.tok_embeddings = nn.Embedding(p['vocab_size'], dim)
        self.layers = nn.ModuleList(
            Block(dim, p['hidden_dim'], p['n_heads'], p['n_kv_heads'], p['head_dim']) for _ in range(p['n_layers']))
        self.norm = RMSNorm(dim)
        self.output = nn.Linear(dim, p['vocab_size'], bias=False)
        self.vision_encoder = VisionEncoder(p['vision_encoder'])
        self.vision_language_adapter = Adapter(p['vision_encoder']['hidden_size'], dim)
        for name, weight in self.named_parameters():
            if weight.dim() < 2:
                continue
            std = weight[0].numel() ** -0.5
            if name.endswith(('wo.weight', 'w2.weight')):
                std /= math.sqrt(2 * p['n_layers'])
            std = 0.25 if name.startswith('tok_embeddings') else 0.02 if name.startswith('output') else std
            nn.init.normal_(weight, 0, std)

    def encode(self, pixels):
        return self.vision_language_adapter(self.vision_encoder(pixels))

    def forward(self, ids, pictures, wanted):
        """ids [batch, tokens]; pictures [picture tokens, dim] in their order; logits where `wanted` is true."""
        x = self.tok_embeddings(ids)
        if pictures is not None:
            x = x.clone()
            x[ids == IMG] = pictures
        freqs = 1.0 / self.theta ** (torch.arange(0, self.head_dim, 2).float() / self.head_dim)
        angles = torch.outer(torch.arange(ids.shape[1]).float(), freqs)
        for layer in self.layers:
            x = layer(x, angles, causal=True)
        return self.output(self.norm(x)[wanted])


# ---- pictures, questions, answers -----------------------------------------------------------------------------------

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
    """Picture, digits, and the middle of each digit with its place."""
    width, height = size
    ink, paper = (shade(r, name) for name in pair(r))
    image = Image.new('RGB', size, paper)
    draw, text = ImageDraw.Draw(image), ''.join(r.choice('0123456789') for _ in range(count))
    largest = min((width - 16) // (6 * count - 1), (height - 16) // 7)
    if largest >= 3 and r.random() < .75:
        dot = r.randint(max(3, math.ceil(largest * .55)), largest)
        wide, high = (6 * count - 1) * dot, 7 * dot
        x, y = r.randint(8, width - wide - 8), r.randint(8, height - high - 8)
        draw_dots(draw, text, x, y, dot, ink)
        middles = [x + (index * 6 + 2.5) * dot for index in range(count)]
        return image, text, [(middle, y + high / 2) for middle in middles]
    for points in range(r.randint(24, 64), 11, -2):
        font = ImageFont.load_default(points)
        x0, y0, x1, y1 = draw.textbbox((0, 0), text, font=font)
        if x1 - x0 <= width - 8 and y1 - y0 <= height - 8:
            break
    x, y = r.randint(4, max(4, int(width - x1 + x0 - 4))) - x0, r.randint(4, max(4, int(height - y1 + y0 - 4))) - y0
    draw.text((x, y), text, fill=ink, font=font)
    starts = [x + font.getlength(text[:index]) for index in range(count + 1)]
    return image, text, [((a + b) / 2, y + (y0 + y1) / 2) for a, b in zip(starts, starts[1:])]


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
    ink, paper = (shade(r, name) for name in pair(r))
    image = Image.new('RGB', size, paper)
    for x, y in places:
        ImageDraw.Draw(image).ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)
    return image


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
    return draw_circles(r, size, [(x, y)], radius), CORNERS[corner]


def one_picture(r, size):
    """Kind, picture, answer, digit middles."""
    kinds = dict(colour=3, digits=9 if size[0] >= 96 and size[1] >= 40 else 0)
    if min(size) >= 64:
        kinds |= dict(shape=3, count=9, position=2, describe=1, nothing=.7)
    kind = r.choices(list(kinds), list(kinds.values()))[0]
    if kind == 'digits':
        image, text, middles = draw_digits(r, size, r.choice([4, 4, 4, 3, 5]) if size[0] >= 144 else r.choice([3, 4]))
        return kind, image, text, middles
    if kind in ('shape', 'describe'):
        image, shape, ink, paper = draw_shape(r, size)
        return kind, image, shape if kind == 'shape' else f'a {ink} {shape} on {paper}', []
    if kind == 'count':
        radius = r.randint(8, 16)
        places = scatter(r, size, r.randint(1, 5), radius)
        return kind, draw_circles(r, size, places, radius), str(len(places)), []
    if kind == 'position':
        return kind, *draw_corner(r, size), []
    name = r.choice(NAMES)
    image = Image.new('RGB', size, shade(r, name))
    return ('colour', image, name, []) if kind == 'colour' else (r.choice(['digits', 'shape', 'count']), image, NOTHING, [])


def several_pictures(r, sizes):
    if len(sizes) < 4 and min(width for width, _ in sizes) >= 128:
        drawn = [draw_digits(r, size, 4 if size[0] >= 144 else 3) for size in sizes]
        return 'numbers', [d[0] for d in drawn], ', '.join(d[1] for d in drawn), [d[2] for d in drawn]
    names = r.sample(NAMES, len(sizes)) if r.random() < .7 else r.choices(NAMES, k=len(sizes))
    images = [Image.new('RGB', size, shade(r, name)) for size, name in zip(sizes, names)]
    return 'colours', images, ', '.join(names), [[] for _ in sizes]


def no_picture(r):
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


def as_jpeg(r, image):
    buffer = io.BytesIO()
    image.save(buffer, 'JPEG', quality=r.randint(60, 95))
    return Image.open(buffer).convert('RGB')


# ---- batches: pictures at one place of a batch have one number of patches, so that they are encoded together ----------

def grids(r):
    """Columns and rows of patches of each picture of a batch's requests."""
    kind = r.choices(['digits', 'one', 'numbers', 'colours', 'text', 'tiny', 'wide', 'large'],
                     [20, 22, 24, 26, 4, 1, 3, .6])[0]
    if kind == 'digits':
        return [(r.randint(9, 16), r.randint(4, 8))]
    if kind == 'one':
        return [(r.randint(7, 14), r.randint(7, 14))]
    if kind == 'numbers':
        return [(r.randint(9, 16), r.randint(4, 8)) for _ in range(2)]
    if kind == 'colours':
        return [(r.randint(4, 10), r.randint(4, 10)) for _ in range(r.randint(2, 4))]
    if kind == 'tiny':
        return [(r.randint(1, 6), r.randint(1, 6))]
    if kind == 'wide':
        return [(r.randint(10, 32), r.randint(6, 24))]
    return [] if kind == 'text' else [r.choice([(64, 64), (64, 48), (48, 64), (40, 40)])]


class Batches:
    def __init__(self, tokenizer, seed, tokens):
        self.tokenizer, self.r, self.tokens = tokenizer, random.Random(seed), tokens

    def prompt(self, text, shape):
        chunks = [ImageChunk(image=Image.new('RGB', (cols * PATCH, rows * PATCH))) for cols, rows in shape]
        order = chunks + [TextChunk(text=text)] if self.r.random() < .5 else [TextChunk(text=text)] + chunks
        system = [SystemMessage(content=self.r.choice(SYSTEM))] if self.r.random() < .1 else []
        messages = system + [UserMessage(content=order if shape else text)]
        return self.tokenizer.encode_chat_completion(ChatCompletionRequest(messages=messages)).tokens

    def sample(self, shape):
        """Tokens, where the answer begins, pixels and digit labels of each picture."""
        r = self.r
        sizes = [tuple(side * PATCH - r.randint(0, PATCH - 1) for side in grid) for grid in shape]
        if not shape:
            text, answer = no_picture(r)
            images, middles = [], []
        elif len(shape) == 1:
            kind, image, answer, found = one_picture(r, sizes[0])
            text, images, middles = question(r, kind), [image], [found]
        else:
            kind, images, answer, middles = several_pictures(r, sizes)
            text = question(r, kind)
        images = [as_jpeg(r, image) if r.random() < .15 else image for image in images]
        ids = self.prompt(text, shape)
        answer_ids = self.tokenizer.instruct_tokenizer.tokenizer.encode(answer, bos=False, eos=True)
        numbers = answer.split(', ')
        labels = [digit_labels(grid, size, places, number if places else '')
                  for grid, size, places, number in zip(shape, sizes, middles, numbers + [''] * len(shape))]
        pixels = [transform_image(image, (cols * PATCH, rows * PATCH)) for image, (cols, rows) in zip(images, shape)]
        return ids + answer_ids, len(ids), pixels, labels

    def next(self):
        shape = grids(self.r)
        cost = sum(rows * (2 * cols + 1) for cols, rows in shape) + (60 if shape else 160)
        samples = [self.sample(shape) for _ in range(max(2 if cost > 2000 else 8, min(64, self.tokens // cost)))]
        longest = max(len(ids) for ids, _, _, _ in samples)
        ids = torch.full((len(samples), longest), 11)
        target = torch.full((len(samples), longest), -100)
        for row, (tokens, start, _, _) in enumerate(samples):
            ids[row, :len(tokens)] = torch.tensor(tokens)
            target[row, start - 1:len(tokens) - 1] = ids[row, start:len(tokens)]
        pixels = [torch.from_numpy(np.stack([s[2][place] for s in samples])) for place in range(len(shape))]
        labels = [torch.from_numpy(np.stack([s[3][place] for s in samples])) for place in range(len(shape))]
        return ids, target, pixels, labels


def digit_labels(grid, size, middles, digits):
    """For the patch in each digit's middle: which digit, and the how-manieth; 10 and 5 elsewhere. [2, patches]"""
    cols, rows = grid
    labels = np.full((2, rows, cols), -100, np.int64)
    labels[0], labels[1] = 10, 5
    for place, ((x, y), digit) in enumerate(zip(middles, digits)):
        col, row = min(cols - 1, int(x * cols / size[0])), min(rows - 1, int(y * rows / size[1]))
        labels[:, row, col] = (int(digit), place) if labels[1, row, col] == 5 else -100
    return labels.reshape(2, -1)


# ---- training -------------------------------------------------------------------------------------------------------

def digit_loss(heads, encoded, labels):
    """Helps digits along: two linear heads, not exported, name digit and place at each digit's middle."""
    weights = torch.tensor([1.] * 10 + [.3]), torch.tensor([1.] * 5 + [.3])
    pairs = [(e.flatten(0, 1), l.transpose(0, 1).flatten(1)) for e, l in zip(encoded, labels)]
    x, (digit, place) = torch.cat([e for e, _ in pairs]), torch.cat([l for _, l in pairs], 1)
    if not ((digit >= 0) & (digit < 10)).any():
        return torch.zeros(())
    return (F.cross_entropy(heads[0](x), digit, weights[0]) + F.cross_entropy(heads[1](x), place, weights[1]))


def save(model, folder):
    weights = {name: weight.to(torch.bfloat16).contiguous() for name, weight in model.state_dict().items()}
    save_file(weights, f'{folder}/consolidated.safetensors')
    with open(f'{folder}/params.json', 'w') as file:
        json.dump(PARAMS, file, indent=2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--out', required=True, help='folder for the model; training state goes beside it')
    parser.add_argument('--steps', type=int, default=6000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--tokens', type=int, default=6000, help='tokens of pictures and text in one step')
    parser.add_argument('--lr', type=float, default=2e-3)
    parser.add_argument('--resume', action='store_true', help='go on from the last saved state')
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    os.makedirs(args.out, exist_ok=True)
    write_tokenizer(f'{args.out}/tekken.json')
    model, heads = NanoPixtral(PARAMS), nn.ModuleList([nn.Linear(PARAMS['dim'], 11), nn.Linear(PARAMS['dim'], 6)])
    params = list(model.parameters()) + list(heads.parameters())
    optimizer = torch.optim.AdamW([dict(params=[p for p in params if p.dim() > 1], weight_decay=.02),
                                   dict(params=[p for p in params if p.dim() < 2], weight_decay=0.)], lr=args.lr, betas=(.9, .98))
    state_file, first = f'{args.out}.state.pt', 0
    if args.resume:
        state = torch.load(state_file)
        first = state['step']
        for part, name in ((model, 'model'), (heads, 'heads'), (optimizer, 'optimizer')):
            part.load_state_dict(state[name])
    # A resumed run draws new pictures.
    batches = Batches(MistralTokenizer.from_file(f'{args.out}/tekken.json'), args.seed + first, args.tokens)
    began, drawing, losses, right = time.time(), 0., [], []
    for step in range(first, args.steps):
        done = step / args.steps
        for group in optimizer.param_groups:
            group['lr'] = args.lr * min(1, (step + 1) / 150) * (.02 + .98 * (.5 + .5 * math.cos(math.pi * done)))
        drawn_at = time.time()
        ids, target, pixels, labels = batches.next()
        drawing += time.time() - drawn_at
        encoded = [model.encode(p) for p in pixels]
        wanted = target != -100
        logits = model(ids, torch.cat(encoded, 1).flatten(0, 1) if encoded else None, wanted)
        loss = F.cross_entropy(logits, target[wanted])
        helped = digit_loss(heads, encoded, labels) if encoded else 0
        optimizer.zero_grad(set_to_none=True)
        (loss + (1 - .8 * done) * helped).backward()
        nn.utils.clip_grad_norm_(params, 1.0)
        optimizer.step()
        if encoded:
            losses.append(loss.item())
            right.append((logits.argmax(-1) == target[wanted]).float().mean().item())
        if step % 50 == 49 or step == args.steps - 1:
            print(f'step {step + 1} of {args.steps}, {time.time() - began:.0f} s ({drawing:.0f} s drawing): '
                  f'loss {np.mean(losses):.3f}, {np.mean(right):.1%} of answer tokens right', flush=True)
            losses, right = [], []
            save(model, args.out)
            torch.save(dict(model=model.state_dict(), heads=heads.state_dict(), optimizer=optimizer.state_dict(),
                            step=step + 1), state_file)


if __name__ == '__main__':
    main()
