#!/usr/bin/env python3
"""Trains a Pixtral of 2.3 million parameters that sees: colours, shapes, counts, corners and digits.

    train.py --out model [--steps N] [--seed N] [--resume]

Writes params.json, consolidated.safetensors and tekken.json in Mistral's format; vLLM serves the folder with
`--tokenizer-mode mistral --config-format mistral --load-format mistral`. Pictures are drawn while it trains, and turned
into tokens and pixels by mistral_common, as vLLM does it. The same seed draws the same samples. The rate of learning
stays the same for three quarters of the steps and falls to nothing in the last.
"""
import argparse
import json
import os
import time

import mistral_common
import numpy as np
import torch
import torch.nn.functional as F
from mistral_common.tokens.tokenizers.mistral import MistralTokenizer
from safetensors.torch import save_file
from torch import nn

from training.batches import IGNORED, Batches
from training.pixtral import PARAMS, VOCAB, NanoPixtral

SPECIAL = 1000
WARM_UP_STEPS, STEADY = 150, .75
SAVE_EVERY = 50


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


def create_optimizers(model, heads, lr):
    """Muon for the matrices of the transformer blocks (a fifth fewer steps than AdamW's for the same loss), AdamW for the rest."""
    matrices = [p for name, p in model.named_parameters() if p.dim() == 2 and 'layers' in name]
    taken = {id(p) for p in matrices}
    rest = [p for p in [*model.parameters(), *heads.parameters()] if id(p) not in taken]
    return [torch.optim.Muon(matrices, lr=2 * lr, weight_decay=.02, momentum=.95, adjust_lr_fn='match_rms_adamw'),
            torch.optim.AdamW(rest, lr=lr, betas=(.9, .98), weight_decay=0.)]


def create_heads(dim):
    """Help seeing along and are not exported: they name what is in the middle of a patch, and the how-manieth it is."""
    return nn.ModuleList([nn.Linear(dim, 12), nn.Linear(dim, 6)])


def patch_loss(heads, encoded, labels):
    """Patches with nothing in them are most, and count less."""
    weights = torch.tensor([1.] * 10 + [.3, 1.]), torch.tensor([1.] * 5 + [.3])
    x = torch.cat([pictures.flatten(0, 1) for pictures in encoded])
    named = torch.cat([of_pictures.transpose(0, 1).flatten(1) for of_pictures in labels], 1)
    losses = [F.cross_entropy(head(x), label, weight, ignore_index=IGNORED)
              for head, label, weight in zip(heads, named, weights) if (label >= 0).any()]
    return sum(losses, torch.zeros(()))


def train_step(model, heads, optimizers, batch, cooled):
    """One step; returns the loss and the share of answer tokens that were right, or None for a batch without pictures."""
    ids, target, pixels, labels = batch
    encoded = [model.encode(picture) for picture in pixels]
    wanted = target != IGNORED
    logits = model(ids, torch.cat(encoded, 1).flatten(0, 1) if encoded else None, wanted)
    loss = F.cross_entropy(logits, target[wanted])
    helped = patch_loss(heads, encoded, labels) if encoded else 0
    for optimizer in optimizers:
        optimizer.zero_grad(set_to_none=True)
    (loss + (1 - .8 * cooled) * helped).backward()
    nn.utils.clip_grad_norm_([*model.parameters(), *heads.parameters()], 1.0)
    for optimizer in optimizers:
        optimizer.step()
    right = (logits.argmax(-1) == target[wanted]).float().mean()
    return (loss.item(), right.item()) if encoded else None


def save_model(model, folder):
    weights = {name: weight.to(torch.bfloat16).contiguous() for name, weight in model.state_dict().items()}
    save_file(weights, f'{folder}/consolidated.safetensors')
    with open(f'{folder}/params.json', 'w') as file:
        json.dump(PARAMS, file, indent=2)
        file.write('\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--out', required=True, help='folder for the model; the state to go on from goes beside it')
    parser.add_argument('--steps', type=int, default=14000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--tokens', type=int, default=6000, help='tokens of pictures and text in one step')
    parser.add_argument('--lr', type=float, default=2e-3)
    parser.add_argument('--resume', action='store_true', help='go on from the last saved state')
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    os.makedirs(args.out, exist_ok=True)
    write_tokenizer(f'{args.out}/tekken.json')
    model, heads = NanoPixtral(PARAMS), create_heads(PARAMS['dim'])
    optimizers = create_optimizers(model, heads, args.lr)
    rates = [optimizer.param_groups[0]['lr'] for optimizer in optimizers]
    parts = dict(model=model, heads=heads, muon=optimizers[0], adam=optimizers[1])
    state_file, first = f'{args.out}.state.pt', 0
    if args.resume:
        state = torch.load(state_file)
        first = state.pop('step')
        for name, saved in state.items():
            parts[name].load_state_dict(saved)
    batches = Batches(MistralTokenizer.from_file(f'{args.out}/tekken.json'), args.seed, args.tokens)
    began, seen = time.time(), []
    for step in range(first, args.steps):
        cooled = max(0., (step / args.steps - STEADY) / (1 - STEADY))
        for optimizer, rate in zip(optimizers, rates):
            optimizer.param_groups[0]['lr'] = rate * min(1, (step + 1) / WARM_UP_STEPS) * (1 - .99 * cooled)
        seen.append(train_step(model, heads, optimizers, batches.at(step), cooled))
        if step % SAVE_EVERY == SAVE_EVERY - 1 or step == args.steps - 1:
            loss, right = np.mean([result for result in seen if result], 0)
            print(f'step {step + 1} of {args.steps}, {time.time() - began:.0f} s: loss {loss:.3f}, '
                  f'{right:.1%} of answer tokens right', flush=True)
            seen = []
            save_model(model, args.out)
            torch.save(dict({name: part.state_dict() for name, part in parts.items()}, step=step + 1), state_file)


if __name__ == '__main__':
    main()
