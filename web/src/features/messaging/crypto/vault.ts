/**
 * What a device keeps: keys, groups, texts. Every value is sealed with an AES key that the browser holds and gives to
 * no script; where a value lies (its store and key) is sealed with it, so values cannot change places.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { type Bytes, fromBase64, fromText, toBase64, toText } from '../../../kit/bytes';

const FIRST_STORES = ['identity', 'packages', 'groups', 'texts', 'outbox'] as const;
const STORES = [...FIRST_STORES, 'places'] as const;
export type StoreName = (typeof STORES)[number];

interface Sealed {
  readonly iv: Bytes;
  readonly data: ArrayBuffer;
}

interface Layout extends DBSchema {
  key: { key: string; value: CryptoKey };
  identity: { key: string[]; value: Sealed };
  packages: { key: string[]; value: Sealed };
  groups: { key: string[]; value: Sealed };
  texts: { key: string[]; value: Sealed };
  outbox: { key: string[]; value: Sealed };
  places: { key: string[]; value: Sealed };
}

export interface Change {
  readonly store: StoreName;
  readonly key: string[];
  /** What to keep there; `undefined` forgets it. */
  readonly value: unknown;
}

export function pack(value: unknown): Bytes {
  return fromText(
    JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? { $bytes: toBase64(part) } : part)),
  );
}

export function unpack(bytes: Uint8Array): unknown {
  return JSON.parse(toText(bytes), (_, part: unknown) =>
    typeof part === 'object' && part !== null && '$bytes' in part ? fromBase64(String(part.$bytes)) : part,
  );
}

function place(store: StoreName, key: readonly string[]): Bytes {
  return fromText(JSON.stringify([store, ...key]));
}

export class Vault {
  private constructor(
    private readonly database: IDBPDatabase<Layout>,
    private readonly wrap: CryptoKey,
  ) {}

  static async open(name: string): Promise<Vault> {
    const database = await openDB<Layout>(name, 2, {
      upgrade(created, before) {
        if (before < 1) {
          created.createObjectStore('key');
          for (const store of FIRST_STORES) created.createObjectStore(store);
        }
        if (before < 2) created.createObjectStore('places');
      },
      blocking(_, __, event) {
        (event.target as IDBDatabase).close();
      },
    });
    // The key is made before the transaction (IndexedDB waits for no other promise); of two tabs the first one's stays.
    const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    const transaction = database.transaction('key', 'readwrite');
    const kept = await transaction.store.get('wrap');
    if (kept === undefined) await transaction.store.put(fresh, 'wrap');
    await transaction.done;
    return new Vault(database, kept ?? fresh);
  }

  async read<T>(store: StoreName, key: string[]): Promise<T | undefined> {
    const sealed = await this.database.get(store, key);
    return sealed === undefined ? undefined : ((await this.unseal(store, key, sealed)) as T);
  }

  /** Everything whose key begins with these parts. */
  async list<T>(store: StoreName, ...prefix: string[]): Promise<T[]> {
    const range = prefix.length === 0 ? undefined : IDBKeyRange.bound(prefix, [...prefix, []]);
    const transaction = this.database.transaction(store);
    const [keys, values] = await Promise.all([transaction.store.getAllKeys(range), transaction.store.getAll(range)]);
    await transaction.done;
    return Promise.all(values.map((sealed, i) => this.unseal(store, keys[i] ?? [], sealed) as Promise<T>));
  }

  /** What has the greatest keys under a prefix, greatest first. */
  async newest<T>(store: StoreName, prefix: string, count: number): Promise<T[]> {
    const found: [string[], Sealed][] = [];
    const range = IDBKeyRange.bound([prefix], [prefix, []]);
    let cursor = await this.database.transaction(store).store.openCursor(range, 'prev');
    while (cursor !== null && found.length < count) {
      found.push([cursor.key, cursor.value]);
      cursor = found.length < count ? await cursor.continue() : null;
    }
    return Promise.all(found.map(([key, sealed]) => this.unseal(store, key, sealed) as Promise<T>));
  }

  /** All of it or nothing: a ratchet must never move without the text it opened. */
  async write(changes: readonly Change[]): Promise<void> {
    const sealed = await Promise.all(
      changes.map(({ store, key, value }) => (value === undefined ? undefined : this.seal(store, key, value))),
    );
    const transaction = this.database.transaction([...STORES], 'readwrite');
    const finished = transaction.done;
    try {
      for (const [i, { store, key }] of changes.entries()) {
        const value = sealed[i];
        const target = transaction.objectStore(store);
        const written = value === undefined ? target.delete(key) : target.put(value, key);
        written.catch(() => undefined); // the transaction itself reports it, below
      }
    } catch (error) {
      finished.catch(() => undefined); // aborted right here
      transaction.abort();
      throw error;
    }
    await finished;
  }

  close(): void {
    this.database.close();
  }

  private async seal(store: StoreName, key: string[], value: unknown): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const algorithm = { name: 'AES-GCM', iv, additionalData: place(store, key) };
    return { iv, data: await crypto.subtle.encrypt(algorithm, this.wrap, pack(value)) };
  }

  private async unseal(store: StoreName, key: string[], sealed: Sealed): Promise<unknown> {
    const algorithm = { name: 'AES-GCM', iv: sealed.iv, additionalData: place(store, key) };
    return unpack(new Uint8Array(await crypto.subtle.decrypt(algorithm, this.wrap, sealed.data)));
  }
}
