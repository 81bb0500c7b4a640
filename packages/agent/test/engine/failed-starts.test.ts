import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EngineLog } from '../../src/engine/engine-log.ts';
import { explainEnd } from '../../src/engine/explain-end.ts';
import { StartSteps } from '../../src/engine/start-steps.ts';

/** What vLLM 0.32.0 for the CPU printed (2026-11-27), without the frames of tracebacks. */
function recorded(name: string): string {
  return readFileSync(new URL(`fixtures/vllm-0.32.0/${name}.txt`, import.meta.url), 'utf8');
}

function causeOf(name: string): string {
  const log = new EngineLog();
  log.push('stderr', recorded(name));
  return explainEnd(log.firstCause() ?? '');
}

describe('what is told of a real vLLM that did not start', () => {
  it('for a flag that there is not', () => {
    expect(causeOf('unknown-flag')).toMatchInlineSnapshot(
      `"vllm: error: unrecognized arguments: --no-such-flag (a flag that this version of vLLM does not take)"`,
    );
  });

  it('for the value that a flag took in older versions', () => {
    expect(causeOf('old-flag')).toMatchInlineSnapshot(
      `"vllm serve: error: argument --limit-mm-per-prompt: Value image=4 cannot be converted to <function loads at 0x7f715f2c0720>. (a flag that this version of vLLM does not take)"`,
    );
  });

  it('for a KV cache larger than the memory', () => {
    expect(causeOf('kv-cache-too-large')).toMatchInlineSnapshot(
      `"ValueError: Available memory on node 0 (9.3/13.34 GiB) on kv cache allocation is less than requested memory for kv (400.0 GiB). Decrease --kv-cache-memory-bytes, VLLM_CPU_KVCACHE_SPACE, or reduce CPU memory used by other processes. (the CPU has less memory free than the KV cache is to have)"`,
    );
  });

  it('for weights that were cut', () => {
    expect(causeOf('weights-cut')).toMatchInlineSnapshot(
      `"safetensors._safetensors_rust.SafetensorError: Error while deserializing header: incomplete metadata, file not fully covered (a file of weights is cut or damaged: seed the model again)"`,
    );
  });

  it('for a model without its tokenizer', () => {
    expect(causeOf('tokenizer-missing')).toMatchInlineSnapshot(
      `"ValueError: No tokenizer file found. (tekken.json is missing among the model files)"`,
    );
  });

  it('for a model without its parameters', () => {
    expect(causeOf('params-missing')).toMatchInlineSnapshot(
      `"Error parsing config for /model: Failed to load mistral 'params.json' config for model /model. Please check if the model is a mistral-format model and if the config file exists., retrying 1 of 2"`,
    );
  });

  it('for a context that the model was not made for', () => {
    expect(causeOf('context-too-long')).toMatchInlineSnapshot(
      `"Value error, User-specified max_model_len (32768) is greater than the derived max_model_len (max_position_embeddings=16384.0 or model_max_length=None in model's config.json). To allow overriding this maximum, set the env var VLLM_ALLOW_LONG_MAX_MODEL_LEN=1. VLLM_ALLOW_LONG_MAX_MODEL_LEN must be used with extreme caution. If the model uses relative position encoding (RoPE), positions exceeding de…"`,
    );
  });

  it('under a limit of memory (ulimit -v)', () => {
    expect(causeOf('memory-limited')).toMatchInlineSnapshot(
      `"ImportError: /packages/numpy/_core/_multiarray_umath.cpython-311-x86_64-linux-gnu.so: failed to map segment from shared object (the machine, or a limit such as ulimit -v, has too little memory)"`,
    );
  });

  it('when its worker was killed', () => {
    expect(causeOf('worker-killed')).toMatchInlineSnapshot(
      `"Exception: WorkerProc initialization failed due to an exception in a background process. See stack trace for root cause. (a worker ended without a word: too little memory, or a CPU below AVX2)"`,
    );
  });
});

it('what nobody has explained stays as it is', () => {
  expect(explainEnd('it exited with code 1: Boom')).toBe('it exited with code 1: Boom');
});

describe('the steps of a start', () => {
  it('come in their order, each once', () => {
    const steps = new StartSteps();
    expect(steps.current).toBe('loading packages');
    const seen = recorded('start')
      .split('\n')
      .flatMap((line) => steps.push(line) ?? []);
    expect(seen).toEqual([
      'reading the configuration',
      'starting the engine',
      'loading weights',
      'profiling memory',
      'warming up',
      'opening its API',
    ]);
  });

  it('do not go back when a second worker prints the same', () => {
    const steps = new StartSteps();
    expect(steps.push('INFO Loading weights took 0.01 seconds')).toBe('profiling memory');
    expect(steps.push('INFO Starting to load model /model...')).toBeUndefined();
    expect(steps.current).toBe('profiling memory');
  });
});
