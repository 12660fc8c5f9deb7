import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { News } from './frames';
import { type Parts, RealtimeSocket, waitBefore } from './socket';

/** A gateway in the hand: what the client says is written down, what it hears we say. */
class Line {
  readyState: number = WebSocket.CONNECTING;
  said: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  send(text: string): void {
    this.said.push(JSON.parse(text));
  }
  close(code = 1000): void {
    this.readyState = WebSocket.CLOSED;
    this.onclose?.({ code });
  }
  accept(): void {
    this.readyState = WebSocket.OPEN;
    this.onopen?.();
  }
  tell(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

let lines: Line[];
let news: News[];
let kept: Map<string, string>;

function open(more: Partial<Parts> = {}): RealtimeSocket {
  const socket = new RealtimeSocket({
    url: 'ws://gateway/ws',
    owner: 'ada',
    token: async () => 'token',
    onNews: (frame) => news.push(frame),
    onConnection: () => {},
    onSessionEnded: () => {},
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
    open: () => {
      const line = new Line();
      lines.push(line);
      return line as unknown as WebSocket;
    },
    random: () => 0,
    ...more,
  });
  socket.start();
  return socket;
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const last = () => {
  const line = lines.at(-1);
  if (!line) throw new Error('no line was opened');
  return line;
};
const ended = (id: string) => ({ id, t: 'sessions_changed' });

async function openAndReady(more?: Partial<Parts>): Promise<RealtimeSocket> {
  const socket = open(more);
  await settle();
  last().accept();
  last().tell({ t: 'ready', id: '1-0', session: 's' });
  return socket;
}

beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  news = [];
  kept = new Map();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the line to the gateway', () => {
  it('says hello with the token and, the first time, no place', async () => {
    await openAndReady();
    expect(last().said).toEqual([{ t: 'hello', token: 'token', since: null }]);
  });

  it('says that the page is in sight, to a gateway that asks', async () => {
    let inSight = true;
    const socket = await openAndReady({ inSight: () => inSight });
    expect(last().said).toHaveLength(1);
    socket.look(false);
    last().tell({ t: 'ready', id: '1-0', session: 's', takes_looking: true });
    socket.look(false);
    inSight = false;
    last().tell({ t: 'ready', id: '1-0', session: 's', takes_looking: true });
    expect(last().said.slice(1)).toEqual([
      { t: 'looking', on: true },
      { t: 'looking', on: false },
    ]);
  });

  it('comes back with the last place it saw', async () => {
    await openAndReady();
    last().tell(ended('4-0'));
    last().close(1006);
    await vi.advanceTimersByTimeAsync(1000);
    last().accept();
    expect(lines).toHaveLength(2);
    expect(last().said[0]).toMatchObject({ t: 'hello', since: '4-0' });
  });

  it('passes a frame on once, over a reconnect too', async () => {
    await openAndReady();
    last().tell(ended('4-0'));
    last().close(1006);
    await vi.advanceTimersByTimeAsync(1000);
    last().accept();
    last().tell({ t: 'ready', id: '4-0', session: 's' });
    last().tell(ended('4-0'));
    last().tell(ended('5-0'));
    expect(news.map((frame) => 'id' in frame && frame.id)).toEqual(['4-0', '5-0']);
  });

  it('keeps its place only after the listeners were told', async () => {
    await openAndReady({
      onNews: () => {
        throw new Error('a listener failed');
      },
    });
    expect(() => last().tell(ended('4-0'))).toThrow('a listener failed');
    expect(kept.get('meydan.cursor.ada')).toBe('1-0');
  });

  it('asks for everything again when the log is lost, and goes on from the new place', async () => {
    await openAndReady();
    last().tell(ended('40-0'));
    last().tell({ t: 'resync', id: '3-0' });
    last().tell(ended('4-0'));
    expect(news.map(({ t }) => t)).toEqual(['sessions_changed', 'resync', 'sessions_changed']);
    expect(kept.get('meydan.cursor.ada')).toBe('4-0');
  });

  it('asks for a new token when the gateway refuses the old one', async () => {
    const asked: boolean[] = [];
    await openAndReady({
      token: async (renew) => {
        asked.push(renew);
        return 'token';
      },
    });
    last().close(4401);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual([false, true]);
  });

  it('stops when there is no session any more', async () => {
    let over = 0;
    await openAndReady({
      token: async (renew) => (renew ? null : 'token'),
      onSessionEnded: () => {
        over += 1;
      },
    });
    last().close(4403);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(over).toBe(1);
    expect(lines).toHaveLength(1);
  });

  it('gives up a gateway that does not answer the hello', async () => {
    open();
    await settle();
    last().accept();
    await vi.advanceTimersByTimeAsync(11_000);
    expect(lines.length).toBeGreaterThan(1);
  });

  it('follows presence again after coming back', async () => {
    const watched = new Map([['talk', 'grant']]);
    await openAndReady({ watched });
    last().close(1006);
    await vi.advanceTimersByTimeAsync(1000);
    last().accept();
    last().tell({ t: 'ready', id: '1-0', session: 's' });
    expect(last().said.at(-1)).toEqual({ t: 'watch', grant: 'grant' });
  });

  it('greets again with a renewed token on the same line', async () => {
    const socket = await openAndReady();
    await socket.greetAgain();
    expect(lines).toHaveLength(1);
    expect(last().said.map(({ t }) => t)).toEqual(['hello', 'hello']);
  });

  it('does not come back once it was stopped', async () => {
    const socket = await openAndReady();
    socket.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lines).toHaveLength(1);
  });
});

describe('a line that died without a word', () => {
  const ready = { t: 'ready', id: '1-0', session: 's', ping_after: 20 };
  const pings = () => last().said.filter(({ t }) => t === 'ping').length;

  async function openAndPinged(more?: Partial<Parts>): Promise<RealtimeSocket> {
    const socket = await openAndReady(more);
    last().tell(ready);
    return socket;
  }

  it('is asked after a silence, left alone while it answers, and replaced when it does not', async () => {
    await openAndPinged();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(pings()).toBe(1);
    last().tell({ t: 'pong' });
    await vi.advanceTimersByTimeAsync(19_000);
    expect([pings(), lines.length]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(1000 + 8000);
    expect(lines).toHaveLength(2);
    expect(news).toEqual([]);
  });

  it('is not waited for: its place in the log is taken along, and its late words are not heard', async () => {
    await openAndPinged();
    const dead = last();
    dead.tell(ended('2-0'));
    dead.close = () => {}; // a closing handshake that nobody answers
    await vi.advanceTimersByTimeAsync(28_000);
    last().accept();
    expect(last().said).toEqual([{ t: 'hello', token: 'token', since: '2-0' }]);
    dead.tell(ended('3-0'));
    expect(news).toHaveLength(1);
  });

  it('is asked at once when the page is looked at again', async () => {
    const socket = await openAndPinged();
    socket.hurry();
    expect(pings()).toBe(1);
    await vi.advanceTimersByTimeAsync(8000);
    expect(lines).toHaveLength(2);
  });

  it('is not pinged at a gateway that does not know pings', async () => {
    const socket = await openAndReady();
    socket.hurry();
    await vi.advanceTimersByTimeAsync(120_000);
    expect([pings(), lines.length]).toEqual([0, 1]);
  });
});

describe('the wait between attempts', () => {
  it('grows, is partly chance, and has a cap', () => {
    expect(waitBefore(0, 0)).toBe(250);
    expect(waitBefore(0, 1)).toBe(500);
    expect(waitBefore(3, 0)).toBe(2000);
    expect(waitBefore(50, 1)).toBe(30_000);
  });
});
