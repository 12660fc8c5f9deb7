// @vitest-environment node
/** Replies and reactions between two devices, and what a changed client may try with them. */
import { describe, expect, it } from 'vitest';
import { fromText, toBase64 } from '../../../../kit/bytes';
import { randomUuid } from '../../../../kit/uuid';
import { pad } from '../padding';
import type { MessageType } from '../server';
import { ANA, BORA, Device, type Pair, pair } from './world';

const idOf = async (device: Device, body: string) => {
  const found = (await device.conversations.texts(device.facts.id)).find((text) => text.body === body);
  return found?.id ?? '';
};

/** Bora's device with a changed program: seals anything, and calls it what it likes. */
async function liar({ server, conversation, bora }: Pair) {
  let group = await bora.group({ profileId: ANA, identity: null });
  return async (type: MessageType, content: unknown, id = randomUuid()) => {
    const sealed = await group.seal(pad(fromText(JSON.stringify(content))), id);
    group = sealed.next;
    const body = toBase64(sealed.body);
    server.append(BORA, bora.own.deviceId, { id, conversation_id: conversation, type, epoch: group.epoch, body });
    return id;
  };
}

async function talk(): Promise<Pair & { first: string }> {
  const two = await pair();
  await two.ana.say('iyi akşamlar');
  await two.bora.sync();
  return { ...two, first: await idOf(two.ana, 'iyi akşamlar') };
}

describe('a reply', () => {
  it('points at a message and copies nothing of it', async () => {
    const { ana, bora, first } = await talk();
    await bora.conversations.write(bora.facts.id, 'sana da', first);
    await bora.sync();
    await ana.sync();
    const got = (await ana.conversations.texts(ana.facts.id)).at(-1);
    expect(got?.what).toEqual({ kind: 'text', replyTo: first });
    expect(JSON.stringify(got)).not.toContain('akşamlar');
  });

  it('to itself, to no id, or to a thing is a text without a pointer', async () => {
    const two = await talk();
    const says = await liar(two);
    const own = randomUuid();
    await says('text', { v: 1, text: 'self', reply_to: own }, own);
    await says('text', { v: 1, text: 'words', reply_to: 'javascript:alert(1)' });
    await says('text', { v: 1, text: 'thing', reply_to: { id: two.first } });
    await two.ana.sync();
    const got = (await two.ana.conversations.texts(two.ana.facts.id)).slice(1);
    expect(got.map(({ body, what }) => [body, what])).toEqual(
      ['self', 'words', 'thing'].map((text) => [text, { kind: 'text', replyTo: undefined }]),
    );
  });
});

describe('a reaction', () => {
  it('is set, changed and taken back; it is no text to the server, and no line', async () => {
    const { ana, bora, server, first } = await talk();
    for (const emoji of ['👍', '❤️', '']) await bora.react(first, emoji);
    await ana.sync();
    expect((await ana.read()).slice(1)).toEqual(['peer reacts: 👍', 'peer reacts: ❤️', 'peer reacts: no more']);
    expect(server.log.slice(-3).map(({ type }) => type)).toEqual(['reaction', 'reaction', 'reaction']);
    expect((await ana.conversations.newest(ana.facts.id, 1)).map(({ body }) => body)).toEqual(['iyi akşamlar']);
  });

  it('written offline leaves in its turn, and the newest lines show what waits without it', async () => {
    const { ana, bora, first } = await talk();
    bora.fate = () => 'lost_before';
    await expect(bora.react(first, '👍')).rejects.toThrow();
    expect((await bora.conversations.newest(bora.facts.id, 1)).map(({ body }) => body)).toEqual(['iyi akşamlar']);
    bora.fate = () => 'arrives';
    await bora.say('buradayım');
    await ana.sync();
    expect(await ana.read()).toEqual(['me: iyi akşamlar', 'peer reacts: 👍', 'peer: buradayım']);
  });

  it('that the log lost is sent again, like words', async () => {
    const { ana, bora, server, first } = await talk();
    const length = server.log.length;
    await bora.react(first, '👍');
    await ana.sync();
    server.rewind(length);
    await ana.sync();
    await bora.sync();
    await ana.sync();
    expect((await ana.read()).filter((line) => line.includes('reacts'))).toEqual(['peer reacts: 👍']);
    expect(server.log.at(-1)?.type).toBe('reaction');
  });

  it('from before a device came is nothing to it: not even a line that cannot be read', async () => {
    const { ana, bora, server, conversation, first } = await talk();
    await bora.react(first, '👍');
    const laptop = await (await Device.make(server, conversation, ANA, 0)).carry(ana);
    await laptop.sync();
    await ana.sync();
    await laptop.sync();
    await bora.sync();
    await bora.react(first, '❤️');
    await laptop.sync();
    const lines = (await laptop.read()).filter((line) => !line.startsWith('[new device'));
    expect(lines).toEqual(['me: [own_other_device]', 'peer reacts: ❤️']);
  });
});

describe('a changed client', () => {
  it('gains nothing by a text that hides as a reaction: nobody sees what does not count as writing', async () => {
    const two = await talk();
    const says = await liar(two);
    await says('reaction', { v: 1, text: 'gizli' });
    await says('reaction', { v: 1, reaction: 'gizli', to: two.first });
    await says('reaction', { v: 2, text: 'gizli' });
    await says('reaction', { v: 1, reaction: '👍'.repeat(1200), to: two.first });
    await says('reaction', { v: 1, reaction: '👍', to: 'nowhere' });
    await says('reaction', { v: 1, reaction: '\u202e', to: two.first });
    await two.ana.sync();
    expect(await two.ana.read()).toEqual(['me: iyi akşamlar']);
    await says('text', { v: 1, text: 'yine de' });
    await two.ana.sync();
    expect(await two.ana.read()).toEqual(['me: iyi akşamlar', 'peer: yine de']);
  });

  it('cannot count as writing unseen: a reaction that came as a text stands there as a line', async () => {
    const two = await talk();
    const says = await liar(two);
    await says('text', { v: 1, reaction: '👍', to: two.first });
    await two.ana.sync();
    expect(await two.ana.read()).toEqual(['me: iyi akşamlar', 'peer: [damaged]']);
  });

  it('moves nobody’s words by taking their id', async () => {
    const two = await talk();
    const says = await liar(two);
    await says('reaction', { v: 1, reaction: '👍', to: randomUuid() }, two.first);
    await says('text', { v: 1, text: 'benim' }, two.first);
    await two.ana.sync();
    expect(await two.ana.read()).toEqual(['me: iyi akşamlar', 'peer: [damaged]']);
  });

  it('of a later version is said to be newer', async () => {
    const two = await talk();
    const says = await liar(two);
    await says('text', { v: 2, words: [] });
    await says('text', { v: 1, text: 'yeni', colour: 'red' });
    await two.ana.sync();
    expect(await two.ana.read()).toEqual(['me: iyi akşamlar', 'peer: [newer_version]', 'peer: yeni']);
  });
});
