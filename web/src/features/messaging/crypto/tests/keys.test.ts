// @vitest-environment node
/** An identity from its first browser to the next: made once, carried under a code, replaced in the open. */
import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { toBase64 } from '../../../../kit/bytes';
import { randomUuid } from '../../../../kit/uuid';
import { Keys, NothingOffered } from '../client';
import { keepPeer } from '../peers';
import { emptyGroup } from '../records';
import { readCode, sealTransfer, WrongCode, writeCode } from '../transfer';
import { Vault } from '../vault';
import { FakeServer } from './fake-server';

async function browser(server: FakeServer, profileId: string) {
  const deviceId = randomUuid();
  const vault = await Vault.open(`keys-${deviceId}`);
  const keys = new Keys(vault, profileId, deviceId, server.door(profileId, deviceId));
  return { deviceId, vault, keys };
}

async function first(server: FakeServer, profileId: string) {
  const one = await browser(server, profileId);
  const device = await one.keys.device();
  if (device === null) throw new Error('not the first');
  expect(await one.keys.fillUp(device)).toBe(true);
  return { ...one, device };
}

describe('the identity of a profile', () => {
  it('is made by its first browser, and a later one waits for the person', async () => {
    const server = new FakeServer();
    const profileId = randomUuid();
    const phone = await first(server, profileId);
    expect(server.identities.get(profileId)).toEqual(phone.device.identity);
    expect(server.stock(phone.deviceId)).toBe(40);
    const laptop = await browser(server, profileId);
    expect(await laptop.keys.device()).toBeNull();
    expect(await phone.keys.device()).toEqual(phone.device);
  });

  it('goes to another browser under a code, with the people known, and never readable for the server', async () => {
    const server = new FakeServer();
    const profileId = randomUuid();
    const phone = await first(server, profileId);
    const peer = { profileId: randomUuid(), known: phone.device.identity, offered: null, devices: ['d'] };
    await phone.vault.write([keepPeer(peer)]);
    const code = await phone.keys.offer();
    const sealed = toBase64(server.transfers.get(profileId) ?? new Uint8Array());
    expect(atob(sealed)).not.toContain('signKey');

    const laptop = await browser(server, profileId);
    await expect(laptop.keys.adopt(code.replace(/^./, (one) => (one === '0' ? '1' : '0')))).rejects.toThrow(WrongCode);
    await laptop.keys.adopt(code);
    const device = await laptop.keys.device();
    expect(device?.identity).toEqual(phone.device.identity);
    expect(device?.publicKey).not.toEqual(phone.device.publicKey);
    expect(await laptop.vault.read('identity', ['peer', peer.profileId])).toEqual(peer);
    expect(device && (await laptop.keys.fillUp(device))).toBe(true);
    await expect(laptop.keys.adopt(code)).rejects.toThrow(NothingOffered); // used once
  });

  it('of another profile does not open, whatever the server brings', async () => {
    const server = new FakeServer();
    const one = await first(server, randomUuid());
    const code = await one.keys.offer();
    const victim = randomUuid();
    server.transfers.set(victim, [...server.transfers.values()][0] as Uint8Array);
    await expect((await browser(server, victim)).keys.adopt(code)).rejects.toThrow(WrongCode);
    const forged = await sealTransfer('0'.repeat(16), victim, { identity: one.device, peers: [] });
    server.transfers.set(victim, forged);
    await expect((await browser(server, victim)).keys.adopt(code)).rejects.toThrow(WrongCode);
  });

  it('begun anew by another browser ends the first one’s packages, until it takes it back', async () => {
    const server = new FakeServer();
    const profileId = randomUuid();
    const phone = await first(server, profileId);
    const laptop = await browser(server, profileId);
    await laptop.keys.startAnew();
    expect(server.stock(phone.deviceId)).toBe(0);
    expect(await phone.keys.fillUp(phone.device)).toBe(false);
    await phone.keys.reclaim(phone.device);
    expect(await phone.keys.fillUp(phone.device)).toBe(true);
    expect(server.stock(phone.deviceId)).toBe(40);
    const device = await laptop.keys.device();
    expect(device && (await laptop.keys.fillUp(device))).toBe(false);
  });

  it('is made in a vault of before at its next opening; talks then begin anew', async () => {
    const server = new FakeServer();
    const old = await browser(server, randomUuid());
    const record = { ...emptyGroup({ id: 'c', until: '2999-01-01T00:00:00Z' }), seq: 7, state: new Uint8Array(3) };
    await old.vault.write([
      { store: 'identity', key: ['own'], value: { profileId: 'p', deviceId: 'd', signKey: new Uint8Array(1) } },
      { store: 'groups', key: ['c'], value: record },
    ]);
    expect((await old.keys.device())?.signature).toHaveLength(64);
    expect(await old.vault.read('groups', ['c'])).toMatchObject({ seq: 7, state: null });
  });
});

describe('a code', () => {
  it('is read as people type it', () => {
    const code = '01AB2345CDEFGHJK';
    for (const typed of [
      writeCode(code),
      code.toLowerCase(),
      'oıab 2345 cdef ghjk',
      'OlAB-2345-CDEF-GHJK',
      'oİab2345cdefghjk',
    ]) {
      expect(readCode(typed)).toBe(code);
    }
    for (const typed of ['', code.slice(1), `${code}0`, code.replace('A', 'U')]) expect(readCode(typed)).toBeNull();
  });
});
