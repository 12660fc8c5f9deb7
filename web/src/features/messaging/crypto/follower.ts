/** Follows the server's logs: reads what comes after this device's place, and notices a log that went back in time. */
import { Acquaintances, type Lock } from './acquaintances';
import type { OwnDevice } from './identity';
import { LogReader } from './log';
import { readPeer } from './peers';
import type { Entry, Facts, GroupRecord } from './records';
import { entryOf, outlive, rewind } from './rewinding';
import { type MessageServer, NoAnswer, ServerRefusal, type WireMessage } from './server';
import type { Changed } from './shelf';
import type { Vault } from './vault';

/** Frames that came, or `ask` the server, or `nothing`: only what waits here is to be done. */
export type News = readonly WireMessage[] | 'ask' | 'nothing';

const PAGE = 100;

export class Follower extends Acquaintances {
  /** Conversations whose place the server's log has confirmed since the last `doubt`: frames may be added to it. */
  private readonly sure = new Set<string>();

  constructor(
    device: OwnDevice,
    vault: Vault,
    protected readonly server: MessageServer,
    lock: Lock,
    changed: (change: Changed) => void,
  ) {
    super(device, vault, lock, changed);
  }

  /** Whether there is anything to fetch or to do, given the end of the server's log. */
  async isBehind(facts: Facts, lastSeq: number, last: Entry | null): Promise<boolean> {
    const record = await this.record(facts);
    if (record.seq < lastSeq || record.pending !== null || record.heard > record.told) return true;
    if (!facts.closed && (record.seq > lastSeq || record.last?.id !== last?.id || record.last?.at !== last?.at))
      return true; // perhaps it went back in time
    this.sure.add(facts.id);
    return (record.state === null && !facts.closed) || (await this.waiting(facts.id)).length > 0;
  }

  /** The line to the server was cut: it may have been restored meanwhile, and gone on to the very place of this device. */
  doubt(): void {
    this.sure.clear();
  }

  /** Finds out which conversations are younger than the server's past, of those that its list does not name. */
  async outlive(listed: ReadonlySet<string>): Promise<void> {
    for (const { conversationId: id, gone, seq } of await this.vault.list<GroupRecord>('groups')) {
      if (gone || seq === 0 || listed.has(id)) continue;
      await this.lock(id, async () => {
        const record = await this.vault.read<GroupRecord>('groups', [id]);
        if (record === undefined || record.gone || (await this.isThere(record))) return;
        const { changes, texts } = outlive(record, await this.texts(id));
        await this.keep(changes, texts);
      });
    }
  }

  /** The conversations that the server went back before. */
  async outlived(): Promise<string[]> {
    const records = await this.vault.list<GroupRecord>('groups');
    return records.filter(({ gone }) => gone).map(({ conversationId }) => conversationId);
  }

  private async isThere({ conversationId, seq, last }: GroupRecord): Promise<boolean> {
    try {
      await this.server.list(conversationId, seq, last);
    } catch (error) {
      if (!(error instanceof ServerRefusal)) throw error;
      return error.code !== 'not_found';
    }
    return true;
  }

  /** Brings this device to the log's end. */
  protected async catchUp(facts: Facts, news: News): Promise<void> {
    const { seq } = await this.record(facts);
    const isSure = seq === 0 || this.sure.has(facts.id);
    if (isSure && news === 'nothing') return;
    if (isSure && news !== 'ask' && news !== 'nothing') {
      const fresh = news.filter((message) => message.seq > seq).sort((a, b) => a.seq - b.seq);
      if (fresh.length === 0) return;
      if (fresh.every((message, i) => message.seq === seq + 1 + i)) return this.take(facts, fresh);
    }
    let isRewound = false;
    for (;;) {
      const page = await this.page(facts);
      if (page === null && isRewound) throw new NoAnswer('the log goes back in time again and again');
      if (page === null) await this.rewind(facts);
      else if (page.length > 0) await this.take(facts, page);
      if (page !== null && page.length < PAGE) break;
      isRewound ||= page === null;
    }
    this.sure.add(facts.id);
  }

  /** What the log has after this device's place. Null: the log is not the one that this device has read. */
  private async page(facts: Facts): Promise<readonly WireMessage[] | null> {
    const { seq, last } = await this.record(facts);
    try {
      return await this.server.list(facts.id, seq, last);
    } catch (error) {
      if (error instanceof ServerRefusal && error.code === 'log_rewound') return null;
      throw error;
    }
  }

  private async rewind(facts: Facts): Promise<void> {
    const log: WireMessage[] = [];
    let page: readonly WireMessage[];
    do {
      const last = log.at(-1);
      page = await this.server.list(facts.id, last?.seq ?? 0, last === undefined ? null : entryOf(last));
      log.push(...page);
    } while (page.length === PAGE);
    const { changes, texts } = rewind(facts, await this.record(facts), await this.texts(facts.id), log);
    await this.keep(changes, texts);
  }

  private async take(facts: Facts, messages: readonly WireMessage[]): Promise<void> {
    const [peer, me] = [await this.peer(facts), await readPeer(this.vault, facts.me)];
    const reader = new LogReader(this.vault, this.device, facts, await this.record(facts), peer, me);
    const stretch = await reader.read(messages);
    await this.keep(stretch.changes, stretch.texts);
  }
}
