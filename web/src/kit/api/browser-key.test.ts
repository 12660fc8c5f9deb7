// @vitest-environment jsdom
import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fromBase64, fromText } from '../bytes';
import { browserKey, signRefresh } from './browser-key';

const bytes = (text: string | null) => fromBase64(String(text).replaceAll('-', '+').replaceAll('_', '/'));

let cookie: string;

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.spyOn(document, 'cookie', 'get').mockImplementation(() => cookie);
  cookie = 'theme=night; meydan_refresh_digest=abc-_1';
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("the browser's key", () => {
  it('is one for all tabs, also for two that log in at once', async () => {
    const made = await Promise.all([browserKey(), browserKey(), browserKey()]);
    expect(new Set(made)).toEqual(new Set([await browserKey()]));
    expect(bytes(made[0] ?? null)).toHaveLength(65);
  });

  it('signs the digest of the token, which the server can check', async () => {
    const name = { name: 'ECDSA', namedCurve: 'P-256' };
    const key = await crypto.subtle.importKey('raw', bytes(await browserKey()), name, false, ['verify']);
    const said = fromText('meydan refresh abc-_1');
    const signature = bytes(await signRefresh());
    expect(signature).toHaveLength(64);
    expect(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, said)).toBe(true);
  });

  it('shows its private half to no script', async () => {
    const making = vi.spyOn(crypto.subtle, 'generateKey');
    await browserKey();
    const made = (await making.mock.results[0]?.value) as CryptoKeyPair | undefined;
    expect(made?.privateKey.extractable).toBe(false);
  });
});

describe('a browser without one', () => {
  it('signs nothing before a log in, or without a token', async () => {
    expect(await signRefresh()).toBeNull();
    await browserKey();
    cookie = 'theme=night';
    expect(await signRefresh()).toBeNull();
  });

  it('goes on where storage is blocked, or hangs', async () => {
    vi.stubGlobal('indexedDB', undefined);
    expect(await browserKey()).toBeNull();
    vi.useFakeTimers();
    vi.stubGlobal('indexedDB', { open: () => new EventTarget() });
    const hanging = browserKey();
    await vi.advanceTimersByTimeAsync(2000);
    expect(await hanging).toBeNull();
    vi.useRealTimers();
  });

  it('goes on over plain http, where no keys can be made', async () => {
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
    expect(await browserKey()).toBeNull();
    expect(await signRefresh()).toBeNull();
  });
});
