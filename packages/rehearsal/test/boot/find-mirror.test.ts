import { describe, expect, it } from 'vitest';
import { findMirror } from '../../src/boot/machine-root.ts';

const PARAGRAPHS = `Types: deb
# a comment
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
URIs: http://archive.example/debian
Suites: bookworm bookworm-updates
Components: main
`;

const LINES = `# deb http://old.example/debian bookworm main
deb-src http://sources.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/apt/key.gpg] http://archive.example/debian bookworm main contrib
deb http://security.example/debian-security bookworm-security main
`;

describe('the archive of a release in the sources of apt', () => {
  it.each([
    ['paragraphs', PARAGRAPHS],
    ['lines', LINES],
    ['both, an empty file between them', `deb http://else.example nodistro main\n\n\n${PARAGRAPHS}`],
  ])('is found in %s', (_, sources) => {
    expect(findMirror(sources, 'bookworm')).toBe('http://archive.example/debian');
  });

  it.each([
    ['another release', PARAGRAPHS, 'trixie'],
    ['a release whose name only begins so', 'deb http://archive.example bookworm-updates main', 'bookworm'],
    ['nothing', '', 'bookworm'],
  ])('is not found in %s', (_, sources, suite) => {
    expect(findMirror(sources, suite)).toBeUndefined();
  });
});
