"""Batches of samples: tokens and pixels by mistral_common, as vLLM makes them."""
import io
import random

import numpy as np
import torch
from mistral_common.protocol.instruct.chunk import ImageChunk, TextChunk
from mistral_common.protocol.instruct.messages import SystemMessage, UserMessage
from mistral_common.protocol.instruct.request import ChatCompletionRequest
from mistral_common.tokens.tokenizers.image import transform_image
from PIL import Image

from .pixtral import PATCH
from .questions import SYSTEM, no_picture, one_picture, question, several_pictures

NOTHING_HERE, NO_PLACE, IGNORED = 10, 5, -100


def grids(r):
    """Columns and rows of patches of each picture of a batch's requests: the same for all, so that they are encoded together."""
    kind = r.choices(['digits', 'one', 'numbers', 'colours', 'text', 'tiny', 'wide', 'large'],
                     [18, 24, 24, 24, 4, 1.5, 3, .8])[0]
    if kind == 'digits':
        return [(r.randint(9, 16), r.randint(4, 8))]
    if kind == 'one':
        return [(r.randint(7, 14), r.randint(7, 14))]
    if kind == 'numbers':
        return [(r.randint(9, 16), r.randint(4, 8)) for _ in range(2)]
    if kind == 'colours':
        return [(r.randint(4, 10), r.randint(4, 10)) for _ in range(r.randint(2, 4))]
    if kind == 'tiny':
        return [(1, 1) if r.random() < .3 else (r.randint(1, 6), r.randint(1, 6))]
    if kind == 'wide':
        return [(r.randint(10, 32), r.randint(6, 24))]
    return [] if kind == 'text' else [r.choice([(64, 64), (64, 48), (48, 64), (40, 40)])]


class Batches:
    """Draws the batch of any step, the same for the same seed and step."""

    def __init__(self, tokenizer, seed, tokens):
        self.tokenizer, self.seed, self.tokens = tokenizer, seed, tokens
        self.r = random.Random(seed)

    def prompt(self, text, shape):
        chunks = [ImageChunk(image=Image.new('RGB', (cols * PATCH, rows * PATCH))) for cols, rows in shape]
        order = chunks + [TextChunk(text=text)] if self.r.random() < .5 else [TextChunk(text=text)] + chunks
        system = [SystemMessage(content=self.r.choice(SYSTEM))] if self.r.random() < .1 else []
        messages = system + [UserMessage(content=order if shape else text)]
        return self.tokenizer.encode_chat_completion(ChatCompletionRequest(messages=messages)).tokens

    def sample(self, shape):
        """Tokens, where the answer begins, pixels and patch labels of each picture."""
        r = self.r
        sizes = [tuple(side * PATCH - r.randint(0, PATCH - 1) for side in grid) for grid in shape]
        if not shape:
            text, answer = no_picture(r)
            images, marks = [], []
        elif len(shape) == 1:
            kind, image, answer, found = one_picture(r, sizes[0])
            text, images, marks = question(r, kind), [image], [found]
        else:
            kind, images, answer, marks = several_pictures(r, sizes)
            text = question(r, kind)
        images = [as_jpeg(r, image) if r.random() < .15 else image for image in images]
        ids = self.prompt(text, shape)
        answer_ids = self.tokenizer.instruct_tokenizer.tokenizer.encode(answer, bos=False, eos=True)
        labels = [patch_labels(grid, size, found) for grid, size, found in zip(shape, sizes, marks)]
        pixels = [transform_image(image, (cols * PATCH, rows * PATCH)) for image, (cols, rows) in zip(images, shape)]
        return ids + answer_ids, len(ids), pixels, labels

    def at(self, step):
        """Token ids and targets [samples, tokens]; pixels [samples, 3, height, width] and labels of each picture."""
        self.r.seed(f'{self.seed} {step}')
        shape = grids(self.r)
        cost = sum(rows * (2 * cols + 1) for cols, rows in shape) + (60 if shape else 160)
        samples = [self.sample(shape) for _ in range(max(2 if cost > 2000 else 8, min(64, self.tokens // cost)))]
        longest = max(len(ids) for ids, _, _, _ in samples)
        ids = torch.full((len(samples), longest), 11)
        target = torch.full((len(samples), longest), IGNORED)
        for row, (tokens, start, _, _) in enumerate(samples):
            ids[row, :len(tokens)] = torch.tensor(tokens)
            target[row, start - 1:len(tokens) - 1] = ids[row, start:len(tokens)]
        pixels = [torch.from_numpy(np.stack([s[2][place] for s in samples])) for place in range(len(shape))]
        labels = [torch.from_numpy(np.stack([s[3][place] for s in samples])) for place in range(len(shape))]
        return ids, target, pixels, labels


def patch_labels(grid, size, marks):
    """What is in the middle of each patch, and the how-manieth it is. [2, patches]"""
    cols, rows = grid
    labels = np.full((2, rows, cols), IGNORED, np.int64)
    labels[0], labels[1] = NOTHING_HERE, NO_PLACE
    for (x, y), what, place in marks:
        col, row = min(cols - 1, int(x * cols / size[0])), min(rows - 1, int(y * rows / size[1]))
        free = labels[0, row, col] == NOTHING_HERE
        labels[:, row, col] = (what, IGNORED if place is None else place) if free else IGNORED
    return labels.reshape(2, -1)


def as_jpeg(r, image):
    buffer = io.BytesIO()
    image.save(buffer, 'JPEG', quality=r.randint(60, 95))
    return Image.open(buffer).convert('RGB')
