/**
 * The key by which the server knows this browser again when an answer to a refresh was lost. It is made at a log in, lies in
 * IndexedDB for all tabs, and no script can read its private half. Where the browser refuses any of this there is no key:
 * a lost answer must then be asked for again within half a minute.
 */
import { type DBSchema, openDB } from 'idb';
import { fromText } from '../bytes';

interface Layout extends DBSchema {
  keys: { key: string; value: CryptoKeyPair };
}

const DATABASE = 'meydan.browser';
const NAME = 'refresh';
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const DIGEST = /(?:^|; )meydan_refresh_digest=([\w-]+)/;

/** A storage that hangs may not hold up a log in. */
const WITHIN = 2000;

/** The public half, made if there is none yet; of two tabs that make one, the first one's stays. */
export function browserKey(): Promise<string | null> {
  return orNothing(async () => {
    const kept = (await stored()) ?? (await keep(await crypto.subtle.generateKey(CURVE, false, ['sign', 'verify'])));
    return inUrl(await crypto.subtle.exportKey('raw', kept.publicKey));
  });
}

/** A signature over the refresh token, by its digest: the token's own cookie is for no script. */
export function signRefresh(): Promise<string | null> {
  return orNothing(async () => {
    const digest = DIGEST.exec(document.cookie)?.[1];
    const kept = digest && (await stored());
    if (!kept) return null;
    const said = fromText(`meydan refresh ${digest}`);
    return inUrl(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, kept.privateKey, said));
  });
}

async function stored(): Promise<CryptoKeyPair | undefined> {
  const database = await open();
  try {
    return await database.get('keys', NAME);
  } finally {
    database.close();
  }
}

async function keep(fresh: CryptoKeyPair): Promise<CryptoKeyPair> {
  const database = await open();
  try {
    const transaction = database.transaction('keys', 'readwrite');
    const before = await transaction.store.get(NAME);
    if (before === undefined) await transaction.store.put(fresh, NAME);
    await transaction.done;
    return before ?? fresh;
  } finally {
    database.close();
  }
}

function open() {
  return openDB<Layout>(DATABASE, 1, {
    upgrade(database) {
      database.createObjectStore('keys');
    },
  });
}

async function orNothing(work: () => Promise<string | null>): Promise<string | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), WITHIN);
  });
  try {
    return await Promise.race([work(), late]);
  } catch {
    return null; // plain http, a private window, blocked or evicted storage
  } finally {
    clearTimeout(timer);
  }
}

function inUrl(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
