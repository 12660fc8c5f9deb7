// @vitest-environment node

import type { ClientState } from 'ts-mls';
import { describe, expect, it, vi } from 'vitest';
import { concat, fromBase64, toBase64, uuidToBytes } from '../../../../kit/bytes';
import { randomUuid } from '../../../../kit/uuid';
import { makeIdentityKey, makePackage } from '../identity';
import { NoAnswer } from '../server';
import { FakeServer } from './fake-server';
import { ANA, BORA, Device, deviceOf, makeLock, pair } from './world';

describe('two people', () => {
  it('talk both ways, in the order of the log', async () => {
    const { ana, bora } = await pair();
    await ana.say('merhaba');
    await bora.say('selam');
    await ana.say('nasılsın?');
    await bora.sync();
    await ana.sync();
    expect(await ana.read()).toEqual(['me: merhaba', 'peer: selam', 'me: nasılsın?']);
    expect(await bora.read()).toEqual(['peer: merhaba', 'me: selam', 'peer: nasılsın?']);
  });

  it('see the last words of the log in the preview, however far ahead one writer’s clock is', async () => {
    const { ana, bora } = await pair();
    vi.useFakeTimers({ now: Date.now() + 3 * 3_600_000, toFake: ['Date'] });
    await ana.say('önce');
    vi.useRealTimers();
    await bora.sync();
    await bora.say('sonra');
    await bora.say('en son');
    await ana.sync();
    for (const side of [ana, bora]) {
      const newest = await side.conversations.newest(side.facts.id, 2);
      expect(newest.map(({ body }) => body)).toEqual(['sonra', 'en son']);
    }
    await ana.conversations.forget(ana.facts.id);
    expect(await ana.conversations.newest(ana.facts.id, 2)).toEqual([]);
  });

  it('leave nothing readable with the server, and texts of like length look alike', async () => {
    const { ana, server } = await pair();
    await ana.say('kanarya');
    await ana.say('evet, kanarya ve biraz daha uzun bir söz');
    const bodies = server.log.map(({ body }) => fromBase64(body));
    for (const body of bodies) expect(new TextDecoder('latin1').decode(body)).not.toContain('kanarya');
    const texts = server.log.filter(({ type }) => type === 'text').map(({ body }) => body.length);
    expect(new Set(texts).size).toBe(1);
  });

  it('can both write first: one group wins and nobody loses a text', async () => {
    const { ana, bora, server } = await pair();
    await ana.conversations.write(ana.facts.id, 'ilk');
    await bora.conversations.write(bora.facts.id, 'ben de');
    await Promise.all([ana.sync(), bora.sync()]);
    await Promise.all([ana.sync(), bora.sync()]);
    await ana.sync();
    const words = (lines: string[]) => lines.map((line) => line.split(': ')[1]).sort();
    expect(words(await ana.read())).toEqual(['ben de', 'ilk']);
    expect(words(await bora.read())).toEqual(['ben de', 'ilk']);
    expect(server.log.filter(({ type, epoch }) => type === 'commit' && epoch === 0)).toHaveLength(1);
  });

  it('see the same safety number, and another one with another person', async () => {
    const { ana, bora } = await pair();
    await ana.say('bak');
    await bora.sync();
    const number = (await ana.safety()).digits;
    expect(number).toEqual((await bora.safety()).digits);
    expect(number).toHaveLength(12);
    for (const group of number) expect(group).toMatch(/^\d{5}$/);
    const server = new FakeServer();
    const other = await Device.make(server, ana.facts.id, BORA, 3, await makeIdentityKey());
    const again = await Device.make(server, ana.facts.id, ANA);
    await again.say('bak');
    await other.sync();
    expect((await again.safety()).digits).not.toEqual(number);
    expect((await again.safety()).digits).toEqual((await other.safety()).digits);
  });

  it('wait for the other side’s first device, and write to it when it comes', async () => {
    const server = new FakeServer();
    const conversation = randomUuid();
    const ana = await Device.make(server, conversation, ANA);
    await ana.say('orada mısın');
    expect(await ana.read()).toEqual(['me: orada mısın (waiting)']);
    expect(server.log).toEqual([]);
    const bora = await Device.make(server, conversation, BORA);
    await ana.sync();
    await bora.sync();
    expect(await bora.read()).toEqual(['peer: orada mısın']);
  });
});

describe('a device that nobody found', () => {
  it('announces itself, and gets what was waiting for it', async () => {
    const server = new FakeServer();
    const conversation = randomUuid();
    const ana = await Device.make(server, conversation, ANA);
    const bora = await Device.make(server, conversation, BORA, 0); // its key packages were not yet on the server
    await ana.say('orada mısın');
    await bora.sync();
    expect(await ana.read()).toEqual(['me: orada mısın (waiting)']);
    await bora.conversations.announce(bora.facts);
    await ana.sync();
    await bora.sync();
    expect(await bora.read()).toEqual(['peer: orada mısın']);
    await bora.say('buradayım');
    await ana.sync();
    expect(await ana.read()).toEqual(['me: orada mısın', 'peer: buradayım']);
    expect(server.log.map(({ type }) => type)).toEqual(['join_request', 'commit', 'welcome', 'text', 'text']);
    const isRandom = /^.{8}-.{4}-4/; // no clock of a device, which its two faces would share
    for (const { id } of server.log) expect(id).toMatch(isRandom);
  });

  it('announcing to a group that is there changes nothing', async () => {
    const { ana, bora, server } = await pair();
    await ana.say('bir');
    await bora.conversations.announce(bora.facts);
    expect(server.log.map(({ type }) => type)).toEqual(['commit', 'welcome', 'text']);
  });
});

describe('after a return', () => {
  it('only what moved, or waits here, is asked for', async () => {
    const { ana, bora, server } = await pair();
    const behind = (device: Device) => device.conversations.isBehind(device.facts, server.log.length, server.last);
    expect(await behind(bora)).toBe(true); // no group yet
    await ana.say('bir');
    expect(await behind(bora)).toBe(true);
    await bora.sync();
    expect(await behind(bora)).toBe(false);
    expect(await behind(ana)).toBe(false);
    bora.fate = () => 'lost_before';
    await bora.conversations.write(bora.facts.id, 'iki');
    await bora.sync().catch(expectNoAnswer);
    expect(await behind(bora)).toBe(true);
  });
});

describe('losses', () => {
  it('an answer lost after the server acted: the same bytes go again and count once', async () => {
    const { ana, bora, server } = await pair();
    let lose = 3;
    ana.fate = (what) => (what === 'send' && lose-- > 0 ? 'lost_after' : 'arrives');
    await ana.conversations.write(ana.facts.id, 'bir kez');
    for (let attempt = 0; attempt < 6; attempt++) await ana.sync().catch(expectNoAnswer);
    await bora.sync();
    expect(await bora.read()).toEqual(['peer: bir kez']);
    expect(await ana.read()).toEqual(['me: bir kez']);
    expect(server.log.filter(({ type }) => type === 'text')).toHaveLength(1);
  });

  it('written offline: kept through a restart, sent later once and in order', async () => {
    const { ana, bora } = await pair();
    await ana.say('önce');
    ana.fate = () => 'lost_before';
    for (const body of ['bir', 'iki', 'üç']) {
      await ana.conversations.write(ana.facts.id, body);
      await ana.sync().catch(expectNoAnswer);
    }
    expect(await ana.read()).toEqual(['me: önce', 'me: bir (waiting)', 'me: iki (waiting)', 'me: üç (waiting)']);
    const restarted = await ana.tab();
    await bora.say('arada');
    await restarted.sync();
    await bora.sync();
    expect(await bora.read()).toEqual(['peer: önce', 'me: arada', 'peer: bir', 'peer: iki', 'peer: üç']);
  });

  it('sealed for an epoch that is over: sealed anew, still once', async () => {
    const { ana, bora, server, conversation } = await pair();
    await ana.say('var mısın');
    await bora.sync();
    bora.fate = (what) => (what === 'send' ? 'lost_before' : 'arrives');
    await bora.conversations.write(bora.facts.id, 'varım');
    await bora.sync().catch(expectNoAnswer);
    const second = await Device.make(server, conversation, ANA, 0);
    await second.sync(); // asks to be let in
    await ana.sync(); // lets it in: a new epoch
    bora.fate = () => 'arrives';
    await bora.sync();
    await ana.sync();
    await second.sync();
    expect((await ana.read()).filter((line) => line === 'peer: varım')).toHaveLength(1);
    expect(await second.read()).toContain('peer: varım');
  });

  it('random losses on every call: everybody ends with every text once and in the same order', async () => {
    const { ana, bora } = await pair();
    let seed = 7;
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    };
    const fate = () => {
      const roll = random();
      return roll < 0.15 ? 'lost_before' : roll < 0.3 ? 'lost_after' : 'arrives';
    };
    ana.fate = fate;
    bora.fate = fate;
    for (let i = 0; i < 15; i++) {
      await ana.conversations.write(ana.facts.id, `a${i}`);
      await bora.conversations.write(bora.facts.id, `b${i}`);
      await Promise.all([ana.sync().catch(expectNoAnswer), bora.sync().catch(expectNoAnswer)]);
    }
    ana.fate = () => 'arrives';
    bora.fate = () => 'arrives';
    await ana.sync();
    await bora.sync();
    await ana.sync();
    const plain = async (device: Device) => (await device.read()).map((line) => line.split(': ')[1]);
    const said = await plain(ana);
    expect(said).toEqual(await plain(bora));
    expect(said.filter((word) => word?.startsWith('a'))).toEqual(Array.from({ length: 15 }, (_, i) => `a${i}`));
    expect(said.filter((word) => word?.startsWith('b'))).toEqual(Array.from({ length: 15 }, (_, i) => `b${i}`));
  });
});

describe('several devices', () => {
  it('two tabs of one device stay in step and send nothing twice', async () => {
    const { ana, bora, server } = await pair();
    const tab = await ana.tab();
    await ana.say('bir');
    await tab.conversations.write(tab.facts.id, 'iki');
    await Promise.all([ana.sync(), tab.sync()]);
    await bora.say('üç');
    const frame = server.log.slice(-1);
    await Promise.all([ana.conversations.sync(ana.facts, frame), tab.conversations.sync(tab.facts, frame)]);
    expect(await ana.read()).toEqual(['me: bir', 'me: iki', 'peer: üç']);
    expect(await tab.read()).toEqual(await ana.read());
    expect(server.log.filter(({ type }) => type === 'text')).toHaveLength(3);
  });

  it('a second device that was known from the start reads everything', async () => {
    const { ana, bora, server, conversation } = await pair();
    const phone = await Device.make(server, conversation, BORA);
    await ana.say('ikinize de');
    await bora.sync();
    await phone.sync();
    await phone.say('telefondan');
    await bora.sync();
    await ana.sync();
    expect(await bora.read()).toEqual(['[new device of me]', 'peer: ikinize de', 'me: telefondan']);
    expect(await phone.read()).toEqual(['[new device of me]', 'peer: ikinize de', 'me: telefondan']);
    expect(await ana.read()).toEqual(['[new device of peer]', 'me: ikinize de', 'peer: telefondan']);
  });

  it('a device that comes later asks, is let in once, is told about, and says honestly what it cannot read', async () => {
    const { ana, bora, server, conversation } = await pair();
    await ana.say('gizli');
    await bora.say('yanıt');
    const laptop = await (await Device.make(server, conversation, BORA, 0)).carry(bora);
    await laptop.sync();
    await Promise.all([ana.sync(), bora.sync()]); // both want to let it in
    await Promise.all([ana.sync(), bora.sync(), laptop.sync()]);
    expect(server.log.filter(({ type }) => type === 'commit')).toHaveLength(2);
    await ana.say('hoş geldin');
    await laptop.sync();
    await bora.sync();
    expect(await laptop.read()).toEqual(['peer: [before_joining]', 'me: [own_other_device]', 'peer: hoş geldin']);
    expect(await ana.read()).toContain('[new device of peer]');
    expect(await bora.read()).toContain('[new device of me]');
    expect(await ana.safety()).toMatchObject({ standing: 'known', mine: 1, theirs: 2 });
  });

  it('a cleared browser comes back with new keys in its old place', async () => {
    const { ana, bora, server, conversation } = await pair();
    await ana.say('bir');
    await bora.sync();
    const own = await deviceOf(BORA, bora.own.deviceId);
    const cleared = await Device.over(server, own, conversation, `cleared-${randomUuid()}`, makeLock());
    await cleared.carry(bora);
    await cleared.sync();
    await ana.sync();
    await cleared.sync();
    await ana.say('iki');
    await cleared.sync();
    expect(await cleared.read()).toEqual(['peer: [before_joining]', 'peer: iki']);
    const devices = (await ana.conversations.members(ana.facts)).filter(({ profileId }) => profileId === BORA);
    expect(devices).toHaveLength(1);
    expect(devices[0]?.key).toEqual(own.publicKey);
  });

  it('nobody else’s device gets in, whatever the server offers', async () => {
    const { ana, bora, server } = await pair();
    const stranger = await deviceOf(randomUuid(), randomUuid());
    server.plant(BORA, stranger.deviceId, (await makePackage(stranger)).publicBytes);
    const swapped = await deviceOf(BORA, randomUuid());
    server.plant(BORA, randomUuid(), (await makePackage(swapped)).publicBytes);
    await ana.say('yalnız sana');
    await bora.sync();
    const members = await ana.conversations.members(ana.facts);
    expect(members.map(({ deviceId }) => deviceId).sort()).toEqual([ana.own.deviceId, bora.own.deviceId].sort());
    expect(await bora.read()).toEqual(['peer: yalnız sana']);
  });

  it('a welcome that comes a frame behind its commit is waited for', async () => {
    const { ana, bora, server } = await pair();
    await ana.say('ilk');
    for (const frame of [...server.log]) await bora.conversations.sync(bora.facts, [frame]);
    expect(await bora.read()).toEqual(['peer: ilk']);
    expect(server.log.map(({ type }) => type)).toEqual(['commit', 'welcome', 'text']);
  });

  it('uses every key package once', async () => {
    const { ana, bora, server } = await pair();
    const before = server.stock(bora.own.deviceId);
    await ana.say('bir');
    expect(server.stock(bora.own.deviceId)).toBe(before - 1);
    expect(server.claims).toBe(1);
    await ana.say('iki');
    expect(server.claims).toBe(1);
  });
});

describe('the end', () => {
  it('what was not sent in time is said to be so, never sent silently later', async () => {
    const { ana, server } = await pair();
    await ana.say('önce');
    server.closed = true;
    await ana.say('geç kaldı');
    expect(await ana.read()).toEqual(['me: önce', 'me: geç kaldı (failed)']);
  });

  it('a forgotten conversation leaves no text on the device', async () => {
    const { ana } = await pair();
    await ana.say('silinecek');
    await ana.conversations.forget(ana.facts.id);
    expect(await ana.read()).toEqual([]);
  });
});

function expectNoAnswer(error: unknown): void {
  expect(error).toBeInstanceOf(NoAnswer);
}

describe('a dishonest member', () => {
  it('cannot add a third person: the others leave its group instead of following', async () => {
    const { ana, bora, server } = await pair();
    await ana.say('ikimiz');
    await bora.sync();
    const stranger = await deviceOf(randomUuid(), randomUuid());
    const wide = await bora.group({ profileId: stranger.profileId, identity: null });
    const { commit } = await wide.add([(await makePackage(stranger)).publicBytes]);
    await server.door(BORA, bora.own.deviceId).send({
      id: randomUuid(),
      conversation_id: bora.facts.id,
      type: 'commit',
      epoch: wide.epoch,
      body: toBase64(commit),
    });
    await ana.say('kimse duymasın');
    const members = await ana.conversations.members(ana.facts);
    expect(members).toEqual([]);
    expect(server.log.at(-1)?.type).toBe('join_request');
    expect(await ana.read()).toContain('me: kimse duymasın (waiting)');
  });

  it('cannot take the other one’s name with a commit of its own', async () => {
    const { ana, bora, server } = await pair();
    await ana.say('ikimiz');
    await bora.sync();
    const renamed = await bora.group();
    const { state } = renamed as unknown as { state: ClientState };
    const own = state.ratchetTree[state.privatePath.leafIndex * 2];
    if (own?.nodeType !== 'leaf' || own.leaf.credential.credentialType !== 'basic') throw new Error('no leaf');
    own.leaf.credential = {
      credentialType: 'basic',
      identity: concat(uuidToBytes(ANA), own.leaf.credential.identity.subarray(16)),
    };
    const { commit } = await renamed.add([]);
    const body = toBase64(commit);
    const forged = {
      id: randomUuid(),
      conversation_id: bora.facts.id,
      type: 'commit' as const,
      epoch: renamed.epoch,
      body,
    };
    await server.door(BORA, bora.own.deviceId).send(forged);
    await ana.sync();
    expect(await ana.conversations.members(ana.facts)).toEqual([]);
    expect(server.log.at(-1)?.type).toBe('join_request');
  });

  it('cannot speak in the other one’s name', async () => {
    const { ana, bora, server } = await pair();
    await ana.say('ben');
    await bora.sync();
    const id = randomUuid();
    const sealed = await (await bora.group()).seal(new Uint8Array(256), id);
    const body = toBase64(sealed.body);
    const forged = { id, conversation_id: ana.facts.id, type: 'text' as const, epoch: 1, body };
    await server.door(ANA, randomUuid()).send(forged);
    await ana.sync();
    expect(await ana.read()).toEqual(['me: ben', 'me: [damaged]']);
  });
});
