import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packPackage } from '../../publish/pack.ts';
import { run } from '../../publish/run.ts';

const packageFolder = join(import.meta.dirname, '..', '..');
const modules = join(packageFolder, '..', '..', 'node_modules');
const smokeFolder = join(packageFolder, 'publish', 'smoke');

let folder = '';
let tarball = '';
let installed = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixtral-client-'));
  tarball = await packPackage(folder);
  installed = join(folder, 'app', 'node_modules', '@pixtral-fleet', 'client');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed], { cwd: folder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('needs undici and eventsource-parser, and nothing of this repository', async () => {
    const manifest = await readManifest();
    expect(Object.keys(manifest.dependencies)).toEqual(['eventsource-parser', 'undici']);
    expect(manifest).not.toHaveProperty('private');
    expect(manifest).toMatchObject({ type: 'module', sideEffects: false, engines: { node: '>=22.19' } });
    for (const file of await listFiles()) {
      if (!/\.(js|ts)$/.test(file)) continue;
      const text = await readFile(join(installed, file), 'utf8');
      expect(text.match(/from ["']@pixtral-fleet\/[^"']+["']/g), file).toBeNull();
    }
  });

  it('has code and declarations of each entry, README and LICENSE, and no source', async () => {
    const files = await listFiles();
    expect(files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'ai-sdk/index.d.ts',
        'ai-sdk/index.js',
        'browser/index.d.ts',
        'browser/index.js',
        'index.d.ts',
        'index.js',
        'opentelemetry/index.d.ts',
        'opentelemetry/index.js',
        'testing/index.d.ts',
        'testing/index.js',
      ]),
    );
    expect(files.filter((file) => !/\.(js|d\.ts|json|md)$|^LICENSE$/.test(file))).toEqual([]);
  });

  it('is right by publint', async () => {
    const manifest = await readManifest();
    const { messages } = await publint({ pkgDir: installed, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
  });

  it('has types that resolve for all who import it', async () => {
    const checked = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
    expect(checked.types).toMatchObject({ kind: 'included' });
    // Left out on purpose: resolution of before 2022, which knows no `exports`; and `require`, which gives ES modules.
    const outside = ['node10', 'node16-cjs'];
    const problems = 'problems' in checked ? checked.problems : [];
    const relevant = problems.filter(
      (problem) => !('resolutionKind' in problem) || !outside.includes(problem.resolutionKind),
    );
    expect(relevant).toEqual([]);
  });
});

describe('an app that has it', () => {
  it.each([
    ['nodenext', 'nodenext', 'consumer.ts'],
    ['esnext', 'bundler', 'consumer.ts'],
    ['nodenext', 'nodenext', 'ai-sdk-consumer.ts'],
  ])('compiles against its declarations: module %s, resolution %s, %s', async (module, resolution, file) => {
    const app = await makeApp([
      'undici',
      'undici-types',
      'eventsource-parser',
      '@types/node',
      '@ai-sdk/provider',
    ]);
    await copyFile(join(smokeFolder, file), join(app, file));
    const compilerOptions = {
      module,
      moduleResolution: resolution,
      target: 'es2024',
      lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: file !== 'consumer.ts',
    };
    await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: [file] }));
    await run(join(modules, '.bin', 'tsc'), ['-p', '.'], { cwd: app });
  });

  it('runs, with nothing but the dependencies that it names', async () => {
    const app = await makeApp(['undici', 'eventsource-parser']);
    await copyFile(join(smokeFolder, 'smoke.mjs'), join(app, 'smoke.mjs'));
    expect(await run(process.execPath, ['smoke.mjs'], { cwd: app })).toBe(`ok on ${process.version}\n`);
  });
});

/** The app's own node_modules, with these beside the package: as npm would install them, and without a network. */
async function makeApp(dependencies: readonly string[]): Promise<string> {
  const app = await mkdtemp(join(folder, 'app-'));
  await mkdir(join(app, 'node_modules', '@pixtral-fleet', 'client'), { recursive: true });
  await writeFile(join(app, 'package.json'), '{"private": true, "type": "module"}');
  await run('cp', ['-R', `${installed}/.`, join(app, 'node_modules', '@pixtral-fleet', 'client')], {
    cwd: app,
  });
  for (const dependency of dependencies) {
    const target = join(app, 'node_modules', dependency);
    await mkdir(join(target, '..'), { recursive: true });
    await symlink(join(modules, dependency), target);
  }
  return app;
}

async function readManifest() {
  return JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
}

async function listFiles(): Promise<string[]> {
  const entries = await readdir(installed, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
}
