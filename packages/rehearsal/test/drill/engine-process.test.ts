import { describe, expect, it } from 'vitest';
import { parseProcesses, selectEngine } from '../../src/drill/engine-process.ts';

const PRINTED = `
    1     0 /sbin/init
  100     1 bash /root/user-data.sh
  101   100 node /opt/pixtral/agent/agent.mjs run
  102   101 node main.ts serve /var/lib/pixtral/model --uds /run/pixtral/engine.sock --max-model-len 16384
  200     1 bash /other/user-data.sh
  202   200 node main.ts serve /other/model --uds /other/engine.sock
`;

describe('finding the model server of an instance', () => {
  it('takes the descendant that serves on a Unix socket, not that of a neighbour', () => {
    expect(selectEngine(parseProcesses(PRINTED), 100)).toBe(102);
    expect(selectEngine(parseProcesses(PRINTED), 200)).toBe(202);
  });

  it('finds nothing when the instance runs no model server', () => {
    expect(selectEngine(parseProcesses(PRINTED), 102)).toBeUndefined();
    expect(selectEngine([], 100)).toBeUndefined();
  });

  it('does not hang on a table that contradicts itself', () => {
    const rows = [
      { pid: 7, parent: 8, command: 'vllm serve m --uds s' },
      { pid: 8, parent: 7, command: 'x' },
    ];
    expect(selectEngine(rows, 9)).toBeUndefined();
  });
});
