// @vitest-environment node
/** Talks whose devices are all gone, or whose people came back with other keys: they go on, and say so. */
import { describe, expect, it } from 'vitest';
import { makeIdentityKey } from '../identity';
import { ANA, BORA, Device, pair } from './world';

describe('all devices of both are gone', () => {
  it('the talk is founded anew by the two new ones, and each accepts the other before anything is sent', async () => {
    const { server, conversation, ana, bora } = await pair();
    await ana.say('eski');
    await bora.say('söz');
    const newAna = await Device.make(server, conversation, ANA, 0, await makeIdentityKey());
    const newBora = await Device.make(server, conversation, BORA, 0, await makeIdentityKey());
    await newAna.say('yeni tarayıcıdan');
    await newBora.say('ben de');
    await newAna.sync();
    expect(await newAna.conversations.isStranded(newAna.facts)).toBe(true);
    await Promise.all([newAna.conversations.announce(newAna.facts), newBora.conversations.announce(newBora.facts)]);
    await Promise.all([newAna.sync(), newBora.sync()]);
    for (const device of [newAna, newBora]) {
      expect(await device.conversations.members(device.facts)).toHaveLength(2);
      expect((await device.safety()).standing).toBe('offered');
    }
    expect((await newAna.safety()).digits).toEqual((await newBora.safety()).digits);
    expect(server.log.filter(({ type }) => type === 'text')).toHaveLength(2);

    await newAna.accept();
    await newBora.accept();
    await newAna.sync();
    expect((await newAna.read()).filter((line) => !line.includes('['))).toEqual([
      'me: yeni tarayıcıdan',
      'peer: ben de',
    ]);
    expect((await newBora.read()).filter((line) => !line.includes('['))).toEqual([
      'peer: yeni tarayıcıdan',
      'me: ben de',
    ]);
  });

  it('an old device that comes back follows into the new group, if it knows the identity, and reads on', async () => {
    const { server, conversation, ana, bora } = await pair();
    await ana.say('eski');
    await bora.sync();
    const newAna = await (await Device.make(server, conversation, ANA, 0)).carry(ana);
    const newBora = await (await Device.make(server, conversation, BORA, 0)).carry(bora);
    await newAna.sync();
    await newBora.sync();
    await newAna.sync();
    await newAna.conversations.announce(newAna.facts);
    await newBora.sync();
    await newAna.say('yeniden');
    await newBora.sync();
    expect(await newBora.read()).toContain('peer: yeniden');
    expect((await newBora.safety()).standing).toBe('known'); // the same identities: nothing to accept
    await bora.sync();
    await newAna.say('herkese');
    await bora.sync();
    expect(await bora.read()).toContain('peer: herkese');
    expect(server.log.filter(({ type, epoch }) => type === 'commit' && epoch === 1)).toHaveLength(1);
  });
});

describe('one person came back with a new identity', () => {
  it('the other accepts it first, then both go on in a new group without the old devices', async () => {
    const { server, conversation, ana, bora } = await pair();
    await ana.say('eski');
    await bora.sync();
    const newBora = await Device.make(server, conversation, BORA, 0, await makeIdentityKey());
    await newBora.sync();
    await ana.say('kim bu');
    expect((await ana.safety()).standing).toBe('changed');
    expect(await ana.read()).toEqual(['me: eski', '[new identity of peer]', 'me: kim bu (waiting)']);
    expect(server.log.filter(({ type }) => type === 'text')).toHaveLength(1);
    await ana.accept();
    await newBora.sync();
    expect(await newBora.read()).toContain('peer: kim bu');
    const members = (await ana.conversations.members(ana.facts)).map(({ deviceId }) => deviceId);
    expect(members.sort()).toEqual([ana.own.deviceId, newBora.own.deviceId].sort());
    await newBora.say('benim, yeni telefon');
    expect(await newBora.read()).toContain('me: benim, yeni telefon (waiting)'); // it must compare, too
    await newBora.accept();
    await ana.sync();
    expect(await ana.read()).toContain('peer: benim, yeni telefon');
    expect((await ana.safety()).digits).toEqual((await newBora.safety()).digits);
  });

  it('a browser let in later asks for no second look, whatever was asked before its time', async () => {
    const { server, conversation, ana, bora } = await pair();
    await ana.say('eski');
    await bora.sync();
    const oldPhone = await Device.make(server, conversation, BORA, 0);
    await oldPhone.sync();
    await ana.sync();
    const newBora = await Device.make(server, conversation, BORA, 0, await makeIdentityKey());
    await newBora.sync();
    await ana.sync();
    await ana.accept();
    await newBora.sync();
    const asked = server.log.filter(({ type }) => type === 'join_request');
    expect(asked.map(({ sender_device_id }) => sender_device_id)).toEqual(
      [oldPhone, newBora].map(({ own }) => own.deviceId),
    );

    const laptop = await (await Device.make(server, conversation, ANA, 0)).carry(ana);
    await laptop.sync();
    expect((await laptop.safety()).standing).toBe('known');
    await ana.sync();
    await laptop.say('yeni tarayıcıdan');
    expect(await laptop.read()).not.toContain('[new identity of peer]');
    await newBora.accept();
    expect(await newBora.read()).toContain('peer: yeni tarayıcıdan');

    const third = await Device.make(server, conversation, BORA, 0, await makeIdentityKey());
    await third.sync();
    await laptop.sync();
    expect((await laptop.safety()).standing).toBe('changed'); // what is asked now is told
  });

  it('each device of the other side decides for itself', async () => {
    const { server, conversation, ana, bora } = await pair();
    const laptop = await Device.make(server, conversation, ANA);
    await ana.say('eski');
    await Promise.all([bora.sync(), laptop.sync()]);
    const newBora = await Device.make(server, conversation, BORA, 0, await makeIdentityKey());
    await newBora.sync();
    await Promise.all([ana.sync(), laptop.sync()]);
    await ana.accept();
    await laptop.sync();
    expect((await laptop.safety()).standing).toBe('changed');
    await laptop.accept();
    await ana.sync();
    await ana.say('hepimize');
    await Promise.all([laptop.sync(), newBora.sync()]);
    expect(await laptop.read()).toContain('me: hepimize');
    expect(await newBora.read()).toContain('peer: hepimize');
  });

  it('what was accepted is another one again when the server offers a third', async () => {
    const { server, conversation, ana, bora } = await pair();
    await ana.say('eski');
    await bora.sync();
    for (const _ of [1, 2]) {
      const next = await Device.make(server, conversation, BORA, 0, await makeIdentityKey());
      await next.sync();
      await ana.sync();
      expect((await ana.safety()).standing).toBe('changed');
      await ana.accept();
      await next.sync();
    }
    expect(await ana.conversations.members(ana.facts)).toHaveLength(2);
  });
});

describe('paused by another identity of one’s own', () => {
  it('a device asks for nothing and sends nothing', async () => {
    const { server, ana } = await pair();
    ana.isCurrent = false;
    await ana.say('bekle');
    expect(server.log).toEqual([]);
    ana.isCurrent = true;
    await ana.sync();
    expect(await ana.read()).toEqual(['me: bekle']);
  });
});
