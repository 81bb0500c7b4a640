import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePictureUrl } from '../../../src/gateway/fetching/parse-picture-url.ts';

const HOSTS = ['pictures.example'];

describe('a URL that is fetched', () => {
  it.each([
    ['https://pictures.example', '/'],
    ['https://pictures.example/', '/'],
    ['https://pictures.example:443/a.png', '/a.png'],
    ['HTTPS://Pictures.Example/a%20b.png?x=1&y=%2F#part', '/a%20b.png?x=1&y=%2F'],
    ['https://pictures.example?x=1', '/?x=1'],
    ['https://pictures.example//a@b', '//a@b'],
  ])('%s', (text, path) => {
    expect(parsePictureUrl(text, HOSTS)).toEqual({ host: 'pictures.example', path });
  });
});

describe('a URL that is not', () => {
  const odd =
    'the URL must be https://host/path in plain characters, on port 443 and without user or password';
  it.each([
    ['http://pictures.example/', 'the scheme must be https, got "http"'],
    ['file:///etc/passwd', 'the scheme must be https, got "file"'],
    ['https:/pictures.example/', odd],
    ['https:pictures.example/', odd],
    ['https:\\\\pictures.example/', odd],
    ['https://pictures.example\\@evil.example/', odd],
    ['https://evil.example\\.pictures.example/', odd],
    ['https://evil.example\\@pictures.example/', odd],
    ['https://user:password@pictures.example/', odd],
    ['https://pictures.example@evil.example/', odd],
    ['https://pictures.example:8443/', odd],
    ['https://pictures.example:443@evil.example/', odd],
    ['https://pictures.example:/', odd],
    ['https://pictures.exa\tmple/', odd],
    ['https://pictures.example\n/', odd],
    ['https://pictures.example /', odd],
    [' https://pictures.example/', 'the scheme must be https, got " https"'],
    ['https://pictures%2eexample/', odd],
    ['https://pictures。example/', odd],
    ['https://picturés.example/', odd],
    ['https://ｐictures.example/', odd],
    ['https://pictures.example/ä', odd],
    ['https://pictures.example/a\r\nhost: evil', odd],
    ['https://pictures.example./', 'this fleet does not fetch from the host "pictures.example."'],
    ['https://evil.example/#pictures.example', 'this fleet does not fetch from the host "evil.example"'],
    [
      'https://pictures.example.evil.example/',
      'this fleet does not fetch from the host "pictures.example.evil.example"',
    ],
    ['https://169.254.169.254/', 'this fleet does not fetch from the host "169.254.169.254"'],
    ['https://2852039166/', odd],
    ['https://0xa9fea9fe/', odd],
    ['https://0251.0376.0251.0376/', odd],
    ['https://127.1/', odd],
    ['https://[::1]/', odd],
    ['https://[::ffff:169.254.169.254]/', odd],
  ])('%j', (text, message) => {
    expect(() => parsePictureUrl(text, HOSTS)).toThrow(expect.objectContaining({ message }));
  });

  it('never has another host for the platform than for the allow-list', () => {
    const piece = fc.constantFrom(
      ...[
        'https://',
        'pictures.example',
        'evil.example',
        '@',
        ':',
        '/',
        '\\',
        '?',
        '#',
        '.',
        '%2e',
        '%40',
        '\t',
        '443',
        '[',
        ']',
        '//',
        ' ',
        '。',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = `https://${pieces.join('')}`;
        let accepted: string | undefined;
        try {
          accepted = parsePictureUrl(text, HOSTS).host;
        } catch {
          // Refused: all is well.
        }
        if (accepted !== undefined)
          expect([accepted, new URL(text).hostname]).toEqual(['pictures.example', 'pictures.example']);
      }),
      { numRuns: 2_000 },
    );
  });
});
