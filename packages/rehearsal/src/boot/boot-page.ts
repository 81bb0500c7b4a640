import type { PhaseRecord } from '../run/progress.ts';
import type { CheckResult } from './check-list.ts';

/** `docs/boot.md`, of one run in which everything passed. */
export function renderBootPage(run: {
  readonly checks: readonly CheckResult[];
  readonly phases: readonly PhaseRecord[];
  /** All of it, from synth to the last check. */
  readonly seconds: number;
  readonly suite: string;
}): string {
  const rows = run.checks.map(
    ({ group, name, ms, seen }) => `| ${group} | ${cell(name)} | ${seconds(ms)} | ${cell(seen)} |`,
  );
  const phases = run.phases.map(({ name, ms }) => `| ${name} | ${seconds(ms)} |`);
  return `${INTRODUCTION}
## What was seen

Written by \`npm run test:boot -- --write\` on a machine with two cores: Debian ${run.suite}, ${run.seconds} s in all.

| | check | time | seen |
|---|---|---|---|
${rows.join('\n')}

| phase of the deployment | time |
|---|---|
${phases.join('\n')}
`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();
}

const INTRODUCTION = `# A really booted machine

\`npm run test:boot\` deploys the stack into the emulated AWS as \`npm start\` does, but its one instance is a Linux machine that
boots: systemd-nspawn starts a Debian root, cloud-init finds the launch template's user data at 169.254.169.254, and real
systemd starts the real units. Behind the gateway is the simulator, packed into an image like the GPU's runtime.

It needs Linux, root, and Debian's apt, from which it installs \`debootstrap\`, \`systemd-container\` and \`squashfs-tools\` when
they are missing. Before the product comes into it, a plain Debian machine is made and booted, mounts an image and starts a service
without a network. Where that does not work (no namespaces, control groups or loop devices, an archive that does not answer), it says
what and leaves with code 77: neither passed nor failed. After that everything that goes wrong is a failure. \`npm test\` runs
\`--short\` as its last stage.

Everything happens in a control group, network, mount and process namespaces of its own, and ends with the program that started it:
nothing is left, whether it is interrupted, told to end or killed. What it keeps is in \`.cache\` (the Debian root, 270 MB) and in
\`.rehearsal\` (the machine's log).

    npm run test:boot               all checks
    npm run test:boot -- --short    without those that another one shows as well
    npm run test:boot -- --write    writes this page when all passed

## What differs from an instance on AWS

| | here | on AWS |
|---|---|---|
| operating system | the release of Debian that this machine's apt has; Debian 12 has systemd 252 | Ubuntu 24.04 with systemd 255 |
| kernel | this machine's, shared: systemd-nspawn is no virtual machine, and nothing is told of drivers or boot loaders | its own, under KVM |
| GPU | none: \`nvidia-modprobe\` is not there (its \`ExecStartPre=\` may fail and does), \`DeviceAllow=char-nvidia*\` matches nothing, no GPU metrics | an A10G, L4 or L40S |
| model server | the simulator | vLLM |
| libraries | no compiler, and so no \`libatomic.so.1\`: Node runs with the one of its own archive | AWS's image builds kernel modules, so it should have it |
| NVMe | a file of 512 MiB with ext4, mounted where the image mounts it; not empty after a reboot, as on EC2, and never stopped | 450 GB and more |
| network | a bridge with addresses 10.77.0.0/24 and 169.254.169.254; static instead of DHCP | a VPC |
| metadata service | answers cloud-init alone without a session token: in a container it does not recognise EC2, and asks for none | session tokens for everybody |
| AWS | the emulated one, led to by \`DefaultEnvironment=AWS_ENDPOINT_URL=…\` of systemd: the only thing that is told to the machine | AWS, by TLS |
| clock, udev, kernel settings | not the machine's own: what depends on them is skipped by systemd | its own |

Of the storage unit only the branch is run that uses the image's own mount; making file systems and arrays is tested with stand-ins
(\`packages/agent/test/storage\`).
`;
