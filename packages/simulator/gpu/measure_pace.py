"""How much of a GPU a network of Pixtral 12B's shape uses: `python measure_pace.py [--tiny] [--json FILE]`.

Random weights in the shapes of Pixtral's `params.json`, PyTorch alone (no vLLM): linear layers in bf16, FP8 and INT8 with
scales per token, flash attention, CUDA graphs for decoding. Prints shares of the GPU's datasheet numbers as the
simulator's engine model counts operations and bytes (`src/engine-model/step-time.ts`). `--tiny` tries the program on a CPU.
"""

import argparse
import json
import statistics
from dataclasses import dataclass

import torch
import torch.nn.functional as F

# Datasheets, without sparsity: bandwidth in GB/s, half precision in TFLOP/s; 8 bits are twice as much.
DATASHEETS = {"H100": (3350, 989.4), "H200": (4800, 989.4), "A10G": (600, 70), "L4": (300, 121), "L40S": (864, 362)}
# What the engine model counts for a token, with both embeddings, and for a pair in attention.
DECODER_PARAMETERS = 12.25e9
VISION_PARAMETERS = 0.435e9
KV_BYTES_PER_TOKEN = 163_840
EPSILON = 1e-5


@dataclass(frozen=True)
class Shape:
    layers: int = 40
    dim: int = 5120
    heads: int = 32
    kv_heads: int = 8
    head_dim: int = 128
    ffn: int = 14336
    vocabulary: int = 131072


PIXTRAL = Shape()
VISION = Shape(layers=24, dim=1024, heads=16, kv_heads=16, head_dim=64, ffn=4096, vocabulary=0)
TINY = Shape(layers=2, dim=256, heads=4, kv_heads=2, head_dim=64, ffn=512, vocabulary=512)


class Linear(torch.nn.Module):
    """`x @ w.T` in the given precision; 8 bits quantise their input per token, as vLLM's kernels do."""

    def __init__(self, rows: int, columns: int, precision: str, device: str):
        super().__init__()
        self.precision = precision
        weight = torch.randn(rows, columns, dtype=torch.bfloat16, device=device) * columns**-0.5
        if precision == "bf16":
            self.register_buffer("weight", weight)
            return
        largest = 448.0 if precision == "fp8" else 127.0
        scale = weight.abs().amax(1, keepdim=True).float() / largest
        scaled = weight.float() / scale
        self.register_buffer("weight", scaled.to(torch.float8_e4m3fn) if precision == "fp8" else scaled.round().to(torch.int8))
        self.register_buffer("scale", scale.t().contiguous())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.precision == "bf16":
            return F.linear(x, self.weight)
        largest = 448.0 if self.precision == "fp8" else 127.0
        scale = x.abs().amax(-1, keepdim=True).float().clamp(min=1e-6) / largest
        scaled = x.float() / scale
        if self.precision == "fp8":
            quantised = scaled.to(torch.float8_e4m3fn)
            return torch._scaled_mm(quantised, self.weight.t(), scale_a=scale, scale_b=self.scale, out_dtype=torch.bfloat16)
        product = torch._int_mm(scaled.round().to(torch.int8), self.weight.t())
        return (product.float() * scale * self.scale).to(torch.bfloat16)


class Layer(torch.nn.Module):
    def __init__(self, shape: Shape, precision: str, device: str, causal: bool = True):
        super().__init__()
        wide, narrow = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
        self.shape, self.causal = shape, causal
        self.qkv = Linear(wide + 2 * narrow, shape.dim, precision, device)
        self.out = Linear(shape.dim, wide, precision, device)
        self.gate_up = Linear(2 * shape.ffn, shape.dim, precision, device)
        self.down = Linear(shape.dim, shape.ffn, precision, device)

    def forward(self, x: torch.Tensor, cache: tuple[torch.Tensor, torch.Tensor] | None) -> torch.Tensor:
        """A whole prompt, or with a cache one token for each of its sequences; further rows are padding."""
        shape = self.shape
        wide, narrow = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
        q, k, v = self.qkv(F.rms_norm(x, (shape.dim,), eps=EPSILON)).split([wide, narrow, narrow], -1)
        x = x + self.out(self.attend_prompt(q, k, v) if cache is None else self.attend_cache(q, *cache))
        gate, up = self.gate_up(F.rms_norm(x, (shape.dim,), eps=EPSILON)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)

    def attend_prompt(self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        shape = self.shape
        q = q.view(1, -1, shape.heads, shape.head_dim).transpose(1, 2)
        k, v = (t.view(1, -1, shape.kv_heads, shape.head_dim).transpose(1, 2) for t in (k, v))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal, enable_gqa=shape.heads != shape.kv_heads)
        return mixed.transpose(1, 2).reshape(-1, shape.heads * shape.head_dim)

    def attend_cache(self, q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        shape, batch = self.shape, keys.shape[0]
        # The heads that share keys become the length, so that flash attention has work for its tiles.
        grouped = q[:batch].reshape(batch, shape.kv_heads, shape.heads // shape.kv_heads, shape.head_dim)
        mixed = F.scaled_dot_product_attention(grouped, keys, values).reshape(batch, shape.heads * shape.head_dim)
        return F.pad(mixed, (0, 0, 0, q.shape[0] - batch))


def make_layers(shape: Shape, precision: str, device: str, causal: bool = True) -> list[Layer]:
    layers = [Layer(shape, precision, device, causal) for _ in range(shape.layers)]
    if device == "cuda":
        for layer in layers:
            layer.compile(dynamic=False)
    return layers


def milliseconds(work, device: str, graph: bool, repeats: int) -> list[float]:
    if device == "cpu":
        work()
        return [0.0]
    for _ in range(3):
        work()
    torch.cuda.synchronize()
    if graph:
        captured = torch.cuda.CUDAGraph()
        with torch.cuda.graph(captured):
            work()
        work = captured.replay
    times = []
    for _ in range(repeats):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        work()
        end.record()
        torch.cuda.synchronize()
        times.append(begin.elapsed_time(end))
    return times


def prompt(layers: list[Layer], x: torch.Tensor) -> torch.Tensor:
    for layer in layers:
        x = layer(x, None)
    return x


def summary(times: list[float]) -> dict:
    return {"ms": statistics.median(times), "least_ms": min(times), "most_ms": max(times)}


def measure(device: str, tiny: bool):
    shape, vision = (TINY, TINY) if tiny else (PIXTRAL, VISION)
    name = torch.cuda.get_device_name() if device == "cuda" else "CPU"
    known = next((numbers for gpu, numbers in DATASHEETS.items() if gpu in name), None)
    bandwidth, half = known or (float("nan"), float("nan"))
    repeats = 3 if tiny else 15
    results = {"gpu": name, "torch": torch.__version__, "bandwidth_gbps": bandwidth, "half_tflops": half, "rows": []}

    def row(what: str, times: list[float], ops_seconds: float, bytes_moved: float):
        entry = {"what": what, **summary(times)}
        seconds = entry["ms"] / 1e3 or float("nan")
        entry["tensor_share"] = ops_seconds / seconds if ops_seconds else None
        entry["bandwidth_share"] = bytes_moved / (bandwidth * 1e9) / seconds if bytes_moved else None
        results["rows"].append(entry)
        print(json.dumps(entry), flush=True)

    layers = make_layers(vision, "bf16", device, causal=False)
    for side in (32, 64) if not tiny else (8,):
        patches = side * side
        x = torch.randn(patches, vision.dim, dtype=torch.bfloat16, device=device)
        times = milliseconds(lambda: prompt(layers, x), device, False, repeats)
        ops = 2 * VISION_PARAMETERS * patches + 4 * vision.layers * vision.dim * patches**2
        row(f"vision encoder, {side * 16} x {side * 16} pixels", times, ops / (half * 1e12), 0)
    del layers

    for precision in ("bf16", "fp8", "int8") if device == "cuda" else ("bf16",):
        torch._dynamo.reset()
        layers = make_layers(shape, precision, device)
        factor = 1 if precision == "bf16" else 2
        for tokens in (2048, 4200) if not tiny else (32,):
            x = torch.randn(tokens, shape.dim, dtype=torch.bfloat16, device=device)
            times = milliseconds(lambda: prompt(layers, x), device, False, repeats)
            linear = 2 * DECODER_PARAMETERS * tokens / (half * factor * 1e12)
            attention = 4 * shape.layers * shape.heads * shape.head_dim * tokens**2 / 2 / (half * 1e12)
            row(f"prefill of {tokens} tokens, {precision}", times, linear + attention, 0)
        head = Linear(shape.vocabulary, shape.dim, "bf16", device)
        weights = sum(b.numel() * b.element_size() for module in (*layers, head) for b in module.buffers())
        for batch, context in ((1, 4200), (16, 1000)) if not tiny else ((1, 16),):
            # 8 bits come in tiles: a smaller batch is padded.
            rows = batch if precision == "bf16" else max(32, batch)
            size = (batch, shape.kv_heads, context, shape.head_dim)
            caches = [tuple(torch.randn(size, dtype=torch.bfloat16, device=device) for _ in range(2)) for _ in layers]
            x = torch.randn(rows, shape.dim, dtype=torch.bfloat16, device=device)

            def decode():
                y = x
                for layer, cache in zip(layers, caches):
                    y = layer(y, cache)
                return head(y[:batch]).argmax(-1)

            times = milliseconds(decode, device, device == "cuda", repeats)
            row(f"decode, {batch} x {context} tokens of context, {precision}", times, 0, weights + batch * context * KV_BYTES_PER_TOKEN)
            del caches
        del layers, head
    return results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--json")
    options = parser.parse_args()
    device = "cpu" if options.tiny else "cuda"
    torch.manual_seed(0)
    torch._dynamo.config.recompile_limit = 64
    with torch.inference_mode():
        results = measure(device, options.tiny)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(results, file, indent=1)


main()
