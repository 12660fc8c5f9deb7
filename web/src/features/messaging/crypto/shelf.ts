/** What a device keeps of its conversations: lines to show, what waits to be sent, where each group stands. */
import { serverNow } from '../../../kit/clock';
import { randomUuid } from '../../../kit/uuid';
import {
  byPlace,
  emptyGroup,
  type Facts,
  type GroupRecord,
  isLine,
  keepText,
  placeOf,
  type TextRecord,
} from './records';
import type { Change, Vault } from './vault';

export interface Changed {
  readonly conversationId: string;
  readonly ids: readonly string[];
}

export class Shelf {
  constructor(
    protected readonly vault: Vault,
    protected readonly changed: (change: Changed) => void,
  ) {}

  async texts(conversationId: string): Promise<TextRecord[]> {
    const kept = await Promise.all([
      this.vault.list<TextRecord>('texts', conversationId),
      this.vault.list<TextRecord>('outbox', conversationId),
    ]);
    return kept.flat().sort(byPlace);
  }

  /** Some of a conversation's lines; one that is gone is missing in the answer. */
  async some(conversationId: string, ids: readonly string[]): Promise<Map<string, TextRecord>> {
    const found = new Map<string, TextRecord>();
    for (const id of ids) {
      const key = [conversationId, id];
      const text =
        (await this.vault.read<TextRecord>('outbox', key)) ?? (await this.vault.read<TextRecord>('texts', key));
      if (text !== undefined) found.set(id, text);
    }
    return found;
  }

  /** The newest lines in the log's order, without opening the whole history. */
  async newest(conversationId: string, count: number): Promise<TextRecord[]> {
    await this.placeAll();
    const ids = await this.vault.newest<string>('places', conversationId, count);
    const kept = await Promise.all(ids.map((id) => this.vault.read<TextRecord>('texts', [conversationId, id])));
    const unsent = await this.vault.list<TextRecord>('outbox', conversationId);
    return [...kept.filter((text) => text !== undefined), ...unsent.filter(isLine)].sort(byPlace).slice(-count);
  }

  /** Texts that an older version kept have no place yet: they get theirs once. */
  private async placeAll(): Promise<void> {
    if ((await this.vault.read<boolean>('identity', ['placed'])) === true) return;
    const texts = await this.vault.list<TextRecord>('texts');
    await this.vault.write([
      ...texts.filter(isLine).map((text) => ({ store: 'places' as const, key: placeOf(text), value: text.id })),
      { store: 'identity', key: ['placed'], value: true },
    ]);
  }

  /** Kept before anything is sent; `sync` sends it when it can. */
  write(conversationId: string, body: string, replyTo?: string): Promise<TextRecord> {
    return this.queue(conversationId, body, { kind: 'text', replyTo });
  }

  /** In the place of this person's earlier reaction to that message; an empty one takes it back. */
  react(conversationId: string, to: string, emoji: string): Promise<TextRecord> {
    return this.queue(conversationId, emoji, { kind: 'reaction', to });
  }

  private async queue(conversationId: string, body: string, what: TextRecord['what']): Promise<TextRecord> {
    const text: TextRecord = {
      id: randomUuid(),
      conversationId,
      seq: null,
      order: await this.nextOrder(conversationId),
      mine: true,
      at: new Date(serverNow()).toISOString(),
      body,
      state: 'waiting',
      what,
      sealed: null,
    };
    await this.keep(keepText(text), [text]);
    return text;
  }

  protected async waiting(conversationId: string): Promise<TextRecord[]> {
    const unsent = await this.vault.list<TextRecord>('outbox', conversationId);
    return unsent.filter((text) => text.state === 'waiting').sort(byPlace);
  }

  protected async nextOrder(conversationId: string): Promise<number> {
    const waiting = await this.waiting(conversationId);
    return Math.max(Date.now(), ...waiting.map(({ order }) => order + 1));
  }

  protected async record(facts: Facts): Promise<GroupRecord> {
    return (await this.vault.read<GroupRecord>('groups', [facts.id])) ?? emptyGroup(facts);
  }

  protected async keep(changes: readonly Change[], texts: readonly TextRecord[]): Promise<void> {
    await this.vault.write(changes);
    const ids = texts.map(({ id }) => id);
    const conversations = new Set(texts.map(({ conversationId }) => conversationId));
    for (const conversationId of conversations) this.changed({ conversationId, ids });
  }
}
