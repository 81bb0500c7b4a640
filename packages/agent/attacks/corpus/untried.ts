/** Advisories of vLLM that nothing here can try: no request carries them, or something is needed that is not here. */
export interface Untried {
  readonly ids: string;
  readonly affected: string;
  readonly why: string;
  /** What stands against it all the same. */
  readonly against: string;
  /** Path in the repository, where that is tested or written. */
  readonly shownIn: string;
}

export const UNTRIED: readonly Untried[] = [
  {
    ids: 'CVE-2024-11041, CVE-2024-9052, CVE-2024-9053, CVE-2025-29783, CVE-2025-32444, CVE-2025-47277, CVE-2025-30165, CVE-2025-30202',
    affected: '≤ 0.6.2 to < 0.10.0',
    why: 'they come by the ports between nodes, of which a fleet has none',
    against: 'one node each; the engine is in a network namespace without an interface, behind a Unix socket',
    shownIn: 'docs/boot.md',
  },
  {
    ids: 'CVE-2025-24357, GHSA-ggpf-24jw-3fcw, CVE-2025-66448, CVE-2026-22807, CVE-2026-27893, CVE-2026-41523, GHSA-3c86-2m5g-59q7',
    affected: '< 0.7.0 to < 0.28.0',
    why: 'the attack is a model repository',
    against:
      'files come from the account’s own bucket, each by its SHA-256; weights as safetensors; `HF_HUB_OFFLINE=1`',
    shownIn: 'packages/agent/test/files/sync-folder.test.ts',
  },
  {
    ids: 'CVE-2026-47155, GHSA-3ww4-5jv9-j5gm',
    affected: '< 0.22.0',
    why: 'the attack is a changed revision of a repository',
    against: 'nothing is downloaded by vLLM; a manifest pins every file',
    shownIn: 'packages/agent/test/files/manifest.test.ts',
  },
  {
    ids: 'CVE-2026-54232, GHSA-jrf6-vqxq-pjv2',
    affected: 'vLLM’s Dockerfile; see the advisory',
    why: 'the attack is a package of the same name in another index',
    against: 'no image is built; packages are locked with their hashes',
    shownIn: 'packages/agent/runtimes/README.md',
  },
  {
    ids: 'CVE-2026-34753, GHSA-pf3h-qjgv-vcpr',
    affected: '≥ 0.16.0, < 0.19.0',
    why: 'it is in `vllm run-batch`, which nobody starts',
    against: 'the model server is started with `serve` alone',
    shownIn: 'packages/agent/src/engine/engine-command.ts',
  },
  {
    ids: 'CVE-2026-54234',
    affected: '≥ 0.17.1, < 0.24.0',
    why: 'it needs speculative decoding, for which the small model has no draft',
    against: 'no checkpoint of the catalog is started with it',
    shownIn: 'packages/catalog/src/checkpoints.ts',
  },
  {
    ids: 'CVE-2026-9540',
    affected: '0.19.0',
    why: 'what triggers it is not recorded',
    against: 'bounds on every field of a request',
    shownIn: 'docs/errors.md',
  },
];
