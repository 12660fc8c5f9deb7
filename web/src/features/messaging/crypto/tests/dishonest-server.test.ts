// @vitest-environment node
/** A server that lies as well as it can: it hands out keys, keeps and orders the log, and names who sent what. */
import { describe, expect, it } from 'vitest';
import { toBase64 } from '../../../../kit/bytes';
import { randomUuid } from '../../../../kit/uuid';
import { type IdentityKey, makeIdentityKey, makePackage, type OwnDevice } from '../identity';
import { Group } from '../mls';
import { NoAnswer } from '../server';
import { FakeServer } from './fake-server';
import { ANA, BORA, Device, deviceOf, pair } from './world';

/** A device of the operator's own, under somebody's name. */
async function impostor(profileId: string, identity?: IdentityKey): Promise<OwnDevice> {
  return deviceOf(profileId, randomUuid(), identity ?? (await makeIdentityKey()));
}

async function packageOf(device: OwnDevice): Promise<Uint8Array> {
  return (await makePackage(device)).publicBytes;
}

/** Puts a request to be let in into the log, in the name of the device it speaks for. */
async function plantRequest(server: FakeServer, conversation: string, device: OwnDevice): Promise<void> {
  server.append(device.profileId, device.deviceId, {
    id: randomUuid(),
    conversation_id: conversation,
    type: 'join_request',
    epoch: server.epoch,
    body: toBase64(await packageOf(device)),
  });
}

describe('a planted package', () => {
  it('that is not signed by the known identities opens nothing, under either name', async () => {
    const met = await pair();
    await met.ana.say('tanıştık');
    await met.bora.sync();
    const { server, ana, bora } = await pair(met);
    for (const profileId of [ANA, BORA]) {
      const planted = await impostor(profileId);
      server.plant(profileId, planted.deviceId, await packageOf(planted));
      const renamed = { ...planted, identity: bora.own.identity };
      server.plant(profileId, randomUuid(), await packageOf({ ...renamed, deviceId: randomUuid() }));
    }
    await ana.say('yalnız sana');
    await bora.sync();
    const members = (await ana.conversations.members(ana.facts)).map(({ deviceId }) => deviceId);
    expect(members.sort()).toEqual([ana.own.deviceId, bora.own.deviceId].sort());
    expect(await bora.read()).toEqual(['[new device of peer]', 'peer: yalnız sana']); // Ana's, which is another one now
    expect((await ana.safety()).digits).toEqual((await bora.safety()).digits);
  });

  it('that is broken behind its signature keeps nobody else out', async () => {
    const { server, conversation, ana, bora } = await pair();
    const phone = await deviceOf(BORA, randomUuid());
    const broken = await packageOf(phone);
    broken[20] = (broken[20] ?? 0) ^ 1; // in the one-time key, which only MLS's own signature covers
    server.plant(BORA, phone.deviceId, broken);
    await ana.say('ikimiz');
    await bora.sync();
    expect(await bora.read()).toEqual(['peer: ikimiz']);
    server.append(BORA, phone.deviceId, {
      id: randomUuid(),
      conversation_id: conversation,
      type: 'join_request',
      epoch: 1,
      body: toBase64(broken),
    });
    const laptop = await (await Device.make(server, conversation, BORA, 0)).carry(bora);
    await laptop.sync();
    await ana.say('üçümüz');
    await laptop.sync();
    expect(await laptop.read()).toContain('peer: üçümüz');
    expect(await ana.conversations.members(ana.facts)).toHaveLength(3);
  });

  it('in a running talk is refused and told: without a signature, and under one’s own name', async () => {
    const { server, conversation, ana, bora } = await pair();
    await ana.say('ikimiz');
    await bora.sync();
    const forged = { ...(await impostor(BORA)), identity: bora.own.identity };
    await plantRequest(server, conversation, forged);
    await plantRequest(server, conversation, await impostor(ANA));
    await ana.say('hâlâ ikimiz');
    expect(await ana.conversations.members(ana.facts)).toHaveLength(2);
    expect((await ana.read()).slice(1)).toEqual([
      '[refused device of peer]',
      '[refused device of me]',
      'me: hâlâ ikimiz',
    ]);
    await bora.sync();
    expect(await bora.read()).toContain('peer: hâlâ ikimiz');
  });
});

describe('a swapped identity', () => {
  it('at the very founding shows as different numbers to two who compare', async () => {
    const [asBora, asAna] = [await makeIdentityKey(), await makeIdentityKey()];
    const conversation = randomUuid();
    const towardsAna = new FakeServer();
    const towardsBora = new FakeServer();
    const ana = await Device.make(towardsAna, conversation, ANA);
    const falseBora = await Device.make(towardsAna, conversation, BORA, 3, asBora);
    const falseAna = await Device.make(towardsBora, conversation, ANA, 3, asAna);
    const bora = await Device.make(towardsBora, conversation, BORA);
    await ana.say('gizli');
    await falseBora.sync();
    expect(await falseBora.read()).toEqual(['peer: gizli']); // the operator reads: only comparing shows it
    await falseAna.say('gizli');
    await bora.sync();
    expect((await ana.safety()).digits).not.toEqual((await bora.safety()).digits);
  });

  it('later is refused: nothing is founded or sent before the person accepts', async () => {
    const met = await pair();
    await met.ana.say('tanıştık');
    await met.bora.sync();
    const known = (await met.ana.safety()).digits;
    const server = new FakeServer();
    const conversation = randomUuid();
    const ana = await (await Device.make(server, conversation, ANA)).carry(met.ana);
    const falseBora = await Device.make(server, conversation, BORA, 3, await makeIdentityKey());
    await ana.say('yine ben');
    expect(server.log).toEqual([]);
    expect(await ana.read()).toEqual(['me: yine ben (waiting)']);
    const shown = await ana.safety();
    expect(shown).toMatchObject({ standing: 'changed' });
    expect(shown.digits).not.toEqual(known);

    await ana.conversations.accept(ana.facts, met.bora.own.identity); // not the one that is shown
    await ana.sync();
    expect(server.log).toEqual([]);
    await ana.accept();
    expect((await ana.safety()).standing).toBe('known');
    await falseBora.sync();
    expect(await falseBora.read()).toEqual(['peer: yine ben']);
  });

  it('is not followed into a group either, and asked into a running one it stops what waits', async () => {
    const met = await pair();
    await met.ana.say('tanıştık');
    await met.bora.sync();
    const falseBora = await impostor(BORA);
    await plantRequest(met.server, met.conversation, falseBora);
    await met.ana.say('bekleyen');
    expect(await met.ana.read()).toEqual(['me: tanıştık', '[new identity of peer]', 'me: bekleyen (waiting)']);
    expect(await met.ana.conversations.members(met.ana.facts)).toHaveLength(2);

    const server = new FakeServer();
    const conversation = randomUuid();
    const bora = await (await Device.make(server, conversation, BORA)).carry(met.bora);
    const falseAna = await Device.make(server, conversation, ANA, 3, await makeIdentityKey());
    await falseAna.say('benim');
    await bora.sync();
    expect(await bora.conversations.members(bora.facts)).toEqual([]);
    expect(await bora.read()).toContain('[new identity of peer]');
    expect(await bora.safety()).toMatchObject({ standing: 'changed' });
  });
});

describe('a changed client of the other side', () => {
  it('cannot bring a device of another identity right behind the founding', async () => {
    const { server, ana, bora } = await pair();
    ana.fate = (what) => (what === 'send' ? 'lost_after' : 'arrives');
    await expect(ana.say('ikimiz')).rejects.toThrow(NoAnswer);
    await bora.sync();
    const { state } = await bora.groupRecord();
    const loose = Group.read(state as Uint8Array, {
      me: { profileId: randomUuid(), identity: bora.own.identity },
      peer: { profileId: BORA, identity: null },
    });
    const { commit } = await loose.add([await packageOf(await impostor(BORA))]);
    const entry = { id: randomUuid(), conversation_id: bora.facts.id, type: 'commit' as const, epoch: 1 };
    await server.door(BORA, bora.own.deviceId).send({ ...entry, body: toBase64(commit) });
    ana.fate = () => 'arrives';
    await ana.sync();
    expect(await ana.conversations.members(ana.facts)).toEqual([]);
    expect(await ana.read()).toEqual(['[new identity of peer]', 'me: ikimiz (waiting)']);
  });
});

describe('the log', () => {
  it('a welcome that is played again lets nobody in', async () => {
    const { server, conversation, ana, bora } = await pair();
    await ana.say('bir');
    await bora.sync();
    const welcome = server.log.find(({ type }) => type === 'welcome');
    if (welcome === undefined) throw new Error('no welcome');
    const { id: _, ...again } = welcome;
    // A commit that nobody can open puts both out; the old welcome must not lead back.
    server.append(ANA, ana.own.deviceId, {
      ...again,
      id: randomUuid(),
      type: 'commit',
      epoch: 1,
      body: toBase64(new Uint8Array(9)),
    });
    server.append(ANA, ana.own.deviceId, { ...again, id: randomUuid(), type: 'welcome' });
    server.epoch = 2;
    await bora.sync();
    expect(await bora.conversations.members(bora.facts)).toEqual([]);
    expect(server.log.at(-1)).toMatchObject({ type: 'join_request', sender_profile_id: BORA });
    const other = await pair();
    other.server.append(ANA, ana.own.deviceId, { ...again, id: randomUuid(), conversation_id: other.conversation });
    await other.bora.sync();
    expect(await other.bora.conversations.members(other.bora.facts)).toEqual([]);
    expect(conversation).not.toBe(other.conversation);
  });

  it('entries that are no MLS at all stop no device', async () => {
    const { server, conversation, ana, bora } = await pair();
    await ana.say('bir');
    await bora.sync();
    for (const type of ['text', 'join_request', 'welcome', 'commit'] as const) {
      for (const length of [1, 40, 300]) {
        const body = toBase64(crypto.getRandomValues(new Uint8Array(length)));
        server.append(BORA, bora.own.deviceId, {
          id: randomUuid(),
          conversation_id: conversation,
          type,
          epoch: 1,
          body,
        });
      }
    }
    server.epoch = 2;
    const end = server.log.length;
    const own = await (await Device.make(server, conversation, ANA, 0)).carry(ana);
    await Promise.all([ana.sync(), own.sync()]);
    for (const device of [ana, own]) {
      expect((await device.groupRecord()).seq).toBeGreaterThanOrEqual(end);
      expect(await device.conversations.members(device.facts)).toEqual([]);
    }
  });

  it('a commit that is kept back shows where the next words stand', async () => {
    const { server, conversation, ana, bora } = await pair();
    await ana.say('bir');
    await bora.sync();
    server.hides = (deviceId, { type, epoch }) =>
      deviceId === ana.own.deviceId && epoch >= 1 && (type === 'commit' || type === 'welcome') && server.epoch > 1;
    const laptop = await (await Device.make(server, conversation, BORA, 0)).carry(bora);
    await laptop.sync();
    await bora.sync(); // lets it in: the commit that Ana does not get
    await bora.say('iki');
    await ana.sync();
    expect(await ana.read()).toContain('peer: [withheld]');
  });
});
