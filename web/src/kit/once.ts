import { Refused } from './api/errors';
import { serverNow } from './clock';
import { keptInTab } from './storage';
import { randomUuid } from './uuid';

const PREFIX = 'meydan.intent.';
/** An intention that nobody came back to within this time is a new one. */
const KEPT_FOR = 30 * 60_000;

interface Kept {
  key: string;
  at: number;
}

function kept(name: string): Kept | null {
  try {
    const found: unknown = JSON.parse(keptInTab.getItem(name) ?? 'null');
    if (typeof found !== 'object' || found === null) return null;
    const { key, at } = found as Partial<Kept>;
    return typeof key === 'string' && typeof at === 'number' && serverNow() - at < KEPT_FOR ? { key, at } : null;
  } catch {
    return null; // not ours, or cut short: a new key is a new intention
  }
}

/**
 * Sends what moves money or coins under one idempotency key for each intention. Until the server has answered, the key is
 * kept (a reload included), so that trying again after a lost answer is the same purchase and not a second one.
 */
export async function once<Answer>(intention: unknown, send: (key: string) => Promise<Answer>): Promise<Answer> {
  const name = PREFIX + JSON.stringify(intention);
  const { key, at } = kept(name) ?? { key: randomUuid(), at: serverNow() };
  keptInTab.setItem(name, JSON.stringify({ key, at }));
  try {
    const answer = await send(key);
    keptInTab.removeItem(name);
    return answer;
  } catch (error) {
    // A refusal is an answer. A fault of the server's, or silence, is not: it may have happened all the same.
    if (error instanceof Refused && error.status < 500) keptInTab.removeItem(name);
    throw error;
  }
}
