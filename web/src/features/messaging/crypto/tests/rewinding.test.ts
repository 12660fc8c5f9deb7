// @vitest-environment node
/** The server went back in time: nothing that was said is lost or shown twice, the talk goes on, and both are told. */
import { describe, expect, it } from 'vitest';
import { randomUuid } from '../../../../kit/uuid';
import { makeIdentityKey } from '../identity';
import { ANA, BORA, Device, pair } from './world';

const TOLD = '[the server went back]';

function said(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.includes('[')).map((line) => line.split(': ')[1] ?? '');
}

async function talk() {
  const two = await pair();
  await two.ana.say('bir');
  await two.bora.sync();
  await two.bora.say('iki');
  await two.ana.sync();
  return two;
}

describe('a backup older than the last texts is restored', () => {
  it('what the log lost is sent again under its old ids, in one order for both, and told once', async () => {
    const { ana, bora, server } = await talk();
    const length = server.log.length;
    await ana.say('üç');
    await bora.sync();
    await bora.say('dört');
    await ana.sync();
    const ids = server.log.slice(length).map(({ id }) => id);
    const founded = server.epoch;
    server.rewind(length);

    await bora.sync();
    await ana.sync();
    await bora.sync();
    await ana.say('beş');
    await bora.sync();
    for (const device of [ana, bora]) {
      expect(said(await device.read())).toEqual(['bir', 'iki', 'dört', 'üç', 'beş']);
      expect((await device.read()).filter((line) => line === TOLD)).toHaveLength(1);
    }
    const resent = server.log.slice(length, length + 2).map(({ id }) => id);
    expect(resent.sort()).toEqual(ids.sort());
    expect(server.epoch).toBe(founded);
    expect(server.delivered.get(bora.own.deviceId)).toBe(server.log.length);
  });

  it('who comes when everything stands in its old place again is told all the same', async () => {
    const { ana, bora, server } = await talk();
    const length = server.log.length;
    await ana.say('üç');
    await bora.sync();
    server.rewind(length);
    await ana.sync();
    expect(server.log).toHaveLength(length + 1);
    expect(await bora.conversations.isBehind(bora.facts, server.log.length, server.last)).toBe(true);
    await bora.sync();
    expect(await bora.read()).toEqual(['peer: bir', 'me: iki', 'peer: üç', TOLD]);
  });

  it('what only the other side’s lost browser wrote stays where it was read, and the talk goes on', async () => {
    const { ana, bora, server } = await talk();
    const length = server.log.length;
    await bora.say('üç');
    await ana.sync();
    server.rewind(length);
    await ana.sync();
    await ana.say('dört');
    expect(await ana.read()).toEqual(['me: bir', 'peer: iki', 'peer: üç', TOLD, 'me: dört']);
    await bora.sync();
    await ana.sync();
    expect(said(await ana.read())).toEqual(['bir', 'iki', 'dört', 'üç']);
    expect(said(await bora.read())).toEqual(['bir', 'iki', 'dört', 'üç']);
  });

  it('a log that has grown to this device’s very place is seen by the id there, and no frame hides it', async () => {
    const { ana, bora, server } = await talk();
    const length = server.log.length;
    await ana.say('üç');
    await bora.sync();
    server.rewind(length);
    const behind = (device: Device) => device.conversations.isBehind(device.facts, server.log.length, server.last);
    bora.conversations.doubt();
    expect(await behind(bora)).toBe(true);
    await bora.say('araya giren');
    expect(server.log.at(-1)?.seq).toBe(length + 1);
    expect(await behind(ana)).toBe(true);
    ana.conversations.doubt();
    await bora.conversations.write(bora.facts.id, 'sonraki');
    await bora.sync();
    await ana.conversations.sync(ana.facts, server.log.slice(-1)); // the very next number
    await bora.sync();
    for (const device of [ana, bora]) {
      expect(said(await device.read())).toEqual(['bir', 'iki', 'araya giren', 'sonraki', 'üç']);
    }
    expect(await behind(ana)).toBe(false);
  });

  it('a second restore of the same backup repeats it', async () => {
    const { ana, bora, server } = await talk();
    const length = server.log.length;
    for (let time = 0; time < 2; time++) {
      if (time === 0) await ana.say('üç');
      await bora.sync();
      server.rewind(length);
      await bora.sync();
      await ana.sync();
      await bora.sync();
    }
    expect(said(await ana.read())).toEqual(['bir', 'iki', 'üç']);
    expect(said(await bora.read())).toEqual(['bir', 'iki', 'üç']);
    expect((await bora.read()).filter((line) => line === TOLD)).toHaveLength(2);
  });

  it('what waited unsent is sealed anew, and an answer lost in the restore sends nothing twice', async () => {
    const { ana, bora, server } = await talk();
    const length = server.log.length;
    ana.fate = (what) => (what === 'send' ? 'lost_after' : 'arrives');
    await ana.conversations.write(ana.facts.id, 'üç');
    await ana.sync().catch(() => undefined);
    expect(server.log).toHaveLength(length + 1);
    await bora.sync();
    ana.fate = () => 'arrives';
    server.rewind(length);
    await ana.sync();
    await bora.sync();
    expect(said(await bora.read())).toEqual(['bir', 'iki', 'üç']);
    expect(server.log).toHaveLength(length + 1);
  });

  it('two devices of one person each send their own words again, and none fails', async () => {
    const { ana, bora, server, conversation } = await pair();
    await ana.say('bir');
    await bora.sync();
    const phone = await (await Device.make(server, conversation, BORA, 0)).carry(bora);
    await phone.sync();
    await ana.sync();
    await phone.sync();
    const length = server.log.length;
    await bora.say('iki');
    await phone.sync();
    await phone.say('üç');
    await Promise.all([ana.sync(), bora.sync()]);
    server.rewind(length);
    for (const device of [phone, bora, ana, phone, bora]) await device.sync();
    for (const device of [ana, bora, phone]) {
      const lines = said(await device.read());
      expect(lines.slice(-2)).toEqual(['üç', 'iki']);
      expect((await device.read()).join()).not.toContain('failed');
    }
  });
});

describe('a backup older than the group’s last commit is restored', () => {
  it('a group whose founding was lost is founded again, and every text arrives', async () => {
    const { ana, bora, server } = await talk();
    server.rewind(0);
    await ana.offer(3);
    await bora.offer(3);
    await ana.sync();
    await bora.sync();
    await ana.sync();
    expect(said(await ana.read()).sort()).toEqual(['bir', 'iki']);
    expect(said(await bora.read()).sort()).toEqual(['bir', 'iki']);
    await ana.say('üç');
    await bora.sync();
    expect(await bora.read()).toContain('peer: üç');
    expect((await ana.safety()).standing).toBe('known');
  });

  it('members of an epoch that is gone found the talk anew in the same log', async () => {
    const { ana, bora, server, conversation } = await talk();
    const length = server.log.length;
    const phone = await (await Device.make(server, conversation, BORA, 0)).carry(bora);
    await phone.sync();
    await ana.sync(); // lets it in: a commit
    await bora.sync();
    await phone.sync();
    await phone.say('üç');
    await Promise.all([ana.sync(), bora.sync()]);
    server.rewind(length);
    for (const device of [ana, bora, phone]) await device.sync();
    await ana.sync();
    expect(await ana.conversations.isStranded(ana.facts)).toBe(true);
    await ana.conversations.announce(ana.facts);
    for (const device of [bora, phone, ana, bora]) await device.sync();
    await bora.say('dört');
    for (const device of [phone, ana]) await device.sync();
    expect(said(await ana.read())).toEqual(['bir', 'iki', 'üç', 'dört']);
    expect(said(await bora.read())).toEqual(['bir', 'iki', 'üç', 'dört']);
    expect(said(await phone.read())).toEqual(['üç', 'dört']);
    expect((await ana.safety()).standing).toBe('known');
  });

  it('an identity that was accepted stays the accepted one, whatever older requests are read again', async () => {
    const { ana, bora, server, conversation } = await talk();
    const laptop = await (await Device.make(server, conversation, BORA, 0)).carry(bora);
    await laptop.sync(); // asks under the identity of before
    const key = await makeIdentityKey();
    const other = await Device.make(server, conversation, BORA, 0, key);
    await other.sync();
    await ana.sync();
    await ana.accept();
    await other.sync();
    await other.accept();
    await ana.say('üç');
    await other.sync();
    const length = server.log.length;
    const tablet = await (await Device.make(server, conversation, BORA, 0, key)).carry(other);
    await tablet.sync();
    await ana.sync(); // lets it in
    expect(server.log.length).toBeGreaterThan(length + 1);
    server.rewind(length);
    await ana.sync();
    expect((await ana.safety()).standing).toBe('known');
    expect((await ana.safety()).digits).toEqual((await other.safety()).digits);
    await other.sync(); // a member of the older epoch
    await ana.say('dört');
    await other.sync();
    expect(said(await other.read()).slice(-2)).toEqual(['üç', 'dört']);
  });

  it('a device that stayed at the older epoch lets the others in', async () => {
    const { ana, bora, server, conversation } = await talk();
    const length = server.log.length;
    const phone = await (await Device.make(server, conversation, ANA, 0)).carry(ana);
    await phone.sync();
    await ana.sync(); // a commit that Bora has not seen
    await ana.say('üç');
    server.rewind(length);
    await ana.sync();
    await bora.sync();
    await ana.sync();
    await bora.sync();
    expect(said(await bora.read())).toEqual(['bir', 'iki', 'üç']);
    expect(await bora.read()).not.toContain(TOLD); // whose browser had nothing that was lost
    await bora.say('dört');
    await ana.sync();
    expect(said(await ana.read())).toEqual(['bir', 'iki', 'üç', 'dört']);
  });
});

describe('no rewind', () => {
  it('a talk that has ended keeps its lines and is told nothing', async () => {
    const { ana, server } = await talk();
    server.closed = true;
    server.rewind(0);
    await ana.conversations.sync({ ...ana.facts, closed: true });
    expect(await ana.read()).toEqual(['me: bir', 'peer: iki']);
  });

  it('a list that leaves a talk out says nothing, as long as the server knows it', async () => {
    const { ana } = await talk();
    await ana.conversations.outlive(new Set());
    expect(await ana.conversations.outlived()).toEqual([]);
  });
});

describe('a talk that is younger than the backup', () => {
  it('stays readable, is told once, and what waited is not sent later in silence', async () => {
    const { ana, server } = await talk();
    ana.fate = () => 'lost_before';
    await ana.conversations.write(ana.facts.id, 'üç');
    ana.fate = () => 'arrives';
    server.isUnknown = true;
    await ana.conversations.outlive(new Set([randomUuid()]));
    await ana.conversations.outlive(new Set());
    expect(await ana.read()).toEqual(['me: bir', 'peer: iki', TOLD, 'me: üç (failed)']);
    expect(await ana.conversations.outlived()).toEqual([ana.facts.id]);
  });
});

describe('a server that feigns a rewind', () => {
  it('hears nothing under a new identity that was said to the one before', async () => {
    const { ana, bora, server, conversation } = await talk();
    await ana.say('yalnız sana');
    await bora.sync();
    const other = await Device.make(server, conversation, BORA, 0, await makeIdentityKey());
    await other.sync();
    await ana.sync();
    await ana.accept();
    await other.sync();
    await other.accept();
    server.log.splice(3, 3); // founding and welcome stay: what was said is gone
    for (const [i, message] of server.log.entries()) Object.assign(message, { seq: i + 1 });
    await ana.sync();
    await other.sync();
    await ana.sync();
    expect(await ana.read()).toContain('me: yalnız sana');
    expect((await other.read()).join()).not.toContain('yalnız sana');
  });
});
