import type { measureMaximum, OverloadResult } from './run-overload.ts';

/** A load on an instance, with and without admission. */
export interface Row {
  readonly instance: {
    readonly checkpoint: string;
    readonly instanceType: string;
    readonly slowdown: number;
    readonly deadlineSeconds: number;
  };
  /** Of what the instance can answer. */
  readonly factor: number;
  readonly maximum: ReturnType<typeof measureMaximum>;
  readonly bare: OverloadResult;
  readonly admitted: OverloadResult;
}

/** As a Markdown table. */
export function formatOverload(rows: readonly Row[]): string {
  const lines = rows.map(({ instance, factor, maximum, bare, admitted }) => {
    const { checkpoint, instanceType, slowdown, deadlineSeconds } = instance;
    const part = ({ goodPerSecond, goodImageTokensPerSecond }: OverloadResult) =>
      `${percent(goodPerSecond / maximum.perSecond)}; ${percent(goodImageTokensPerSecond / maximum.imageTokensPerSecond)}`;
    const cells = [
      `${checkpoint}, ${instanceType}${slowdown === 1 ? '' : `, ${slowdown} times as slow as modelled`}`,
      `${deadlineSeconds} s`,
      `${factor} × ${maximum.perSecond.toFixed(2)}/s`,
      part(bare),
      percent(bare.late / bare.arrived),
      part(admitted),
      percent(admitted.late / admitted.arrived),
      percent(admitted.refused / admitted.arrived),
      `${admitted.p50.toFixed(0)}; ${admitted.p99.toFixed(0)} s`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| instance | clients wait | load | bare: goodput; in image tokens | waited in vain | admission: goodput; in image tokens | waited in vain | refused | p50; p99 |',
    '|---|---|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
