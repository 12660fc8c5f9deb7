// @vitest-environment node
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { describe, expect, it } from 'vitest';
import { bytesToUuid, fromBase64, fromText, toBase64, uuidToBytes } from '../../../../kit/bytes';
import { randomUuid } from '../../../../kit/uuid';
import { pad, TextTooLong, unpad } from '../padding';
import { Shelf } from '../shelf';
import { Vault } from '../vault';

describe('padding', () => {
  it('gives back what it hid, at every edge of a bucket', () => {
    for (const length of [0, 1, 254, 255, 256, 511, 512, 4095]) {
      const plain = crypto.getRandomValues(new Uint8Array(length));
      const padded = pad(plain);
      expect(padded.length).toBeGreaterThan(length);
      expect([...unpad(padded)]).toEqual([...plain]);
    }
    expect(pad(new Uint8Array(10)).length).toBe(pad(new Uint8Array(200)).length);
  });

  it('refuses what is too long and what is damaged', () => {
    expect(() => pad(new Uint8Array(40_000))).toThrow(TextTooLong);
    expect(() => unpad(new Uint8Array(256))).toThrow();
  });
});

describe('names and numbers', () => {
  it('write and read ids', () => {
    const id = randomUuid();
    expect(bytesToUuid(uuidToBytes(id))).toBe(id);
    const bytes = crypto.getRandomValues(new Uint8Array(100));
    expect([...fromBase64(toBase64(bytes))]).toEqual([...bytes]);
  });
});

describe('vault', () => {
  it('keeps values sealed where they lie', async () => {
    const vault = await Vault.open('vault-test');
    await vault.write([{ store: 'texts', key: ['c', 'm'], value: { body: 'kanarya', bytes: fromText('x') } }]);
    expect(await vault.read('texts', ['c', 'm'])).toEqual({ body: 'kanarya', bytes: fromText('x') });
    const again = await Vault.open('vault-test');
    expect(await again.list('texts', 'c')).toHaveLength(1);
    expect(await again.list('texts', 'd')).toEqual([]);

    const raw = await openDB('vault-test');
    const sealed = await raw.get('texts', ['c', 'm']);
    expect(new TextDecoder('latin1').decode(sealed.data)).not.toContain('kanarya');
    expect((await raw.get('key', 'wrap')).extractable).toBe(false);
    await raw.put('texts', sealed, ['c', 'elsewhere']);
    await expect(vault.read('texts', ['c', 'elsewhere'])).rejects.toThrow();
  });

  it('finds the newest without opening the rest', async () => {
    const vault = await Vault.open('vault-newest');
    const ids = ['1', '2', '3', '4', '5'];
    await vault.write(ids.map((id) => ({ store: 'texts', key: ['c', id], value: id })));
    await vault.write([{ store: 'texts', key: ['d', '6'], value: 'elsewhere' }]);
    expect(await vault.newest('texts', 'c', 2)).toEqual([ids[4], ids[3]]);
    expect(await vault.newest('texts', 'nowhere', 2)).toEqual([]);
  });

  it('of an older version is taken over, and its texts get their places', async () => {
    const name = 'vault-older';
    const older = await openDB(name, 1, {
      upgrade(made) {
        for (const store of ['key', 'identity', 'packages', 'groups', 'texts', 'outbox']) made.createObjectStore(store);
      },
    });
    older.close();
    const vault = await Vault.open(name);
    const what = { kind: 'text' };
    const text = (id: string, seq: number) => ({ id, conversationId: 'c', seq, order: 0, what });
    const old = [text('z', 1), text('a', 2)];
    await vault.write(old.map((value) => ({ store: 'texts', key: ['c', value.id], value })));
    const shelf = new Shelf(vault, () => {});
    expect((await shelf.newest('c', 1)).map(({ id }) => id)).toEqual(['a']);
  });

  it('writes all or nothing', async () => {
    const vault = await Vault.open('vault-whole');
    const bad = { store: 'nowhere', key: ['x'], value: 1 } as never;
    await expect(vault.write([{ store: 'texts', key: ['c', 'm'], value: 1 }, bad])).rejects.toThrow();
    expect(await vault.read('texts', ['c', 'm'])).toBeUndefined();
  });
});
