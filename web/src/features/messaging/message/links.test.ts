import { describe, expect, it } from 'vitest';
import { partsOf } from './links';

const links = (text: string) => partsOf(text).flatMap((part) => (part.kind === 'link' ? [part] : []));
const hosts = (text: string) => links(text).map(({ host }) => host);

describe('links', () => {
  it('are found in a sentence, without its punctuation', () => {
    const text = 'Bak: https://example.com/a_(b)?c=1#d, (http://x.org/y). Tamam mı?';
    expect(links(text).map(({ text }) => text)).toEqual(['https://example.com/a_(b)?c=1#d', 'http://x.org/y']);
    expect(
      partsOf(text)
        .map(({ text }) => text)
        .join(''),
    ).toBe(text);
  });

  it('are http or https and nothing else', () => {
    for (const text of [
      'javascript:alert(1)',
      'javascript://example.com/%0aalert(1)',
      'data:text/html,<script>',
      'xhttps://example.com',
      'vbscript:x',
      'file:///etc/passwd',
      'https://',
      'https://localhost/',
      'https:// example.com',
      '//example.com',
    ]) {
      expect(links(text)).toEqual([]);
      expect(partsOf(text)).toEqual([{ kind: 'words', text }]);
    }
  });

  it('show the host that is asked, not the one that it is dressed as', () => {
    expect(links('https://paypal.com@evil.example/')).toEqual([]);
    expect(links('https://paypal.com:443@evil.example/')).toEqual([]);
    expect(hosts('https://evil.example\\@paypal.com/')).toEqual(['evil.example']);
    expect(hosts('https://EVIL.example/paypal.com')).toEqual(['evil.example']);
    expect(hosts('https://evil.example:8443/x')).toEqual(['evil.example:8443']);
  });

  it('show letters that pass for others in punycode, and clear ones as they are', () => {
    expect(hosts('https://аррӏе.com/')).toEqual(['xn--80ak6aa92e.com']); // Cyrillic throughout
    expect(links('https://pаypal.com/x')[0]?.text).toBe('https://xn--pypal-4ve.com/x'); // one Cyrillic letter
    expect(hosts('https://paypaı.com')).toEqual([new URL('https://paypaı.com').hostname]);
    expect(hosts('https://xn--80ak6aa92e.com/')).toEqual(['xn--80ak6aa92e.com']);
    expect(hosts('https://Türkiye.com/')).toEqual(['türkiye.com']);
    expect(links('https://türkiye.com/')[0]?.href).toBe('https://xn--trkiye-3ya.com/');
  });

  it('end where the direction of writing would turn', () => {
    expect(links('https://example.com/\u202egpj.exe').map(({ text }) => text)).toEqual(['https://example.com/']);
    expect(hosts('https://moc.\u202eelpmaxe\u202c')).toEqual([]);
    expect(hosts('https://exam\u200bple.com')).toEqual([]);
  });

  it('by the thousand, or without an end, are read at once', () => {
    expect(links('https://a.example/ '.repeat(3000))).toHaveLength(3000);
    expect(links(`https://a.example/${'('.repeat(900)}${')'.repeat(900)}`)).toHaveLength(1);
    expect(links(`https://a.example/${'.'.repeat(30_000)}`)).toHaveLength(1);
    expect(links(`https://a.example/${')'.repeat(30_000)}`)).toHaveLength(1);
    expect(links(`https://a.example/${'a'.repeat(30_000)}`)).toEqual([]);
  });
});
