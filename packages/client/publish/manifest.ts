/** The parts of a workspace's package.json that matter to what is published of it. */
export interface WorkspaceManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  /** From entry to TypeScript source. */
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}

/** Packages of this repository, whose code and types are inlined: nobody can install them. */
const INLINED = /^@pixtral-fleet\//;

/** `./src/ai-sdk/index.ts` is built as `ai-sdk/index`, which is where its types and its code are. */
export function outputName(source: string): string {
  return source.replace(/^\.\/src\//, '').replace(/\.ts$/, '');
}

/**
 * The package.json that is published. In the repository the entries are the TypeScript sources; npm has no way to
 * publish other `exports` than those of the folder that it packs, so the built folder has a package.json of its own.
 */
export function publishedManifest(workspace: WorkspaceManifest): object {
  const { name, version, description, license, engines, peerDependencies, peerDependenciesMeta } = workspace;
  const entries = Object.entries(workspace.exports).map(([entry, source]) => [
    entry,
    { types: `./${outputName(source)}.d.ts`, default: `./${outputName(source)}.js` },
  ]);
  return {
    name,
    version,
    description,
    license,
    keywords: ['pixtral', 'vllm', 'vision', 'openai-compatible', 'client'],
    type: 'module',
    sideEffects: false,
    engines,
    exports: { ...Object.fromEntries(entries), './package.json': './package.json' },
    types: './index.d.ts',
    files: ['**/*.js', '**/*.d.ts'],
    dependencies: Object.fromEntries(
      Object.entries(workspace.dependencies).filter(([dependency]) => !INLINED.test(dependency)),
    ),
    peerDependencies,
    peerDependenciesMeta,
  };
}
