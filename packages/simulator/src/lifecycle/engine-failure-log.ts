import type { EngineStartError } from '../engine-model/engine-model.ts';

/** When the engine failed, and who tells it. */
export interface FailureContext {
  readonly now: Date;
  /** Of the server's process; the engine's is the next. */
  readonly pid: number;
}

/**
 * What vLLM 0.32 prints when its engine cannot start: the engine's traceback behind marks, once more without them, and
 * then the server's, which only says that there was one (vllm issues 17939, 25837, 27508). The first cause is the last
 * line of the first.
 */
export function formatStartFailure(error: EngineStartError, context: FailureContext): string {
  const cause = `${error.exception}: ${error.message}`;
  const { engine, server, marked } = marks(context);
  const traceback = [
    'Traceback (most recent call last):',
    '  File "/opt/vllm/lib/python3.12/site-packages/vllm/v1/engine/core.py", line 1089, in run_engine_core',
    '    engine_core = EngineCoreProc(*args, engine_index=dp_rank, **kwargs)',
    error.exception === 'ValueError'
      ? '  File "/opt/vllm/lib/python3.12/site-packages/vllm/v1/core/kv_cache_utils.py", line 712, in _check_enough_kv_cache_memory'
      : '  File "/opt/vllm/lib/python3.12/site-packages/vllm/v1/worker/gpu_model_runner.py", line 4210, in load_model',
    cause,
  ];
  return [
    `${marked('core.py:1123')} EngineCore failed to start.`,
    ...traceback.map((line) => `${marked('core.py:1123')} ${line}`),
    `${engine} Process EngineCore:`,
    ...traceback.map((line) => `${engine} ${line}`),
    `${server} Traceback (most recent call last):`,
    `${server}   File "/opt/vllm/bin/vllm", line 10, in <module>`,
    `${server}     sys.exit(main())`,
    `${server} RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}`,
    '',
  ].join('\n');
}

/** What it prints when a running engine dies (lines of club-3090 issue 58): the cause, and then that there was one. */
export function formatDeath(cause: string, context: FailureContext): string {
  const { server, marked } = marks(context);
  return [
    `${marked('core.py:1133')} EngineCore encountered a fatal error.`,
    `${marked('core.py:1133')} Traceback (most recent call last):`,
    `${marked('core.py:1133')}   File "/opt/vllm/lib/python3.12/site-packages/vllm/v1/engine/core.py", line 1129, in run_engine_core`,
    `${marked('core.py:1133')}     engine_core.run_busy_loop()`,
    `${marked('core.py:1133')} ${cause}`,
    `${server} ERROR ${stamp(context.now)} [async_llm.py:707] vllm.v1.engine.exceptions.EngineDeadError: EngineCore encountered an issue. See stack trace (above) for the root cause.`,
    '',
  ].join('\n');
}

function marks({ now, pid }: FailureContext) {
  const engine = `(EngineCore pid=${pid + 1})`;
  return {
    engine,
    server: `(APIServer pid=${pid})`,
    marked: (place: string) => `${engine} ERROR ${stamp(now)} [${place}]`,
  };
}

/** `11-24 04:00:00` */
function stamp(now: Date): string {
  return now.toISOString().slice(5, 19).replace('T', ' ');
}
