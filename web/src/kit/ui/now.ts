import { useSyncExternalStore } from 'react';
import { onTimeCorrected, serverNow } from '../clock';

/** The age in milliseconds at which a time is still the present for who begins to look. */
const FRESH = 250;

/** One timer for all that look at the time equally often, so that a list of moments changes at once. */
class Ticks {
  private now = new Date(serverNow());
  private timer: ReturnType<typeof setInterval> | undefined;
  private stopListening = () => {};
  private readonly listeners = new Set<() => void>();

  constructor(private readonly everyMs: number) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.listeners.size === 0) {
      this.timer = setInterval(this.tick, this.everyMs);
      this.stopListening = onTimeCorrected(this.tick);
    }
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      this.stopListening();
    };
  };

  /** The same until a tick. While nobody listened it grew old, so that the first one reads it anew. */
  readonly read = (): Date => {
    const oldest = this.listeners.size > 0 ? this.everyMs : Math.min(this.everyMs, FRESH);
    if (Math.abs(serverNow() - this.now.getTime()) >= oldest) this.now = new Date(serverNow());
    return this.now;
  };

  private readonly tick = (): void => {
    this.now = new Date(serverNow());
    for (const listener of this.listeners) listener();
  };
}

const ticks = new Map<number, Ticks>();

/** The server's time, looked at again every so often, and at once when an answer corrects it. */
export function useNow(everyMs: number): Date {
  const own = ticks.get(everyMs) ?? new Ticks(everyMs);
  ticks.set(everyMs, own);
  return useSyncExternalStore(own.subscribe, own.read);
}
