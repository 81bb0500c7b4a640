"""The Pixtral architecture. The names of the modules are those of Mistral's checkpoints."""
import math

import torch
import torch.nn.functional as F
from torch import nn

PATCH, IMG = 16, 10
VOCAB = 2048
PARAMS = dict(
    dim=128, n_layers=4, head_dim=32, hidden_dim=384, n_heads=4, n_kv_heads=2, rope_theta=10000.0, norm_eps=1e-5,
    vocab_size=VOCAB, max_position_embeddings=16384,
    vision_encoder=dict(
        hidden_size=128, num_channels=3, image_size=1024, max_image_size=1024, patch_size=PATCH, rope_theta=10000.0,
        intermediate_size=384, num_hidden_layers=4, num_attention_heads=4, adapter_bias=True, image_token_id=IMG))


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
