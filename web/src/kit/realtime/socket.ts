import { type Kept, kept } from '../storage';
import { Cursor } from './cursor';
import { type ClientFrame, type News, readFrame } from './frames';

export type Connection = 'connecting' | 'open' | 'waiting' | 'closed';

/** Close codes of the gateway. */
const TOKEN_BAD = 4401;
const SESSION_ENDED = 4403;

const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
/** A gateway that does not answer the hello within this time is as good as gone. */
const READY_WITHIN = 10_000;
/** An open line answers a ping within this time, or it died without a word. */
const PONG_WITHIN = 8000;

export interface Parts {
  url: string;
  /** Names whose log it is: the cursor is kept for each person. */
  owner: string;
  /** A living access token, or null when there is no session any more. `renew` asks for a new one whatever the old says. */
  token: (renew: boolean) => Promise<string | null>;
  onNews: (frame: News) => void;
  onConnection: (connection: Connection) => void;
  onSessionEnded: () => void;
  /** Whether the page is in sight. */
  inSight?: () => boolean;
  /** Grants by conversation whose presence is followed; it outlives this line, which asks for each again. */
  watched?: ReadonlyMap<string, string>;
  open?: (url: string) => WebSocket;
  storage?: Kept;
  random?: () => number;
}

/** Before the n-th attempt: doubles up to a cap, and half of it is chance, so that a restarted gateway is not stormed. */
export function waitBefore(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt);
  return ceiling / 2 + (ceiling / 2) * random;
}

/**
 * The line to the gateway. It says hello with a token and the last place it saw, passes each frame on once, and after any
 * loss comes back by itself; what was missed is replayed by the server.
 */
export class RealtimeSocket {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ready = false;
  private pingAfter: number | null = null;
  private takesLooking = false;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private renewNext = false;
  private readonly cursor: Cursor;

  constructor(private readonly parts: Parts) {
    this.cursor = new Cursor(parts.storage ?? kept, `meydan.cursor.${parts.owner}`);
  }

  start(): void {
    this.stopped = false;
    void this.connect();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.socket?.close(1000);
    this.socket = null;
    this.parts.onConnection('closed');
  }

  /** The network is back, or the page is looked at again: do not sit out the wait, and do not trust a line that slept. */
  hurry(): void {
    if (this.stopped) return;
    if (this.socket) {
      this.ping();
      return;
    }
    clearTimeout(this.timer);
    this.attempt = 0;
    void this.connect();
  }

  /** Something was heard: the line lives, and is asked again only after it was silent for a while. */
  private heard(): void {
    clearTimeout(this.silence);
    if (this.ready && this.pingAfter !== null) this.silence = setTimeout(() => this.ping(), this.pingAfter);
  }

  /** Browsers hide the pings of the protocol, so the page sends its own. */
  private ping(): void {
    const { socket } = this;
    if (!socket || !this.ready || this.pingAfter === null) return;
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.giveUp(socket), PONG_WITHIN);
    this.put({ t: 'ping' });
  }

  /** A dead line would close only after minutes: it is left to itself, and another one is opened now. */
  private giveUp(socket: WebSocket): void {
    if (this.stopped || this.socket !== socket) return;
    this.socket = null;
    this.ready = false;
    socket.close();
    this.attempt = 0;
    void this.connect();
  }

  /** The token was renewed: tell the gateway before the old one runs out. */
  async greetAgain(): Promise<void> {
    if (!this.ready) return;
    const token = await this.parts.token(false);
    if (token) this.put({ t: 'hello', token, since: this.cursor.since });
  }

  /** The page came into sight or was hidden: nothing is pushed to who sees it. */
  look(on: boolean): void {
    if (this.takesLooking) this.say({ t: 'looking', on });
  }

  /** Sends what may be lost. */
  say(frame: Exclude<ClientFrame, { t: 'hello' }>): void {
    if (this.ready) this.put(frame);
  }

  private put(frame: ClientFrame): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private async connect(): Promise<void> {
    this.parts.onConnection('connecting');
    let token: string | null;
    try {
      token = await this.parts.token(this.renewNext);
    } catch {
      this.later(); // no answer from the API either: the same patience
      return;
    }
    if (this.stopped || this.socket) return;
    if (token === null) {
      this.parts.onSessionEnded();
      return;
    }
    this.renewNext = false;

    const socket = (this.parts.open ?? ((url) => new WebSocket(url)))(this.parts.url);
    this.socket = socket;
    const patience = setTimeout(() => socket.close(), READY_WITHIN);
    socket.onopen = () => this.put({ t: 'hello', token, since: this.cursor.since });
    socket.onmessage = (event: MessageEvent<string>) => {
      const frame = readFrame(event.data);
      if (frame?.t === 'ready') clearTimeout(patience);
      if (this.socket !== socket) return;
      if (frame) this.take(frame);
      this.heard();
    };
    socket.onclose = ({ code }) => {
      clearTimeout(patience);
      if (this.socket !== socket) return;
      this.socket = null;
      this.ready = false;
      clearTimeout(this.silence);
      if (this.stopped) return;
      if (code === SESSION_ENDED || code === TOKEN_BAD) this.renewNext = true; // the API decides whether a session is left
      this.later();
    };
  }

  private later(): void {
    if (this.stopped) return;
    this.parts.onConnection('waiting');
    const wait = waitBefore(this.attempt, (this.parts.random ?? Math.random)());
    this.attempt += 1;
    this.timer = setTimeout(() => void this.connect(), wait);
  }

  private take(frame: NonNullable<ReturnType<typeof readFrame>>): void {
    if (frame.t === 'ready') {
      this.attempt = 0;
      this.ready = true;
      this.pingAfter = frame.ping_after === undefined ? null : frame.ping_after * 1000;
      this.takesLooking = frame.takes_looking === true;
      if (this.parts.inSight?.()) this.look(true);
      this.cursor.moveTo(frame.id);
      for (const grant of this.parts.watched?.values() ?? []) this.put({ t: 'watch', grant });
      this.parts.onConnection('open');
      return;
    }
    if (frame.t === 'pong') return;
    if (frame.t === 'resync') {
      this.cursor.forget();
      this.parts.onNews(frame);
      if (frame.id) this.cursor.moveTo(frame.id);
      return;
    }
    if (!('id' in frame)) {
      this.parts.onNews(frame);
      return;
    }
    if (!this.cursor.isNew(frame.id)) return;
    this.parts.onNews(frame);
    this.cursor.moveTo(frame.id);
  }
}
