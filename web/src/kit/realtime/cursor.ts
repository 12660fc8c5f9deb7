/** The place in a person's log up to which this browser has seen everything, kept over reloads. */
import type { Kept } from '../storage';

/** Compares two stream ids, `milliseconds-counter`. */
export function isAfter(a: string, b: string): boolean {
  const [aMs = '0', aCount = '0'] = a.split('-');
  const [bMs = '0', bCount = '0'] = b.split('-');
  const [aTime, bTime] = [Number(aMs), Number(bMs)];
  return aTime === bTime ? Number(aCount) > Number(bCount) : aTime > bTime;
}

const REMEMBERED = 512;

export class Cursor {
  private last: string | null;
  private readonly seen = new Set<string>();

  constructor(
    private readonly storage: Kept,
    private readonly key: string,
  ) {
    this.last = storage.getItem(key);
  }

  get since(): string | null {
    return this.last;
  }

  /** True the first time an id comes: frames are delivered at least once. */
  isNew(id: string): boolean {
    if (this.seen.has(id)) return false;
    this.seen.add(id);
    if (this.seen.size > REMEMBERED) {
      const oldest = this.seen.values().next();
      if (!oldest.done) this.seen.delete(oldest.value);
    }
    return true;
  }

  /** Kept after the listeners were told, so that a crash repeats news and never loses any. */
  moveTo(id: string): void {
    if (this.last !== null && !isAfter(id, this.last)) return;
    this.last = id;
    // Another tab of the same person may be further: the earlier place would only mean reading more again.
    const kept = this.storage.getItem(this.key);
    if (kept === null || isAfter(id, kept)) this.storage.setItem(this.key, id);
  }

  /** The log was lost or cut: our place means nothing any more. */
  forget(): void {
    this.last = null;
    this.seen.clear();
    this.storage.removeItem(this.key);
  }
}
